"""The pages Police response and Force and harm: every number on them opens just its records."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from data.pictures.figure import Caption
from data.storage.store import Store
from data.views import export, links, view_counts
from data.views.view import View
from tests.pages.test_pages import opened, said
from tests.pages.test_pages import store as store  # pages run on the sample
from tests.views.test_view import NOW, PLACE
from ui.frame import picture_buttons
from ui.parts.pictures import PagePicture

CELL = re.compile(r'<a href="([^"]+)" target="_self" aria-label="([^"]+)">([\d,]+)</a>')


def html(app: AppTest) -> str:
    return "".join(str(part.proto.body) for part in app.main.get("html"))


@pytest.mark.parametrize(
    ("path", "link", "least"),
    [
        ("pages/response.py", {"source": "press"}, 60),
        ("pages/response.py", {"from": "2025-11-01", "to": "2025-12-15"}, 15),
        ("pages/force.py", {"source": "press"}, 200),
    ],
)
def test_each_number_opens_just_its_records(
    store: Path, path: str, link: dict[str, str], least: int
) -> None:
    found = CELL.findall(html(opened(path, **link)))
    assert len(found) >= least
    current = Store(store).at(str(Store(store).stamp()))
    for address, label, number in found[:: max(len(found) // 60, 1)]:
        parts = urlsplit(unescape(address))
        assert parts.path == "records"
        chosen = export.chosen(f"?{parts.query}")
        view, wrong = links.view(chosen, current.meta, PLACE, NOW)
        assert not wrong
        n = view_counts.headline(current, view)["n"]
        assert f"{n:,}" == number and unescape(label).startswith(f"{number}: ")


def test_a_reader_of_stops_sees_the_sources_that_record_it() -> None:
    app = opened("pages/response.py")
    assert (
        app.title[0]
        .value.replace("\\", "")
        .startswith("Incidents in the press: what local police did")
    )
    text = said(app)
    assert "7 of 60,237 incidents: incidents in the press, Jun 1, 2025 to Jan 31, 2026." in text
    assert "never added up" in text and "do not record what local police did: police stops" in text
    cities = re.findall(r'<p class="porch-chart-name">([^<]+)<', html(app))
    assert cities[:3] == ["Minneapolis", "Burnsville", "St. Paul"]


def test_the_title_is_of_the_readers_own_source() -> None:
    title = opened("pages/response.py", source="community made").title[0].value
    assert title.startswith("Made community reports") and "54" in title


def test_a_filter_takes_the_meaning_from_shares() -> None:
    text = said(opened("pages/response.py", source="press", response="crowd control"))
    assert "You filter by it" in text and "2 of 60,237 incidents" in text


def test_known_changes_of_recording_are_said() -> None:
    text = said(opened("pages/force.py"))
    assert "change of recording on Sep 1, 2020" in text


def test_a_picture_is_of_its_own_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader came with police stops: the picture of community reports is for the team only."""
    captions, make = [], picture_buttons.caption_of

    def keep(view: View, picture: PagePicture, headline: str) -> Caption:
        captions.append(make(view, picture, headline))
        return captions[-1]

    monkeypatch.setattr(picture_buttons, "caption_of", keep)
    opened("pages/response.py")
    press, community = captions[-2:]  # the map was opened first
    marks = {one.title.partition(":")[0]: one.team_only for one in (press, community)}
    assert marks == {"Incidents in the press": False, "Made community reports": True}
    assert "7 of 60,237" in press.shown and "Sahan" in press.source
