"""The page Corrections: what an editor proposes there is what readers see, and can be taken back."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.correction_terms import CorrectionKind
from data.corrections import changes
from data.corrections.changes import Proposal
from data.people.actor import Actor
from data.settings import load_settings
from tests.conftest import ROOT
from tests.corrections.conftest import Town


@pytest.fixture
def page(town: Town) -> AppTest:
    st.cache_data.clear()
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    app.switch_page("pages/corrections.py")
    return app.run()


def texts(app: AppTest) -> str:
    assert not app.exception, app.exception
    return "\n".join(str(one.value) for one in (*app.text, *app.success, *app.error))


def test_an_editor_proposes_and_takes_back(town: Town, page: AppTest) -> None:
    assert "0 corrections, 0 updates, 0 retractions" in texts(page)
    page.text_input(key="correction_record").set_value("calls:99").run()
    assert "No record" in texts(page)
    page.text_input(key="correction_record").set_value("calls:1").run()
    assert "kind call 911" in texts(page)
    page.selectbox(key="correction_field").set_value("kind").run()
    page.selectbox(key="correction_kind_value").set_value("shooting").run()
    page.selectbox(key="correction_why").set_value("entry_error").run()
    (button,) = [b for b in page.button if b.label == "Make this correction"]
    button.click().run()
    assert town.records()["calls:1"]["kind"] == "shooting"
    assert "readers see it" in texts(page), texts(page)
    assert "1 correction, 0 updates" in texts(page)
    assert town.records()["calls:1"]["kind"] == "shooting"
    page.selectbox(key="correction_undo").set_value(
        page.selectbox(key="correction_undo").options[0]
    )
    (code,) = town.store.history().corrections
    page.selectbox(key="correction_undo").set_value(code).run()
    (button,) = [b for b in page.button if b.label == "Take it back"]
    button.click().run()
    assert "says again what it said before" in texts(page)
    assert town.records()["calls:1"]["kind"] == "call_911"


def test_what_waits_is_approved_by_somebody_else(town: Town, page: AppTest) -> None:
    asked = Proposal(CorrectionKind.RETRACTION, "paper:p1", "same_event", {})
    other = Actor("somebody else", frozenset({"editor"}))
    one = changes.propose(town.store, load_settings(), other, asked, waits=True)
    page.run()
    assert "Retraction of paper:p1" in texts(page)
    page.button(key=f"approve_{one.code}").click().run()
    assert "paper:p1" not in town.records()
    assert "readers see it" in texts(page), texts(page)
