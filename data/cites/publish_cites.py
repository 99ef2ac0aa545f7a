"""Cites of a release, made and rendered when it is published, and taken away when it is recalled.

They follow from the public folder alone: numbers of releases, no store, no clock. A table and
period whose numbers did not change keep their cite; every page says what became of its numbers in
the newest release.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from data.cites.citation import citation_texts, cite_address
from data.cites.cite_folder import (
    CITES,
    MANIFEST,
    NUMBERS,
    PACKAGE,
    PNG,
    SVG,
    UNFINISHED,
    Cite,
    Cited,
    CitedSource,
    CiteManifest,
    Tampered,
    is_cite_name,
    sha256_hex,
    to_bytes,
    write_folder,
)
from data.cites.cite_page import cite_page, notice_page
from data.cites.number_table import CellChange, compare_tables, data_package, to_csv
from data.cites.outcome import CiteOutcome
from data.cites.released_cites import (
    INDEX,
    PAGE,
    TOMBSTONE,
    is_recalled,
    read_index,
    read_released_cite,
    tampered_page,
)
from data.embed import pictures, released_pictures, sentences
from data.embed.embed_files import Drawing, lay_out_release
from data.embed.language import Words, capital, load_texts
from data.embed.pages import Series
from data.embed.sentences import Picture, View
from data.languages import EMBED, FIRST, PUBLIC
from data.pictures import draw
from data.pictures.figure import POST
from data.pictures.sheet import sheet_svg
from data.privacy.tables import Manifest
from data.published.choice_words import choice_link
from data.published.levels import CITY
from data.published.opening import Opening
from data.published.released import sources_of
from data.release import release_manifest
from data.settings import Problem
from data.storage.disk import sync
from data.views.filters import period

RECALLED = (
    "These numbers were recalled by those who published them. They must not be used.",
    "Quienes publicaron estos datos los retiraron. No se deben usar sus cifras.",
)
_MEANINGS = {
    "area": "The area, as the release names it.",
    "period": "The period of the row.",
    "number": "Incidents.",
    "low": "The low end of the range that holds nine times of ten.",
    "high": "The high end of that range.",
}
_PERIOD = "period"
_METHOD = ("counted", "chance", "fitted", "when")  # of the texts on how numbers are made


class Question(NamedTuple):
    """A table of a release that is cited by itself: a map of a period, or a series of the place."""

    link: str
    at: Opening
    view: View
    series: bool


class ReleasedNumbers(NamedTuple):
    """The numbers of a release by link, as their cites hold them."""

    manifest: Manifest
    tables: dict[str, bytes]


def settle_cites(public: Path, origin: str = "") -> None:
    """Make the cites of a public folder what its releases say, also after a command that was
    killed: those of recalled releases lose their numbers first, then the newest release gets its
    own, then every page is rendered. `origin` is that of the public dashboard, for links."""
    root = public / CITES
    if not root.exists():
        root.mkdir(parents=True)
        root.chmod(0o755)  # whatever the umask: a web server of another user reads it
    for left in root.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    recalled = {
        f.parent.name for f in (public / "releases").glob(f"*/{release_manifest.TOMBSTONE}")
    }
    for name in _names(root):
        _bury_recalled(public, name, recalled)
    newest = (public / "current").resolve()
    numbers = None
    if (newest / release_manifest.MANIFEST).exists():
        numbers = _cite_release(public, newest, origin)
    for name in _names(root):
        _render(public, name, numbers, origin)


def _names(root: Path) -> list[str]:
    return sorted(folder.name for folder in root.iterdir() if is_cite_name(folder.name))


def _bury_recalled(public: Path, name: str, recalled: set[str]) -> None:
    """Put a sentence in place of a cite whose release was recalled: its page, then the mark by
    which nothing else of it is served, then its files go."""
    folder = public / CITES / name
    if not is_recalled(public, name):
        try:
            manifest = read_released_cite(public, name).manifest
        except Tampered:
            return
        if manifest.stamp not in recalled:
            return
        page = notice_page("Recalled", manifest.place, RECALLED[0], (RECALLED[1],))
        stone = json.dumps({"recalled": True, "release": manifest.stamp}, sort_keys=True) + "\n"
        _put(public, page.encode(), folder / PAGE)
        _put(public, stone.encode(), folder / TOMBSTONE)
    for file in folder.iterdir():
        if file.name not in (PAGE, TOMBSTONE):
            file.unlink()


def _put(public: Path, content: bytes, target: Path) -> None:
    """Write a file whole. What is half written lies in no cite, where it would not belong."""
    beside = public / CITES / f"{UNFINISHED}file"
    beside.touch(0o600)
    beside.write_bytes(content)
    beside.chmod(0o644)
    sync(beside)
    beside.rename(target)
    sync(target.parent)


def _cite_release(public: Path, folder: Path, origin: str) -> ReleasedNumbers:
    """Cite each table and period of a release whose numbers have no cite yet; all its numbers."""
    manifest = release_manifest.read_manifest(folder)
    drawing = lay_out_release(folder, manifest)
    speak = load_texts(FIRST, domains=(EMBED, PUBLIC))
    index, tables = read_index(public), {}
    for asked in questions(drawing):
        picture = _picture(drawing, asked, manifest, speak)
        table = cited_table(asked, picture, drawing, manifest)
        tables[asked.link] = to_csv(table)
        if not _stands(public, index.get(asked.link, ""), tables[asked.link]):
            said = _manifest(asked, picture, table, manifest, speak)
            pictured = _pictures(drawing, asked, picture, manifest, speak)
            index[asked.link] = _write(public, said, table, pictured, manifest, origin)
    index = {link: name for link, name in index.items() if link in tables}
    body = json.dumps(index, ensure_ascii=False, sort_keys=True, indent=0) + "\n"
    _put(public, body.encode(), public / CITES / INDEX)
    return ReleasedNumbers(manifest, tables)


def questions(drawing: Drawing) -> Iterator[Question]:
    """Every table that public pages show of a release: each map of each kind and period, each
    series of the place of each kind."""
    for name, sort in drawing.numbers.sorts.items():
        for map_name, kinds in drawing.views[name].items():
            for kind, view in kinds.items() if not map_name.startswith(CITY) else ():
                for i, code in enumerate(view.city.periods):
                    at = Opening(name, map_name, kind, i)
                    yield Question(choice_link(name, map_name, kind, code), at, view, False)
        for unit, grids in sort.city.items():
            for kind, grid in grids.items():
                map_name = f"{CITY}-{unit}"
                at = Opening(name, map_name, kind, len(grid.periods) - 1)
                view = sentences.view(sort, map_name, kind, [])
                yield Question(choice_link(name, map_name, kind), at, view, True)


def _picture(drawing: Drawing, asked: Question, manifest: Manifest, speak: Words) -> Picture:
    level = drawing.drawn.get(asked.view.where)
    names = {shape.code: shape.name for shape in level.shapes} if level else {}
    return sentences.picture(drawing.numbers, asked.at, asked.view, names, manifest, speak)


def cited_table(
    asked: Question, picture: Picture, drawing: Drawing, manifest: Manifest
) -> pd.DataFrame:
    """The rows of a table: areas and what has no known area, then the whole place; or periods."""
    exact = drawing.numbers.sorts[asked.at.sort].exact
    rows = [(row.name, row.number) for row in picture.rows]
    if not asked.series:
        place = manifest["place"]["name"]
        whole = f"All of {place}" if any(name == place for name, _ in rows) else place
        rows.append((whole, asked.view.city.range(asked.at.period)))  # an area may be called so
    frame = pd.DataFrame(
        {
            _PERIOD if asked.series else "area": [name for name, _ in rows],
            "number": [own.number for _, own in rows],
            "low": [own.low for _, own in rows],
            "high": [own.high for _, own in rows],
        }
    )
    return frame.drop(columns=["low", "high"]) if exact else frame


def _stands(public: Path, name: str, table: bytes) -> bool:
    """Return whether a cite is there that holds these numbers."""
    try:
        return not is_recalled(public, name) and read_released_cite(public, name).numbers == table
    except (FileNotFoundError, Problem):
        return False


def _write(
    public: Path,
    said: CiteManifest,
    table: pd.DataFrame,
    pictured: dict[str, bytes],
    manifest: Manifest,
    origin: str,
) -> str:
    """Write a cite with its page; its name."""
    files = {NUMBERS: to_csv(table), **pictured}
    files[PACKAGE] = data_package(said, table, files)
    said = replace(said, files={name: sha256_hex(body) for name, body in files.items()})
    body = to_bytes(said)
    name = sha256_hex(body)
    own = Cite(name, said, files[NUMBERS], Cited(said.as_of, 0))
    page = _page(own, ReleasedNumbers(manifest, {said.link: files[NUMBERS]}), origin)
    root = public / CITES
    if (root / name).exists() and not is_recalled(public, name):
        shutil.rmtree(root / name)  # not as it was written
    if not (root / name).exists():
        write_folder(root, name, {**files, MANIFEST: body, PAGE: page}, 0o644)
    return name


def _pictures(
    drawing: Drawing, asked: Question, picture: Picture, manifest: Manifest, speak: Words
) -> dict[str, bytes]:
    """The map of a table, or the chart of a series."""
    if asked.series:
        sort, unit = drawing.numbers.sorts[asked.at.sort], asked.at.map.removeprefix(f"{CITY}-")
        own = Series(asked.at.kind, unit, sort.city[unit][asked.at.kind])
        shown = released_pictures.series_picture(own, sort, picture, manifest, speak)
        vector, pixels = draw.both(*shown, POST)
        return {SVG: vector, PNG: pixels}
    level = drawing.drawn.get(asked.view.where)
    if level is None:
        return {}
    sheet = pictures.laid_out(level, picture)
    return {SVG: sheet_svg(sheet).encode(), PNG: pictures.png(sheet)}


def _manifest(
    asked: Question, picture: Picture, table: pd.DataFrame, manifest: Manifest, speak: Words
) -> CiteManifest:
    exact, place = picture.exact, manifest["place"]
    recorded = sources_of(manifest, asked.at.sort) if exact else []
    columns = {name: _MEANINGS[name] for name in table.columns}
    return CiteManifest(
        place=place["name"],
        zone=place["zone"],
        link=asked.link,
        stamp=str(manifest["id"]),
        code=str(manifest["code"]),
        title=picture.said,
        subtitle=f"{capital(picture.what)}, {picture.period}",
        sentence=f"{picture.sub} {picture.source}",
        denominator=_rows_text(asked, table),
        uncertainty=" ".join(picture.notes),
        lacks="" if exact else speak("note.apart"),
        method=_method_text(exact, manifest, speak),
        alt=f"{picture.said} {picture.sub}",
        columns=columns,
        key=(table.columns[0],),
        compared=tuple(table.columns[1:]),
        sources=[
            CitedSource(*(str(one[name]) for name in CitedSource._fields))  # type: ignore[literal-required]
            for one in recorded
        ],
        as_of=str(manifest["as_of"]),
    )


def _rows_text(asked: Question, table: pd.DataFrame) -> str:
    if asked.series:
        return f"All {len(table):,} periods that are released."
    return f"All {len(table) - 2:,} areas, what has no known area, and the whole place."


def _method_text(exact: bool, manifest: Manifest, speak: Words) -> str:
    """How the numbers were made, in the embed's own sentences."""
    if exact:
        return speak("sort.official.what")
    holes = sentences.rule_texts(manifest, speak)
    return " ".join(speak(f"method.{key}", **holes) for key in _METHOD)


def _render(public: Path, name: str, newest: ReleasedNumbers | None, origin: str) -> None:
    """Write the page of a cite anew, with what became of its numbers."""
    if is_recalled(public, name):
        return
    file = public / CITES / name / PAGE
    try:
        page = _page(read_released_cite(public, name), newest, origin)
    except Tampered as tampered:
        page = tampered_page(tampered)
    if not file.exists() or file.read_bytes() != page:
        _put(public, page, file)


def _page(cite: Cite, newest: ReleasedNumbers | None, origin: str) -> bytes:
    day = date.fromisoformat(cite.manifest.as_of)
    texts = citation_texts(cite, day, cite_address(origin, cite.name))
    outcome = describe_release(cite, newest)
    return cite_page(cite, outcome, f"Published {period(day, day)}", texts, {}).encode()


def describe_release(cite: Cite, newest: ReleasedNumbers | None) -> CiteOutcome:
    """What became of cited numbers in the newest release; None where none is published now."""
    manifest = cite.manifest
    if newest is None:
        return CiteOutcome(
            "No release is published now, so nothing can be compared with these numbers."
        )
    release = f"Compared with release {newest.manifest['id']}, the newest."
    if manifest.link not in newest.tables:
        gone = "The newest release has no such table. These are the numbers as they were published."
        return CiteOutcome(gone, (release,))
    new = newest.tables[manifest.link]
    changes = tuple(
        one
        for one in compare_tables(cite.numbers, new, manifest.key, manifest.compared)
        if one.old is not None  # a period that came later corrects nothing
    )
    if not changes:
        return CiteOutcome("Unchanged: the newest release has the same numbers.", (release,))
    return CiteOutcome(
        f"Since changed on {_day(newest)}, because {_why(cite, newest, changes)}",
        (release,),
        changes,
    )


def _day(newest: ReleasedNumbers) -> str:
    day = date.fromisoformat(newest.manifest["as_of"])
    return period(day, day)


def _why(cite: Cite, newest: ReleasedNumbers, changes: Sequence[CellChange]) -> str:
    """Why released numbers changed: there are three ways."""
    if "low" not in cite.manifest.columns:
        return (
            "records behind them were changed: by the public body that keeps them, or by a "
            "correction that is on the public list of corrections"
        )
    # a map is of the period of its link, a series of those that its rows name
    series = cite.manifest.key == (_PERIOD,)
    periods = [one.row[0] for one in changes] if series else [cite.manifest.link]
    redone = [
        str(year) for year in newest.manifest["redone"] if any(str(year) in p for p in periods)
    ]
    if redone:
        years = " and ".join(redone)
        return f"the numbers of {years} were recalled and measured a second time"
    return (
        "they were provisional: numbers are fitted to each other again until their year is closed. "
        "No chance is added again"
    )
