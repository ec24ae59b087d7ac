"""The report as one page that needs nothing else: charts drawn as SVG, readable without JavaScript, and on paper."""

from html import escape
from typing import Any

STYLE = """
:root{color-scheme:light}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;
padding:0 1rem;color:#1c2430}
h1{font-size:1.7rem}h2{font-size:1.2rem;margin-top:2.2rem;border-bottom:1px solid #cbd3dd}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #e3e8ee;vertical-align:top}
td.n,th.n{text-align:right}
figure{margin:1rem 0}figcaption{font-size:.9rem;color:#4a5768}svg{width:100%;height:auto}.big{font-size:1.25rem}
details{border-bottom:1px solid #e3e8ee;padding:.3rem 0}summary{cursor:pointer}
@media print{body{margin:0;max-width:none;font-size:11pt}h2{break-after:avoid}tr,figure,details{break-inside:avoid}}
"""
INK, PALE = "#2f6f9f", "#b9cfe0"
MOST_STUDENTS = 400
"""Students told one by one on the page; all are in result.json and reasons.csv."""


def page(document: dict[str, Any]) -> str:
    """The whole page. `document` is a report; `weeks` in it, if any, is a simulation over weeks."""
    figures, worth = document["figures"], document["worth"]
    sample = figures["envy"]["sample"]
    parts = [
        f"<h1>{escape(document['title'])}: who is placed where</h1>",
        _summary(document, figures, worth),
        "<h2>What rank people got</h2>",
        _bars(
            [("unranked" if i == 0 else f"{i}.", x) for i, x in enumerate(figures["rank_profile"]) if x or 0 < i < 6]
        ),
        "<h2>How satisfied people are</h2>",
        _curve(
            figures["satisfaction_curve"],
            "From the least to the most satisfied student: share of the best possible week",
        ),
        "<h2>Seats filled</h2>",
        _filled(document["occurrences"]),
        "<h2>Who would rather have another's week</h2>",
        f"<p>{figures['envy']['pairs']:,} of {sample * (sample - 1):,} pairs in a sample of {sample} students.</p>",
        _weeks(document.get("weeks", [])),
        "<h2>Groups</h2>",
        _groups(document["groups"]),
        "<h2>Requests by adults</h2>",
        _requests(document["requests"]),
        _set_aside(document["set_aside"]),
        "<h2>Student by student</h2>",
        _students(document["students"]),
    ]
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    head += f"<title>{escape(document['title'])}</title><style>{STYLE}</style>"
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def _summary(document: dict[str, Any], figures: dict[str, Any], worth: dict[str, Any]) -> str:
    share = figures["share"]
    asked = max(1, figures["wanted"])
    finished = (
        ""
        if document["finished"]
        else "<p><strong>The run was stopped early; this is the best found until then.</strong></p>"
    )
    return (
        f'{finished}<p class="big">{figures["placed"]:,} of {figures["wanted"]:,} wanted places are filled '
        f"({100 * figures['placed'] / asked:.1f} %). On average, students have {100 * share['mean']:.1f} % "
        f"of their best possible week; one in twenty has less than "
        f"{100 * share['fifth_percentile']:.1f} %, the least is {100 * share['minimum']:.1f} %.</p>"
        f"<p>No distribution under the same rules can be worth more than {worth['bound']:,.2f} points; "
        f"this one is worth {worth['value']:,.2f}. It is at most {worth['gap_percent']:.4f} % "
        f"below the best. Gini coefficient {figures['gini']:.4f}. "
        f"Needs met: {figures['needs']['met']:,} of {figures['needs']['asked']:,}. "
        f"Seed {document['seed']}: anyone with the same input and seed gets the same answer.</p>"
    )


def _bars(rows: list[tuple[str, float]]) -> str:
    top = max((x for _, x in rows), default=1) or 1
    height = 24 * len(rows)
    drawn = "".join(
        f'<text x="70" y="{24 * i + 16}" text-anchor="end" font-size="13">{escape(name)}</text>'
        f'<rect x="80" y="{24 * i + 4}" width="{500 * x / top:.1f}" height="16" fill="{INK}"/>'
        f'<text x="{90 + 500 * x / top:.1f}" y="{24 * i + 16}" font-size="13">{x:,}</text>'
        for i, (name, x) in enumerate(rows)
    )
    return f'<figure><svg viewBox="0 0 680 {height}" role="img" aria-label="bars">{drawn}</svg></figure>'


def _curve(values: list[float], caption: str, top: float = 1.0) -> str:
    if len(values) < 2:
        return ""
    step = 600 / (len(values) - 1)
    points = " ".join(f"{40 + i * step:.1f},{170 - 150 * min(1.0, x / top):.1f}" for i, x in enumerate(values))
    grid = "".join(
        f'<line x1="40" x2="640" y1="{170 - 150 * k / 4}" y2="{170 - 150 * k / 4}" stroke="{PALE}"/>'
        f'<text x="34" y="{174 - 150 * k / 4}" text-anchor="end" font-size="12">{100 * top * k / 4:.3g} %</text>'
        for k in range(5)
    )
    line = f'<polyline points="{points}" fill="none" stroke="{INK}" stroke-width="2.5"/>'
    return (
        f'<figure><svg viewBox="0 0 680 190" role="img" aria-label="{escape(caption)}">{grid}{line}</svg>'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def _filled(occurrences: list[dict[str, Any]]) -> str:
    rows = sorted(occurrences, key=lambda o: (-o["ranked_first"], o["occurrence"]))[:60]
    body = "".join(
        f"<tr><td>{escape(o['title'])}</td><td class=n>{o['students']}</td><td class=n>{o['seats_left']}</td>"
        f"<td class=n>{o['ranked_first']}</td><td class=n>{o['ranked']}</td>"
        f"<td>{'' if o['runs'] else 'does not run'}</td></tr>"
        for o in rows
    )
    more = f"<p>The {len(rows)} most wanted of {len(occurrences)}.</p>" if len(occurrences) > len(rows) else ""
    return (
        f"{more}<table><tr><th>Occurrence<th class=n>students<th class=n>seats left<th class=n>ranked first"
        f"<th class=n>ranked<th></tr>{body}</table>"
    )


def _weeks(weeks: list[dict[str, Any]]) -> str:
    if not weeks:
        return ""
    top = max(max(w["gini_without"], w["gini_with"]) for w in weeks) or 1.0
    return (
        "<h2>Credit over weeks</h2>"
        + _curve([w["gini_without"] for w in weeks], "Inequality of all weeks together without credit", top)
        + _curve([w["gini_with"] for w in weeks], "and with credit, same scale", top)
    )


def _groups(groups: dict[str, Any]) -> str:
    body = "".join(
        f"<tr><td>{escape(name) or 'no group'}</td>"
        + (
            f"<td colspan=3>{escape(g['hidden'])}, not shown</td>"
            if "hidden" in g
            else f"<td class=n>{g['students']}</td><td class=n>{100 * g['mean']:.1f} %</td>"
            f"<td class=n>{100 * g['minimum']:.1f} %</td>"
        )
        + "</tr>"
        for name, g in groups.items()
    )
    return f"<table><tr><th>Group<th class=n>students<th class=n>mean share<th class=n>least</tr>{body}</table>"


def _requests(requests: dict[str, Any]) -> str:
    body = "".join(
        f"<tr><td>{escape(level)}</td><td class=n>{row['asked']}</td><td class=n>{row['honoured']}</td></tr>"
        for level, row in requests["levels"].items()
    )
    refused = "".join(
        f"<li>{escape(r['student'])} for {escape(r['occurrence'])} ({escape(r['level'])}): {escape(r['text'])}</li>"
        for r in requests["rows"]
        if r["key"] != "honoured"
    )
    table = f"<table><tr><th>Level<th class=n>asked<th class=n>honoured</tr>{body}</table>"
    return table + (f"<p>Not honoured:</p><ul>{refused}</ul>" if refused else "")


def _set_aside(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return ""
    shown = "".join(f"<li>{escape(row['text'])}</li>" for row in rows[:200])
    return f"<h2>What could not count</h2><p>{len(rows)} parts of the input.</p><ul>{shown}</ul>"


def _students(students: list[dict[str, Any]]) -> str:
    drawn = []
    for s in students[:MOST_STUDENTS]:
        places = ", ".join(p["occurrence"] for p in s["placements"]) or "nothing"
        lines = "".join(
            f"<li>{c['rank']}. {escape(c['text'])} {escape(c.get('change_text', ''))}</li>" for c in s["choices"]
        )
        empty = "".join(f"<li>{escape(e['text'])}</li>" for e in s["empty"])
        drawn.append(
            f"<details><summary>{escape(s['student'])}: {escape(places)} "
            f"({100 * s['share']:.0f} % of the best week)</summary>"
            f"<ul>{lines}{empty}</ul></details>"
        )
    rest = f"<p>{len(students) - MOST_STUDENTS} more are in result.json.</p>" if len(students) > MOST_STUDENTS else ""
    return "".join(drawn) + rest
