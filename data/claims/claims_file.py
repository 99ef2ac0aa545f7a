"""The claims of a place, from its claims.toml: which office claimed what, and what would test it.

`[claims] file` in porchlight.toml names the file, relative to porchlight.toml; without it, it is
claims.toml beside it. The sample place has one of its own.
"""

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from data import settings
from data.columns import personal_values
from data.record import last_of_month
from data.settings import Problem

SAMPLE_CLAIMS = Path(__file__).with_name("sample.toml")
_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")


class TestKind(StrEnum):
    """The kinds of test: what of a View agrees with a claim, or disagrees."""

    RISES = "rises"  # more than in the period that the View is compared with
    FALLS = "falls"
    SHARE = "share"  # of the records of `beside` that say anything, at least or at most so many
    RATIO = "ratio"  # of the records of the View to those of `beside`, at least or at most so many
    HAPPENED = "happened"  # there is a record; none counts only where every one would be there
    NEVER = "never"  # there is none, and every one would be there
    NONE = "none"  # nothing that is recorded tells


class Lack(StrEnum):
    """The reasons why nothing that is recorded tells, as a file states them."""

    NO_SOURCE = "no_source"  # no source of this place records it
    NO_COLUMN = "no_column"  # a source records such incidents, but not this of them


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a claim that is tested by itself.

    `of` says which part, where there are several. `view` and `beside` are the queries of links.
    `complete` says why every such record would be in the source: without it, no record tells
    nothing. `note` is what the records show and what they do not, `tells` what would tell.
    `records` is how many records of the View the note was written of.
    """

    test: TestKind
    of: str = ""
    view: str = ""
    beside: str = ""
    at_least: float | None = None
    at_most: float | None = None
    complete: str = ""
    lacks: Lack | None = None
    note: str = ""
    records: int | None = None
    tells: str = ""

    def __post_init__(self) -> None:
        needs = NEEDS[self.test]
        bounded = (self.at_least is None) != (self.at_most is None)
        _require(
            of=_is_text(self.of),
            view=_is_text(self.view) and bool(self.view) >= needs.view,
            beside=_is_text(self.beside) and bool(self.beside) == needs.beside,
            at_least=bounded == needs.bound,
            complete=_is_text(self.complete) and bool(self.complete) <= needs.complete,
            lacks=(self.lacks is not None) == needs.lacks,
            note=_is_text(self.note),
            records=self.records is None
            or (self.records >= 0 and bool(self.view) and bool(self.note)),
            tells=_is_text(self.tells) and bool(self.tells) >= needs.lacks,
        )


class Needs(NamedTuple):
    """The fields that a kind of test needs; `complete` may be there or not."""

    view: bool = True
    beside: bool = False
    bound: bool = False
    complete: bool = False
    lacks: bool = False


NEEDS = {
    TestKind.RISES: Needs(),
    TestKind.FALLS: Needs(),
    TestKind.SHARE: Needs(beside=True, bound=True),
    TestKind.RATIO: Needs(beside=True, bound=True),
    TestKind.HAPPENED: Needs(complete=True),
    TestKind.NEVER: Needs(complete=True),
    TestKind.NONE: Needs(view=False, lacks=True),
}


class Claim(Struct, frozen=True, forbid_unknown_fields=True):
    """What an office claimed, and where it stands: `when` and `published` are days or months.

    `who` is an office or a body, never a person's name. `link` is where somebody has read it.
    """

    who: str
    what: str
    when: str
    paper: str
    published: str
    part: tuple[Part, ...]
    link: str = ""

    def __post_init__(self) -> None:
        several = len(self.part) > 1
        _require(
            who=bool(self.who.strip()) and _is_text(self.who) and not names_person(self.who),
            what=bool(self.what.strip()) and _is_text(self.what),
            when=_is_day(self.when),
            paper=bool(self.paper.strip()) and _is_text(self.paper),
            published=_is_day(self.published),
            part=bool(self.part) and (not several or all(part.of for part in self.part)),
            link=not self.link or _is_link(self.link),
        )


@dataclass(frozen=True)
class ClaimEntry:
    """An entry of a file of claims: where it stands, and its claim or what is wrong with it."""

    where: str
    claim: Claim | None
    problem: Problem | None = None


def load_claims(today: dt.date, file: Path | None = None) -> tuple[ClaimEntry, ...]:
    """The claims of the place whose settings a file holds; none where nobody has written any.

    Problem where the file cannot be read at all; what is wrong with one entry stands in it.
    """
    found = settings.own_file("claims", SAMPLE_CLAIMS, file)
    return () if found is None else read_claims(settings.read_toml(found), found, today)


def read_claims(table: dict[str, Any], file: Path, today: dt.date) -> tuple[ClaimEntry, ...]:
    """The entries of a claims.toml whose tables were read."""
    if unknown := sorted(table.keys() - {"claim"}):
        raise Problem(f"{file}: {unknown[0]} means nothing. Write [[claim]] for each claim.")
    rows = table.get("claim", [])
    if not isinstance(rows, list):
        raise Problem(f"{file}: claim is a list of tables: write [[claim]].")
    return tuple(_read(row, i, file, today) for i, row in enumerate(rows, 1))


def _read(row: Any, number: int, file: Path, today: dt.date) -> ClaimEntry:
    """An entry. Where it names a person, what is said of it does not repeat the name."""
    who = row.get("who") if isinstance(row, dict) else None
    shown = isinstance(who, str) and _is_text(who) and not names_person(who)
    where = f"{file}: claim {number}" + (f" ({who})" if shown else "")
    try:
        claim = msgspec.convert(row, Claim)
        for name in ("when", "published"):
            if _first_day(getattr(claim, name)) > today:
                raise Problem(f"{where}: {name} is {getattr(claim, name)}, later than today.")
        return ClaimEntry(where, claim)
    except msgspec.ValidationError as error:
        return ClaimEntry(where, None, Problem(f"{where}: {_explain(str(error))}."))
    except Problem as problem:
        return ClaimEntry(where, None, problem)


# field -> what to write into it
_HINTS = {
    "who": "write an office or a body on one line, never a person's name",
    "what": "write in one line what was claimed, in your own words",
    "when": 'write a day or a month, e.g. "2025-12"',
    "published": 'write a day or a month, e.g. "2025-12"',
    "link": "write https:// and an address that somebody has read, or leave it out",
    "part": "write at least one table [[claim.part]]; of several, each has its own `of`",
    "test": f"write one of {', '.join(TestKind)}",
    "view": "write the part of a link after its question mark: open Records and copy it from Share",
    "beside": "share and ratio have one, other tests none: the part of a link after its question mark",
    "at_least": "share and ratio have either at_least or at_most, a number; other tests have none",
    "at_most": "share and ratio have either at_least or at_most, a number; other tests have none",
    "complete": "only happened and never have it: why every such record would be in the source",
    "records": "how many records of `view` the `note` was written of: only beside both of them",
    "lacks": f"the test none has it, others do not: one of {', '.join(Lack)}",
    "tells": "the test none needs one line that says what would tell",
}
_AT = re.compile(r" - at `\$\.?(.*)`$")
_PART = re.compile(r"part\[(\d+)\]\.?")
_OTHER = {
    "Object missing required field": "{} is missing",
    "Object contains unknown field": "{} means nothing",
}


def _require(**fits: bool) -> None:
    """ValueError with the name of the first field that does not fit, which msgspec hands on."""
    if wrong := next((name for name, fit in fits.items() if not fit), ""):
        raise ValueError(wrong)


def _explain(error: str) -> str:
    """What msgspec says of an entry: the part as a person counts it, the field, what to write."""
    at = _AT.search(error)
    what, path, row = error[: at.start()] if at else error, at[1] if at else "", ""
    if found := _PART.match(path):
        row, path = f"part {int(found[1]) + 1}: ", path[found.end() :]
    name = re.split(r"[\[.]", path)[0] or (what if what.isidentifier() else "")
    if name:
        return f"{row}{name} cannot be used: {_HINTS.get(name, 'write one line of text')}"
    start, _, name = what.partition(" `")
    return row + _OTHER.get(start, "this is no table").format(name.partition("`")[0])


# what stands before a person's name; an office has "of", a comma or a place behind it
_TITLES = (
    r"(?:Mr|Mrs|Ms|Mx|Dr|Prof|Sgt|Lt|Capt|Rev)\.?|(?:Vice )?President|(?:Lt\. |Lieutenant )?Governor"
    r"|Mayor|Sheriff|(?:Police |Fire )?Chief|Commissioner|Secretary|Director|Senator|Representative"
    r"|Professor|Judge|Justice|Attorney General|Officer|Sergeant|Lieutenant|Captain"
)
_NAME = r"[A-Z][\w'’.-]+"
_TITLED = re.compile(rf"\b(?:{_TITLES})((?: {_NAME})+)")
_BEHIND = re.compile(rf"^({_NAME}(?: {_NAME}){{1,3}}), (?:the |a )?(?i:{_TITLES})\b")


def names_person(who: str) -> bool:
    """Return whether a text is a title and a name, or a name and a title behind it.

    A name alone cannot be told from that of a newspaper or a network: it is not refused.
    """
    found = (*_TITLED.findall(who), *_BEHIND.findall(who))
    names = [set(re.findall(r"[^\W\d_]+", name.lower())) for name in found]
    return any(name.isdisjoint(personal_values.NO_PERSON) for name in names)


def _is_text(text: str) -> bool:
    """Return whether a text is one line, or empty."""
    return not text or text.isprintable()


def _first_day(text: str) -> dt.date:
    return dt.date.fromisoformat(text if len(text) > len("2025-12") else f"{text}-01")


def _is_day(text: str) -> bool:
    """Return whether a text is a day that the calendar has, or a month."""
    if not _DAY.fullmatch(text):
        return False
    first = _first_day(text[: len("2025-12")])
    return len(text) == len("2025-12") or int(text[-2:]) <= last_of_month(first).day


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and text.isprintable()
