"""Rendering: the templates, compiled once, with the functions that every one of them may use."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, Environment, FileSystemLoader, PackageLoader, PrefixLoader
from jinja2.loaders import ChoiceLoader

from services.web.looks import times
from services.web.looks.languages import coded, unfilled, unfilled_many
from services.web.looks.static_files import StaticFiles
from services.web.looks.words import label, notice_text

FOLDER = Path(__file__).resolve().parents[1] / "templates"
_DESIGN_SYSTEM = "govuk_frontend_jinja"


class Rendering:
    """Turns a template and values into a page."""

    def __init__(self, static: StaticFiles, folder: Path = FOLDER) -> None:
        self._environment = _environment(folder)
        self._environment.globals["static"] = static.address
        for name in self._environment.list_templates(filter_func=lambda name: not name.startswith(_DESIGN_SYSTEM)):
            self._environment.get_template(name)

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        """The page. Raises: TemplateError for a fault in a template."""
        return self._environment.get_template(template).render(values)


def _environment(folder: Path) -> Environment:
    design_system = PrefixLoader({_DESIGN_SYSTEM: PackageLoader(_DESIGN_SYSTEM)})
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder), design_system]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=ChainableUndefined,  # the Design System's macros look for what may not be there
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        auto_reload=False,
    )
    environment.install_gettext_callables(unfilled, unfilled_many, newstyle=True)  # type: ignore[attr-defined]  # by the i18n extension
    environment.filters |= {
        "clock": times.clock,
        "day": times.day,
        "when": lambda place, zone, form="full": times.when(place["starts_at"], place["ends_at"], zone, form),
        "span": lambda place, zone: times.span(place["starts_at"], place["ends_at"], zone),
        "moment": times.moment,
        "minutes": times.minutes,
    }
    environment.globals |= {"coded": coded, "label": label, "notice_text": notice_text}
    return environment
