"""The embed's files: small, the same each time, released numbers only, no other host."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data import palette
from data.embed import embed_files, how_picture, language, pictures, series
from data.embed.language import load_texts
from data.languages import languages, page_name
from data.palette import contrast
from data.pictures import area_shapes
from data.pictures.letters import letters
from data.privacy import tables
from data.published.grids import ALL
from data.published.number_classes import CLASS_LOOKS, STRIPES
from data.published.ranges import Range
from tests.made_release import Made, make_release, write_release
from tests.published.test_numbers import numbers_of

BUDGET = 150 * 1024
FIRST = ("index.html", "style.css", "data.js", "en.js", "app.js", "font.woff2")
LINKED = re.compile(r"https?://[^\s\"'<>)]+")
VOLUMES = ("small", "medium", "large")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The release of each volume with its embed, by volume."""
    root = tmp_path_factory.mktemp("releases")
    return {v: write_release(make_release(v), root / v) for v in ("tiny", *VOLUMES)}


@pytest.fixture(scope="module")
def written(folders: dict[str, Path]) -> Path:
    """The embed of the medium one."""
    return folders["medium"] / "embed"


def write(one: Made, folder: Path) -> Path:
    embed_files.write_embed(folder, *one)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def told(folder: Path) -> dict[str, Any]:
    text = (folder / "data.js").read_text().removeprefix("window.PORCHLIGHT=").rstrip(";\n")
    return dict(json.loads(text))


def unpacked(held: dict[str, Any]) -> np.ndarray:
    """Number, low and high of a packed table, as the script unpacks them: (3, periods, columns)."""

    def wide(name: str) -> np.ndarray:
        shape = (len(held["p"]), -1)
        if name not in held:
            return np.zeros_like(wide("n"))
        return np.array([r.split(",") for r in held[name].split(";")], int).reshape(shape)

    n, high = wide("n"), wide("n") + wide("h")
    return np.array([n, np.maximum(2 * n - high, 0) - wide("l"), high])


# --- files


@pytest.mark.parametrize("volume", VOLUMES)
def test_it_is_small(folders: dict[str, Path], volume: str) -> None:
    """What a reader of one language may load; all languages together for a place of medium size."""
    own = files(folders[volume] / "embed")
    packed = {n: min(len(gzip.compress(b, 9)), len(b)) for n, b in own.items()}
    others = {n for code in languages()[1:] for n in packed if code in n.split(".")}
    assert sum(size for n, size in packed.items() if n not in others) <= BUDGET, packed
    assert volume == "large" or sum(packed.values()) <= BUDGET, packed
    assert sum(packed[n] for n in FIRST) <= 80 * 1024


def test_the_same_release_gives_the_same_bytes(written: Path, tmp_path: Path) -> None:
    one, rng = make_release("medium"), np.random.default_rng(1)
    mixed = {n: t.iloc[rng.permutation(len(t))] for n, t in reversed(one.tables.items())}
    embed_files.write_embed(
        tmp_path, mixed, one.areas.iloc[::-1], one.districts.iloc[::-1], one.manifest
    )
    assert files(tmp_path) == files(written)


def test_no_other_host_and_nothing_inline(written: Path) -> None:
    articles = {u for u in make_release("medium").tables[tables.ARTICLES]["url"] if u}
    assert articles
    for name, body in files(written).items():
        if name.endswith((".png", ".woff2")):
            continue
        text = body.decode()
        links = {*LINKED.findall(text)} - {"http://www.w3.org/2000/svg"}
        if name in {page_name(code) for code in languages()}:  # an article where it was read
            assert links == articles
            assert all(f'<a href="{u}" rel="noopener noreferrer"' in text for u in articles)
        else:
            assert name == "embed.js" or not links, (name, links)
        assert "import(" not in text and "fetch(" not in text and "XMLHttp" not in text
        if name.endswith(".html"):
            assert "default-src 'none'" in text and "unsafe" not in text
            assert not re.search(r"<script(?![^>]*\bsrc=)", text), name
            assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", text), name
            assert all("/" not in s for s in re.findall(r'src="([^"]*)"', text))


def test_no_coordinate_and_no_moment(written: Path) -> None:
    for name, body in files(written).items():
        if name.endswith((".html", ".js", ".svg", ".json")):
            text = body.decode()
            assert not re.search(r"-93\.\d|4[45]\.\d{4}", text), name
            assert not re.search(r"\d{4}-\d\d-\d\dT\d\d", text), name


def test_downloads_are_the_release_s_own_tables(folders: dict[str, Path]) -> None:
    for volume, folder in folders.items():
        linked = {
            *re.findall(r'href="(\.\./[^"]+)" download', (folder / "embed/index.html").read_text())
        }
        assert {name[3:].rpartition(".")[0] for name in linked} == {*make_release(volume).tables}
        for name in linked:
            assert (folder / "embed" / name).resolve().is_file(), name
        assert {name.rpartition(".")[2] for name in linked} == {"csv", "parquet", "json"}


def test_outside_text_is_never_markup(tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(1)>&\"'"
    one = make_release("medium")
    areas, districts = one.areas.copy(), one.districts.copy()
    areas.loc[0, "name"] = districts.loc[0, "name"] = evil
    sources = [
        s | {"title": evil, "covers": evil, "licence": evil} for s in one.manifest["sources"]
    ]
    policy = one.manifest["policy"] | {"x": {"value": evil, "reason": evil}}
    manifest = one.manifest | {"sources": sources, "policy": policy, "warnings": [evil]}
    found = one.tables | {
        tables.ARTICLES: one.tables[tables.ARTICLES].assign(
            title=evil, paper=evil, area_written=evil, url="javascript:alert(1)"
        )
    }
    embed_files.write_embed(tmp_path, found, areas, districts, manifest)
    for name, body in files(tmp_path).items():
        if name.endswith((".html", ".svg")):
            assert b"<img" not in body and b"javascript:" not in body, name


# --- numbers


@pytest.mark.parametrize("volume", VOLUMES)
def test_every_area_of_every_map_has_a_number_with_a_range(
    folders: dict[str, Path], volume: str
) -> None:
    """At 300, 3,000 and 20,000 reports a year; what the script holds is what was released."""
    data, one = told(folders[volume] / "embed"), make_release(volume)
    numbers = numbers_of(one)
    maps = data["sorts"]["community"]["maps"]
    assert {*maps} == {*numbers.sorts["community"].maps}
    for name, kinds in maps.items():
        codes = [a[0] for a in data["levels"][name.partition("-")[0]]["areas"]]
        for kind, held in kinds.items():
            own = numbers.sorts["community"].maps[name][kind]
            n, low, high = unpacked(held)
            assert n.shape == (len(held["p"]), len(codes) + 2)  # no area known, the whole place
            grid, city = own.grid.only(codes), numbers.sorts["community"].city
            whole = city[own.table.unit][kind].during(own.grid.periods)
            for mine, of in ((n, "number"), (low, "low"), (high, "high")):
                parts = [getattr(g, of) for g in (grid, own.unknown, whole)]
                np.testing.assert_array_equal(mine, np.hstack(parts))
            assert (low >= 0).all() and (low <= n).all() and (n <= high).all()
            assert (high[:, : len(codes)] > 0).all()
            looks = held["k"].split(";")
            assert all(re.fullmatch(f"[0-4a-f]{{{len(codes)}}}", row) for row in looks)


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize("volume", VOLUMES)
def test_the_page_has_a_number_with_a_range_in_every_row(
    folders: dict[str, Path], volume: str, code: str
) -> None:
    text = (folders[volume] / "embed" / page_name(code)).read_text()
    speak = load_texts(code)
    rows = re.findall(r'<tr data-a="\d+">.*?</tr>', text)
    one = make_release(volume)
    areas = one.areas if volume == "large" else one.districts
    assert len(rows) == len(areas) + 1  # and no area known
    names = [language.esc(name) for name in areas["name"]]
    shown = re.findall(r'<th scope="row">([^<]+)<svg', "".join(rows))
    assert shown[:-1] == sorted(names) and shown[-1] == language.esc(speak("area.unknown"))
    for row in rows:
        cells = re.findall(r'<td class="n">([^<]+)</td>', row)
        assert len(cells) == 2 and all(cells), row
        assert cells[0] == language.esc(speak("cell.few")) or int(cells[0].replace(",", "")) > 0
    paths = re.findall(r'<path id="a(\d+)" class="(\w+)"( fill="url\(#(\w+)\)")?', text)
    assert {int(p[0]) for p in paths} == {*areas["area"]}
    for _, look, filled, pattern in paths:
        assert look in CLASS_LOOKS or (look in STRIPES and filled and pattern == look)


def test_nothing_says_zero_reports(folders: dict[str, Path]) -> None:
    for volume, folder in folders.items():
        for name, body in files(folder / "embed").items():
            text = (
                re.sub(r"<[^>]+>", " ", body.decode()) if name.endswith((".html", ".svg")) else ""
            )
            assert not re.search(
                r"about 0\b|likely 0\b|\b0 (incidents|reports)\b|at most 0\b", text
            ), name
            assert "not shown" not in text and "no se muestra" not in text, (volume, name)


def test_nothing_is_ranked_and_there_is_no_percentage(folders: dict[str, Path]) -> None:
    english = load_texts("en").texts
    mine = {k: v for k, v in english.items() if not k.startswith(("protect.", "policy."))}
    for key, forms in mine.items():
        for text in forms:
            assert not re.search(r"%|percent|highest|lowest|rank|most frequent|\btop\b", text), key
    for folder in folders.values():
        script = (folder / "embed/app.js").read_text()
        assert ".sort((" not in script.replace("kinds(name = state.map)", "").replace(
            '.sort((p, q) => (q === "all") - (p === "all"))', ""
        )


def test_the_sentence_says_what_the_whole_place_had(folders: dict[str, Path]) -> None:
    city = numbers_of(make_release("medium")).sorts["community"].city["quarter"][ALL]
    own = city.range(-1).rounded(10)  # its error is 16
    page = (folders["medium"] / "embed/index.html").read_text()
    assert (
        f"From July to September 2025, about {own.number} incidents were reported in Madeville "
        f"(likely {own.low} to {own.high})" in page
    )
    assert "may still be refined once" in page  # its year is not over
    assert "may still be refined" not in (folders["small"] / "embed/index.html").read_text()


def test_without_a_map_the_page_shows_the_place_by_period(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    pages = {"quarter": (folders["tiny"] / "embed", 7)}
    pages["month"] = (write(make_release("medium", areas=False, official=False), tmp_path), 22)
    for unit, (folder, many) in pages.items():
        text = (folder / "index.html").read_text()
        assert 'class="two nomap"' in text and '<svg id="map"' not in text
        assert not (folder / "map.svg").exists()
        rows = re.findall(r'<tr data-a="-1">', text)
        assert len(rows) == many, unit
        assert {*told(folder)["levels"]} <= {"group"}  # official records have a map of their own


def test_one_event_more_or_less_moves_nothing_but_numbers(tmp_path: Path) -> None:
    """Hardly any records: the same rows, maps, classes, notes and opening."""
    pages = []
    for yearly in (0, 40):
        one = make_release("medium", yearly)
        text = (write(one, tmp_path / str(yearly)) / "index.html").read_text()
        data = told(tmp_path / str(yearly))
        rows = [re.findall(r'<th scope="row">([^<]*)', text), re.findall(r"<summary>[^<]*", text)]
        legend = text.split('id="legend"')[1].split('class="striped"')[0].split("</ul>")[0]
        maps = {
            name: {k: (h["p"], h.get("c"), h.get("rate")) for k, h in kinds.items()}
            for name, kinds in data["sorts"]["community"]["maps"].items()
        }
        pages.append(
            (rows, legend, data["opens"], maps, text.split('id="notes"')[1].split("</div>")[0])
        )
    assert pages[0] == pages[1]


def test_official_records_are_exact_and_have_a_warning_of_their_own(tmp_path: Path) -> None:
    one = make_release("medium")
    found = {p: t for p, t in one.tables.items() if p.startswith("official/")}
    folder = write(one._replace(tables=found), tmp_path)
    page, data = (folder / "index.html").read_text(), told(folder)
    notes = page.split('id="notes"')[1].split("</div>")[0]
    assert "If somebody also called 911, that call is there whether we show it or not." in notes
    held = data["sorts"]["official"]["maps"]["group-month"]["call_911"]
    rows = found[tables.OFFICIAL_AREA]
    n, low, high = unpacked(held)
    assert (low == n).all() and (high == n).all()
    assert n[:, -1].sum() == rows.loc[rows["kind"] == "call_911", "n"].sum()
    assert "likely" not in page.split('id="rows"')[1].split("</table>")[0]
    assert '<div id="how" hidden>' in page  # no chance is added to them


def test_hours_sensitive_late_and_articles_fold_out(written: Path) -> None:
    page = (written / "index.html").read_text()
    blocks = dict(re.findall(r'<details class="(\w+)">(.*?)</details>', page, re.S))
    assert [*blocks] == ["hours", "sensitive", "late", "articles", "method", "manifest", "download"]
    for name, rows in (("hours", 5), ("sensitive", 16), ("late", 1)):
        cells = re.findall(r"<td>([^<]*)</td>", blocks[name])
        assert len(cells) == rows, name
        assert all(re.match(r"about \d|few or none, at most \d", cell) for cell in cells), cells
    assert "no hour known" in blocks["hours"] and "decided for life 28 days" in blocks["late"]
    assert blocks["articles"].count("<li") == 3 and blocks["articles"].count("<a ") == 1


def test_a_number_is_said_with_its_range() -> None:
    speak = load_texts("en")
    assert speak.ranged(Range(1204, 7, 17)) == "about 1,204, likely 7 to 17"
    assert speak.ranged(Range(2, 0, 5)) == "few or none, at most 5"


# --- pictures


def test_names_on_the_map_do_not_collide() -> None:
    drawn = area_shapes.draw_areas(make_release("medium").areas)
    for which, size in area_shapes.SIZES.items():
        boxes = []
        for name in drawn.names[which]:
            wide = max(letters(size, 500).getlength(line) for line in name.lines) / 2
            high = len(name.lines) * size * area_shapes.LINE / 2
            boxes.append((name.x - wide, name.y - high, name.x + wide, name.y + high))
        assert len(boxes) >= 10
        for i, a in enumerate(boxes):
            for b in boxes[i + 1 :]:
                assert not (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3])


def test_areas_stand_in_the_order_of_their_names() -> None:
    names = ["Ward 10", "ward 2", "Elm", "Ångström", "elm 3"]
    assert sorted(names, key=area_shapes.name_order) == [
        "Elm",
        "elm 3",
        "ward 2",
        "Ward 10",
        "Ångström",
    ]


def test_both_levels_lie_on_each_other() -> None:
    one = make_release("medium")
    whole = area_shapes.draw_areas(one.areas)
    parts = area_shapes.draw_areas(one.districts, one.areas.total_bounds)
    for a, b in zip(*(_extent(level) for level in (whole, parts))):
        assert abs(a - b) < 3


def _extent(level: area_shapes.Map) -> list[float]:
    bounds = np.array([shape.polygon.bounds for shape in level.shapes])
    return [*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0)]


def test_colors_are_the_house_s_and_can_be_told_apart(written: Path) -> None:
    css = (written / "style.css").read_text()
    assert "$" not in css
    for block, theme in zip(
        css.split("prefers-color-scheme: dark")[:2], (palette.LIGHT, palette.DARK)
    ):
        said = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))
        named = ("paper", "ink", "quiet", "accent", "card", "rule", "control", "hatch")
        assert [said[name] for name in named] == [getattr(theme, name) for name in named]
        ramp = [said[f"r{i}"] for i in range(5)]
        assert tuple(ramp) == palette.five_classes(theme)
        # an edge is a line of ink in one of paper: one of the two is seen on any color
        for i, color in enumerate(ramp):
            assert max(contrast(color, said["paper"]), contrast(color, said["ink"])) >= 3
            assert contrast(color, said[f"o{i}"]) >= 4.5
        # stripes are seen: their two colors lie two classes apart
        for look in STRIPES:
            assert contrast(ramp[int(look[1])], ramp[int(look[2])]) >= 1.9, look
        assert (
            contrast(said["quiet"], said["paper"]) >= 4.5
            and contrast(said["control"], said["card"]) >= 3
        )
    colors = told(written)["colors"]
    assert tuple(colors["ramp"]) == pictures.RAMP
    assert colors["on"] == [palette.LIGHT.ink] * 3 + [palette.LIGHT.paper] * 2


@pytest.mark.parametrize("volume", VOLUMES)
def test_pictures_carry_sentence_source_and_date(folders: dict[str, Path], volume: str) -> None:
    folder = folders[volume] / "embed"
    text = (folder / "map.svg").read_text()
    said = " ".join(re.sub(r"<[^>]+>", " ", text).split())
    assert "December 20, 2025" in said and "Source:" in said and "(likely" in said
    assert "up to twice the expected" in said
    for look in STRIPES:  # every pattern that is used is there
        assert (f'fill="url(#{look})"' in text) == (f'<pattern id="{look}"' in text)
    from PIL import Image

    with Image.open(folder / "map.png") as image:
        assert image.width == pictures.PIXELS and "date:create" not in image.info


def test_a_series_is_a_stepped_line_in_the_band_of_its_range() -> None:
    grid = numbers_of(make_release("medium")).sorts["community"].city["quarter"][ALL]
    drawn = series.series_svg(grid, [False] * len(grid.periods), exact=False)
    line, band = (re.search(rf'class="{c}" d="([^"]+)"', drawn) for c in ("line", "band"))
    most = int(grid.high.max())
    heights = [series.tenths(100 - 100 * int(n) / most) for n in grid.number[:, 0]]
    assert line and band
    assert float(line[1].split("H")[0].removeprefix("M0 ")) == heights[0]
    assert [float(v) for v in re.findall(r"V([\d.]+)", line[1])] == heights[1:]
    assert line[1].count("H") == len(grid.periods) and band[1].endswith("Z")
    low = [series.tenths(100 - 100 * int(n) / most) for n in grid.low[:, 0]]
    back = [float(v) for v in re.findall(r"V([\d.]+)", band[1])][-len(low) :]
    assert back == low[::-1]


def test_the_small_picture_shows_a_count_chance_and_a_range() -> None:
    drawn = how_picture.how_picture(load_texts("en"))
    assert drawn.count('class="one"') == 12 and drawn.count("law") >= 9
    assert "about 13, likely 8 to 18" in drawn and drawn.count("<li>") == 3


def test_the_policy_of_the_manifest_is_printed(tmp_path: Path) -> None:
    one = make_release("medium")
    policy = one.manifest["policy"] | {
        "area_after_days": {"value": 77, "reason": "More caution."},
        "least_residents": {"value": 4321, "reason": "Larger."},
    }
    page = (
        write(one._replace(manifest=one.manifest | {"policy": policy}), tmp_path) / "index.html"
    ).read_text()
    assert "77 days after their quarter" in page and "More caution." in page
    assert "at least 4,321 residents" in page


def test_oembed_is_json(written: Path) -> None:
    told = json.loads((written / "oembed.json").read_text())
    assert told["type"] == "rich" and told["title"] == "Madeville"
    assert told["html"].startswith('<iframe src="index.html"')
