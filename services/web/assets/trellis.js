// What pages can do beside what they can without a script: live parts, one press counts once, where faults are.
(() => {
  "use strict";
  const page = document;

  // An element with data-live="/address" shows what that address streams; without a script it shows what came with the page.
  for (const part of page.querySelectorAll("[data-live]")) {
    const stream = new EventSource(part.dataset.live);
    stream.onmessage = (event) => { if (part.innerHTML !== event.data) part.innerHTML = event.data; };
    stream.addEventListener("over", () => stream.close());
    addEventListener("pagehide", () => stream.close());
  }

  // The same form is sent once, however often its button is pressed; the server would know it by its key all the same.
  page.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method === "post") form.dataset.sent = "1";
  });
  addEventListener("pageshow", () => { for (const form of page.forms) delete form.dataset.sent; });

  const summary = page.querySelector(".govuk-error-summary");
  if (summary) { summary.tabIndex = -1; summary.focus(); }

  for (const toggle of page.querySelectorAll(".govuk-js-service-navigation-toggle")) {
    const list = page.getElementById(toggle.getAttribute("aria-controls"));
    const narrow = matchMedia("(max-width: 40.0525em)");
    const show = (open) => { list.hidden = narrow.matches && !open; toggle.setAttribute("aria-expanded", String(open)); };
    const fit = () => { toggle.hidden = !narrow.matches; toggle.removeAttribute("aria-hidden"); show(false); };
    toggle.addEventListener("click", () => show(list.hidden));
    narrow.addEventListener("change", fit);
    fit();
  }

  for (const button of page.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
})();
