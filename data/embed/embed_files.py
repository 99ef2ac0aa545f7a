"""The embed: a folder of static files that shows a release on anybody's web page.

It reads a release's tables, areas and manifest, nothing else, and its bytes depend on
nothing else: no clock, no network, no store.
"""

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import shapely

from data.embed import language, map, pages, pictures, script, sentences, style
from data.embed.language import Words
from data.embed.map import Map
from data.files import spreadsheet
from data.languages import FIRST, languages, page_name
from data.published import grids, opening
from data.published.grids import MAPPED, Sort
from data.release.tables import OFFICIAL, Manifest
from data.settings import Problem
from geo import longitude

_PARTS = ("words.js", "state.js", "said.js", "draw.js", "keys.js", "save.js", "start.js")
SIZE = (960, 900)  # of an iframe before it says its height


def write_embed(
    folder: Path, tables: dict[str, pd.DataFrame], areas: gpd.GeoDataFrame, manifest: Manifest
) -> None:
    """Write `folder`: tables by path without suffix, areas with area, name, residents."""
    drawn = map.drawn(areas)
    codes = [s.code for s in drawn.shapes]
    found = _offered(grids.read_sorts(tables, codes, manifest))
    sort = opening.opening_sort(found)
    opens = opening.opening_of(sort)[0]
    if opens.kind not in sort.maps.get(opens.every, {}) or opens.every not in MAPPED:
        raise Problem("The release has no table by area, so there is no map to embed.")
    files: dict[str, bytes] = {}
    for name, table in _wide(tables, found, drawn).items():
        files[f"tables/{name}.csv"] = spreadsheet.as_csv(table)
    for name in {path[7:].split("-")[0] for path in files}:
        files[f"tables/{name}-notes.txt"] = _notes(found[name], manifest).encode()
    known = languages()
    for code in known:
        speak = language.load_texts(code)
        picture = sentences.picture(sort, opens, drawn, manifest, speak)
        links = {
            "download.map": [("map.svg", "SVG"), ("map.png", "PNG")],
            "download.tables": [(n, n[7:-4]) for n in sorted(files) if n.startswith("tables/")],
        }
        page = pages.page(drawn, picture, found, opens, manifest, speak, links, known)
        files[page_name(code)] = page.encode()
        files[f"{code}.js"] = _texts(speak).encode()
        if code == FIRST:  # in others the page makes its own picture
            sheet = pictures.laid_out(drawn, picture, speak)
            files |= {"map.svg": pictures.svg(sheet).encode(), "map.png": pictures.png(sheet)}
    files["data.js"] = script.script(found, drawn, opens, manifest).encode()
    files["app.js"] = _app().encode()
    files["style.css"] = style.style().encode()
    loader = (pages.SOURCES / "embed.js").read_text("utf-8")
    files["embed.js"] = loader.replace("LANGUAGES", json.dumps(known)).encode()
    files["font.woff2"] = map.FONT.read_bytes()
    files["oembed.json"] = _oembed(manifest).encode()
    for path, body in sorted(files.items()):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)


def write_release_embed(release: Path, manifest: Manifest) -> None:
    """Write a release's embed/ from what lies in its folder: tables and areas.geojson."""
    paths = [release / f"{path}.parquet" for path in manifest["tables"]]
    tables = {path: pd.read_parquet(file) for path, file in zip(manifest["tables"], paths)}
    features = json.loads((release / "areas.geojson").read_text("utf-8"))["features"]
    areas = gpd.GeoDataFrame(
        [f["properties"] for f in features],
        geometry=longitude.framed(
            shapely.from_geojson(json.dumps(f["geometry"])) for f in features
        ),
        crs=4326,
    )
    write_embed(release / "embed", tables, areas, manifest)


def _offered(found: dict[str, Sort]) -> dict[str, Sort]:
    """The sorts that have a number to show; the first where none has."""
    return {n: s for n, s in found.items() if s.kinds()} or dict([next(iter(found.items()))])


def _app() -> str:
    """app.js: one classic script of all parts."""
    parts = [(pages.SOURCES / name).read_text("utf-8") for name in _PARTS]
    return '(function () {\n"use strict";\n' + "\n".join(parts) + "})();\n"


def _texts(speak: Words) -> str:
    """A language's file for the script: its texts, and which form of them fits a number."""
    english = {key: rule.table() for key, rule in speak.english_rules.items()}
    told = {"WORDS": speak.texts, "PLURALS": {"": speak.rule.table()} | english}
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


def _wide(
    tables: dict[str, pd.DataFrame], found: dict[str, Sort], drawn: Map
) -> dict[str, pa.Table]:
    """The tables to download: a column for each period, so that they stay small; official
    records by month. A table that shows no number is left out."""
    names = {s.code: s.name for s in drawn.shapes}
    told = {}
    for path, table in sorted(tables.items()):
        sort, name = path.split("/")
        if sort not in found or table["n"].isna().all():
            continue
        if path == OFFICIAL:
            name, table = "area-month-kind", _months(found[sort], list(names))
        wide = table.pivot(
            index=[c for c in table.columns if c not in ("period", "n")],
            columns="period",
            values="n",
        )
        frame = wide.reset_index()
        if "area" in frame:
            frame["area_name"] = frame["area"].map(names)
        numbers = {c: frame[c].astype("Int64") for c in wide.columns}
        told[f"{sort}-{name}"] = spreadsheet.of_frame(frame.assign(**numbers))
    return told


def _months(sort: Sort, codes: list[int]) -> pd.DataFrame:
    rows = [
        (period, code, kind, int(n))
        for kind, grid in sort.maps.get("month", {}).items()
        for period, row in zip(grid.periods, grid.n)
        for code, n in zip(codes, row)
    ]
    return pd.DataFrame(rows, columns=["period", "area", "kind", "n"])


def _notes(sort: Sort, manifest: Manifest) -> str:
    """The notes beside the tables of a sort of source: its source, its rules, its empty cells."""
    speak = language.load_texts(FIRST)
    hidden = "Empty: " + (
        "the sources do not cover the period." if sort.exact else speak("hidden.long") + "."
    )
    source = sentences.source(sort.name, manifest, speak)
    lines = (source, *sentences.notes(sort, manifest, speak), hidden)
    return "".join(f"{' '.join(line.split())}\n" for line in lines)
