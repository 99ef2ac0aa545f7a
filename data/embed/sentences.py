"""The words and numbers of the embed's picture: its sentence, classes, ranked rows and notes.

static/embed/said.js says the same of what a reader selects; a browser test compares them.
"""

import datetime as dt
from typing import NamedTuple

from data.embed.language import Words, capital, filled
from data.embed.map import Map
from data.published.grids import Grid, Sort
from data.published.number_classes import class_ranges, look_of
from data.published.opening import HALF, Opening
from data.published.released import MadeShare, made_share, policy_numbers, sources_of
from data.release.tables import Manifest

_NAMED = 3  # areas that a sentence names at most


class Row(NamedTuple):
    """A row of the ranked table: area's code and name, number (None: not shown), look."""

    code: int
    name: str
    n: int | None
    look: str


class Picture(NamedTuple):
    """One map of one sort, kind and period, in words and numbers."""

    said: str
    sub: str
    what: str
    period: str
    rows: list[Row]
    legend: list[tuple[str, str]]  # look, the numbers that it stands for
    hidden: bool
    source: str
    notes: list[str]


def legend(grid: Grid, step: int, words: Words) -> list[tuple[str, str]]:
    """A row for each class: its look and its numbers, which are multiples of a step."""
    return [
        (look, words.number(low) if low == top else f"{words.number(low)}–{words.number(top)}")
        for look, low, top in class_ranges(grid.n, grid.breaks, step)
    ]


def picture(sort: Sort, at: Opening, drawn: Map, manifest: Manifest, words: Words) -> Picture:
    """The picture that the embed opens on."""
    grid = sort.maps[at.every][at.kind]
    n = grid.n[at.period]
    rows = [
        Row(s.code, s.name, None if v != v else int(v), look_of(v, grid.breaks))
        for s, v in zip(drawn.shapes, n)
    ]
    rows.sort(key=lambda r: (-1 if r.n is None else r.n, -r.code), reverse=True)
    shown = [r for r in rows if r.n is not None]
    what = words(f"kind.{at.kind}")
    holes = {
        "place": manifest["place"]["name"],
        "sort": words(f"sort.{sort.name}"),
        "shown": words.number(len(shown)),
        "all": words.number(len(rows)),
    }
    holes |= policy_texts(manifest, words)
    period = grid.periods[at.period]
    step = 1 if sort.exact else policy_numbers(manifest)["base"]
    return Picture(
        said=sentence(rows, what, words.period(period, "in"), words),
        sub=words("sub.exact" if sort.exact else "sub.rounded", **holes),
        what=what,
        period=words.period(period),
        rows=rows,
        legend=legend(grid, step, words),
        hidden=not sort.exact,
        source=source(sort.name, manifest, words),
        notes=notes(sort, manifest, words),
    )


def sentence(rows: list[Row], what: str, begins: str, words: Words) -> str:
    """The sentence of a map: where the numbers are highest."""
    shown = [r for r in rows if r.n is not None]
    holes = {
        "In": begins,
        "what": what,
        "shown": words.number(len(shown)),
        "all": words.number(len(rows)),
    }
    if not shown:
        return filled(words("said.none"), holes)
    if shown[0].n == 0:
        return filled(words("said.zero"), holes)
    first = leading([r.n or 0 for r in shown])
    if not first:
        top = sum(r.n == shown[0].n for r in shown)
        return words("said.tie", **holes, k=words.number(top), n=words.number(shown[0].n or 0))
    names = words.listed([f"{r.name} ({words.number(r.n or 0)})" for r in shown[:first]])
    few = len(shown) < HALF * len(rows)
    key = "said.few" if few else "said.most" if first > 1 else "said.most.one"
    return words(key, **holes, areas=names)


def leading(n: list[int]) -> int:
    """The count of highest numbers to name without cutting through equals; 0: too many."""
    for k in range(min(_NAMED, len(n)), 0, -1):
        if n[k - 1] > 0 and (k == len(n) or n[k - 1] > n[k]):
            return k
    return 0


def policy_texts(manifest: Manifest, words: Words) -> dict[str, str]:
    """The policy's numbers as texts name them."""
    return {name: words.number(n) for name, n in policy_numbers(manifest).items()}


def source(name: str, manifest: Manifest, words: Words) -> str:
    """The line below a picture: sources, date, stamp."""

    titles = "; ".join(s["title"] for s in sources_of(manifest, name))
    return words(
        "source.line",
        sources=titles,
        date=words.date(dt.date.fromisoformat(manifest["as_of"])),
        stamp=manifest["stamp"],
    )


def sample_note(name: str, manifest: Manifest, words: Words) -> str:
    """The note that a sort holds records that nobody reported, the sample's; "" for none."""
    share = made_share(manifest, name)
    return "" if share is MadeShare.NONE else words(f"note.made.{share.value}")


def notes(sort: Sort, manifest: Manifest, words: Words) -> list[str]:
    """The notes that must stand beside the numbers of a sort."""
    made = sample_note(sort.name, manifest, words)
    return [
        *([made] if made else []),
        words("note.exact" if sort.exact else "note.rounded", **policy_texts(manifest, words)),
    ]


def city_series(
    sort: Sort, at: Opening, manifest: Manifest, words: Words
) -> tuple[str, Grid] | None:
    """The title and the numbers of the city's series beside the map."""
    every = at.every if sort.exact else "week"
    grid = sort.city.get(every, {}).get(at.kind)
    if grid is None:
        return None
    title = words(
        "series.areas" if sort.exact else "series.city",
        What=capital(words(f"kind.{at.kind}")),
        place=manifest["place"]["name"],
        every=words(f"every.{every}"),
    )
    return title, grid


def example(picture: Picture, sort: Sort, kind: str, manifest: Manifest, words: Words) -> list[str]:
    """Sentences on what one cell of the opening picture tells and does not tell."""
    hidden = [words("method.example.hidden")] if not sort.exact else []
    top = next((r for r in picture.rows if r.n), None)
    if top is None or top.n is None:
        return hidden
    off = policy_numbers(manifest)["base"] - 1
    given = {
        "area": top.name,
        "period": picture.period,
        "n": words.number(top.n),
        "counted": words.counted(f"count.{kind}", top.n),
        "what": picture.what,
        "low": words.number(top.n - off),
        "high": words.number(top.n + off),
    }
    key = "method.example.exact" if sort.exact else "method.example.rounded"
    return [words(key, **given), *hidden]
