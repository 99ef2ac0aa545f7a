"""The reader without a browser uses a page: it writes, chooses and presses."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.client import reader
from tests.conftest import free_port
from tests.oidc import wait_for

PAGE = """
import streamlit as st
note = st.text_area("Note")
why = st.radio("Why", ["seen", "heard"])
state = st.session_state
if st.button("Grade"):
    state.all = [*state.get("all", []), f"{why}: {note}"]
    st.rerun()
st.text("; ".join(state.get("all", [])) or "nothing yet")
"""


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The port of a page of Streamlit's with one form."""
    (tmp_path / "page.py").write_text(PAGE)
    number = free_port()
    words = ["streamlit", "run", "page.py", "--server.headless=true", f"--server.port={number}"]
    process = subprocess.Popen(
        [sys.executable, "-m", *words, "--browser.gatherUsageStats=false"],
        cwd=tmp_path,
        env=os.environ | {"HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{number}/_stcore/health", process)
        yield number
    finally:
        process.terminate()
        process.wait(20)


def test_what_is_written_and_chosen_is_sent_when_a_button_is_pressed(port: int) -> None:
    async def work() -> list[str]:
        async with reader(port) as one, reader(port) as other:
            screens = [await one.ask(""), await other.ask("")]
            one.write("Note", "a van")
            one.write("Why", "heard")
            screens.append(await one.press("Grade"))
            one.write("Note", "two vans")
            screens.append(await one.press("Grade"))
            screens.append(await other.press("Grade"))
            with pytest.raises(KeyError):
                await one.press("Approve")
            return [" ".join(screen.texts) for screen in screens]

    first, second, graded, again, others = asyncio.run(work())
    assert first == second == "nothing yet"
    assert graded == "heard: a van" and again == "heard: a van; heard: two vans"
    assert others == "seen:"  # nobody else's
