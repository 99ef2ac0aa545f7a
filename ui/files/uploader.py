"""A dropped file on a page: taken to the disk at once, so that memory holds it for a moment only."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from data.jobs.dropped_file import DROPPED_MB, SIGNED_IN_MB, keep_dropped
from ui.frame import look
from ui.identity import provider


@dataclass
class DroppedFile:
    """A place for one file, in a folder of the page's own. `key` begins the names of its widgets."""

    key: str
    folder: Path
    file: Path | None = None
    trouble: str = ""  # with taking the file in
    round: int = 0  # of uploads: an uploader that is drawn anew lets go of its file

    def take(self, widget: str) -> None:
        """Take in the file that was dropped on a widget."""
        self.forget()
        dropped = st.session_state.get(widget)
        if dropped is None:
            return
        try:
            self.file = keep_dropped(dropped.name, dropped, self.folder)
        except OSError as error:
            self.trouble = f"The file could not be taken in: {error.strerror}."
        self.round += 1

    def forget(self) -> None:
        """Be as before any file."""
        if self.file:
            self.file.unlink(missing_ok=True)
        self.file, self.trouble = None, ""


def most_mb() -> int:
    """The largest file that can be dropped, in MB."""
    return SIGNED_IN_MB if provider() else DROPPED_MB


def show_uploader(form: DroppedFile, label: str) -> bool:
    """Show where to drop a file, or which was dropped; return whether there is one."""
    if form.file is None:
        widget = f"{form.key}_file{form.round}"
        st.file_uploader(
            label, key=widget, max_upload_size=most_mb(), on_change=form.take, args=(widget,)
        )
        if form.trouble:
            st.error(look.plain(form.trouble))
        return False
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"{form.file.name}, {_size(form.file)}")
        st.button("Another file", key=f"{form.key}_other", on_click=form.forget)
    return True


def _size(file: Path) -> str:
    size = file.stat().st_size
    if size < 1_000:
        return f"{size} bytes"
    return f"{size / 1e6:,.1f} MB" if size >= 1e5 else f"{size / 1e3:,.1f} kB"
