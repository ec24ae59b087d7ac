"""The report as one page that needs nothing else: readable without JavaScript, on a phone, and on paper."""

from html import escape
from typing import Any

from services.scheduler.distribution_files.charts import bars, filled_bars, lines, table

STYLE = """
:root{color-scheme:light}*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430;background:#fff;
overflow-wrap:break-word}
h1{font-size:1.7rem;line-height:1.25}h2{font-size:1.2rem;margin-top:2.2rem;border-bottom:1px solid #cbd3dd}
.big{font-size:1.2rem}.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.95rem}caption{text-align:left;color:#4a5768}
th,td{text-align:left;padding:.2rem .5rem;border-bottom:1px solid #e3e8ee;vertical-align:top}
td:first-child,th:first-child{padding-left:0}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
figure{margin:1rem 0;display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:.5rem 2rem;align-items:start}
figcaption{grid-column:1/-1;font-size:.9rem;color:#4a5768}svg{display:block;width:100%;max-width:34rem;height:auto}
details{border-bottom:1px solid #e3e8ee;padding:.3rem 0}summary{cursor:pointer;padding:.3rem 0}
summary:focus-visible{outline:3px solid #1f5f8f;outline-offset:2px}li{margin:.2rem 0}
@media(max-width:44rem){body{margin:1rem auto}figure{grid-template-columns:minmax(0,1fr)}h1{font-size:1.4rem}}
@media print{@page{margin:16mm}body{margin:0;padding:0;max-width:none;font-size:10.5pt}h2{break-after:avoid}
tr,figure,.kept{break-inside:avoid}.wide{overflow:visible}svg{max-width:11cm}summary{list-style:none}
details::details-content{content-visibility:visible;block-size:auto}*{print-color-adjust:exact}}
"""
MOST_STUDENTS = 400
"""Students told one by one on the page; all are in result.json and reasons.csv."""

MOST_OFFERS, MOST_BARS = 60, 15
SHOWN_QUANTILES = (0, 1, 2, 5, 10, 15, 18, 19, 20)
"""Points of the satisfaction curve in the table beside it, in twentieths of all students."""


def page(document: dict[str, Any]) -> str:
    """The whole page. `document` is a report; `weeks` in it, if any, is a simulation over weeks."""
    parts = [
        f"<h1>{escape(document['title'])}: who is placed where</h1>",
        _summary(document),
        "<h2>What rank people got</h2>",
        _ranks(document["figures"]["rank_profile"]),
        "<h2>How satisfied people are</h2>",
        _satisfaction(document["figures"]["satisfaction_curve"]),
        "<h2>Seats filled</h2>",
        _filled(document["occurrences"]),
        "<h2>Who would rather have another's week</h2>",
        _envy(document["figures"]["envy"]),
        "<h2>Credit</h2>",
        _credit(document["students"]),
        _weeks(document.get("weeks", [])),
        "<h2>Groups</h2>",
        _groups(document["groups"]),
        "<h2>Requests by adults</h2>",
        _requests(document["requests"]),
        _set_aside(document["set_aside"]),
        "<h2>How this is counted</h2>",
        _proof(document),
        "<h2>Student by student</h2>",
        _students(document["students"]),
    ]
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    head += f"<title>{escape(document['title'])}</title><style>{STYLE}</style>"
    return (
        f'<!doctype html><html lang="en"><head>{head}</head><body><main>{"".join(x for x in parts if x)}</main>'
        "</body></html>\n"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _summary(document: dict[str, Any]) -> str:
    figures, worth = document["figures"], document["worth"]
    share, needs = figures["share"], figures["needs"]
    early = (
        ""
        if document["finished"]
        else "<p><strong>The run was stopped early; this is the best until then.</strong></p>"
    )
    met = f" {needs['met']:,} of {needs['asked']:,} needs are met." if needs["asked"] else ""
    return (
        f'{early}<p class="big">{figures["placed"]:,} of {figures["wanted"]:,} wanted places are filled '
        f"({_percent(figures['placed'] / max(1, figures['wanted']))}). On average, students have "
        f"{_percent(share['mean'])} of their best possible week; one in twenty has less than "
        f"{_percent(share['fifth_percentile'])}, and the least anyone has is {_percent(share['minimum'])}.{met}</p>"
        f"<p>It is proved that nobody could distribute these places more than {worth['gap']:,.2f} points better "
        f"under the same rules: {worth['gap_percent']:.4f} % of the {worth['points']:,.0f} points given. "
        f"Seed {document['seed']}: anyone with the same input and seed gets the same answer.</p>"
    )


def _ranks(profile: list[int]) -> str:
    last = len(profile) - 1
    names = ["not ranked", *(f"choice {i}" for i in range(1, last)), f"{last} or later"]
    rows = [(names[i], x) for i, x in enumerate(profile) if x or 0 < i < 4]
    says = "Places by the rank they had for the student: " + "; ".join(f"{name}, {x:,}" for name, x in rows) + "."
    return bars("ranks", "Places by the rank that they had for the student", says, ("rank", "places"), rows)


def _satisfaction(curve: list[float]) -> str:
    if not curve:
        return "<p>Nobody is in this round.</p>"
    says = f"The line climbs from {_percent(curve[0])} for the least to {_percent(curve[-1])} for the most satisfied; "
    says += f"half have {_percent(curve[len(curve) // 2])} or more."
    rows = [(_quantile(i), _percent(curve[i])) for i in SHOWN_QUANTILES]
    return lines(
        "satisfaction",
        "Share of the best possible week, from the least to the most satisfied student",
        says,
        [("share", curve)],
        1.0,
        ("least satisfied", "most satisfied"),
        table(("student", "share of best week"), rows),
    )


def _quantile(twentieths: int) -> str:
    if twentieths in (0, 10, 20):
        return {0: "the least", 10: "the middle", 20: "the most"}[twentieths]
    return f"{5 * twentieths} % have less"


def _filled(occurrences: list[dict[str, Any]]) -> str:
    if not occurrences:
        return "<p>Nothing is offered in this round.</p>"
    rows = sorted(occurrences, key=lambda o: (-o["ranked_first"], o["occurrence"]))[:MOST_OFFERS]
    limited = [(o["title"], o["students"], o["seats_left"]) for o in rows if o["seats_left"] is not None][:MOST_BARS]
    says = (
        "Students and seats of the most wanted: " + "; ".join(f"{t}, {x} of {x + y}" for t, x, y in limited[:5]) + "."
    )
    title = f"Students and seats of the {len(limited)} most wanted offers that have a limit"
    drawn = filled_bars("seats", title, says, limited, _offers(rows[:MOST_BARS], ""))
    if len(rows) <= MOST_BARS:
        return drawn
    said = f"The {len(rows)} most wanted of {len(occurrences)} offers" if len(occurrences) > len(rows) else "All offers"
    return f"{drawn}<details><summary>{said}</summary>{_offers(rows, said)}</details>"


def _offers(rows: list[dict[str, Any]], caption: str) -> str:
    shown = [
        (
            o["title"] if o["runs"] else f"{o['title']} (does not run)",
            f"{o['students']:,}",
            "no limit" if o["seats_left"] is None else f"{o['seats_left']:,}",
            f"{o['ranked_first']:,}",
            f"{o['ranked']:,}",
        )
        for o in rows
    ]
    return table(("offer", "students", "seats left", "ranked first", "ranked"), shown, caption)


def _envy(envy: dict[str, int]) -> str:
    pairs = envy["sample"] * (envy["sample"] - 1)
    rows = [("would", envy["pairs"]), ("would not", pairs - envy["pairs"])]
    says = f"In {envy['pairs']:,} of {pairs:,} pairs the first would rather have the second's places than their own."
    title = f"Pairs in a sample of {envy['sample']} students: would the first rather have the second's places?"
    return bars("envy", title, says, ("the first", "pairs"), rows)


def _credit(students: list[dict[str, Any]]) -> str:
    if not students:
        return "<p>Nobody has credit.</p>"
    ordered = [sorted(s[key] for s in students) for key in ("credit", "credit_after")]
    at = [int(q * (len(students) - 1)) for q in (0, 0.05, 0.25, 0.5, 0.75, 0.95, 1)]
    names = (
        "the least",
        "5 % have less",
        "25 % have less",
        "the middle",
        "75 % have less",
        "95 % have less",
        "the most",
    )
    rows = [(name, f"{ordered[0][i]:.2f}", f"{ordered[1][i]:.2f}") for name, i in zip(names, at, strict=True)]
    counts = [
        sum(s["credit_after"] > s["credit"] for s in students),
        sum(s["credit_after"] < s["credit"] for s in students),
    ]
    drawn = [("gained", counts[0]), ("spent", counts[1]), ("as before", len(students) - sum(counts))]
    says = f"{counts[0]:,} students gained credit, since they missed more than most; {counts[1]:,} spent some."
    return bars("credit", "Students whose credit this round changes", says, ("credit", "students"), drawn) + table(
        ("credit", "before", "after"), rows, "Credit before and after this round"
    )


def _weeks(weeks: list[dict[str, Any]]) -> str:
    if not weeks:
        return ""
    top = max(max(w["gini_without"], w["gini_with"]) for w in weeks) or 1.0
    last, dearest = weeks[-1], max(w["loss"] for w in weeks)
    says = (
        f"After {len(weeks)} weeks the Gini coefficient of all weeks together is {last['gini_with']:.4f} with credit "
    )
    says += f"and {last['gini_without']:.4f} without."
    head = ("week", "with credit", "without", "points it cost")
    rows = [
        (str(i), f"{w['gini_with']:.4f}", f"{w['gini_without']:.4f}", f"{100 * w['loss']:.2f} %")
        for i, w in enumerate(weeks, 1)
    ]
    series = [("with credit", [w["gini_with"] for w in weeks]), ("without", [w["gini_without"] for w in weeks])]
    title = "Inequality (Gini coefficient) of all weeks together, were the same wishes to come back every week"
    drawn = lines("weeks", title, says, series, top, ("week 1", f"week {len(weeks)}"), table(head, rows))
    return f"<h2>Credit over weeks</h2><p>The dearest week costs {100 * dearest:.2f} % of its points.</p>{drawn}"


def _groups(groups: dict[str, Any]) -> str:
    rows = [
        (name or "no group", g["hidden"], "not shown", "not shown")
        if "hidden" in g
        else (name or "no group", f"{g['students']:,}", _percent(g["mean"]), _percent(g["minimum"]))
        for name, g in groups.items()
    ]
    return table(("group", "students", "mean share of best week", "least"), rows)


def _requests(requests: dict[str, Any]) -> str:
    if not requests["rows"]:
        return "<p>There were none.</p>"
    rows = [
        (level, f"{row['asked']:,}", f"{row['honoured']:,}")
        for level, row in requests["levels"].items()
        if row["asked"]
    ]
    refused = "".join(
        f"<li>{escape(r['student'])} for {escape(r['occurrence'])} ({escape(r['level'])}): {escape(r['text'])}</li>"
        for r in requests["rows"]
        if r["key"] != "honoured"
    )
    shown = table(("level", "asked", "honoured"), rows)
    return shown + (f"<p>Not honoured:</p><ul>{refused}</ul>" if refused else "<p>All are honoured.</p>")


def _set_aside(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return ""
    shown = "".join(f"<li>{escape(row['text'])}</li>" for row in rows[:200])
    more = f"<p>The first 200 of {len(rows):,}; all are in result.json.</p>" if len(rows) > 200 else ""
    return f"<h2>What could not count</h2>{more}<ul>{shown}</ul>"


def _proof(document: dict[str, Any]) -> str:
    worth, figures = document["worth"], document["figures"]
    unmet = figures["needs"]["asked"] - figures["needs"]["met"]
    empty, need = figures["unplaced"] * worth["unplaced_costs"], unmet * worth["unmet_need_costs"]
    rows = [
        ("points for the ranks that people got", f"{worth['points']:,.2f}"),
        (
            f"less {worth['unplaced_costs']:,.2f} for each of {figures['unplaced']:,} places left empty",
            f"{-empty:,.2f}",
        ),
        (f"less {worth['unmet_need_costs']:,.2f} for each of {unmet:,} needs not met", f"{-need:,.2f}"),
        (
            "credit, friends, goals, ties, and moves between sites",
            f"{worth['value'] - worth['points'] + empty + need:,.2f}",
        ),
        ("what this distribution is worth", f"{worth['value']:,.2f}"),
        ("proved: none is worth more than", f"{worth['bound']:,.2f}"),
        ("so the best is better by at most", f"{worth['gap']:,.2f}"),
        ("Gini coefficient of the shares (0: all alike)", f"{figures['gini']:.4f}"),
    ]
    return table(("", "points"), rows)


def _students(students: list[dict[str, Any]]) -> str:
    drawn = []
    for s in students[:MOST_STUDENTS]:
        places = ", ".join(p["occurrence"] for p in s["placements"]) or "nothing"
        told = "".join(
            f"<li>{c['rank']}. {escape(c['text'])} {escape(c.get('change_text', ''))}</li>" for c in s["choices"]
        )
        empty = "".join(f"<li>{escape(e['text'])}</li>" for e in s["empty"])
        drawn.append(
            f"<details><summary>{escape(s['student'])}: {escape(places)} "
            f"({100 * s['share']:.0f} % of the best week)</summary><ul>{told}{empty}</ul></details>"
        )
    rest = f"<p>{len(students) - MOST_STUDENTS:,} more are in reasons.csv.</p>" if len(students) > MOST_STUDENTS else ""
    return "".join(drawn) + rest
