"""A place to drop a file of records: the same import, in a process of its own."""

import os
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import streamlit as st

from data.jobs.dropped_file import keep_dropped, run_job
from ui.files import records_form
from ui.files.import_fields import FIELDS, MAPPING
from ui.files.job_progress import CiteOutcome, follow_job
from ui.files.records_form import RecordsForm
from ui.files.uploader import most_mb, show_uploader
from ui.identity import provider

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
OWN_PLACE = "own_place"  # in the session, while another place than the shown one is set up
_FIRST = 4  # fields that stand open; the others are folded until an import asks for one


@dataclass
class _Drop:
    """What one visitor dropped here; its folder goes with the session."""

    folder: tempfile.TemporaryDirectory[str] = field(
        default_factory=lambda: tempfile.TemporaryDirectory(prefix="porchlight-")
    )
    imported: CiteOutcome | None = None

    def __post_init__(self) -> None:
        self.form = RecordsForm("dropped", Path(self.folder.name))


def show_upload() -> None:
    """Show the place to drop a file, on the machine that runs Porchlight only."""
    host = (st.context.headers.get("Host") or "").rsplit(":", 1)[0]
    if host not in _LOOPBACK or st.get_option("server.address") not in _LOOPBACK:
        st.text("Files can be dropped only on the machine that runs Porchlight.")
        return
    st.text(
        f"One file of records ({records_form.readable()}), up to {most_mb()} MB, read exactly as "
        "the import of the command line reads it. First you see what would happen: nothing is "
        "written until you say so."
    )
    drop: _Drop = st.session_state.setdefault("dropped", _Drop())
    form = drop.form
    if not show_uploader(form, "File of records"):
        if drop.imported:
            st.text("Brought in. The numbers of every page hold it now.")
            records_form.show_outcome(drop.imported)
        return
    drop.imported = None
    options = _fields() | _mapping(form.folder)
    outcome = records_form.try_records(form, options)
    records_form.show_questions(form)
    records_form.show_outcome(outcome)
    if "map" not in options:
        records_form.show_kinds(form)
        records_form.show_columns(form, outcome)
    ready = outcome.read is not None and outcome.read.kept > 0
    pressed = st.button("Import it", key="drop_import", type="primary", disabled=not ready)
    slot = st.empty()
    if pressed and form.tried:
        ended = follow_job(run_job(replace(form.tried, dry_run=False)), slot)
        if ended.read:
            drop.imported = ended
            form.forget()
        else:
            form.outcome = ended
        st.rerun()  # the whole page then speaks of the store as it is now


def _fields() -> dict[str, str]:
    """Draw the fields of the import; return what the reader typed, by option."""
    typed: dict[str, str] = {}

    def rows(names: list[str]) -> None:
        for column, name in zip(st.columns(_FIRST) * 5, names, strict=False):
            label, example = FIELDS[name]
            typed[name] = column.text_input(label, key=f"drop_{name}", placeholder=example)

    rows(list(FIELDS)[:_FIRST])
    with st.expander("More fields, for when the import asks for one"):
        rows(list(FIELDS)[_FIRST:])
    return typed


def _mapping(folder: Path) -> dict[str, str]:
    """Ask for a mapping; return the option that names it."""
    with st.expander("A mapping, if you have one"):
        mapping = st.file_uploader(MAPPING, type=["toml"], key="dropped_map")
    return {"map": str(keep_dropped("mapping.toml", mapping, folder))} if mapping else {}


def show_own_place() -> None:
    """Offer to set up another place, where nobody but this machine comes in."""
    if provider() or "PORCHLIGHT_STORE" in os.environ:
        return
    st.text(
        "Your own place: its name, a file of areas, a file of records. This one stays as it is."
    )
    st.button(
        "Set up your own place",
        key="set_up_own",
        on_click=lambda: st.session_state.update({OWN_PLACE: True}),
    )
