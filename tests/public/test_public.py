"""The public dashboard: the released folder and nothing else."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from google.protobuf.message import Message
from google.protobuf.text_format import MessageToString
from streamlit.testing.v1 import AppTest

from data import palette, settings
from data.embed.language import load_texts
from data.palette import LIGHT
from data.published import choice_words, released
from data.published.choice_words import ALL_KINDS, SOURCES
from data.published.ranges import Range
from data.settings import Problem
from tests import publics
from tests.made_release import make_release, publish_release
from tests.publics import madeville, published
from ui.frame.menu import PUBLIC_PAGES
from ui.public import public_cached, public_choice, public_map, public_words
from ui.public.public_cached import Kept
from ui.public.public_choice import Choice
from ui.public.public_frame import Shown

__all__ = ["madeville", "published"]  # the fixtures
ROOT = Path(__file__).resolve().parents[2]
FILES = [file for file, *_ in PUBLIC_PAGES]
REPORTS, RECORDS = SOURCES
DISTRICTS = "districts by quarter"


def about(number: int, low: int, high: int) -> str:
    return load_texts("en").ranged(Range(number, low, high))


@pytest.fixture
def served(madeville: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The public audience, in this process."""
    publics.as_public(monkeypatch, madeville)
    yield madeville
    publics.clear()


def opened(path: str = FILES[0], **link: str | list[str]) -> AppTest:
    """A public page, opened by a link."""
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    for word, value in link.items():
        app.query_params[word] = value
    app.run()
    if path != FILES[0]:
        app.switch_page(path)
        app.run()
    assert not app.exception, app.exception
    return app


def said(app: AppTest) -> str:
    """Everything that a page says in text widgets."""
    return "\n".join(text.value for text in app.text)


def html_of(app: AppTest) -> str:
    """Everything that a page shows as HTML of ours."""
    return "\n".join(str(e.proto.body) for e in app.get("html"))


def read(folder: Path, path: str) -> pd.DataFrame:
    """A released CSV, read apart from the code under test."""
    return pd.read_csv(folder / "current" / f"{path}.csv", dtype={"period": str})


def kept_of(folder: Path) -> Kept:
    return public_cached.read_release(released.load_release((folder / "current").resolve()))


def shown(kept: Kept, choice: Choice) -> Shown:
    rows = public_choice.rows(kept.numbers, kept.levels, choice, kept.place)
    return Shown(kept, choice, rows)


# --- every page


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("source", list(SOURCES))
def test_page_runs_and_says_its_release(served: Path, path: str, source: str) -> None:
    text = said(opened(path, source=source))
    assert f"release {(served / 'current').resolve().name}" in text
    assert ("none of these reports is real" in text) == (source == REPORTS)
    assert ("If somebody also called 911, that call is there" in text) or source == REPORTS


@pytest.mark.parametrize("path", FILES[:2])
def test_maps_say_their_n_of_m(served: Path, path: str) -> None:
    assert "11 of 11 districts, each number with its range" in said(opened(path))
    one = said(opened(path, by=DISTRICTS, area=["Birch Lake + Fir Lake"]))
    assert "1 of 11 districts" in one
    assert ": 74 of 74 neighborhoods." in said(opened(path, source=RECORDS))


def test_the_bar_asks_for_what_is_released_only(served: Path) -> None:
    app = opened()
    keys = {w.key for kind in (app.radio, app.selectbox) for w in kind}
    asked = {"source", "by", "kind", "period", "area", "lang"}
    assert keys | {w.key for w in app.multiselect} == asked
    assert app.radio(key="source").options == [REPORTS, RECORDS]
    every = [f"{w} by {u}" for w in ("districts", "neighborhoods") for u in ("year", "quarter")]
    assert app.selectbox(key="by").options == every
    assert app.selectbox(key="by").value == DISTRICTS  # the finest whose error is a quarter
    assert app.selectbox(key="kind").options == [ALL_KINDS]
    periods = read(served, "community/estimate/district-quarter")["period"].unique().tolist()
    assert app.selectbox(key="period").options == sorted(periods, reverse=True)
    year = opened(by="districts by year")
    kinds = read(served, "community/estimate/district-year-kind")["kind"].unique()
    assert year.selectbox(key="kind").options == [
        ALL_KINDS,
        *sorted(k.replace("_", " ") for k in kinds),
    ]


@pytest.mark.parametrize(
    "link",
    [
        {"source": "nobody"},
        {"source": "press reports"},
        {"by": "hour"},
        {"kind": "EVIL {{7*191}} <script>"},
        {"period": "1999"},
        {"period": "2025-06-07T10:00"},
        {"area": "EVIL ![x](http://evil.example/x.png)"},
        {"shape": "44.9,-93.2"},
        {"at": "EVIL"},
        {"release": "EVIL"},
        {"lang": "EVIL"},
        {"lang": "Español"},
    ],
)
def test_bad_link_opens_the_default_and_nothing_is_echoed(
    served: Path, link: dict[str, str]
) -> None:
    app, usual = opened(**link), opened()
    assert app.title[0].value == usual.title[0].value
    first = said(app).splitlines()[0]
    assert "link" in first.lower()
    if "release" not in link:  # the word is named as the page names it
        (word,) = link
        label = {
            "source": "Records",
            "by": "Map",
            "kind": "Kind",
            "period": "Period",
            "area": "Areas",
            "at": "Position of the map",
            "lang": "Language",
        }.get(word)
        assert f"was ignored: {label or 'a word that this page does not know'}." in first
    body = "\n".join(str(e.proto) for e in app.main)
    assert "EVIL" not in body and "1337" not in body and "T10:00" not in body


def test_a_link_repeats_the_page(served: Path) -> None:
    app = opened(by="neighborhoods by year", kind=ALL_KINDS, period="2024", area=["Alder Bend"])
    row = read(served, "community/estimate/group-year").query("period == '2024'")
    code = next(
        f["properties"]["area"]
        for f in json.loads((served / "current/areas.geojson").read_text())["features"]
        if f["properties"]["name"] == "Alder Bend"
    )
    own = row[row["area"] == code].iloc[0]
    table = (
        opened(
            FILES[1], by="neighborhoods by year", kind=ALL_KINDS, period="2024", area=["Alder Bend"]
        )
        .dataframe[0]
        .value
    )
    assert table[["low", "high"]].values.tolist() == [[own["low"], own["high"]]]
    title = app.title[0].value.replace("\\", "")
    assert title.startswith("In 2024, ") and "in Alder Bend" in title
    assert f"likely {own['low']} to {own['high']}" in title or f"at most {own['high']}" in title


# --- languages


def bar(app: AppTest) -> str:
    """The words of the popovers and links of the bars, as the browser gets them."""
    found: list[str] = []
    waiting = [app.main]
    while waiting:
        block = waiting.pop()
        for child in block.children.values():
            proto = getattr(child, "proto", None)
            found += [MessageToString(proto, as_utf8=True)] if isinstance(proto, Message) else []
            waiting += [child] if hasattr(child, "children") else []
    return "\n".join(found)


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("language", ["en", "es", "hmn", "so"])
def test_the_frame_speaks_the_language_of_the_link(served: Path, path: str, language: str) -> None:
    speak = load_texts(language, domains=("embed", "public"))
    app = opened(path, lang=language, perod="1")
    words = bar(app)
    for key in ("section.areas", "bar.share", "bar.menu", "sort.community", "choose.all"):
        assert f'"{speak(key)}"' in words, key
    for word in ("source", "by", "kind", "period", "area"):
        widgets = [*app.radio, *app.selectbox, *app.multiselect]
        assert next(w for w in widgets if w.key == word).label == speak(f"label.{word}")
    first = said(app).splitlines()[0]
    assert first == speak("link.ignored", ignored=speak("link.word"))
    # a language that nobody has read says so; the one that the texts are written in does not
    unread = (speak("unread") in words, load_texts("en")("unread") in words)
    assert unread == ((language != "en"),) * 2
    assert f'data-language=\\"{language}\\"' in words  # quoted once more by the message


def test_the_link_of_a_page_names_its_language(served: Path) -> None:
    assert "&amp;lang=so" in bar(opened(lang="so", by="quarter"))
    assert "&amp;lang=" not in bar(opened(by="quarter"))


def test_the_made_notice_is_said_in_the_language(served: Path) -> None:
    assert load_texts("es")("note.made") in said(opened(lang="es", source=REPORTS))


# --- numbers


def test_every_number_is_that_of_the_file_and_no_area_is_blank(served: Path) -> None:
    kept, many = kept_of(served), 0
    for name, kinds in kept.numbers.sorts["community"].maps.items():
        for kind, own in kinds.items():
            path = f"community/estimate/{name}" + ("" if kind == "all" else "-kind")
            file = read(served, path)
            file = file if kind == "all" else file[file["kind"] == kind]
            key = own.table.keys[1]
            for period in own.grid.periods:
                choice = Choice(
                    REPORTS, choice_words.map_words(name), period, choice_words.kind_words(kind)
                )
                rows = public_choice.rows(kept.numbers, kept.levels, choice, kept.place)
                want = file[(file["period"] == period) & (file[key] != 0)].set_index(key)
                for column in ("number", "low", "high", "sd"):
                    assert rows.set_index("area")[column].to_dict() == want[column].to_dict()
                fills = public_map.fills(shown(kept, choice), LIGHT)["fills"]
                assert fills and all(f.lstrip("~").startswith("#") for f in fills)
                many += len(fills)
    assert many > 700


def test_official_numbers_are_the_sums_of_months(served: Path) -> None:
    kept, file = kept_of(served), read(served, "official/area-month")
    for period, months in (("2024", 12), ("2025-Q2", 3), ("2025-09", 1)):
        unit = {12: "year", 3: "quarter", 1: "month"}[months]
        choice = Choice(RECORDS, f"neighborhoods by {unit}", period, "traffic stop")
        rows = public_choice.rows(kept.numbers, kept.levels, choice, kept.place)
        quarter = pd.PeriodIndex(file["period"], freq="M").asfreq("Q").astype(str)
        names = {12: file["period"].str[:4], 3: quarter.str.replace("Q", "-Q"), 1: file["period"]}
        own = file[
            (names[months] == period) & (file["kind"] == "traffic_stop") & (file["area"] > 0)
        ]
        want = own.groupby("area")["n"].sum().reindex(rows["area"], fill_value=0)
        assert want.sum() > 50 and rows["number"].tolist() == want.tolist()


def test_areas_stand_by_name_never_by_number(served: Path) -> None:
    app = opened(FILES[1], by="neighborhoods by quarter")
    table = app.dataframe[0].value
    assert table["name"].tolist() == sorted(table["name"]) and len(table) == 74
    assert list(table.columns) == ["name", "number", "low", "high", "residents"]
    listed = html_of(opened(by="neighborhoods by quarter"))
    names = [part.split("<")[0] for part in listed.split('<span class="name">')[1:]]
    assert names == sorted(names) and len(names) == 74
    for path in FILES[:2]:  # a title names no area that nobody chose
        title = opened(path, by="neighborhoods by quarter").title[0].value
        assert not [name for name in names if name in title] and "most" not in title


def test_what_may_be_none_is_never_said_to_be_a_number(served: Path) -> None:
    kept = kept_of(served)
    choice = Choice(REPORTS, "neighborhoods by quarter", "2025-Q3", ALL_KINDS)
    found = shown(kept, choice)
    few = found.rows["low"] == 0
    assert few.any() and not few.all()
    table = opened(FILES[1], by=choice.by, period=choice.period).dataframe[0].value
    rows = found.rows.set_index("name").loc[table["name"]]
    assert table["number"].isna().tolist() == (rows["low"] == 0).tolist()
    for tip, row in zip(public_map.released_tips(found), found.rows.itertuples(), strict=True):
        assert tip[0].lower() == about(row.number, row.low, row.high)
        assert tip[0].startswith("Few or none, at most" if row.low == 0 else "About ")
    listed = html_of(opened(by=choice.by, period=choice.period))
    assert ">0<" not in listed and "(0 to" not in listed and "at most" in listed


def test_stripes_are_where_eight_of_ten_ranges_touch_three_classes(served: Path) -> None:
    """Classes by hand: edges at 1/2, 1, 2 and 4 times what so many residents are expected to have."""
    kept = kept_of(served)
    choice = Choice(REPORTS, "neighborhoods by quarter", "2025-Q3", ALL_KINDS)
    found = shown(kept, choice)
    picture = public_map.fills(found, LIGHT)
    colors, striped = palette.five_classes(LIGHT), 0
    people = found.rows["residents"].sum()
    for fill, row in zip(picture["fills"] or [], found.rows.itertuples(), strict=True):
        expected = 2040 / 4 * row.residents / people
        edges = [t * expected for t in (0.5, 1, 2, 4)]

        def at(value: float, edges: list[float] = edges) -> int:
            return sum(value >= edge for edge in edges)

        low, high = at(row.number - 1.2816 * row.sd), at(row.number + 1.2816 * row.sd)
        wide = high - low >= 2
        assert fill == (f"~{colors[low]}{colors[high]}" if wide else colors[at(row.number)])
        striped += wide
    assert 0 < striped < 74
    legend = picture["legend"]
    assert legend and next(r for r in legend["rows"] if r.get("weak"))["stripe"] == colors[-1]
    assert legend["title"] == "For every 1,000 residents, each quarter"
    rate = 1000 * 2040 / 4 / people
    assert legend["note"].endswith(f"Expected: {rate:.2g}")


def test_the_title_says_the_city_s_number_rounded_with_its_range(served: Path) -> None:
    own = read(served, "community/estimate/city-quarter").query("period == '2025-Q3'").iloc[0]
    title = opened(period="2025-Q3").title[0].value.replace("\\", "")
    said_of = r"about (\d+) incidents were reported in Madeville \(likely (\d+) to (\d+)\)$"
    number, low, high = map(int, re.search(said_of, title).groups())  # type: ignore[union-attr]
    assert number % 10 == low % 10 == high % 10 == 0  # the standard deviation is above 10
    assert abs(number - own["number"]) <= 5 and low <= own["low"] and own["high"] <= high
    assert title.startswith("From July to September 2025, ")


def test_a_rise_is_said_only_where_the_reader_says_so(served: Path) -> None:
    kept = kept_of(served)
    choice = Choice(REPORTS, DISTRICTS, "2025-Q3", ALL_KINDS)
    rows = public_choice.rows(kept.numbers, kept.levels, choice, kept.place)
    none = rows.assign(rise=False)
    told = public_words.rises(kept, choice, none)
    assert told == "Nowhere can a rise over the year before be told from chance."
    some = rows.assign(rise=rows.index == 3)
    told = public_words.rises(kept, choice, some)
    assert told == f"More than a year before: {rows['name'][3]}."
    first = choice._replace(period="2024-Q1")
    assert public_words.rises(kept, first, some) == ""  # there is no year before
    assert public_words.rises(kept, choice._replace(source=RECORDS), some) == ""


def test_what_is_not_for_good_is_said(served: Path) -> None:
    assert "may still be refined once, when their year is over." in said(opened(period="2025-Q3"))
    assert "refined once" not in said(opened(period="2024-Q3"))
    months = read(served, "community/estimate/city-month")
    assert (months["status"] == "provisional").any()
    assert any("Hollow dots are provisional" in c.value for c in opened(FILES[2]).caption)


def test_what_has_no_area_is_said_so_that_sums_close(served: Path) -> None:
    own = read(served, "community/estimate/district-quarter")
    row = own[(own["period"] == "2025-Q3") & (own["district"] == 0)].iloc[0]
    text = said(opened(period="2025-Q3"))
    assert f"No area known: {about(row['number'], row['low'], row['high'])}." in text


def test_a_tiny_place_shows_its_whole_city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_release(make_release("tiny"), tmp_path / "public")
    publics.as_public(monkeypatch, tmp_path / "public")
    app = opened()
    assert app.selectbox(key="by").options == ["whole city by year", "whole city by quarter"]
    assert said(app).splitlines()[1].startswith("Community reports, incidents of all kinds")
    for path in FILES[1:]:
        opened(path)
    kept = kept_of(tmp_path / "public")
    choice = Choice(REPORTS, "whole city by quarter", "2025-Q3", ALL_KINDS)
    found = shown(kept, choice)
    assert found.rows["name"].tolist() == ["Madeville"]
    assert public_map.fills(found, LIGHT)["fills"] == [LIGHT.ramp[1]]
    publics.clear()


# --- the pages beside maps


def test_time_has_hours_sensitive_late_and_articles(served: Path) -> None:
    app = opened(FILES[2])
    heads = [h.value for h in app.header]
    assert heads == [
        "The whole city",
        "By area",
        "Hours of the day, all kinds together",
        "Sensitive reports: the whole place and the year only",
        "Graded too late to be counted",
        "Articles that newsrooms published",
    ]
    late = read(served, "community/estimate/city-year-late").iloc[0]
    told = about(late["number"], late["low"], late["high"])
    assert f"{late['period']}: {told}\n" in said(app) + "\n"
    table = app.dataframe[0].value
    articles = pd.read_csv(served / "current/press/articles.csv", keep_default_na=False)
    assert table["title"].tolist() == articles["title"].tolist()
    assert table["url"].tolist() == articles["url"].tolist()
    records = opened(FILES[2], source=RECORDS)
    assert [h.value for h in records.header] == [
        "The whole city",
        "By area",
        "Articles that newsrooms published",
    ]


def test_time_offers_kinds_that_only_the_city_has(served: Path) -> None:
    kinds = opened(FILES[2]).selectbox(key="kind").options
    assert "sighting" in kinds and opened().selectbox(key="kind").options == [ALL_KINDS]
    app = opened(FILES[2])
    app.selectbox(key="kind").set_value("sighting").run()
    assert "There is no number of sightings for this map" in said(app)


def test_every_download_carries_the_notes(served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import streamlit as st

    made: dict[str, bytes] = {}

    def take(label: str, data: Any, key: str, **more: Any) -> None:
        made[key] = data()

    monkeypatch.setattr(st, "download_button", take)
    text = "".join(said(opened(path)) for path in FILES)
    assert {"take_map", "take_areas", "take_city", "take_hours", "take_areas_time"} <= made.keys()
    whole = [k for k in made if k.startswith(("take_community", "take_press", "take_official"))]
    whole = [k for k in whole if not k.endswith("_zip")]
    manifest = json.loads((served / "current/manifest.json").read_text())
    assert len(whole) == len(manifest["tables"])
    for key in [k for k in made if not k.endswith("_zip")]:
        with zipfile.ZipFile(io.BytesIO(made[f"{key}_zip"])) as packed:
            named = {path.rpartition("-")[2]: packed.read(path) for path in packed.namelist()}
        notes = named["notes.txt"].decode().splitlines()
        rows = list(csv.reader(io.StringIO(made[key].decode())))
        assert made[key] in named.values()
        assert any("release 20" in note for note in notes), key
        if "official" not in key and key != "take_articles" and "press" not in key:
            said_of = [note for note in notes if "chance" in note]
            assert said_of and ("measured" in key or any(note in text for note in said_of)), key
        told = list(csv.DictReader(io.StringIO(named["columns.csv"].decode())))
        assert [row["column"] for row in told] == rows[0] and all(row["meaning"] for row in told)
    for path in manifest["tables"]:
        file = served / "current" / f"{path}.csv"
        own = pd.read_csv(io.BytesIO(made[f"take_{path.replace('/', '_')}"]), keep_default_na=False)
        kept = pd.read_csv(file, keep_default_na=False)
        pd.testing.assert_frame_equal(own, kept, check_dtype=False)  # 3.0 or 3


def test_methods_state_the_policy_of_the_manifest(served: Path) -> None:
    manifest = json.loads((served / "current" / "manifest.json").read_text())
    app = opened(FILES[3])
    text = said(app)
    spent, rules = (app.dataframe[i].value for i in (0, 1))
    for year, tables in manifest["years"].items():
        assert sorted(spent[year].dropna()) == sorted(tables.values())
    rules = rules.set_index("rule")
    assert set(rules.index) == set(manifest["policy"])
    for name, entry in manifest["policy"].items():
        assert rules.loc[name, "why"] == entry["reason"]
    assert "An event is decided for life 28 days after its month" in text
    assert "those of areas 42 days after their quarter" in text
    assert "It does not say the exact number, where in the area" in text
    late = read(served, "community/estimate/city-year-late")
    assert all(f"Graded too late to be counted, {year}: about" in text for year in late["period"])


def test_a_weaker_rule_and_a_year_done_again_are_said(
    madeville: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = make_release("medium")
    worse = {**one.manifest, "redone": ["2024"], "warnings": ["release.epsilon is 3."]}
    publish_release(one._replace(manifest=worse), tmp_path / "public")  # type: ignore[arg-type]
    publics.as_public(monkeypatch, tmp_path / "public")
    text = said(opened(FILES[3]))
    assert "Weaker than the default: release.epsilon is 3." in text
    assert "2024 was measured a second time" in text
    publics.clear()


def test_the_slider_shows_what_one_report_changes(served: Path) -> None:
    app = opened(FILES[3])
    assert "3 to 13 without your report, and 4 to 14 with it" in html_of(app)
    app.slider(key="others").set_value(0).run()
    assert "\N{MINUS SIGN}5 to 5 without your report, and \N{MINUS SIGN}4 to 6 with it" in html_of(
        app
    )
    body = html_of(app)
    assert (
        "<svg" not in body and body.count("data:image/svg+xml,") >= 10
    )  # Streamlit drops drawings
    assert "/embed/protect.es.html" in body


# --- nothing but the folder


@pytest.mark.parametrize("path", ["pages/map.py", "pages/records.py", "pages/methods.py"])
def test_no_page_of_the_team_is_served(served: Path, path: str) -> None:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    app.switch_page(path)  # as the first visitor of a server, before any menu
    app.run()
    assert "incidents in the store" not in said(app)
    assert not [w for w in app.multiselect if w.key != "area"]


def test_the_public_has_no_store(served: Path) -> None:
    from ui.cached import views

    with pytest.raises(Problem, match="opens no store"):
        views.store()


def test_the_team_has_no_public_page(sample_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publics.clear()
    monkeypatch.setenv("PORCHLIGHT_STORE", str(sample_store))
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    app.switch_page("pages/public_methods.py")
    app.run()
    assert "incidents in the store" in said(app)
    publics.clear()


def test_all_pages_as_a_user_who_may_not_read_the_store(
    sample_store: Path, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in FILES:  # what Python loads and compiles belongs to us
        publics.as_public(monkeypatch, published)
        opened(path)
    monkeypatch.setenv("PORCHLIGHT_STORE", str(sample_store))
    for parent in (*published.parents,):
        if not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    publics.clear()
    sample_store.chmod(0o700)
    with publics.as_nobody():
        with pytest.raises(PermissionError):
            list(sample_store.iterdir())
        for path in FILES:
            assert opened(path).title[0].value != "Nothing to show"


def test_without_a_public_folder_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publics.as_public(monkeypatch, tmp_path)
    assert "Nothing is published now" in said(opened())
    monkeypatch.delenv("PORCHLIGHT_PUBLIC")
    assert "PORCHLIGHT_PUBLIC is not set" in said(opened())


def copied(published: Path, to: Path) -> Path:
    shutil.copytree(published, to, symlinks=True)
    return (to / "current").resolve()


@pytest.mark.parametrize(
    "name", ["manifest.json", "areas.geojson", "community/estimate/city-month.parquet"]
)
def test_a_changed_file_is_not_shown(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    here = copied(published, tmp_path / "public")
    publics.as_public(monkeypatch, tmp_path / "public")
    body = (here / name).read_bytes()
    (here / name).write_bytes(body.replace(b"1", b"2", 1) if b"1" in body else body + b" ")
    app = opened()
    assert app.title[0].value == "Nothing to show" and not app.dataframe


def test_what_became_of_the_release_of_a_link_is_said(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = copied(published, tmp_path / "public")
    publics.as_public(monkeypatch, tmp_path / "public")
    gone, other = "2024-01-01-0123abcd", "2024-01-08-0123abcd"
    for name, file in ((gone, "recalled.json"), (other, "manifest.json")):
        (here.parent / name).mkdir()
        (here.parent / name / file).write_text("{}")
    for name, words in (
        (gone, "that its publishers recalled"),
        (other, "made with an earlier or later release. What was measured stays"),
        ("2020-01-01-deadbeef", "names a release that is not published here"),
        ("../../current", "names a release that is not published here"),
        (here.name, ""),
    ):
        text = said(opened(release=name))
        assert words in text and ("release that" in text or not words or name == other)


def test_a_recalled_release_is_gone_at_once(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = copied(published, tmp_path / "public")
    publics.as_public(monkeypatch, tmp_path / "public")
    assert opened(FILES[1]).dataframe
    (here / "recalled.json").write_text("{}")
    app = opened()
    assert "was recalled" in said(app) and not app.dataframe


# --- who is served


def test_audience_is_read_from_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PORCHLIGHT_AUDIENCE", raising=False)
    file = tmp_path / "porchlight.toml"
    assert settings.read_audience(file) == "team"
    for text, want in (("", "team"), ('audience = "public"\n[place]\n', "public")):
        file.write_text(text)
        assert settings.read_audience(file) == want
    for text in ('audience = "all"', "audience = 1", '[place]\naudience = "public"', "a ="):
        file.write_text(text)
        with pytest.raises(Problem):
            settings.read_audience(file)
    monkeypatch.setenv("PORCHLIGHT_AUDIENCE", "public")
    assert settings.read_audience(file) == "public"


def test_the_start_loads_no_map() -> None:
    code = "import sys, ui.app.start; sys.exit('streamlit_folium' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("address", ["0.0.0.0"])
def test_the_team_does_not_start_at_another_address(sample_store: Path, address: str) -> None:
    more = {"PORCHLIGHT_STORE": str(sample_store)}
    done = subprocess.run(
        [sys.executable, "-m", "ui.app.start", "--port", "8598", "--address", address],
        cwd=ROOT,
        env=os.environ | more,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "nobody is asked who they are" in done.stderr and "Traceback" not in done.stderr


def test_a_kind_says_what_its_colors_compare_with(served: Path) -> None:
    every, one = (
        "".join(said(opened(FILES[1], by="districts by year", kind=kind)))
        for kind in (ALL_KINDS, "sighting")
    )
    assert "No share of a kind is declared" in one and "No share of a kind" not in every
