"""Every page, run from dashboard.py on the sample: links to Views, and nothing breaks."""

from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.patterns.compare import PERIODS
from tests.conftest import command
from ui.cached import findings
from ui.frame.menu import VIEW_PAGES
from ui.patterns import now_page

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def store(screens: Path) -> Path:
    """The sample."""
    return screens


def opened(path: str = "pages/map.py", **link: str | list[str]) -> AppTest:
    """A page, opened by a link."""
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    for word, value in link.items():
        app.query_params[word] = value
    app.run()
    if path != "pages/map.py":
        app.switch_page(path)
        app.run()
    assert not app.exception, app.exception
    return app


# these narrow the View to one area or kind
OF_A_PART = ("pages/area.py", "pages/near_repeats.py")


def said(app: AppTest) -> str:
    """Everything that a page says in text widgets."""
    return "\n".join(text.value for text in app.text)


@pytest.mark.parametrize("path", [file for file, *_ in VIEW_PAGES])
def test_page_runs_and_says_its_view(path: str) -> None:
    app = opened(path)
    assert app.title[0].value
    text = said(app)
    assert "51,920 of 60,237 incidents: police stops, Jan 1 to Dec 31, 2017" in text or (
        path in OF_A_PART and "of 60,237 incidents: police stops" in text
    )
    assert "What these numbers cover: Stops of vehicles" in text
    assert "Porchlight Minneapolis" in text


@pytest.mark.parametrize("path", [file for file, *_ in VIEW_PAGES])
@pytest.mark.parametrize("source", ["use of force", "press", "community made"])
def test_page_runs_for_every_source(path: str, source: str) -> None:
    app = opened(path, source=source)
    assert "of 60,237 incidents" in said(app)
    made = "Demonstration data" in said(app)
    # the page of responses shows the made source beside others
    assert made == (source == "community made" or path == "pages/response.py")


LINKS = [
    ({"from": "2017-03-01", "to": "2017-05-31"}, "15,061", "Mar 1 to May 31, 2017"),
    ({"hours": "22-06"}, "", "22:00 to 06:00"),
    ({"hours": "20-04", "night": "true"}, "", "after midnight counts as the night before"),
    ({"weekday": ["Fri", "Sat"]}, "", "Fri Sat"),
    ({"kind": "traffic stop"}, "26,098", "traffic stop"),
    ({"area": "Whittier"}, "3,328", "Whittier"),
    ({"source": "use of force", "via": "call 911"}, "2,759", "call 911"),
    ({"source": "use of force", "force": "chemical irritant"}, "", "chemical irritant"),
    ({"source": "press", "response": "crowd control"}, "2 of", "crowd control"),
    ({"source": "community made", "grade": "verified"}, "", "verified"),
    ({"place": "block"}, "0 of", "block"),
    ({"since": "2099-01-01"}, "0 of", "came in since"),
]


@pytest.mark.parametrize(("link", "count", "words"), LINKS)
def test_link_restores_the_view(link: dict[str, str | list[str]], count: str, words: str) -> None:
    text = said(opened(**link))
    sentence = next(line for line in text.splitlines() if "of 60,237 incidents" in line)
    assert words in sentence and sentence.startswith(count)


BAD = [
    {"from": "yesterday"},
    {"hours": "25-99"},
    {"hours": "late"},
    {"kind": "murder"},
    {"source": "nobody"},
    {"measure": "per cent"},
    {"at": "x,y,z"},
    {"at": "999,999,99"},
    {"layer": "nonsense"},
    {"stamp": "000000000000"},
    {"settled": "soon"},
    {"name": "{{7*191}} ![x](http://evil.example/x.png)"},
]


@pytest.mark.parametrize("link", BAD)
def test_bad_link_opens_the_default_view(link: dict[str, str]) -> None:
    text = said(opened(**link))
    assert "51,920 of 60,237 incidents" in text
    assert "1337" not in text


def test_bad_hours_are_said() -> None:
    app = opened(hours="25-99")
    assert "was ignored: hours=25-99." in said(app)


@pytest.mark.parametrize(
    ("link", "vain"),
    [
        ({"kind": ["murder", "traffic stop"]}, "murder"),
        ({"source": "nobody"}, "nobody"),
        ({"weekday": "Funday"}, "Funday"),
        ({"from": "yesterday"}, "yesterday"),
        ({"wekday": "Fri"}, "wekday"),
    ],
)
def test_what_a_link_says_in_vain_is_said(link: dict[str, str], vain: str) -> None:
    app = opened(**link)
    assert f"{vain}." in said(app) and "ignored" in said(app)
    app.run()
    assert f"{vain}." in said(app)  # a rerun is not an answer
    app.multiselect(key="weekday").set_value(["Fri"]).run()
    assert "ignored" not in said(app)


def test_a_good_link_is_met_in_silence() -> None:
    link = {"weekday": ["Fri", "Sat"], "layer": "areas", "embed": "true", "hours": "20-04"}
    assert "ignored" not in said(opened(**link))


def test_without_data_there_are_no_zeros() -> None:
    link = {"from": "2010-01-01", "to": "2010-02-01"}
    for path in ("pages/areas.py", "pages/area.py", "pages/time.py"):
        app = opened(path, **link)
        assert "no data in this period" in app.title[0].value
        assert not app.dataframe and "per 1,000" not in said(app)


FEW = {
    "source": "community made",
    "kind": "crowd control",
    "from": "2025-06-01",
    "to": "2025-08-15",
}


def test_of_a_few_records_no_most_is_said() -> None:
    for path in ("pages/map.py", "pages/time.py"):
        app = opened(path, **FEW)
        assert "too few to say" in app.title[0].value
    assert "by count" not in said(opened("pages/area.py", **FEW))


def test_press_without_a_neighborhood_lies_in_no_area() -> None:
    app = opened(source="press")
    assert "none of the chosen records is in these areas" in app.title[0].value
    assert "7 are in none of the areas" in said(app)
    app = opened("pages/area.py", source="press")
    assert "none of the chosen records is in any area" in app.title[0].value


def test_of_a_few_records_no_finding_is_said() -> None:
    app = opened("pages/now.py", **FEW)
    assert app.title[0].value == "Too few records to know what is usual"
    assert "16 events in areas" in said(app) and "it takes 20" in said(app)  # of 17 reports
    few = {"source": "community made", "kind": "arrest operation", "area": ["Armatage", "Hale"]}
    app = opened("pages/trend.py", **few)
    assert "too few records to tell whether the level changed" in app.title[0].value
    assert "There may be one all the same" in said(app)
    days = {"from": "2025-06-10", "to": "2025-06-13"}
    app = opened("pages/hot_spots.py", source="community made", **days)
    assert "too few incidents for hot spots" in app.title[0].value
    app = opened("pages/emerging.py", source="police-stops", area=["Whittier", "Loring Park"])
    assert "too few areas for patterns" in app.title[0].value
    assert "2 areas can be tested" in said(app)


def test_nothing_found_says_what_would_have_shown() -> None:
    """Beside a finding of nothing stands what it is worth; beside a finding it does not."""
    worth = ("would usually have shown (four times in five)", "would often have been missed")
    for page, where in (
        ("hot_spots", "in a typical area and its neighbors"),
        ("emerging", "in the latest month in a typical area and its neighbors"),
        ("near_repeats", "among pairs 100 to 200 m apart and 4 to 7 days apart"),
    ):
        app = opened(f"pages/{page}.py", source="community made")
        assert ": no " in app.title[0].value, page
        (line,) = [t for t in app.text if where in t.value]
        assert any(words in line.value for words in worth), page
    text = said(opened("pages/hot_spots.py", source="use of force"))
    assert not any(words in text for words in worth)


def test_what_is_missing_for_a_pattern_is_said() -> None:
    app = opened("pages/hot_spots.py", source="police stops", area="Whittier")
    assert "too few areas for hot spots" in app.title[0].value
    assert "0 areas can be tested" in said(app)
    few = {"source": "community made", "kind": "search or raid", "to": "2025-07-06"}
    app = opened("pages/emerging.py", **few)
    assert "too short a time for patterns" in app.title[0].value
    app = opened("pages/near_repeats.py", **few)
    assert "Too few records" in app.title[0].value
    assert "It takes 30 records of one kind" in said(app)
    app = opened("pages/hot_spots.py", source="press")
    assert app.title[0].value and not app.exception


def test_reports_that_are_one_event_count_once_and_are_said() -> None:
    text = said(opened("pages/near_repeats.py", source="community made"))
    assert "events of" in text and "count once (see the page “Same event?”)" in text
    assert "within each 4 weeks, so that every place keeps its season" in text


def test_one_is_not_spoken_of_as_many() -> None:
    link = {"source": "community made", "from": "2025-06-12", "to": "2025-06-12"}
    text = said(opened("pages/area.py", name="Corcoran", **link))
    assert "1 has no exact place and is not in the heatmap" in text and "1 have" not in text


def test_search_says_how_many() -> None:
    app = opened("pages/records.py")
    app.text_input(key="search_records").set_value("traffic STOP").run()
    assert "Shown: the newest 200 of 26,098 that contain" in said(app)
    app.text_input(key="search_records").set_value("100%_nothing").run()
    assert "None of 51,920 records contains" in said(app)
    assert "Pick a row" not in said(app)


def test_from_after_to_is_exchanged_and_said() -> None:
    app = opened(**{"from": "2017-05-31", "to": "2017-03-01"})
    assert "Mar 1 to May 31, 2017" in said(app)
    assert "From was after To, so the two were swapped" in said(app)


def test_old_stamp_is_said() -> None:
    app = opened(stamp="0123456789ab")
    assert "made with data '0123456789ab'" in said(app)


def test_several_sources_are_never_added_up() -> None:
    app = opened(source=["police stops", "use of force"])
    assert "51,920 of 60,237" in said(app)
    assert "never added up: police stops is shown" in said(app)
    assert app.query_params.get("source", ["police stops"]) == ["police stops"]  # or the usual one
    app.radio(key="source").set_value("use of force").run()
    assert "5,310 of 60,237" in said(app)
    assert "57,230" not in said(app)
    older = opened(source=["police stops", "use of force"], show="use of force")
    assert "5,310 of 60,237" in said(older) and "show" not in older.query_params


def test_session_state_holds_widgets_only() -> None:
    from data.views.filters import FILTERS

    app = opened()
    own = {
        "layer",
        "play",
        "beside",
        "map_at",
        "around_area",
        "around_metres",
        "heard",
        "ranked",
        "misread",
        "several",
        "reset",
        "measure_switch",
        "timeline_strip",
        "find",
        "sheet",
        "page_words",
        *("cite", "counting", "take_picture_png", "take_picture_svg"),  # in Share and below
        "address",
    }
    words = {row.word for row in FILTERS}
    held = {k for k in app.session_state.__dict__["_state"].filtered_state if k[0] != "$"}
    held = {key for key in held if len(key) != 64}  # the map component's own
    held = {key for key in held if not key.startswith(("clear_", "range_"))}  # buttons
    assert held <= words | own, held - words - own


def test_broken_settings_are_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "porchlight.toml"
    broken.write_text("[place]\nname = ")
    monkeypatch.setenv("PORCHLIGHT_CONFIG", str(broken))
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=30).run()
    assert not app.exception
    assert "cannot be read as TOML" in app.error[0].value


@pytest.fixture(scope="module", params=["lat,lon", "neighborhood", "city"])
def bare(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A column that says where, and a store of thirty records without any area."""
    folder, columns = tmp_path_factory.mktemp("bare"), request.param
    rows = [f"id,time,kind,{columns}"]
    for i in range(30):
        place = f"44.9{i},-93.2{i}" if columns == "lat,lon" else f"Area {i % 3}"
        rows.append(f"{i},2024-03-{i % 28 + 1:02d},sighting,{place}")
    (folder / "a.csv").write_text("\n".join(rows))
    done = command("import", str(folder / "a.csv"), "--source", "x", store=folder / "store")
    assert done.returncode == 0, done.stderr
    return columns, folder / "store"


@pytest.mark.parametrize("path", [file for file, *_ in VIEW_PAGES])
def test_pages_run_without_any_area(
    bare: tuple[str, Path], monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    columns, store = bare
    monkeypatch.setenv("PORCHLIGHT_STORE", str(store))
    st.cache_resource.clear()
    app = opened(path)
    if path != "pages/area.py" or columns == "lat,lon":
        assert "30 of 30 incidents" in said(app) or path == "pages/area.py"
    else:
        assert "No areas yet" in app.title[0].value


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two sources; of the first every row was rejected."""
    folder, head = tmp_path_factory.mktemp("half"), "id,time,kind,lat,lon,neighborhood\n"
    for name, place in (("first", "-93.2,44.9,"), ("second", "44.9,-93.2,Area")):
        rows = [f"{i},2024-03-{i:02d} 10:00,sighting,{place}" for i in range(1, 29)]
        (folder / f"{name}.csv").write_text(head + "\n".join(rows) + "\n")
        command("import", str(folder / f"{name}.csv"), "--source", name, store=folder / "store")
    return folder / "store"


@pytest.mark.parametrize("path", [file for file, *_ in VIEW_PAGES])
def test_a_source_without_a_record_is_not_asked(
    half: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("PORCHLIGHT_STORE", str(half))
    st.cache_resource.clear()
    for link in ({}, {"source": "first"}, {"source": ["first", "second"]}):
        app = opened(path, **link)
        text = said(app)
        assert app.radio(key="source").options == ["second"]
        assert ("28 of 28 incidents" in text) or app.title[0].value == "No areas yet"
        assert ("was ignored: source=first." in text) == bool(link)
        assert "incidents: 0" in text or path != "pages/methods.py"


def test_the_source_that_is_shown_comes_first_and_can_be_cited() -> None:
    text = said(opened("pages/methods.py", source="use of force"))
    force, stops = text.index("Minneapolis police use of force"), text.index("recorded by: ")
    assert force < stops
    cited = next(line for line in text.splitlines() if line.startswith("To cite: "))
    assert cited.startswith("To cite: Minneapolis police use of force, 2016-2021. Porchlight ")
    assert text.count("To cite: ") == 1


def test_each_source_is_offered_once_with_what_it_is() -> None:
    choice = opened().radio(key="source")
    captions = dict(zip(choice.options, choice.proto.captions))
    assert "51\\,920 records" in captions["police stops"]
    assert captions["community made"].startswith("demonstration")


def test_compare_names_the_pill_that_sets_both_periods() -> None:
    july = {"from": "2017-07-01", "to": "2017-12-31", "compare": "same period a year before"}
    text = said(opened("pages/compare.py", against=PERIODS, **july))
    assert "press “Jul 1 to Dec 31, 2017” at the top" in text


def test_now_shows_busy_weeks_while_many_areas_are_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = said(opened("pages/now.py", source="use of force"))
    assert "still being checked" not in whole  # gone once all is known, and not for few areas
    monkeypatch.setattr(now_page, "_MANY_AREAS", 50)
    monkeypatch.setattr(findings, "unusual", lambda *_: st.stop())  # the scan takes its time
    text = said(opened("pages/now.py", source="use of force"))
    assert "The latest days are still being checked. Busy weeks are known already:" in text
    assert "checked in each area and in all together" in text


def test_now_scanned_among_many_areas_ends_as_among_few(monkeypatch: pytest.MonkeyPatch) -> None:
    few = said(opened("pages/now.py", source="use of force"))
    monkeypatch.setattr(now_page, "_MANY_AREAS", 50)
    many = opened("pages/now.py", source="use of force")
    assert said(many) == few
    assert len([one for one in many.header if one.value == "Unusually busy weeks"]) == 1
