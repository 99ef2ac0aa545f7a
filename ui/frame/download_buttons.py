"""The two buttons of a table that is taken away: the CSV, and a zip that also says what it is."""

from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa
import streamlit as st

from data import words
from data.files import spreadsheet


def table_buttons(
    file: str,
    rows: pa.Table,
    notes: Sequence[str],
    meanings: Mapping[str, str],
    key: str,
    label: str = "",
    zip_label: str = "With notes (zip)",
) -> None:
    """Buttons for `rows`: FILE.csv, header first, and FILE.zip with notes and a dictionary."""
    ways: tuple[tuple[str, str, str, Callable[[], bytes]], ...] = (
        (
            label or f"This list as CSV, {words.counted(rows.num_rows, 'row')}",
            "csv",
            "text/csv",
            lambda: spreadsheet.as_csv(rows),
        ),
        (
            zip_label,
            "zip",
            "application/zip",
            lambda: spreadsheet.as_zip(file, rows, notes, meanings),
        ),
    )
    with st.container(horizontal=True):
        for says, suffix, mime, make in ways:
            st.download_button(
                says,
                data=make,
                file_name=f"{file}.{suffix}",
                mime=mime,
                key=key if suffix == "csv" else f"{key}_zip",
                on_click="ignore",
            )
