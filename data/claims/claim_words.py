"""The words of verdicts on claims, their reasons and their numbers: one row a thing."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

import numpy as np

from data import words
from data.claims.check_claims import CheckedPart
from data.claims.claims_file import Claim, Part, TestKind
from data.claims.verdicts_of_claims import ClaimVerdict, Estimate, WhyNot

VERDICT_WORDS = {
    ClaimVerdict.AGREE: "The records agree",
    ClaimVerdict.DISAGREE: "The records disagree",
    ClaimVerdict.CANNOT_TELL: "Cannot tell",
}
WHY_WORDS = {
    WhyNot.NO_SOURCE: "because no source here records it",
    WhyNot.NO_COLUMN: "because the records do not say it",
    WhyNot.NOT_IN_STORE: "because this store has no record of the source that would",
    WhyNot.MADE: "because the records are demonstration data, and none of them is real",
    WhyNot.UNCHECKED: "because these reports are not checked: only corroborated or verified ones are evidence",
    WhyNot.UNCOVERED: "because the source does not cover all of this period",
    WhyNot.NO_COUNT: "because these records do not count what happened",
    WhyNot.INCOMPLETE: "because no record of it is no evidence: the source does not hold every such event",
    WhyNot.TOO_SHORT: "because the time is too short",
    WhyNot.OVERLAP: "because the two periods overlap",
    WhyNot.RECORDING: "because recording changed in between",
    WhyNot.NO_RECORD: "because there is no record to compare",
    WhyNot.FEW: "because the records are too few",
    WhyNot.CHANCE: "because chance can explain the number",
    WhyNot.SEASON: "because the season can explain the difference",
    WhyNot.SILENT: "because most of the records say nothing of it",
    WhyNot.PARTS: "because not all of its parts can be told",
}


def say_verdict(verdict: ClaimVerdict, why: WhyNot | None) -> str:
    """A verdict with its reason: "Cannot tell, because ..."."""
    return VERDICT_WORDS[verdict] + (f", {WHY_WORDS[why]}" if why else "")


def say_tally(verdicts: Iterable[ClaimVerdict]) -> str:
    """How many claims the records agree with and disagree with, as a title."""
    told = Counter(verdicts)
    agree, disagree = told[ClaimVerdict.AGREE], told[ClaimVerdict.DISAGREE]
    if not agree + disagree:
        return f"Claims: of {told.total()}, the records can settle none as a whole"
    return f"Claims: of {told.total()}, the records agree with {agree} and disagree with {disagree}"


def say_test(part: Part) -> str:
    """What a part of a claim is tested by, as a sentence."""
    bound = (
        f"at least {_number(part, part.at_least)}"
        if part.at_least is not None
        else f"at most {_number(part, part.at_most or 0.0)}"
    )
    none = f" None would tell too, because: {part.complete}" if part.complete else ""
    return {
        TestKind.RISES: "They agree if there are clearly more than in the earlier period.",
        TestKind.FALLS: "They agree if there are clearly fewer than in the earlier period.",
        TestKind.SHARE: f"They agree if the share, with its interval, is {bound}.",
        TestKind.RATIO: f"They agree if the ratio, with its interval, is {bound}.",
        TestKind.HAPPENED: f"They agree if there is such a record.{none}",
        TestKind.NEVER: f"They disagree if there is such a record.{none}",
        TestKind.NONE: "",
    }[part.test]


def say_number(checked: CheckedPart) -> str:
    """The number of a part: its estimate with its interval, else its records; "" without any."""
    if checked.n is None:
        return ""
    found = checked.outcome.estimate
    return words.counted(checked.n, "record") if found is None else _value(checked.part, found)


def say_interval(checked: CheckedPart) -> str:
    """The uncertainty of a number and what it is of, in a sentence; "" where it is a plain count."""
    found = checked.outcome.estimate
    if found is None:
        return ""
    ends = [_number(checked.part, v) for v in (found.low, found.high)]
    within = f"95% interval {ends[0]} to {ends[1]}" if np.isfinite(found.high) else "no upper end"
    within = within if np.isfinite(found.low) else "too few for an interval"
    return (
        f"{within}; {_of(checked.part, found)}. From {found.unit} to {found.unit} they vary "
        f"{found.factor:.1f} times as much as chance alone."
    )


def say_months(checked: CheckedPart) -> str:
    """What local police did, month by month, of few records; "" where it is not told."""
    told = [
        f"{one.month:%B %Y}: {words.label('response', one.response)}"
        + (f" ({one.n})" if one.n > 1 else "")
        for one in checked.months
    ]
    return f"What local police did: {'; '.join(told)}." if told else ""


def say_note(checked: CheckedPart) -> str:
    """The note of a part; where its View has other records than the note was written of, only that.

    A source of which the store has no record has none of them.
    """
    written, now = checked.part.records, checked.n or 0
    if written is None or written == now:
        return checked.part.note
    are = "is" if now == 1 else "are"
    return (
        f"This note was written of {words.counted(written, 'record')}; now there {are} {now:,}. "
        "Read them before you quote it."
    )


def _of(part: Part, found: Estimate) -> str:
    """What a number is of: records and whole steps."""
    many, before = (
        f"in {words.counted(n, f'whole {found.unit}')}" for n in (found.steps, found.steps_before)
    )
    if part.test is TestKind.SHARE:
        silent = f"; {found.silent:,} more say nothing" if found.silent else ""
        return f"{found.a:,} of {found.a + found.b:,} records that say it, {many}{silent}"
    if part.test is TestKind.RATIO:
        return f"{found.a:,} records to {found.b:,}, {many}"
    return f"{found.a:,} records {many}, {found.b:,} {before} of the earlier period"


def _value(part: Part, found: Estimate) -> str:
    if not np.isfinite(found.value):
        return f"{found.a:,} to {found.b:,}"
    return _number(part, found.value) + ("" if part.test is TestKind.SHARE else " times")


def _number(part: Part, value: float) -> str:
    return f"{100 * value:.0f}%" if part.test is TestKind.SHARE else f"{value:.2f}"


def say_where(claim: Claim) -> str:
    """When something was claimed and where it stands: Dec 2025, Sahan Journal, Dec 2025."""
    said, printed = _day(claim.when), _day(claim.published)
    return (
        f"Said {said}. {claim.paper}, {printed}." if said != printed else f"{claim.paper}, {said}."
    )


def _day(text: str) -> str:
    day = date.fromisoformat(text if len(text) > len("2025-12") else f"{text}-01")
    return f"{day:%b} {day.day}, {day.year}" if len(text) > len("2025-12") else f"{day:%B %Y}"
