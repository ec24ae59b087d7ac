"""Reading: the merged document, refusals and schemas as plain pages, without a script and without another host."""

from collections.abc import Mapping
from html import escape
from typing import Any

from kit.problems import ProblemPage, title_of

STYLE = """
:root { color-scheme: light dark; font: 1.05rem/1.55 system-ui, sans-serif; }
body { max-width: 58rem; margin: 2rem auto; padding: 0 1rem; }
code, .path { font-family: ui-monospace, monospace; }
section { border-top: 1px solid #8886; padding: .6rem 0; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; }
.who { opacity: .8; font-size: .92rem; }
table { border-collapse: collapse; } td, th { text-align: left; padding: .15rem .8rem .15rem 0; vertical-align: top; }
"""

PAGE_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'",
}


def page(title: str, body: str) -> str:
    """A whole page."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/docs/style.css"></head>'
        f"<body><main>{body}</main></body></html>"
    )


def docs_page(document: Mapping[str, Any]) -> str:
    """Every address: what it does, who may use it, what it takes and what it may refuse."""
    parts = [
        "<h1>Trellis, the public API</h1>",
        '<p>The same as a document for programs: <a href="/openapi.json">/openapi.json</a>. '
        "Sign in at <code>/oauth/authorize</code>. Errors are problem+json, each with a page under "
        "<code>/problems</code>.</p>",
    ]
    for address, operations in document["paths"].items():
        for method, operation in operations.items():
            parts.append(_operation(address, method, operation))
    return page("Trellis API", "".join(parts))


def problem_page(described: ProblemPage, document: Mapping[str, Any]) -> str:
    """What a refusal means, what to do, and which addresses give it."""
    _, places = _places(described.code, document)
    return _problem(described.title, described.text, described.code, f"{described.status}", places)


def service_problem_page(code: str, document: Mapping[str, Any]) -> str | None:
    """What is known of a code that only a service behind gives: where it comes from; None when none gives it."""
    statuses, places = _places(code, document)
    text = "The answer's `detail` says what was wrong and what to do; `details` says it to programs."
    return _problem(title_of(code), text, code, ", ".join(statuses), places) if statuses else None


def _places(code: str, document: Mapping[str, Any]) -> tuple[list[str], str]:
    """With which statuses a code comes, and a list of the addresses that it comes from."""
    places = [
        (status, f'<li><a href="/docs#{escape(operation["operationId"])}">{method.upper()} {escape(address)}</a></li>')
        for address, operations in document["paths"].items()
        for method, operation in operations.items()
        for status, answer in operation.get("responses", {}).items()
        if code in answer.get("x-codes", [])
    ]
    listed = "".join(place for _, place in places)
    return sorted({status for status, _ in places}), f"<p>From:</p><ul>{listed}</ul>" if places else ""


def _problem(title: str, text: str, code: str, statuses: str, more: str = "") -> str:
    return page(
        title,
        f"<h1>{escape(title)}</h1><p>{escape(text)}</p>"
        f"<p>Code <code>{escape(code)}</code>, HTTP status {escape(statuses)}.</p>{more}"
        '<p><a href="/docs">All addresses</a></p>',
    )


def _operation(address: str, method: str, operation: Mapping[str, Any]) -> str:
    policy = operation["x-policy"]
    who = ", ".join(f"{role} ({relation})" for role, relation in policy["grants"])
    apps = f", apps with scope {policy['scope']}" if policy["apps"] else ""
    summary = operation.get("description") or operation.get("summary", "")
    return (
        f'<section id="{escape(operation["operationId"])}"><h2><span class="method">{method.upper()}</span> '
        f'<span class="path">{escape(address)}</span></h2><p>{escape(summary)}</p>'
        f'<p class="who">For {escape(who + apps)}.</p>{_parameters(operation)}{_codes(operation)}</section>'
    )


def _parameters(operation: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(part['name'])}</code></td><td>{escape(part['in'])}</td>"
        f"<td>{'required' if part.get('required') else ''}</td></tr>"
        for part in operation.get("parameters", [])
    )
    bodies = operation.get("requestBody", {}).get("content", {})
    names = ", ".join(
        content.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1] or kind for kind, content in bodies.items()
    )
    body = f"<p>Body: <code>{escape(names)}</code></p>" if names else ""
    return (f"<table>{rows}</table>" if rows else "") + body


def _codes(operation: Mapping[str, Any]) -> str:
    codes = [code for answer in operation.get("responses", {}).values() for code in answer.get("x-codes", [])]
    links = ", ".join(f'<a href="/problems/{escape(code)}">{escape(code)}</a>' for code in codes)
    return f'<p class="who">May refuse: {links}.</p>' if links else ""
