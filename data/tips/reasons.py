"""What a reviewer may find, and why: grades of the record, cannot tell, and reasons from a list."""

from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """What comes out of a tip: what grades amount to."""

    CONFIRMED = "confirmed"
    OPEN = "open"  # nobody could check it, and nothing speaks against it
    DISPUTED = "disputed"
    FALSE = "false"
    CANNOT_TELL = "cannot_tell"


class Reason(StrEnum):
    """Why a tip was graded so, or what became of it."""

    OBSERVER = "observer"
    TWO_ORIGINS = "two_origins"
    PICTURE = "picture"
    OFFICIAL = "official"
    CONTRADICTED = "contradicted"
    SAME_EVENT = "same_event"
    NO_INCIDENT = "no_incident"
    OUTSIDE = "outside"
    TOO_LITTLE = "too_little"
    WITHDRAWN = "withdrawn"


class Grade(NamedTuple):
    """A grade that a reviewer may give: the key that gives it, and the reasons it may have."""

    code: str
    key: str
    label: str
    verdict: Verdict
    reasons: tuple[Reason, ...]


REASONS: dict[Reason, str] = {
    Reason.OBSERVER: "Seen by an observer of ours",
    Reason.TWO_ORIGINS: "Two independent origins",
    Reason.PICTURE: "Picture or video matched to place and time",
    Reason.OFFICIAL: "Official confirmation",
    Reason.CONTRADICTED: "Contradicted by an observer",
    Reason.SAME_EVENT: "Same event as another tip",
    Reason.NO_INCIDENT: "Not an incident",
    Reason.OUTSIDE: "Outside the place",
    Reason.TOO_LITTLE: "Too little to tell",
    Reason.WITHDRAWN: "Withdrawn",
}
_R = Reason
GRADES = (
    Grade("verified", "1", "Verified", Verdict.CONFIRMED, (_R.OBSERVER, _R.PICTURE, _R.OFFICIAL)),
    Grade(
        "corroborated", "2", "Corroborated", Verdict.CONFIRMED,
        (_R.TWO_ORIGINS, _R.OBSERVER, _R.PICTURE, _R.OFFICIAL),
    ),
    Grade("reported", "3", "Reported, not checked", Verdict.OPEN, (_R.TOO_LITTLE,)),
    Grade("disputed", "4", "Disputed", Verdict.DISPUTED, (_R.CONTRADICTED,)),
    Grade(
        "rejected", "5", "Rejected", Verdict.FALSE,
        (_R.NO_INCIDENT, _R.CONTRADICTED, _R.SAME_EVENT, _R.OUTSIDE),
    ),
    Grade("cannot_tell", "6", "Cannot tell", Verdict.CANNOT_TELL, (_R.TOO_LITTLE,)),
)  # fmt: skip
BY_CODE = {grade.code: grade for grade in GRADES}
_ORDER = [grade.code for grade in reversed(GRADES)]  # the most cautious first
NEEDED = 2  # blind grades
_MOST = 3  # with the third reviewer


class Decision(NamedTuple):
    """What some grades amount to: one more is needed, or a grade with its reason stands."""

    more: bool
    grade: str = ""
    reason: str = ""


UNDECIDED = Decision(True)


def weigh_grades(grades: list[tuple[str, str]]) -> Decision:
    """What blind grades (code and reason, as they came) amount to.

    Two of one verdict agree, of two or of three; the more cautious grade of them then stands.
    Three that all differ are cannot tell: also a result.
    """
    by_verdict: dict[Verdict, list[tuple[str, str]]] = {}
    for code, reason in grades:
        by_verdict.setdefault(BY_CODE[code].verdict, []).append((code, reason))
    for agreed in by_verdict.values():
        if len(agreed) >= NEEDED:
            return Decision(False, *min(agreed, key=lambda one: _ORDER.index(one[0])))
    if len(grades) < _MOST:
        return UNDECIDED
    return Decision(False, "cannot_tell", Reason.TOO_LITTLE)
