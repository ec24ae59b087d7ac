"""Consistency: every alert has its page, and no panel or rule asks for a figure that nobody publishes."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
# The names are an interface: they are documented here, and changed only with the dashboards and alerts that read them.
PUBLISHED = frozenset(
    {
        "up",
        "http_requests_total",
        "http_request_seconds_bucket",
        "outbox_unsent_rows",
        "outbox_oldest_seconds",
        "outbox_sent_total",
        "consumer_events_total",
        "consumer_lag_records",
        "consumer_position_age_seconds",
        "dead_letters_total",
    }
)
_FIGURE = re.compile(r"\b(?:up|[a-z]+_[a-z_]+)\b")
_NOT_FIGURES = frozenset({"histogram_quantile", "label_values"})


def findings() -> list[str]:
    """What does not fit, one sentence each."""
    return [*_unpublished(), *_alerts_without_page(), *_pages_without_alert(), *_drifted_pins()]


def _unpublished() -> Iterator[str]:
    expressions = [rule["expr"] for rule in _rules()] + [
        target["expr"] for panel in _dashboard()["panels"] for target in panel.get("targets", [])
    ]
    for expression in expressions:
        for name in sorted(set(_FIGURE.findall(_without_strings(expression))) - PUBLISHED - _NOT_FIGURES):
            yield f"{name} is asked for, but not published: {expression}"


def _without_strings(expression: str) -> str:
    return re.sub(r'"[^"]*"', "", expression)


def _alerts_without_page() -> Iterator[str]:
    for rule in _rules():
        page = HERE.parent / rule["annotations"]["runbook"]
        if not page.exists() or not page.read_text().startswith(f"# {rule['alert']}\n"):
            yield f"the alert {rule['alert']} has no page of its name at {rule['annotations']['runbook']}"


def _pages_without_alert() -> Iterator[str]:
    named = {(HERE.parent / rule["annotations"]["runbook"]).name for rule in _rules()}
    for page in sorted((HERE / "runbooks").glob("*.md")):
        if page.name not in named:
            yield f"{page.name} belongs to no alert"


def _drifted_pins() -> Iterator[str]:
    tested = _pins(HERE.parent / "requirements.lock")
    for name, version in _pins(HERE / "runtime.lock").items():
        if tested.get(name) != version:
            yield f"runtime.lock has {name}=={version}, requirements.lock has {tested.get(name)}"


def _pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", lock.read_text(), re.MULTILINE))


def _rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((HERE / "prometheus" / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "grafana" / "dashboards" / "town.json").read_text())
    return found


if __name__ == "__main__":
    wrong = findings()
    sys.stdout.writelines(f"{each}\n" for each in wrong)
    raise SystemExit(bool(wrong))
