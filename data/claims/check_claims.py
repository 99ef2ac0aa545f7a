"""The claims of a place checked against its records: each part with its View, number and verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from data import words
from data.claims import claims_file
from data.claims.claim_views import ViewReader
from data.claims.claims_file import Claim, ClaimEntry, Part
from data.claims.verdicts_of_claims import ClaimVerdict, Outcome, WhyNot, judge_part
from data.settings import Problem, Settings
from data.sources import read_catalogue
from data.storage.store import Current
from data.views import breakdowns, coverage, links, view_counts
from data.views.view import MONTH, View

FEW = 20  # records that are few enough to be told month by month
RESPONSE = next(row for row in breakdowns.BREAKDOWNS if row.column == "response")
# records that a View counts, though some picture of it leaves them out: a claim is of counts
_COUNTED_ABOVE = {"no_point", "outside", "no_step", "cut_night"}


class MonthOfPart(NamedTuple):
    """The records of a View in a month with one word for what local police did."""

    month: date
    response: str
    n: int


@dataclass(frozen=True)
class CheckedPart:
    """A part of a claim with its verdict; `n` records are in its View, as the `sentence` says.

    Without a View, or where the store has no record of its source (`absent`), there is no number.
    `query` is the part of a link that opens the View. `months` are those of few records, where
    their source says what local police did.
    """

    part: Part
    outcome: Outcome
    view: View | None = None
    n: int | None = None
    sentence: str = ""
    query: str = ""
    absent: tuple[str, ...] = ()
    months: tuple[MonthOfPart, ...] = ()


@dataclass(frozen=True)
class CheckedClaim:
    """A claim and its parts, or what is wrong with its entry."""

    entry: ClaimEntry
    parts: tuple[CheckedPart, ...] = ()
    problem: Problem | None = None

    @property
    def claim(self) -> Claim | None:
        """The claim, None where its entry cannot be used."""
        return None if self.problem else self.entry.claim

    @property
    def verdict(self) -> ClaimVerdict:
        """The verdict on all parts together: they disagree where one does, agree where all do."""
        verdicts = {one.outcome.verdict for one in self.parts}
        if ClaimVerdict.DISAGREE in verdicts:
            return ClaimVerdict.DISAGREE
        return ClaimVerdict.AGREE if verdicts == {ClaimVerdict.AGREE} else ClaimVerdict.CANNOT_TELL

    @property
    def why(self) -> WhyNot | None:
        """The reason why nothing can be told of the claim as a whole; None where something can."""
        if self.verdict is not ClaimVerdict.CANNOT_TELL:
            return None
        reasons = {one.outcome.why for one in self.parts}
        return reasons.pop() if len(reasons) == 1 else WhyNot.PARTS


def check_claims(
    current: Current, settings: Settings, store: Path, now: datetime, file: Path | None = None
) -> tuple[CheckedClaim, ...]:
    """The claims of the place whose settings stand in a file, checked against a table of records.

    A claim that cannot be read stands among the others with its Problem.
    """
    entries = claims_file.load_claims(coverage.local_today(current.meta), file)
    return check_entries(current, settings, store, now, entries)


def check_entries(
    current: Current, settings: Settings, store: Path, now: datetime, entries: Sequence[ClaimEntry]
) -> tuple[CheckedClaim, ...]:
    """The entries checked against a table of records; `store` is the folder of the store."""
    reader = ViewReader(current.meta, settings, read_catalogue(store), now)
    return tuple(_check(current, reader, entry) for entry in entries)


def _check(current: Current, reader: ViewReader, entry: ClaimEntry) -> CheckedClaim:
    if entry.claim is None:
        return CheckedClaim(entry, problem=entry.problem)
    several = len(entry.claim.part) > 1
    try:
        parts = tuple(
            _check_part(current, reader, part, entry.where + (f": part {i}" if several else ""))
            for i, part in enumerate(entry.claim.part, 1)
        )
    except Problem as problem:
        return CheckedClaim(entry, problem=problem)
    return CheckedClaim(entry, parts)


def _check_part(current: Current, reader: ViewReader, part: Part, where: str) -> CheckedPart:
    views = reader.read_part(part, where)
    if views.view is None:
        return CheckedPart(part, judge_part(current, part, views, 0), absent=views.absent)
    counted = view_counts.headline(current, views.view)
    told = {why: n for why, n in counted.items() if why not in _COUNTED_ABOVE}
    return CheckedPart(
        part,
        judge_part(current, part, views, counted["n"]),
        views.view,
        counted["n"],
        links.sentence(views.view, current.meta, told),
        links.query(views.view, current.meta),
        months=_months(current, views.view) if counted["n"] <= FEW else (),
    )


def _months(current: Current, view: View) -> tuple[MonthOfPart, ...]:
    """The few records of a View by month and by what local police did."""
    if not breakdowns.is_recorded(RESPONSE, view, current.meta):
        return ()
    found = view_counts.count_series(current, view, RESPONSE.column, MONTH)
    listed = words.TABLES[RESPONSE.column]
    months, codes = found["start"].dt.date.tolist(), found["code"].tolist()
    return tuple(
        MonthOfPart(month, listed[code].code, n)
        for month, code, n in zip(months, codes, found["n"].tolist())
    )
