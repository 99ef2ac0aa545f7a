"""A place's own kinds on the pages: in the filter, the link, the charts and the dictionary."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data import words
from tests.conftest import ROOT, command

TABLE = (
    '["bike stop"]\ndefinition = "Police stopped a cyclist."\nsensitive = false\ntexts = ["B"]\n'
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own-kinds")
    (folder / "mine.toml").write_text(TABLE)
    rows = [
        f"{i},2024-{i % 12 + 1:02}-{i % 27 + 1:02} 10:00,44.97,-93.2{i % 9},{'B' if i % 3 else 'other'}"
        for i in range(90)
    ]
    (folder / "a.csv").write_text("id,date,lat,lon,kind\n" + "\n".join(rows) + "\n")
    line = ("import", str(folder / "a.csv"), "--official", "--kinds", str(folder / "mine.toml"))
    done = command(*line, store=folder / "store")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "store"


@pytest.fixture(autouse=True)
def own_store(filled: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PORCHLIGHT_STORE", str(filled))
    st.cache_data.clear()
    st.cache_resource.clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()
    words.use_kinds(())


@pytest.mark.parametrize("page", ["map", "time", "areas", "records", "near_repeats", "methods"])
def test_pages_know_the_kinds_of_the_place(page: str) -> None:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    app.query_params["kind"] = "bike stop"
    app.run()
    if page != "map":
        app.switch_page(f"pages/{page}.py")
        app.run()
    assert not app.exception, app.exception
    said = "\n".join([text.value for text in app.text] + [title.value for title in app.title])
    assert "60 of 90 incidents" in said and "bike stop" in said
    if page == "methods":
        tables = [table.value.to_string() for table in app.dataframe]
        assert any("Police stopped a cyclist." in table for table in tables)
