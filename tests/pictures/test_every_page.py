"""Every chart and map of every page of the team can be taken away, and looks as it should."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.pictures import draw
from data.pictures.figure import AreaMap, Caption, HeatMap
from tests.conftest import ROOT
from tests.pictures.readings import outside
from ui.frame.menu import VIEW_PAGES
from ui.parts import picture_buttons
from ui.parts.pictures import PagePicture

Listed = list[tuple[PagePicture, Caption]]
# those that show no chart and no map of areas
NONE = {f"pages/{name}.py" for name in ("records", "methods", "claims", "corrections")}


@pytest.fixture
def listed(screens: Path, monkeypatch: pytest.MonkeyPatch) -> Listed:
    """What Share offers, as the page of a test lists it."""
    seen: Listed = []

    def take(pictures: list[PagePicture], captions: list[Caption], stems: list[str]) -> None:
        assert all(re.fullmatch(r"[a-z0-9-]+", stem) for stem in stems)
        assert len(stems) == len(pictures)
        seen[:] = zip(pictures, captions, strict=True)

    monkeypatch.setattr(picture_buttons, "_show_buttons", take)
    return seen


def open_page(path: str, listed: Listed, **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    for word, value in link.items():
        app.query_params[word] = value
    app.run()
    if path != "pages/map.py":
        listed.clear()
        app.switch_page(path).run()
    assert not app.exception, app.exception
    return app


@pytest.mark.parametrize("path", [file for file, *_ in VIEW_PAGES])
def test_every_picture_of_a_page_is_drawn(path: str, listed: Listed) -> None:
    open_page(path, listed)
    assert bool(listed) == (path not in NONE)
    for picture, caption in listed[:6]:
        body = draw.svg(picture.figure(), caption)
        assert outside(body) == [], picture.name
        text = body.decode()
        assert ">Source: " in text and ("Team only" in text) == caption.team_only
        assert caption.stamp.partition(" · ")[2] and "60,237 incidents" in caption.shown
        assert len(picture.alt) > 40 and "<desc>" in text


def test_pictures_of_community_records_are_for_the_team(listed: Listed) -> None:
    open_page("pages/areas.py", listed, source="community made")
    (picture, caption), *_ = listed
    assert isinstance(picture.figure(), AreaMap) and caption.team_only
    body = draw.svg(picture.figure(), caption).decode()
    assert 'id="team-only"' in body and body.index('id="team-only"') > body.rindex("<path")


def test_no_page_draws_a_chart_past_the_list() -> None:
    own = {"ui/parts/pictures.py", "ui/public/public_time.py", "ui/desk/queue_page.py"}
    found = {
        str(file.relative_to(ROOT))
        for folder in ("ui", "pages")
        for file in (ROOT / folder).rglob("*.py")
        if "altair_chart(" in file.read_text()
    }
    assert found == own  # public numbers are pictures of a release; the queue's is one tip's


@pytest.mark.parametrize(("layer", "kind"), [("heat", HeatMap), ("hexagons", AreaMap)])
def test_heat_and_hexagons_are_pictures_of_the_whole_place(
    listed: Listed, layer: str, kind: type
) -> None:
    open_page("pages/map.py", listed, layer=layer)
    (picture, caption), *_ = listed
    figure = picture.figure()
    assert isinstance(figure, kind) and "per km² per week" in caption.subtitle
    body = draw.svg(figure, caption)
    assert outside(body) == [] and body == draw.svg(picture.figure(), caption)
    assert (b"data:image/png" in body) == (layer == "heat") and b'href="http' not in body
    if isinstance(figure, HeatMap):
        south, west, north, east = figure.bounds
        left, low, right, high = figure.outline.bounds
        assert south < low < high < north and west < left < right < east


def test_single_records_are_no_picture(listed: Listed) -> None:
    open_page("pages/map.py", listed, layer="incidents")
    assert not listed
