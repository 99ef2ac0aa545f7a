"""The embed: a folder of static files that shows a release on anybody's web page.

It reads a release's tables, areas and manifest, nothing else, and its bytes depend on
nothing else: no clock, no network, no store.
"""

import json
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from data.embed import (
    language,
    pages,
    pictures,
    protect_pages,
    released_pictures,
    script,
    sentences,
    style,
)
from data.embed.language import Words
from data.embed.notes import Download
from data.embed.pages import Series
from data.embed.script import Views
from data.languages import FIRST, languages, page_name
from data.pictures.area_shapes import Map, draw_areas
from data.pictures.letters import FONT
from data.pictures.sheet import sheet_svg
from data.privacy.plan import Planned
from data.privacy.tables import ARTICLES, ESTIMATE, MEASURED, Manifest, Tables
from data.published import grids, opening
from data.published.grids import Numbers, Sort
from data.published.levels import CITY, DISTRICT, GROUP, LEVEL_FILES, Levels, read_level
from data.published.opening import Opening
from geo import longitude

_PARTS = ("words.js", "state.js", "said.js", "draw.js", "keys.js", "save.js", "start.js")
SIZE = (960, 900)  # of an iframe before it says its height
# what the script says: the first parts of its keys
_SPOKEN = {
    *("area", "cell", "choose", "class", "count", "date", "download", "every", "in", "kind"),
    *("legend", "map", "note", "number", "period", "range", "said", "series", "sort", "source"),
    *("status", "sub", "table", "time", "vain", "where"),
}
_FORMS = {"CSV": "csv", "Parquet": "parquet", "JSON": "json"}


class Drawing(NamedTuple):
    """What a release's tables and areas can show: numbers, views by sort (then map, then kind), the
    areas drawn by level, what each sort opens on, and how exact each table is."""

    numbers: Numbers
    views: dict[str, Views]
    drawn: dict[str, Map]
    opens: dict[str, Opening]
    planned: list[Planned]


def lay_out(
    tables: Tables,
    areas: gpd.GeoDataFrame | None,
    districts: gpd.GeoDataFrame | None,
    manifest: Manifest,
) -> Drawing:
    """What can be shown of tables by path; areas and districts with area, name, residents,
    district, None where the release has none."""
    frames = {w: f for w, f in ((GROUP, areas), (DISTRICT, districts)) if f is not None}
    bounds = next(iter(frames.values())).total_bounds if frames else None
    drawn = {where: draw_areas(frame, bounds) for where, frame in frames.items()}
    numbers = grids.read_numbers(tables, _levels(frames), manifest)
    planned = opening.planned_tables(manifest)
    opens = {name: opening.opening_of(sort, planned) for name, sort in numbers.sorts.items()}
    views = {n: _views(sort, drawn, opens[n]) for n, sort in numbers.sorts.items()}
    return Drawing(numbers, views, drawn, opens, planned)


def write_embed(
    folder: Path,
    tables: Tables,
    areas: gpd.GeoDataFrame | None,
    districts: gpd.GeoDataFrame | None,
    manifest: Manifest,
) -> None:
    """Write `folder`: tables and areas as `lay_out` takes them."""
    numbers, views, drawn, opens, planned = lay_out(tables, areas, districts, manifest)
    series = {n: _series(sort, planned) for n, sort in numbers.sorts.items()}
    at = next(iter(opens.values()))
    used = {name.partition("-")[0] for found in views.values() for name in found}
    drawn = {where: level for where, level in drawn.items() if where in used}
    own = views[at.sort][at.map][at.kind]
    level = drawn.get(own.where)
    names = {s.code: s.name for s in level.shapes} if level else {}
    beside = next(s for s in series[at.sort] if s.kind == at.kind)
    known, files = languages(), _shared_files(manifest)
    told = script.script(numbers, views, series, drawn, opens, manifest)
    files["data.js"] = told.encode()
    downloads = _downloads(manifest, picture=level is not None)
    kinds = {kind for own in views.values() for found in own.values() for kind in found}
    kinds |= {one.kind for own in series.values() for one in own}
    for code in known:
        speak = language.load_texts(code)
        picture = sentences.picture(numbers, at, own, names, manifest, speak)
        page = pages.page(level, picture, numbers, at, beside, manifest, speak, downloads, known)
        files[page_name(code)] = page.encode()
        files[f"{code}.js"] = _texts(speak, kinds).encode()
        if code == FIRST and level:  # in others the page makes its own picture
            sheet = pictures.laid_out(level, picture)
            files |= {"map.svg": sheet_svg(sheet).encode(), "map.png": pictures.png(sheet)}
        if code == FIRST:
            ground = {GROUP: areas, DISTRICT: districts}.get(own.where)
            files |= _to_publish(picture, ground, numbers.sorts[at.sort], beside, manifest)
    for path, body in sorted((files | protect_pages.write_pages(manifest, known)).items()):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)


def _to_publish(
    picture: sentences.Picture,
    areas: gpd.GeoDataFrame | None,
    sort: Sort,
    beside: Series,
    manifest: Manifest,
) -> dict[str, bytes]:
    """The pictures for posts and phones: the opening map, where there is one, and the series."""
    speak = language.load_texts(FIRST)
    drawn = {"series": released_pictures.series_picture(beside, sort, picture, manifest, speak)}
    own = {} if areas is None else {"map": released_pictures.map_picture(picture, areas, manifest)}
    files: dict[str, bytes] = {}
    for name, (figure, caption) in (own | drawn).items():
        files |= released_pictures.write_pictures(name, figure, caption)
    return files


def write_release_embed(release: Path, manifest: Manifest) -> None:
    """Write a release's embed/ from what lies in its folder: tables, areas and districts."""
    write_embed(release / "embed", *_read(release, manifest), manifest)


def lay_out_release(release: Path, manifest: Manifest) -> Drawing:
    """What can be shown of a release's folder."""
    return lay_out(*_read(release, manifest), manifest)


def _read(
    release: Path, manifest: Manifest
) -> tuple[Tables, gpd.GeoDataFrame | None, gpd.GeoDataFrame | None]:
    """The tables of a release's folder by path, its areas and its districts."""
    tables = {path: pd.read_parquet(release / f"{path}.parquet") for path in manifest["tables"]}
    areas, districts = (_areas(release / LEVEL_FILES[where]) for where in (GROUP, DISTRICT))
    return tables, areas, districts


def _areas(file: Path) -> gpd.GeoDataFrame | None:
    if not file.exists():
        return None
    features = json.loads(file.read_text("utf-8"))["features"]
    shapes = (shapely.from_geojson(json.dumps(f["geometry"])) for f in features)
    return gpd.GeoDataFrame(
        [f["properties"] for f in features], geometry=longitude.framed(shapes), crs=4326
    )


def _levels(frames: dict[str, gpd.GeoDataFrame]) -> Levels:
    return {
        where: read_level(where, frame.drop(columns="geometry").to_dict("records"))
        for where, frame in frames.items()
    }


def _views(sort: Sort, drawn: dict[str, Map], opens: Opening) -> Views:
    """Everything of a sort that can be shown: its maps, or where it has none its series."""
    names = [name for name in sort.maps if name.partition("-")[0] in drawn]
    names = sorted(names, key=lambda n: (n != opens.map, n)) or [
        f"{CITY}-{unit}" for unit in sort.city
    ]
    codes = {where: [s.code for s in level.shapes] for where, level in drawn.items()}
    return {
        name: {
            kind: sentences.view(sort, name, kind, codes.get(name.partition("-")[0], []))
            for kind in sort.kinds(name)
        }
        for name in names
    }


def _series(sort: Sort, planned: list[Planned]) -> list[Series]:
    """The series of the whole place by kind."""
    kinds = sorted({kind for grids in sort.city.values() for kind in grids})
    units = [(kind, opening.series_unit(sort, planned, kind)) for kind in kinds]
    return [Series(kind, unit, sort.city[unit][kind]) for kind, unit in units]


def _downloads(manifest: Manifest, *, picture: bool) -> list[Download]:
    """The release's own tables, which lie beside the embed, and the opening map."""
    groups = {
        "download.estimate": f"{ESTIMATE}/",
        "download.measured": f"{MEASURED}/",
        "download.official": "official/",
        "download.press": ARTICLES,
    }
    maps = [("", [("SVG", "map.svg"), ("PNG", "map.png")]), ("", _sizes("map"))]
    found = [Download("download.map", maps)] if picture else []
    found.append(Download("download.series", [("", _sizes("series"))]))
    for title, start in groups.items():
        paths = [path for path in sorted(manifest["tables"]) if path.startswith(start)]
        files = [
            (
                manifest["tables"][path]["what"],
                [(form, f"../{path}.{suffix}") for form, suffix in _FORMS.items()],
            )
            for path in paths
        ]
        found += [Download(title, files)] if files else []
    return found


def _sizes(name: str) -> list[tuple[str, str]]:
    """A picture to publish at each size and in each form: its label, and its file."""
    return [
        (f"{form.upper()} {wide} × {high}", released_pictures.picture_name(name, size, form))
        for size, (wide, high) in released_pictures.SIZES.items()
        for form in released_pictures.FORMS
    ]


def _shared_files(manifest: Manifest) -> dict[str, bytes]:
    loader = (pages.SOURCES / "embed.js").read_text("utf-8")
    return {
        "app.js": _app().encode(),
        "style.css": style.style().encode(),
        "embed.js": loader.replace("LANGUAGES", json.dumps(languages())).encode(),
        "font.woff2": FONT.read_bytes(),
        "oembed.json": _oembed(manifest).encode(),
    }


def _app() -> str:
    """app.js: one classic script of all parts."""
    parts = [(pages.SOURCES / name).read_text("utf-8") for name in _PARTS]
    return '(function () {\n"use strict";\n' + "\n".join(parts) + "})();\n"


def _texts(speak: Words, kinds: set[str]) -> str:
    """A language's file for the script: its texts, also of a place's own kinds, and which form of
    them fits a number."""
    used = {key: forms for key, forms in speak.texts.items() if key.partition(".")[0] in _SPOKEN}
    own = [key for kind in sorted(kinds) for key in (f"kind.{kind}", f"count.{kind}")]
    used |= {key: speak.texts[key] for key in own}
    english = {k: rule.table() for k in used if (rule := speak.rule_of(k)) is not speak.rule}
    told = {"WORDS": used, "PLURALS": {"": speak.rule.table()} | english}
    return "".join(
        f"window.PORCHLIGHT_{name}={json.dumps(body, sort_keys=True, separators=(',', ':'))};\n"
        for name, body in told.items()
    )


def _oembed(manifest: Manifest) -> str:
    """oEmbed's answer; `address` in the manifest, where it is known, makes its link whole."""
    address = str(manifest.get("address", "")).rstrip("/")
    source = f"{address}/index.html" if address else "index.html"
    title = manifest["place"]["name"]
    told = {
        "version": "1.0",
        "type": "rich",
        "provider_name": "Porchlight",
        "title": title,
        "width": SIZE[0],
        "height": SIZE[1],
        "html": f'<iframe src="{language.esc(source)}" title="{language.esc(title)}" '
        f'width="100%" height="{SIZE[1]}" loading="lazy"></iframe>',
    }
    return json.dumps(told, ensure_ascii=True, indent=1, sort_keys=True) + "\n"
