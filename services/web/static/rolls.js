// Rolls: a key a student, and a roll that could not be sent waits on this device, with ids and marks and no names.
(() => {
  "use strict";
  const says = document.querySelector("[data-kept-of]");
  if (!says) return;
  const prefix = `trellis.roll.${says.dataset.keptOf}.`;
  const DAY = 24 * 60 * 60 * 1000, FIRST = 2000, LONGEST = 60000;
  const form = document.querySelector("form[data-roll]");

  const say = (what) => { says.textContent = what ? says.dataset[what] : ""; };
  const drop = (id) => localStorage.removeItem(prefix + id);
  const keep = (id, fields, waits) => localStorage.setItem(prefix + id, JSON.stringify({ fields, waits, at: Date.now() }));
  const kept = (id) => {
    const found = JSON.parse(localStorage.getItem(prefix + id) || "null");
    if (found && !found.waits && Date.now() - found.at > DAY) { drop(id); return null; }
    return found;
  };
  const told = (filled) => [...new FormData(filled)].filter(([name]) => !name.startsWith("_"));

  // "sent", "away" (it may work later), "signed-out" or "refused" (the page that says why is the server's).
  const send = async (action, fields) => {
    try {
      const answer = await fetch(action, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
      if (answer.type === "opaqueredirect") return "sent";
      if (answer.status === 401) return "signed-out";
      return answer.status === 408 || answer.status === 429 || answer.status >= 500 ? "away" : "refused";
    } catch { return "away"; }
  };

  // Tries again when the connection is back, and now and then, since machines do not always notice.
  const later = (attempt) => {
    let pause = FIRST;
    const again = async () => { if (!await attempt()) { pause = Math.min(pause * 2, LONGEST); setTimeout(again, pause); } };
    addEventListener("online", attempt);
    setTimeout(again, pause);
  };

  const onRoll = () => {
    const id = form.dataset.roll, found = kept(id);
    let busy = false, waiting = false;
    const attempt = async () => {
      if (busy) return false;
      busy = true;
      keep(id, told(form), true);
      if (!waiting) say("sending");
      const outcome = await send(form.action, [...new FormData(form)]);
      busy = false;
      if (outcome === "away") {
        say("waits");
        delete form.dataset.sent;
        if (!waiting) { waiting = true; later(attempt); }
        return false;
      }
      if (outcome === "signed-out") { location.assign(location.pathname); return true; }
      drop(id);
      if (outcome === "sent") location.assign(form.dataset.then); else form.submit();
      return true;
    };
    form.addEventListener("submit", (event) => { event.preventDefault(); attempt(); });
    form.addEventListener("change", () => keep(id, told(form), waiting));
    if (!found) return;
    for (const [name, value] of found.fields) {
      const field = form.elements.namedItem(name);
      if (field) field.value = value;
    }
    if (found.waits) attempt(); else say("draft");
  };

  // A letter marks a student and leads on to the next; in a language where two words begin alike, digits do.
  const withKeys = () => {
    const lines = [...form.querySelectorAll("fieldset")];
    const letter = (mark, place) => [String(place + 1), (mark.parentElement.textContent.match(/\p{L}/u) || [""])[0].toLowerCase()];
    const focus = (line) => (line ? line.querySelector(":checked") : form.querySelector("button")).focus();
    form.addEventListener("keydown", (event) => {
      if (event.target.type !== "radio" || event.ctrlKey || event.metaKey || event.altKey) return;
      const line = event.target.closest("fieldset");
      const mark = [...line.querySelectorAll("[type=radio]")].find((each, place) => letter(each, place).includes(event.key.toLowerCase()));
      if (!mark) return;
      event.preventDefault();
      if (!mark.checked) { mark.checked = true; mark.dispatchEvent(new Event("change", { bubbles: true })); }
      focus(lines[lines.indexOf(line) + 1]);
    });
    for (const hint of document.querySelectorAll("[data-with-script]")) hint.hidden = false;
  };

  // Elsewhere than on its own page a kept roll is sent with that page's newest token.
  const fromAfar = async (id) => {
    const address = `/rolls/${id}`, found = kept(id);
    if (!found) return true;
    let page;
    try { page = await fetch(address); } catch { say("waits"); return false; }
    if (page.status === 403 || page.status === 404) { drop(id); return true; }
    if (!page.ok || page.redirected) { say("waits"); return false; }
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("form[data-roll]");
    if (!fresh) { drop(id); return true; }  // it was cancelled, so there is no roll any more
    const hidden = [...new FormData(fresh)].filter(([name]) => name.startsWith("_"));
    const outcome = await send(address, [...hidden, ...found.fields]);
    if (outcome === "away") { say("waits"); return false; }
    if (outcome === "sent") drop(id);
    location.assign(outcome === "sent" ? location.pathname : address);
    return true;
  };

  if (form) { onRoll(); withKeys(); return; }
  const waiting = Object.keys(localStorage).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  const first = waiting.find((id) => kept(id)?.waits);
  if (first) fromAfar(first).then((done) => { if (!done) later(() => fromAfar(first)); });
})();
