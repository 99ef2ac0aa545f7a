"""The public dashboard: the released folder and nothing else."""

import csv
import io
import json
import os
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

from data import settings
from data.embed.language import load_texts
from data.published import released, released_cells
from data.published.released_cells import ALL_KINDS, SOURCES, Choice
from data.settings import Problem
from tests import publics
from tests.publics import published
from ui.frame.menu import PUBLIC_PAGES
from ui.public import public_cached

__all__ = ["published"]  # the fixture
ROOT = Path(__file__).resolve().parents[2]
FILES = [file for file, *_ in PUBLIC_PAGES]
HIDDEN = "not shown (fewer than 10, or held back by the rules)"


@pytest.fixture
def served(published: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The public audience, in this process."""
    publics.as_public(monkeypatch, published)
    yield published
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


def read(folder: Path, path: str) -> pd.DataFrame:
    """A released CSV, read apart from the code under test."""
    return pd.read_csv(folder / "current" / f"{path}.csv", dtype={"period": str, "n": "Int64"})


# --- every page


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("source", list(SOURCES))
def test_page_runs_and_says_its_n_of_m(served: Path, path: str, source: str) -> None:
    text = said(opened(path, source=source))
    unit = "cells have" if path == "pages/public_time.py" else "of 73 areas have"
    assert unit in text or (source == "press reports" and "No area has a number" in text)
    assert (HIDDEN in text) or source == "official records"
    assert f"release {(served / 'current').resolve().name}" in text
    assert "none of these reports is real" in text or source != "community reports"


def test_the_bar_asks_for_what_is_released_only(served: Path) -> None:
    app = opened()
    keys = {w.key for kind in (app.radio, app.selectbox) for w in kind}
    asked = {"source", "by", "kind", "period", "area", "lang"}
    assert keys | {w.key for w in app.multiselect} == asked
    assert app.selectbox(key="by").options == ["month", "quarter", "year"]
    month = opened(by="month")
    assert month.selectbox(key="kind").options == [ALL_KINDS]
    periods = read(served, "community/area-month")["period"].unique().tolist()
    assert sorted(month.selectbox(key="period").options) == periods


def test_readers_are_led_to_the_city_where_few_areas_have_a_number(served: Path) -> None:
    app = opened()
    assert app.selectbox(key="by").value == "year"
    assert "the whole city by week says more" in said(app)
    assert "says more" not in said(opened(source="official records"))


@pytest.mark.parametrize(
    "link",
    [
        {"source": "nobody"},
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
            "by": "Periods by",
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
    app = opened(source="community reports", by="quarter", kind=ALL_KINDS, period="2026-Q1")
    quarter = read(served, "community/area-quarter")
    n = quarter.loc[quarter["period"] == "2026-Q1", "n"].notna().sum()
    assert f"{n} of 73 areas have a number" in said(app)
    name = app.multiselect(key="area").options[45]
    one = opened(by="quarter", kind=ALL_KINDS, period="2026-Q1", area=[name])
    assert "of 1 areas have a number" in said(one)


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
    assert load_texts("es")("note.made.all") in said(opened(lang="es", source="community reports"))


# --- numbers


@pytest.mark.parametrize("source", list(SOURCES))
@pytest.mark.parametrize("by", ["month", "quarter", "year"])
def test_numbers_are_those_of_the_files(served: Path, source: str, by: str) -> None:
    kept = public_cached.read_release(released.load_release(released.current()))
    for kind in released_cells.released_kinds(kept.sorts, source, by):
        path = released_cells.table_path(source, by, kind)
        assert path
        told = read(served, path)
        if kind != ALL_KINDS:
            told = told[told["kind"] == kind.replace(" ", "_")]
        if source == "official records":
            cut = {"month": 7, "year": 4}.get(by)
            day = pd.to_datetime(told["period"])
            quarter = day.dt.year.astype(str) + "-Q" + day.dt.quarter.astype(str)
            told = told.assign(period=told["period"].str[:cut] if cut else quarter)
            told = told.groupby(["period", "area"], as_index=False)["n"].sum()
        for period in released_cells.periods(kept.sorts, source, by, kind):
            rows = released_cells.rows(kept.sorts, Choice(source, by, period, kind), kept.areas)
            here = told[told["period"] == period].set_index("area")["n"].to_dict()
            for row in rows.itertuples():
                want = here.get(row.area, 0 if source == "official records" else pd.NA)
                assert (pd.isna(want) and pd.isna(row.n)) or row.n == want


def test_the_table_on_the_page_is_the_file(served: Path) -> None:
    app = opened("pages/public_areas.py", by="quarter", kind=ALL_KINDS, period="2026-Q1")
    shown = app.dataframe[0].value
    told = read(served, "community/area-quarter")
    told = told[told["period"] == "2026-Q1"]
    assert sorted(shown["n"].dropna()) == sorted(told["n"].dropna())
    assert shown["n"].isna().sum() == told["n"].isna().sum() and len(shown) == 73


@pytest.mark.parametrize("kind", [ALL_KINDS, "sighting"])
def test_weeks_keep_their_gaps(served: Path, kind: str) -> None:
    kept = public_cached.read_release(released.load_release(released.current()))
    weeks = released_cells.weekly(kept.sorts, "community reports", kind)
    told = read(served, "community/city-week-kind")
    told = told[told["kind"] == ("all" if kind == ALL_KINDS else kind)]
    assert weeks["period"].tolist() == told["period"].tolist()
    assert weeks["n"].isna().tolist() == told["n"].isna().tolist() and weeks["n"].isna().any()
    assert weeks["n"].dropna().tolist() == told["n"].dropna().tolist()


def test_official_weeks_are_whole(served: Path) -> None:
    kept = public_cached.read_release(released.load_release(released.current()))
    weeks = released_cells.weekly(kept.sorts, "official records", "traffic stop")
    told = read(served, "official/area-day-kind")
    told = told[told["kind"] == "traffic_stop"]
    first = told[(told["period"] >= "2017-01-02") & (told["period"] < "2017-01-09")]
    assert weeks["period"].iloc[0] == "2017-W01" and weeks["n"].iloc[0] == first["n"].sum()
    assert weeks["period"].iloc[-1] == "2017-W52"


def test_zero_and_held_back_look_alike_on_the_map(served: Path) -> None:
    from data.palette import LIGHT
    from ui.public import public_map
    from ui.public.public_frame import Shown

    kept = public_cached.read_release(released.load_release(released.current()))
    choice = Choice("community reports", "quarter", "2026-Q1", ALL_KINDS)
    rows = released_cells.rows(kept.sorts, choice, kept.areas)
    found = Shown(kept, choice, rows, True)
    fills = public_map.fills(found, LIGHT)
    blank = rows["n"].isna().tolist()
    assert [f == "nodata" for f in fills["fills"]] == blank
    assert {tuple(t) for t, b in zip(public_map.released_tips(found), blank) if b} == {(HIDDEN,)}
    assert {"hatch": "nodata", "text": HIDDEN} in fills["legend"]["rows"]


# --- the files that readers take


def test_every_download_carries_the_notes(served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import streamlit as st

    made: dict[str, bytes] = {}

    def take(label: str, data: Any, key: str, **more: Any) -> None:
        made[key] = data()

    monkeypatch.setattr(st, "download_button", take)
    text = "".join(said(opened(path)) for path in FILES)
    assert {"take_map", "take_areas", "take_weeks", "take_hours", "take_areas_time"} <= made.keys()
    sorts = ("take_community", "take_press", "take_official")
    whole = [k for k in made if k.startswith(sorts) and not k.endswith("_zip")]
    assert len(whole) == 15
    for key in [k for k in made if not k.endswith("_zip")]:
        with zipfile.ZipFile(io.BytesIO(made[f"{key}_zip"])) as packed:
            named = {path.rpartition("-")[2]: packed.read(path) for path in packed.namelist()}
        notes = named["notes.txt"].decode().splitlines()
        rows = list(csv.reader(io.StringIO(made[key].decode())))
        assert made[key] in named.values()
        assert any("release 20" in note for note in notes) and any(" of " in n for n in notes), key
        assert any(note in text for note in notes if "rounded" in note) or "official" in key
        told = list(csv.DictReader(io.StringIO(named["columns.csv"].decode())))
        assert [row["column"] for row in told] == rows[0] and all(row["meaning"] for row in told)
        if key in whole:
            folder, _, name = key.removeprefix("take_").partition("_")
            file = served / "current" / folder / f"{name}.csv"
            assert rows == list(csv.reader(io.StringIO(file.read_text())))


def test_methods_state_the_policy_of_the_manifest(served: Path) -> None:
    manifest = json.loads((served / "current" / "manifest.json").read_text())
    app = opened("pages/public_methods.py")
    text = said(app)
    for sentence in manifest["held_back"]:
        assert sentence in text
    rules = app.dataframe[-1].value.set_index("rule")
    assert set(rules.index) == set(manifest["policy"])
    for name, told in manifest["policy"].items():
        assert rules.loc[name, "why"] == told["reason"]
    assert "never fall below 10, 5, 3 and 3" in text
    year = read(served, "community/area-year-kind")
    n = year.loc[(year["period"] == "2025") & (year["kind"] == "sighting"), "n"].max()
    assert f"Between {n - 4} and {n + 4} such reports" in text and "Never write" in text
    assert {"**It tells**", "**It does not tell**"} <= {m.value for m in app.markdown}


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


def test_all_pages_as_a_user_who_may_read_neither_store_nor_secret(
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


@pytest.mark.parametrize("name", ["manifest.json", "areas.geojson", "community/area-month.parquet"])
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
        (other, "made with an earlier or later release. Closed numbers stay"),
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
