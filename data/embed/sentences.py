"""The words and numbers of the embed's picture: its sentence, classes, rows and notes.

static/embed/said.js says the same of what a reader selects; a browser test compares them.
"""

import datetime as dt
from typing import NamedTuple

import numpy as np

from data.embed.language import Words, capital
from data.privacy.tables import NO_AREA, OF_YEAR, Manifest
from data.published import rises
from data.published.grid import Grid
from data.published.grids import ALL, COMMUNITY, Numbers, Sort
from data.published.levels import CITY
from data.published.number_classes import ZERO, Classes, ClassRow, class_looks, class_rows
from data.published.opening import Opening
from data.published.ranges import Range, RangeWords, step_of
from data.published.released import rule, sources_of

RULES = ("least_residents", "district_residents", "decided_after_days", "area_after_days")
STRIPED = "striped"  # the look in a legend


class Row(NamedTuple):
    """A row of the table: area's code (0: none known, -1 in a table of periods), name, number,
    look on the map ("" where it is not on it), whether it had more than a year before."""

    code: int
    name: str
    number: Range
    look: str
    more: bool


class LegendRow(NamedTuple):
    """A row of the legend: its look, the numbers that it stands for, and what they mean."""

    look: str
    numbers: str
    meaning: str


class Picture(NamedTuple):
    """One map (or series of the whole place) of one sort, kind and period, in words and numbers."""

    said: str
    sub: str
    what: str
    code: str  # of the period
    period: str
    title: str  # of the legend
    rows: list[Row]
    legend: list[LegendRow]
    exact: bool
    source: str
    notes: list[str]


class View(NamedTuple):
    """One table that can be shown: areas by name (columns of `grid`), what has no known area, the
    whole place; looks and rises by period. A series of the place has no areas."""

    where: str
    unit: str
    kind: str
    grid: Grid
    unknown: Grid | None
    city: Grid
    classes: Classes | None
    looks: list[list[str]]
    more: list[list[bool]]


def view(sort: Sort, name: str, kind: str, codes: list[int]) -> View:
    """A map of a sort by its name (district-quarter), or a series of the place (city-month);
    `codes` are the areas in the order of their names."""
    where, _, unit = name.partition("-")
    if where == CITY:
        city = sort.city[unit][kind]
        return View(where, unit, kind, city.only([]), None, city, None, [], [])
    found = sort.maps[name][kind]
    grid = found.grid.only(codes)
    order = [found.grid.columns.index(code) for code in codes]
    classes = found.classes._replace(edges=found.classes.edges[:, order])
    return View(
        where,
        unit,
        kind,
        grid,
        found.unknown,
        _whole(sort, unit, kind, found.grid, found.unknown),
        classes,
        class_looks(grid, classes).tolist(),
        [rises.more_than_before(grid, period).tolist() for period in grid.periods],
    )


def _whole(sort: Sort, unit: str, kind: str, grid: Grid, unknown: Grid) -> Grid:
    """The whole place in the periods of a map; exact counts are added up."""
    if not sort.exact:
        return sort.city[unit][kind].during(grid.periods)
    n = grid.number.sum(axis=1, keepdims=True) + unknown.number
    return Grid(grid.periods, (0,), n, n, n, np.zeros(n.shape), grid.status)


def picture(
    numbers: Numbers,
    at: Opening,
    own: View,
    names: dict[int, str],
    manifest: Manifest,
    words: Words,
) -> Picture:
    """The picture that the embed opens on; `names` are those of areas by code, in their order."""
    sort, place = numbers.sorts[at.sort], manifest["place"]["name"]
    what, every = words(f"kind.{at.kind}"), words(f"every.{own.unit}")
    period = own.city.periods[at.period]
    holes = {"sort": words(f"sort.{sort.name}"), "place": place}
    if not sort.exact and own.where != CITY:
        holes["where"] = words(f"where.{own.where}")
    key = "exact" if sort.exact else "city" if own.where == CITY else "range"
    status = own.city.status[at.period]
    told = [words(f"sub.{key}", **holes)]
    told += [words(f"status.{status}")] if status not in ("", OF_YEAR) else []
    by_rate = own.classes is not None and own.classes.by_rate
    begins = words.period(period, "in")
    step = step_of(float(own.city.sd[at.period, 0]))
    return Picture(
        said=sentence(own.city.range(at.period), step, place, begins, at.kind, sort.exact, words),
        sub=" ".join(told),
        what=what,
        code=period,
        period=words.period(period),
        title=words("legend.rate" if by_rate else "legend.count", every=every),
        rows=table_rows(own, at.period, names, words),
        legend=legend(own, at.period, words),
        exact=sort.exact,
        source=source(sort.name, manifest, words),
        notes=notes(sort, at.kind, own.where, manifest, words),
    )


def table_rows(own: View, at: int, names: dict[int, str], words: Words) -> list[Row]:
    """The rows of the table: areas by name and then what has no known area; else all periods of
    the whole place, newest first."""
    if own.unknown is None:
        return [
            Row(-1, capital(words.period(p)), own.city.range(i), "", False)
            for i, p in reversed([*enumerate(own.city.periods)])
        ]
    rows = [
        Row(code, name, own.grid.range(at, i), own.looks[at][i], own.more[at][i])
        for i, (code, name) in enumerate(names.items())
    ]
    return [*rows, Row(NO_AREA, words("area.unknown"), own.unknown.range(at), "", False)]


def legend(own: View, at: int, words: Words) -> list[LegendRow]:
    """A row for each class, and one for stripes where an area has them."""
    if own.classes is None:
        return []
    most = int(own.grid.number.max(initial=0))
    rows = [
        LegendRow(row.look, class_text(row, words), "" if own.classes.exact else words(f"class.{row.look}"))
        for row in class_rows(own.classes, most)
    ]  # fmt: skip
    if own.classes.exact and ZERO in own.looks[at]:
        rows.insert(0, LegendRow(ZERO, words.number(0), ""))
    if any(look.startswith("s") for look in own.looks[at]):
        rows.append(LegendRow(STRIPED, "", words("class.striped")))
    return rows


def class_text(row: ClassRow, words: Words) -> str:
    """The numbers of a class: under 0.6, 0.6 to 1.3, 5.1 and more."""
    low, high = ("" if end is None else words.short(end) for end in (row.low, row.high))
    if not low:
        return words("class.under", high=high)
    if not high:
        return words("class.over", low=low)
    return low if low == high else words("cell.range", low=low, high=high)


def sentence(
    own: Range, step: int, name: str, begins: str, kind: str, exact: bool, words: Words
) -> str:
    """The sentence of the whole place: what it had, rounded to a step."""
    return _said("said.city", own, step, begins, kind, exact, words, place=name)


def area_sentence(
    own: Range, step: int, name: str, begins: str, kind: str, exact: bool, words: Words
) -> str:
    """The sentence of an area, as the embed's script says it of the one that is selected."""
    return _said("said.area", own, step, begins, kind, exact, words, area=name)


def _said(
    key: str, own: Range, step: int, begins: str, kind: str, exact: bool, words: Words, **holes: str
) -> str:
    few = not exact and own.words is RangeWords.FEW
    way = ".exact" if exact else ".few" if few else ""
    short = own if exact or few else own.rounded(step)
    return words(
        f"{key}{way}",
        In=begins,
        what=words(f"kind.{kind}"),
        counted=words.counted(f"count.{kind}", short.number),
        **words.ends(short),
        **holes,
    )


def rule_texts(manifest: Manifest, words: Words) -> dict[str, str]:
    """The policy's numbers as texts name them."""
    return {name: words.number(rule(manifest, name)) for name in RULES}


def source(name: str, manifest: Manifest, words: Words) -> str:
    """The line below a picture: sources and date."""
    date = words.date(dt.date.fromisoformat(manifest["as_of"]))
    if name == COMMUNITY:
        return words("source.reports", date=date)
    titles = "; ".join(s["title"] for s in sources_of(manifest, name))
    return words("source.records", sources=titles, date=date)


def sample_note(name: str, manifest: Manifest, words: Words) -> str:
    """The note that a sort holds reports that nobody made, the sample's; "" for none."""
    return words("note.made") if manifest["made"] and name == COMMUNITY else ""


def notes(sort: Sort, kind: str, where: str, manifest: Manifest, words: Words) -> list[str]:
    """The notes that must stand beside the numbers of a sort."""
    if sort.exact:
        return [words("note.official")]
    made = sample_note(sort.name, manifest, words)
    expected = [expected_note(manifest, words)] if where != CITY else []
    share = [words("note.expected.kind")] if expected and kind != ALL else []
    return [*([made] if made else []), words("note.range"), *expected, *share]


def expected_note(manifest: Manifest, words: Words) -> str:
    """What the colors of reports compare with."""
    n, people = manifest["declared"], manifest["residents"]
    rate = words("note.expected.rate", n=words.short(1000 * n / people)) if people else ""
    return words("note.expected", n=words.number(n), place=manifest["place"]["name"], rate=rate)


def series_title(kind: str, name: str, unit: str, words: Words) -> str:
    """The title of a series: what, where, each week, month, quarter or year."""
    what = capital(words(f"kind.{kind}"))
    return words("series.of", What=what, area=name, every=words(f"every.{unit}"))
