"""The charts of a report: each an SVG that says in words what it shows, with its figures in a table beside it."""

from collections.abc import Sequence
from html import escape

INK, SECOND, PALE, TEXT = "#1f5f8f", "#b4531f", "#cfdce8", "#1c2430"
WIDTH = 340
"""Units across: about as many as a small phone has pixels, so that lettering stays readable there."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "", text_columns: int = 1) -> str:
    """A table whose first `text_columns` columns are words and the others figures. Cells are escaped here."""
    top = "".join(f'<th scope="col"{_side(i, text_columns)}>{escape(x)}</th>' for i, x in enumerate(head))
    body = "".join(
        f"<tr>{''.join(f'<td{_side(i, text_columns)}>{escape(x)}</td>' for i, x in enumerate(row))}</tr>"
        for row in rows
    )
    named = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<div class="wide"><table>{named}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _side(column: int, text_columns: int) -> str:
    return "" if column < text_columns else ' class="n"'


def figure(name: str, title: str, says: str, height: int, drawn: str, figures: str) -> str:
    """One chart with its table. name: unique on the page. says: what the chart shows, for who cannot see it."""
    return (
        f'<figure><div class="chart"><svg viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc"><title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(says)}</desc>{drawn}</svg></div>'
        f"{figures}<figcaption>{escape(title)}</figcaption></figure>"
    )


def _words(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="12" fill="{TEXT}">{escape(text)}</text>'


def _bar(x: float, y: float, width: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0.0, width):.1f}" height="13" fill="{colour}"/>'


def bars(name: str, title: str, says: str, head: Sequence[str], rows: Sequence[tuple[str, int]]) -> str:
    """A bar a row, its figure at the end."""
    top = max((x for _, x in rows), default=1) or 1
    drawn = "".join(
        _words(84, 20 * i + 14, label, "end")
        + _bar(90, 20 * i + 3, 195 * x / top, INK)
        + _words(95 + 195 * x / top, 20 * i + 14, f"{x:,}")
        for i, (label, x) in enumerate(rows)
    )
    return figure(name, title, says, 20 * len(rows) + 4, drawn, table(head, [(label, f"{x:,}") for label, x in rows]))


def filled_bars(
    name: str, title: str, says: str, rows: Sequence[tuple[str, int, int]], figures: str, longest: int = 34
) -> str:
    """A bar a row, dark as far as it is filled. rows: label, filled, left. The label stands above its bar."""
    top = max((x + y for _, x, y in rows), default=1) or 1
    drawn = ""
    for i, (label, taken, left) in enumerate(rows):
        short = label if len(label) <= longest else label[: longest - 1] + "…"
        drawn += _words(0, 36 * i + 13, short)
        drawn += _bar(0, 36 * i + 18, 260 * taken / top, INK)
        drawn += _bar(260 * taken / top, 36 * i + 18, 260 * left / top, PALE)
        drawn += _words(265 * (taken + left) / top + 4, 36 * i + 29, f"{taken:,} of {taken + left:,}")
    return figure(name, title, says, 36 * len(rows) + 4, drawn, figures)


def lines(
    name: str,
    title: str,
    says: str,
    series: Sequence[tuple[str, Sequence[float]]],
    top: float,
    ends: tuple[str, str],
    figures: str,
) -> str:
    """Lines over evenly spaced points, at most two; each is named and the second is dashed. Scale: 0 to `top`."""
    drawn = ""
    for k in range(5):
        y = 150 - 130 * k / 4
        drawn += f'<line x1="44" x2="{WIDTH - 6}" y1="{y:.1f}" y2="{y:.1f}" stroke="{PALE}"/>'
        drawn += _words(40, y + 4, f"{100 * top * k / 4:.3g} %", "end")
    for i, (label, values) in enumerate(series):
        drawn += _line(values, top, (INK, SECOND)[i], ("", "6 4")[i])
        if len(series) > 1:
            drawn += f'<line x1="44" x2="68" y1="{190 + 16 * i}" y2="{190 + 16 * i}" stroke="{(INK, SECOND)[i]}" '
            drawn += f'stroke-width="2.5" stroke-dasharray="{("", "6 4")[i]}"/>' + _words(74, 194 + 16 * i, label)
    drawn += _words(44, 168, ends[0]) + _words(WIDTH - 6, 168, ends[1], "end")
    return figure(name, title, says, 174 + 18 * len(series) * (len(series) > 1), drawn, figures)


def _line(values: Sequence[float], top: float, colour: str, dash: str) -> str:
    step = (WIDTH - 50) / max(1, len(values) - 1)
    points = " ".join(f"{44 + i * step:.1f},{150 - 130 * min(1.0, x / top):.1f}" for i, x in enumerate(values))
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dash}"/>'
