"""Which column says when it happened: by the words of its header and by its values."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from data.forbidden import words
from data.intake import dating, headers
from data.intake.clock import DAY
from data.intake.times import HOUR, Parsed
from data.words import listed

Values = Callable[[str], Sequence[str]]


# What a header says its time to be, the best first. The last word counts: the time at
# which a call was received is one of receiving.
ROLES: tuple[frozenset[str], ...] = (
    listed("""
        occurred occurrence occurring occur occurs occ happened happen ocurrido hecho"""),
    listed("""
        event incident offense offence crime stop call calls begin began start started
        from fr first onset response violation encounter force action activity complaint
        cmplnt protest sighting observed seen incidente evento delito ereignis vorfall
        llamada appel anruf"""),
    frozenset(),  # plain: a date, and no word for whose
    listed("""
        received recd rcvd receipt rec report reports reported reporting rpt rptd opened
        open called recibido recu gemeldet reportado"""),
    listed("""
        created create creation entered entry logged log submitted submit filed input
        inserted recorded posted published added creado cree erstellt"""),
    listed("""
        dispatch dispatched queued enroute arrive arrived arrival onscene scene assigned
        arrest arrested booked"""),
)  # fmt: skip
PLAIN, REPORTED, OTHER = 2, 3, len(ROLES)
# these never say when something happened
NEVER = listed("""
    updated update updates modified modify modification changed edited closed close
    closing cleared clear ended end ending to until thru through last latest finish
    finished due expire expires expired expiry expiration resolved completed complete
    upload uploaded loaded load extract extracted refreshed sync synced year month
    quarter week weekday dow minute season shift
""")
TIMES = listed("""
    date dates datetime datetimes time times timestamp timestamps dt dttm dtm tm ts day
    when fecha hora fechahora datum zeit zeitpunkt uhrzeit heure jour taariikh
""")
BESIDE = listed("""
    of the and at on in by local utc gmt iso est cst mst pst text de del la le du der die
    das am um est hour
""")
# lengths of time, which look like clocks
LENGTHS = listed("""
    response elapsed duration total travel wait delay turnaround interval
""")
VOCABULARY = frozenset().union(*ROLES, NEVER, TIMES, BESIDE)
CLOCK = re.compile(r"\d:\d|\d\s*[ap]\.?m|^\d{4}$", re.IGNORECASE)
AGAIN = re.compile(r" \(\d+\)$")  # what a header has that another column has too
LOOKED_AT = 200  # values
SAME = 0.9  # of the rows within a day: two columns tell of one time


class Choice(NamedTuple):
    """The column of when it happened; None with `rivals` where several could be it."""

    column: str | None
    rivals: tuple[str, ...] = ()


class _Dates(NamedTuple):
    """A column of dates: what its header says, and the times of its first rows."""

    name: str
    role: int
    place: int  # among the headers that are known
    parsed: Parsed

    @property
    def fine(self) -> bool:
        """Whether most values tell the time of day."""
        told = self.parsed.precision[self.parsed.ok] <= HOUR
        return bool(told.any() and told.mean() > 0.5)


def occurred(names: Sequence[str], values: Values) -> Choice:
    """The column that says when it happened, among `names`.

    One that names the event goes before one of the report, that before one of the
    entry. Of columns that tell of one time, the one with the time of day is taken.
    """
    first = [name for name in names if AGAIN.sub("", name) not in {*names} - {name}]
    found = [date for name in first if (date := _dates(name, values))]
    if not found:
        return Choice(None)
    best = min(found, key=lambda d: (d.role, d.place))
    peers = [d for d in found if d.role == best.role or (best.role >= REPORTED and d.role == OTHER)]
    rivals = [d for d in peers if not _same(best, d)]
    if rivals:
        return Choice(None, (best.name, *(d.name for d in rivals)))
    return Choice(next((d.name for d in [best, *peers] if d.fine), best.name))


def received(names: Sequence[str], values: Values) -> str | None:
    """The one column of when it was reported or entered; None where several could be."""
    found = [date for name in names if (date := _dates(name, values))]
    for role in range(REPORTED, REPORTED + 2):
        told = [date.name for date in found if date.role == role]
        if told:
            return told[0] if len(told) == 1 else None
    return None


def clock(names: Sequence[str], values: Values, of: str) -> str | None:
    """The column of the time of day that belongs to the dates in the column `of`."""
    wanted = _role(of)
    fit = {name: role for name in names if (role := _clock_role(name, values)) is not None}
    ways = [name for role in (wanted, PLAIN) for name in fit if fit[name] == role]
    if ways or wanted != PLAIN:
        return next(iter(ways), None)
    # a plain date is the event's: so is a clock of the event, where there is but one
    events = [name for role in range(PLAIN) for name in fit if fit[name] == role]
    return events[0] if len(events) == 1 else None


def timed(texts: Sequence[str]) -> bool:
    """Whether most of some dates tell the time of day too."""
    family, parsed = _parsed(texts)
    told = parsed.precision[parsed.ok] <= HOUR
    return bool(family and told.any() and told.mean() > 0.5)


def _dates(name: str, values: Values) -> _Dates | None:
    role = _role(name)
    if role is None:
        return None
    held = values(name)
    digits = all(text.strip().isdigit() for text in held)
    if digits and not set(words(name, VOCABULARY)) & TIMES:
        return None  # numbers of calls or incidents
    family, parsed = _parsed(held)
    said = sum(any(c.isdigit() for c in text) for text in held[:LOOKED_AT])
    if not family or not said or int(parsed.ok.sum()) * 2 < said:
        return None
    known = headers.NAMES["occurred_at"].split() + headers.NAMES["received_at"].split()
    plain = headers.plain(name)
    return _Dates(name, role, known.index(plain) if plain in known else len(known), parsed)


@lru_cache(maxsize=4096)
def _role(header: str) -> int | None:
    """The place in ROLES of what a header names; None where it names no time."""
    said = frozenset(words(header, VOCABULARY))
    if said & NEVER:
        return None
    roles = [place for place, listed in enumerate(ROLES) if said & listed]
    if roles:
        return max(roles)
    if not said & TIMES:
        return PLAIN if headers.plain(header) in headers.NAMES["occurred_at"].split() else None
    return OTHER if said - TIMES - BESIDE else PLAIN


def _clock_role(name: str, values: Values) -> int | None:
    said = set(words(name, VOCABULARY))
    if not said & TIMES or said & LENGTHS:
        return None
    held = [text for text in values(name) if text.strip()][:LOOKED_AT]
    clocks = dating.likely(held, clock=True)
    like = sum(CLOCK.search(text.strip()) is not None for text in held)
    return _role(name) if clocks and like * 2 >= len(held) and not _parsed(held)[0] else None


def _parsed(texts: Sequence[str]) -> tuple[bool, Parsed]:
    """Whether some texts are dates, and the times of the first, by the likeliest format."""
    column = pa.array([text.strip() for text in texts[:LOOKED_AT]], pa.string())
    family = dating.likely(column.to_pylist())
    ways = [form.parse(column) for form in family or dating.families()[0]]
    return bool(family), max(ways, key=lambda way: int(way.ok.sum()))


def _same(one: _Dates, other: _Dates) -> bool:
    both = one.parsed.ok & other.parsed.ok
    apart = np.abs(one.parsed.local - other.parsed.local)[both]
    return bool(not len(apart) or (apart <= DAY).mean() >= SAME)
