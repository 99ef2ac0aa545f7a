"""The embed's files: small, the same each time, released numbers only, no other host."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data import palette
from data.embed import embed_files, map, pictures
from data.embed.language import load_texts
from data.languages import languages, page_name
from data.palette import contrast
from data.published import grids, number_classes, opening
from tests.made_release import Made, make_release

BUDGET = 150 * 1024
ROOT = Path(__file__).resolve().parents[2]
LINKED = re.compile(r"https?://[^\s\"'<>)]+")


@pytest.fixture(scope="session")
def release(sample_store: Path) -> Made:
    """A release with all three sorts."""
    return make_release(sample_store, times=6)


@pytest.fixture(scope="session")
def written(release: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its embed."""
    folder = tmp_path_factory.mktemp("embed") / "embed"
    embed_files.write_embed(folder, *release)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def told(folder: Path) -> dict[str, Any]:
    text = (folder / "data.js").read_text().removeprefix("window.PORCHLIGHT=").rstrip(";\n")
    return dict(json.loads(text))


def cells(grid: dict[str, Any], columns: int) -> np.ndarray:
    """The numbers of a packed grid, NaN where it shows none."""
    if not grid["n"]:
        return np.full((len(grid["p"]), columns), np.nan)
    rows = [row.split(",") for row in grid["n"].split(";")]
    return np.array([[float(v) if v else np.nan for v in row] for row in rows])


def test_it_is_small(written: Path) -> None:
    """All that a reader of one language can load, and what the first view loads."""
    packed = {n: min(len(gzip.compress(b, 9)), len(b)) for n, b in files(written).items()}
    pages = {code: {page_name(code), f"{code}.js"} for code in languages()}
    shared = packed.keys() - set().union(*pages.values())
    for own in pages.values():
        assert sum(packed[n] for n in shared | own) <= BUDGET, packed
        first = own | {"style.css", "data.js", "app.js", "font.woff2"}
        assert sum(packed[n] for n in first) <= 75 * 1024


def test_the_same_release_gives_the_same_bytes(
    release: Made, written: Path, tmp_path: Path
) -> None:
    rng = np.random.default_rng(1)
    mixed = {n: t.iloc[rng.permutation(len(t))] for n, t in reversed(release.tables.items())}
    embed_files.write_embed(tmp_path, mixed, release.areas.iloc[::-1], release.manifest)
    assert files(tmp_path) == files(written)


def test_data_holds_exactly_the_released_cells(release: Made, written: Path) -> None:
    data = told(written)
    codes = [a[0] for a in data["areas"]]
    assert codes == sorted(release.areas["area"])
    for sort in ("community", "press"):
        if sort not in data["sorts"]:
            assert not any(
                t["n"].notna().any() for n, t in release.tables.items() if n.startswith(sort)
            )
            continue
        for name, every in (
            ("area-month", "month"),
            ("area-quarter-kind", "quarter"),
            ("area-year-kind", "year"),
        ):
            table = release.tables[f"{sort}/{name}"]
            table = table if "kind" in table else table.assign(kind="all")
            for kind, rows in table.groupby("kind"):
                wide = rows.pivot(index="period", columns="area", values="n").astype(float)
                grid = data["sorts"][sort]["maps"][every][kind]
                assert grid["p"] == list(wide.index)
                np.testing.assert_array_equal(cells(grid, len(codes)), wide.to_numpy())


def test_official_counts_are_summed_exactly_and_late(release: Made, written: Path) -> None:
    data = told(written)["sorts"]["official"]
    days = release.tables["official/area-day-kind"]
    for kind, rows in days.groupby("kind"):
        month = cells(data["maps"]["month"][kind], 73)
        year = cells(data["maps"]["year"][kind], 73)
        assert month.sum() == rows["n"].sum() == year.sum()
    assert data["exact"] and "all" not in data["kinds"]
    found = grids.read_sorts(release.tables, [1], release.manifest | {"as_of": "2017-06-20"})
    periods = found["official"].maps["month"]["traffic_stop"].periods
    assert periods[-1] == "2017-05"  # June is not over; with fourteen days of delay May is
    found = grids.read_sorts(release.tables, [1], release.manifest | {"as_of": "2017-06-13"})
    assert found["official"].maps["month"]["traffic_stop"].periods[-1] == "2017-04"


def test_sorts_never_meet(written: Path) -> None:
    for name, body in files(written).items():
        if name.endswith(".csv"):
            sort = Path(name).name.split("-")[0]
            assert sort in grids.SORTS and not body.startswith(b"#")
            assert f"tables/{sort}-notes.txt" in files(written)
    data = told(written)
    for name, sort in data["sorts"].items():
        kinds = {k for grids in sort["maps"].values() for k in grids}
        if name == "official":
            assert kinds == {"traffic_stop", "suspicious_person_stop", "use_of_force"}


def test_zero_and_held_back_look_alike(release: Made, tmp_path: Path) -> None:
    """A table whose hidden cells were zeros gives the same files as one whose were nine."""
    only = {n: t for n, t in release.tables.items() if n.startswith("community/")}
    embed_files.write_embed(tmp_path, only, release.areas, release.manifest)
    for name, body in files(tmp_path).items():
        if name.endswith("html"):
            shown = re.findall(
                r'<td class="n">([^<]*)</td>',
                body.decode().split('id="rows"')[1].split("</table")[0],
            )
            hidden = {load_texts(code)("hidden") for code in languages()}
            assert {v for v in shown if not v.replace(",", "").isdigit()} <= hidden
            assert all(
                int(v.replace(",", "")) >= 10 and int(v.replace(",", "")) % 5 == 0
                for v in shown
                if v[0].isdigit()
            )


def test_no_other_host_and_nothing_inline(release: Made, written: Path) -> None:
    for name, body in files(written).items():
        if name.endswith((".png", ".woff2")):
            continue
        text = body.decode()
        links = set(LINKED.findall(text)) - {"http://www.w3.org/2000/svg"}
        assert name == "embed.js" or not links, (name, links)
        assert "import(" not in text and "fetch(" not in text and "XMLHttp" not in text
        if name.endswith(".html"):
            assert "default-src 'none'" in text and "unsafe" not in text
            assert not re.search(r"<script(?![^>]*\bsrc=)", text), name
            assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", text), name
            assert all("/" not in s for s in re.findall(r'src="([^"]*)"', text))


def test_no_coordinate_and_no_moment(written: Path) -> None:
    for name, body in files(written).items():
        if name.endswith((".html", ".js", ".csv", ".svg", ".json")):
            text = body.decode()
            assert not re.search(r"-93\.\d|4[45]\.\d{4}", text), name
            assert not re.search(r"\d{4}-\d\d-\d\dT\d\d", text), name


def test_outside_text_is_never_markup(release: Made, tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(1)>&\"'"
    areas = release.areas.copy()
    areas.loc[0, "name"] = "=" + evil
    sources = [
        s | {"title": evil, "covers": evil, "licence": evil} for s in release.manifest["sources"]
    ]
    policy = {"x": {"value": evil, "reason": evil}}
    manifest = release.manifest | {"sources": sources, "policy": policy, "held_back": [evil]}
    embed_files.write_embed(tmp_path, release.tables, areas, manifest)
    for name, body in files(tmp_path).items():
        if name.endswith((".html", ".svg")):
            assert b"<img" not in body, name
        if name.endswith(".csv"):
            assert not re.search(r"(^|,)\"?=", body.decode(), re.M), name


@pytest.mark.parametrize("times", [1, 6])
def test_it_opens_where_half_of_the_areas_have_a_number(sample_store: Path, times: int) -> None:
    one = make_release(sample_store, times, official=False)
    found = grids.read_sorts(one.tables, sorted(one.areas["area"]), one.manifest)
    opens, full = opening.opening_of(opening.opening_sort(found))
    newest = found[opens.sort].maps[opens.every][opens.kind].n[opens.period]
    share = np.mean(~np.isnan(newest))
    assert full == (share >= 0.5) == (times == 6) and (full or opens.every == "year")


def test_a_sort_opens_on_its_newest_full_map(sample_store: Path) -> None:
    one = make_release(sample_store, 6, official=False)
    found = grids.read_sorts(one.tables, sorted(one.areas["area"]), one.manifest)["community"]
    before, half = opening.opening_of(found)
    empty = {
        k: g._replace(n=np.vstack([g.n, np.full(73, np.nan)]), periods=(*g.periods, "2026-Q2"))
        for k, g in found.maps["quarter"].items()
    }
    after, still = opening.opening_of(found._replace(maps=found.maps | {"quarter": empty}))
    assert half and still and after == before  # an empty newest period is not where it opens


def test_nothing_to_show_is_a_page_too(release: Made, tmp_path: Path) -> None:
    empty = {
        n: t.assign(n=pd.array([None] * len(t), dtype="Int32"))
        for n, t in release.tables.items()
        if n.startswith("community/")
    }
    embed_files.write_embed(tmp_path, empty, release.areas, release.manifest)
    assert "no area had a number" in (tmp_path / "index.html").read_text()


def test_classes_are_whole_and_in_order() -> None:
    rng = np.random.default_rng(3)
    for base in (1, 5):
        for _ in range(200):
            n = base * rng.geometric(rng.uniform(0.01, 0.5), (3, 40)).astype(float) + (
                10 if base == 5 else 0
            )
            found = number_classes.class_breaks(n, base)
            assert list(found) == sorted(set(found)) and 1 <= len(found) <= 5
            assert (
                all(b % base == 0 for b in found) and found[0] <= n.min() and found[-1] <= n.max()
            )
    assert number_classes.class_breaks(np.full((2, 3), np.nan), 5) == ()


def test_names_on_the_map_do_not_collide(release: Made) -> None:
    drawn = map.drawn(release.areas)
    for which, size in map.SIZES.items():
        boxes = []
        for name in drawn.names[which]:
            wide = max(map.letters(size, 500).getlength(line) for line in name.lines) / 2
            high = len(name.lines) * size * map.LINE / 2
            boxes.append((name.x - wide, name.y - high, name.x + wide, name.y + high))
        assert len(boxes) >= 10
        for i, a in enumerate(boxes):
            for b in boxes[i + 1 :]:
                assert not (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3])


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
        assert (
            contrast(said["quiet"], said["paper"]) >= 4.5
            and contrast(said["control"], said["card"]) >= 3
        )
    colors = told(written)["colors"]
    assert tuple(colors["ramp"]) == pictures.RAMP
    assert colors["on"] == [palette.LIGHT.ink] * 3 + [palette.LIGHT.paper] * 2


def test_pictures_carry_source_date_and_stamp(release: Made, written: Path) -> None:
    text = re.sub(r"<[^>]+>", " ", (written / "map.svg").read_text())
    said = " ".join(text.split())
    assert release.manifest["stamp"] in said and "June 20, 2026" in said and "Source:" in said
    from PIL import Image

    with Image.open(written / "map.png") as image:
        assert image.width == pictures.PIXELS and "date:create" not in image.info


def test_the_policy_of_the_manifest_is_printed(release: Made, tmp_path: Path) -> None:
    policy = {
        "records": {"value": 40, "reason": "More caution."},
        "area_delay_days": {"value": 33, "reason": "Later."},
    }
    embed_files.write_embed(
        tmp_path, release.tables, release.areas, release.manifest | {"policy": policy}
    )
    page = (tmp_path / "index.html").read_text()
    assert "about 40 reports" in page and "at least 33 days" in page and "More caution." in page
