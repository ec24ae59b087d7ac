"""Periods: what recurs in a school's day, under terms that change from a date on and never backwards."""

from dataclasses import dataclass, replace
from datetime import date

from kit.refusals import Kind, Refusal, refuse_all


class NoSuchPeriod(Refusal):
    kind = Kind.MISSING
    text = "There is no such period at this school: {period_id}."


class TermsNotLater(Refusal):
    text = (
        "Terms from {from_on} come too early: a newer version must begin after {latest_on}, and past days never change."
    )


class TermsEndBeforeStart(Refusal):
    kind = Kind.INVALID
    text = "These terms would end on {until_on}, before they begin on {from_on}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a period is called from one day on, until a last day or until newer terms."""

    name: str
    from_on: date
    until_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A recurring piece of the day; `terms` are in the order of their dates."""

    period_id: str
    version: int
    district_id: str
    school_id: str
    terms: tuple[Terms, ...]


def check_terms(terms: Terms) -> Terms:
    """The terms, if they end no earlier than they begin. Raises: Refusals of TermsEndBeforeStart."""
    early = terms.until_on is not None and terms.until_on < terms.from_on
    refuse_all(TermsEndBeforeStart(from_on=str(terms.from_on), until_on=str(terms.until_on)) if early else None)
    return terms


def renew(period: Period, terms: Terms) -> Period:
    """The period under newer terms from a later date on; what was before stays.

    Raises: Refusals of TermsNotLater, TermsEndBeforeStart.
    """
    latest = period.terms[-1].from_on
    early = terms.from_on <= latest
    refuse_all(TermsNotLater(from_on=str(terms.from_on), latest_on=str(latest)) if early else None)
    return replace(period, terms=(*period.terms, check_terms(terms)))


def terms_on(period: Period, day: date) -> Terms | None:
    """The terms in effect on a day, or None: there is no such period on that day."""
    begun = [terms for terms in period.terms if terms.from_on <= day]
    if not begun or (begun[-1].until_on is not None and begun[-1].until_on < day):
        return None
    return begun[-1]
