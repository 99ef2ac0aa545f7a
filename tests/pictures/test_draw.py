"""A picture says what it is, keeps its texts inside, loads nothing, and is the same each time."""

import copy
import io
import re
from dataclasses import replace
from math import cos, radians, sin
from typing import Any

import geopandas as gpd
import pytest
import shapely
from PIL import Image, ImageChops, ImageStat

from data.palette import DARK, LIGHT
from data.pictures import chart_svg, draw, looks
from data.pictures.figure import PHONE, POST, AreaMap, Caption, Chart, Figure, LegendRow
from data.pictures.letters import fold_text, letters
from data.pictures.light import in_light, spec_in_light
from data.pictures.short_labels import with_short_labels
from tests.pictures.readings import outside, parsed, texts

HOSTILE = '<script>alert(1)</script> {{7*191}} =cmd() ${x} <image href="http://x.example/"/> & "q"'
CAPTION = Caption(
    title="Stops were highest downtown",
    subtitle="Stops per 1,000 residents, 2017",
    source="Source: a police department (CC0)",
    shown="Showing 51,920 of 60,237 incidents",
    stamp="data 0123456789ab",
    alt="Four areas; Downtown has most.",
    team_only=False,
)
SIZES = (POST, PHONE, (900, 500), None)


def area_map(names: list[str] | None = None, many: int = 4) -> AreaMap:
    names = names or [f"Area {i}" for i in range(many)]
    boxes = [
        shapely.box(-93.3 + 0.05 * (i % 4), 44.9 + 0.04 * (i // 4), -93.25 + 0.05 * (i % 4), 44.94)
        if i < 4
        else shapely.box(-93.3, 44.9 - 0.04 * (i - 3), -93.1, 44.9 - 0.04 * (i - 4))
        for i in range(len(names))
    ]
    drawn = [("c0", "c5", "no_data", "not_asked")[i % 4] for i in range(len(names))]
    legend = [LegendRow(look, f"the look {look}") for look in dict.fromkeys(drawn)]
    areas = gpd.GeoDataFrame({"name": names}, geometry=boxes, crs=4326)
    return AreaMap(areas, drawn, legend, "Per 1,000 residents")


def chart(rows: list[dict[str, Any]] | None = None) -> Chart:
    held = [{"what": f"kind {i}", "n": i} for i in range(5)] if rows is None else rows
    return Chart(
        {
            "data": {"values": held},
            "mark": "bar",
            "height": {"step": 24},
            "encoding": {
                "x": {"field": "n", "type": "quantitative"},
                "y": {"field": "what", "type": "nominal", "axis": {"labelLimit": 220}},
            },
        }
    )


FIGURES = {"map": area_map(), "chart": chart(), "no areas": area_map([]), "no rows": chart([])}
FIGURES["no areas"] = replace(area_map(), areas=area_map().areas.iloc[:0], looks=[])


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("size", SIZES)
def test_a_picture_says_all_and_stays_inside(name: str, size: draw.Size | None) -> None:
    body = draw.svg(FIGURES[name], CAPTION, size)
    assert body == draw.svg(FIGURES[name], CAPTION, size)
    root, words = parsed(body), " ".join(t.says for t in texts(parsed(body)))
    for part in (CAPTION.title, CAPTION.subtitle, CAPTION.source, CAPTION.shown, CAPTION.stamp):
        assert part in words
    assert outside(body) == []
    names = {child.tag.rpartition("}")[2]: child.text for child in root}
    assert (names["title"], names["desc"]) == (CAPTION.title, CAPTION.alt)
    if size:
        assert (root.attrib["width"], root.attrib["height"]) == (str(size[0]), str(size[1]))


@pytest.mark.parametrize("name", ["map", "chart"])
@pytest.mark.parametrize("size", [POST, PHONE, None])
def test_long_and_hostile_texts_wrap_and_are_text(name: str, size: draw.Size | None) -> None:
    long = f"{HOSTILE} {'a long text ' * 12}{'x' * 150}"
    caption = Caption(long, long, long, long, long, long, team_only=True)
    figure: Figure = area_map([HOSTILE[:90], "y" * 300, "", "z"])
    if name == "chart":
        figure = chart([{"what": f"{HOSTILE} {i} {'w' * 90}", "n": i} for i in range(60)])
    body = draw.svg(figure, caption, size)
    assert outside(body) == []
    assert not {"script", "image", "a"} & {
        node.tag.rpartition("}")[2] for node in parsed(body).iter()
    }
    assert draw.png(figure, caption, size)[:4] == b"\x89PNG"


@pytest.mark.parametrize("name", ["map", "chart"])
def test_what_is_for_the_team_says_so_across_the_data(name: str) -> None:
    body = draw.svg(FIGURES[name], replace(CAPTION, team_only=True), POST)
    root = parsed(body)
    (mark,) = [node for node in root.iter() if node.attrib.get("id") == "team-only"]
    assert mark.text == "Team only, not for publication"
    assert [*root][-1] is mark  # in front of everything
    assert b"team-only" not in draw.svg(FIGURES[name], CAPTION, POST)
    plain, marked = (
        Image.open(io.BytesIO(draw.png(FIGURES[name], c, POST))).convert("L")
        for c in (CAPTION, replace(CAPTION, team_only=True))
    )
    differs = Image.eval(ImageChops.difference(plain, marked), bool)
    assert ImageStat.Stat(differs).sum[0] > 0.02 * plain.width * plain.height


def test_the_mark_lies_within_the_picture() -> None:
    for wide, high in ((800, 450), (600, 750), (800, 160), (300, 900)):
        text = draw._across(wide, high).text
        size, turn = (
            float(re.search(rf"{key}[^\d-]*(-?[\d.]+)", text)[1])  # type: ignore[index]
            for key in ("font-size", "rotate")
        )

        long = letters(100, 600).getlength(draw.TEAM_ONLY) * size / 100
        assert long * cos(radians(turn)) + size * abs(sin(radians(turn))) <= wide
        assert long * abs(sin(radians(turn))) + size * cos(radians(turn)) <= high


def test_a_png_has_its_size_and_its_description(tmp_path: Any) -> None:
    file = tmp_path / "x.png"
    file.write_bytes(draw.png(FIGURES["map"], replace(CAPTION, alt="Añ — four"), PHONE))
    with Image.open(file) as image:
        assert image.size == PHONE
        assert image.info["Description"] == "Añ — four" and image.info["Title"] == CAPTION.title
        assert file.read_bytes() == draw.png(
            FIGURES["map"], replace(CAPTION, alt="Añ — four"), PHONE
        )


@pytest.mark.parametrize(
    "data",
    [
        {"url": "https://example.com/x.json"},
        {"url": "file:///etc/hostname"},
        {"url": "data/cars.json"},
        {"url": "data:text/csv,a%0A1"},
    ],
)
def test_a_chart_that_names_data_elsewhere_is_refused(data: dict[str, str]) -> None:
    spec = {**chart().spec, "data": data}
    with pytest.raises(ValueError, match="all its data inside"):
        draw.svg(Chart(spec), CAPTION)
    layered = {"layer": [{**chart().spec, "data": data}]}
    with pytest.raises(ValueError, match="all its data inside"):
        draw.png(Chart(layered), CAPTION)


def test_pictures_and_links_in_a_chart_are_refused_and_columns_may_be_called_so() -> None:
    spec = copy.deepcopy(dict(chart().spec))
    for mark in ("image", {"type": "image"}):
        with pytest.raises(ValueError, match="all its data inside"):
            draw.svg(Chart({**spec, "mark": mark}), CAPTION)
    spec["encoding"]["href"] = {"field": "what"}
    with pytest.raises(ValueError, match="all its data inside"):
        draw.svg(Chart(spec), CAPTION)
    rows = [{"what": '<a href="http://x">', "n": 1, "url": "file:///etc/passwd"}]
    assert b'&lt;a href="http://x"' in draw.svg(chart(rows), CAPTION)


def test_the_library_is_told_to_load_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    real = chart_svg.vl_convert.vegalite_to_svg

    def drawn(text: str, **more: Any) -> str:
        asked.append(more["allowed_base_urls"])
        return real(text, **more)

    monkeypatch.setattr(chart_svg.vl_convert, "vegalite_to_svg", drawn)
    draw.svg(chart(), CAPTION)
    assert asked == [[]]


def test_texts_are_measured_with_the_fonts_they_are_drawn_with() -> None:
    long = "A kind with a rather long name 24"
    body = draw.svg(chart([{"what": long, "n": 1}]), CAPTION)
    (label,) = [text for text in texts(parsed(body)) if text.says == long]  # not cut
    assert 28 <= label.left <= 50  # it begins near the margin: its room is its width


def test_long_names_are_short_and_no_two_alike() -> None:
    names = [f"{'a very long name ' * 9}{i}{'z' * 60}" for i in range(40)]
    spec = chart([{"what": name, "n": 1} for name in names]).spec
    spec["encoding"]["y"]["sort"] = names
    short = with_short_labels(spec, 200)
    rows = [row["what"] for row in short["data"]["values"]]
    assert len({*rows}) == 40 and short["encoding"]["y"]["sort"] == rows
    assert max(letters(12, 400).getlength(name.partition(" (")[0]) for name in rows) <= 200
    assert with_short_labels(chart().spec, 200)["data"] == chart().spec["data"]


def test_lines_fit_and_hold_every_letter() -> None:
    lines = fold_text(f"some words {'x' * 200} end", 14, 400, 120)
    assert max(letters(14, 400).getlength(line) for line in lines) <= 120
    assert "".join(lines).replace(" ", "") == f"somewords{'x' * 200}end"


def test_looks_are_told_apart_in_greyscale() -> None:
    ramp = [sum(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in LIGHT.ramp]
    assert ramp == sorted(ramp, reverse=True) and looks.class_looks(2) == ("c0", "c5")
    insides = {p.inside for p in looks.PATTERNS.values() if p.ground == looks.PAPER}
    assert len(insides) == 4  # no two hatches are the same lines
    with pytest.raises(ValueError, match="no look"):
        looks.fill_of("url(http://x.example)")
    with pytest.raises(ValueError, match="two colors"):
        looks.striped_look("red")


def test_a_dark_screen_gives_a_light_picture() -> None:
    spec = {"config": {"a": DARK.accent}, "b": list(DARK.ramp), "datasets": {"x": [DARK.ink]}}
    light = spec_in_light(spec)
    assert light["config"]["a"] == LIGHT.accent and light["b"] == list(LIGHT.ramp)
    assert light["datasets"] == spec["datasets"]  # data is no look
    assert in_light(DARK.paper) == LIGHT.paper
