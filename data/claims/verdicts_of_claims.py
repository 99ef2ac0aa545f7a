"""The verdict on a part of a claim: one row a kind of test, and what must hold before any."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from data import words
from data.claims.claim_views import PartViews
from data.claims.claims_file import Lack, Part, TestKind
from data.maps import outlines
from data.patterns import compare
from data.storage.store import Current
from data.views import breakdowns, periods, recording, view_counts
from data.views.coverage import Coverage, Extent, cover, step_name
from data.views.periods import NoComparison, Obstacle
from data.views.sql import chosen_sources
from data.views.view import View
from geo import rates
from geo.forest import Finding

CHECKED = {"corroborated", "verified"}  # grades of community reports that are evidence
MOST_SILENT = 0.5  # of records that say nothing: with more, a share is not told


class ClaimVerdict(StrEnum):
    """The verdicts on a claim."""

    AGREE = "agree"
    DISAGREE = "disagree"
    CANNOT_TELL = "cannot tell"


class WhyNot(Enum):
    """The reasons why records cannot tell."""

    NO_SOURCE = "no source records it"
    NO_COLUMN = "the source does not record it"
    NOT_IN_STORE = "the store has no record of the source"
    MADE = "the records are made"
    UNCHECKED = "the reports are not checked"
    UNCOVERED = "the source does not cover it"
    NO_COUNT = "the records are no count"
    INCOMPLETE = "no record is no evidence"
    TOO_SHORT = "too short"
    OVERLAP = "the periods overlap"
    RECORDING = "a change of recording"
    NO_RECORD = "no record"
    FEW = "too few"
    CHANCE = "chance can explain it"
    SEASON = "the season can explain it"
    SILENT = "most records say nothing"
    PARTS = "not all parts can be told"


@dataclass(frozen=True)
class Estimate:
    """A share or a ratio with its 95% interval.

    `a` and `b` are the records that it is of: for a share those of the View and the others that
    say anything, for a ratio those of the View and of the other, for a change those of this period
    and of the earlier one, which has `steps_before`. Steps are whole `unit`s; `factor` is how many times as much as chance
    they vary. `silent` records say nothing.
    """

    value: float
    low: float
    high: float
    a: int
    b: int
    steps: int
    unit: str
    factor: float
    silent: int = 0
    steps_before: int = 0


@dataclass(frozen=True)
class Outcome:
    """The outcome of a test: its verdict, why nothing can be told, a sentence on that, a number."""

    verdict: ClaimVerdict
    why: WhyNot | None = None
    detail: str = ""
    estimate: Estimate | None = None


@dataclass(frozen=True)
class Asked:
    """What a test asks: a part with its Views in a table; `n` records are in the View."""

    current: Current
    part: Part
    view: View
    beside: View | None
    n: int
    covers: Coverage


def _unknown(why: WhyNot, detail: str = "", estimate: Estimate | None = None) -> Outcome:
    return Outcome(ClaimVerdict.CANNOT_TELL, why, detail, estimate)


def judge_part(current: Current, part: Part, views: PartViews, n: int) -> Outcome:
    """The verdict on a part of a claim, whose View has `n` records.

    Made records never agree or disagree, whatever the test.
    """
    if views.absent:
        return _unknown(WhyNot.NOT_IN_STORE)
    if views.view is None:
        return _lacks(part)
    if any(source["made"] for source in chosen_sources(views.view, current.meta)):
        return _unknown(WhyNot.MADE)
    covers = cover(views.view, current.meta)
    if part.test is TestKind.NONE:
        return _lacks(part)
    if covers.extent is Extent.NONE:
        return _unknown(WhyNot.UNCOVERED, covers.gap)
    return TESTS[part.test](Asked(current, part, views.view, views.beside, n, covers))


def _lacks(part: Part) -> Outcome:
    return _unknown(WhyNot.NO_COLUMN if part.lacks is Lack.NO_COLUMN else WhyNot.NO_SOURCE)


def _happened(asked: Asked) -> Outcome:
    return _presence(asked, ClaimVerdict.AGREE, ClaimVerdict.DISAGREE)


def _never(asked: Asked) -> Outcome:
    return _presence(asked, ClaimVerdict.DISAGREE, ClaimVerdict.AGREE)


def _presence(asked: Asked, some: ClaimVerdict, none: ClaimVerdict) -> Outcome:
    """A verdict by whether there is a record. That there is none is evidence only of an official
    source that covers the whole period, counts what happened and would hold every one."""
    meta = asked.current.meta
    kinds = {source["kind"] for source in chosen_sources(asked.view, meta)}
    if asked.n:
        grades = set(asked.view.grades)
        checked = "community" not in kinds or (bool(grades) and grades <= CHECKED)
        return Outcome(some) if checked else _unknown(WhyNot.UNCHECKED)
    if asked.covers.extent is not Extent.WHOLE:
        return _unknown(WhyNot.UNCOVERED, asked.covers.gap)
    if kinds != {"official"} or not asked.part.complete:
        return _unknown(WhyNot.INCOMPLETE)
    return Outcome(none)


def _rises(asked: Asked) -> Outcome:
    return _change(
        asked, {Finding.HIGHER: ClaimVerdict.AGREE, Finding.LOWER: ClaimVerdict.DISAGREE}
    )


def _falls(asked: Asked) -> Outcome:
    return _change(
        asked, {Finding.LOWER: ClaimVerdict.AGREE, Finding.HIGHER: ClaimVerdict.DISAGREE}
    )


# why there is no comparison -> why nothing can be told
_OBSTACLES = {
    Obstacle.NO_COUNT: WhyNot.NO_COUNT,
    Obstacle.UNCOVERED: WhyNot.UNCOVERED,
    Obstacle.OVERLAP: WhyNot.OVERLAP,
    Obstacle.TOO_SHORT: WhyNot.TOO_SHORT,
    Obstacle.RECORDING: WhyNot.RECORDING,
    Obstacle.NO_RECORD: WhyNot.NO_RECORD,
}
# a finding that is none -> why nothing can be told
_FINDINGS = {
    Finding.SEASON: WhyNot.SEASON,
    Finding.UNCLEAR: WhyNot.CHANCE,
    Finding.FEW: WhyNot.FEW,
    Finding.NONE: WhyNot.FEW,
}


def _change(asked: Asked, verdicts: dict[Finding, ClaimVerdict]) -> Outcome:
    """A verdict by the change against the period that the View is compared with, which must stand:
    beyond chance, dispersion, memory and season (data.patterns.compare)."""
    view = asked.view
    units = outlines.units(asked.current, view.area_set, view.settled_by)
    pair = compare.two_periods(asked.current, view, units, np.ones(len(units), bool))
    if isinstance(pair, NoComparison):
        return _unknown(_OBSTACLES[pair.obstacle], pair.sentence)
    assert pair.overall is not None
    ratio, low, high, factor = (float(v[0]) for v in pair.overall[:4])
    steps, before = len(pair.a.starts), len(pair.b.starts)
    estimate = Estimate(
        *(ratio, low, high, pair.a.n, pair.b.n), steps, pair.unit, factor, steps_before=before
    )
    finding = pair.overall.finding[0]
    if finding in verdicts:
        return Outcome(verdicts[finding], estimate=estimate)
    return _unknown(_FINDINGS[finding], estimate=estimate)


def _share(asked: Asked) -> Outcome:
    assert asked.beside is not None
    spoken = _spoken(asked.view, asked.beside)
    silent = _count(asked.current, asked.beside) - _count(asked.current, spoken)
    return _bounded(asked, spoken, silent)


def _ratio(asked: Asked) -> Outcome:
    assert asked.beside is not None
    return _bounded(asked, asked.beside, 0)


def _spoken(view: View, whole: View) -> View:
    """The whole of a share without the records that say nothing of what the share is about; all of
    it where the share is of those that say nothing."""
    for row in breakdowns.BREAKDOWNS:
        asked = getattr(view, row.field)
        if asked and row.silent not in asked and not getattr(whole, row.field):
            said = (w.code for w in words.TABLES[row.column] if w.code != row.silent)
            spoken: dict[str, Any] = {row.field: tuple(said)}
            whole = replace(whole, **spoken)
    return whole


def _count(current: Current, view: View) -> int:
    return view_counts.headline(current, view)["n"]


def _bounded(asked: Asked, beside: View, silent: int) -> Outcome:
    """A verdict by a share or ratio of counts: only where its whole interval lies on one side."""
    meta, current = asked.current.meta, asked.current
    if why := recording.no_count(asked.view, meta):
        return _unknown(WhyNot.NO_COUNT, why)
    if asked.covers.extent is not Extent.WHOLE:
        return _unknown(WhyNot.UNCOVERED, asked.covers.gap)
    first, last = asked.view.start, asked.view.end
    for day, what in recording.changes_between(asked.view, meta, first, last):
        return _unknown(WhyNot.RECORDING, f"{day:%b} {day.day}, {day.year}: {what}")
    step = view_counts.choose_step(cover(beside, meta), None, current)
    whole = cover(beside, meta).whole(step)
    if whole.sum() < periods.LEAST_STEPS:
        return _unknown(WhyNot.TOO_SHORT)
    a, b = (view_counts.count_steps(current, v, step)[whole] for v in (asked.view, beside))
    share = asked.part.test is TestKind.SHARE
    estimate = estimate_ratio(a, b - a if share else b, share=share, unit=step_name(beside, step))
    estimate = replace(estimate, silent=silent)
    told = estimate.a + estimate.b
    if silent > MOST_SILENT * (told + silent):
        return _unknown(WhyNot.SILENT, estimate=estimate)
    if rates.unreliable(told) or not np.isfinite(estimate.low):
        return _unknown(WhyNot.FEW, estimate=estimate)
    return _side(asked.part, estimate)


def estimate_ratio(
    a: npt.NDArray[np.int64], b: npt.NDArray[np.int64], *, share: bool, unit: str
) -> Estimate:
    """The ratio of counts of the same steps, or the share of `a` in both, with its 95% interval.

    As for two sources (geo.rates.change): widened by how much the share varies from step to step,
    and by how much a step resembles the next.
    """
    found = rates.change(a, b, paired=True, inflation=compare.share_inflation(a, b))
    value, low, high = (float(v[0]) for v in found[:3])
    if share:
        value = float(a.sum() / max((a + b).sum(), 1))
        low, high = (x / (1 + x) if np.isfinite(x) else x for x in (low, high))
    if not b.sum() and np.isfinite(low):  # nothing is too large then
        high = 1.0 if share else np.inf
    factor = float(found.factor[0])
    return Estimate(value, low, high, int(a.sum()), int(b.sum()), len(a), unit, factor)


def _side(part: Part, estimate: Estimate) -> Outcome:
    """The side of its bound that an interval lies on."""
    bound = part.at_least if part.at_least is not None else part.at_most
    assert bound is not None
    above, below = estimate.low >= bound, estimate.high <= bound
    if above == below:  # the interval holds the bound, or is nothing but it
        return _unknown(WhyNot.CHANCE, estimate=estimate)
    agree = above if part.at_least is not None else below
    return Outcome(ClaimVerdict.AGREE if agree else ClaimVerdict.DISAGREE, estimate=estimate)


TESTS: dict[TestKind, Callable[[Asked], Outcome]] = {
    TestKind.RISES: _rises,
    TestKind.FALLS: _falls,
    TestKind.SHARE: _share,
    TestKind.RATIO: _ratio,
    TestKind.HAPPENED: _happened,
    TestKind.NEVER: _never,
}
