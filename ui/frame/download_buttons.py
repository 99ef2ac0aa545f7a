"""The two buttons of a table that is taken away: the CSV, and a zip that also says what it is."""

from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa
import streamlit as st

from data import words
from data.files import spreadsheet

Way = tuple[str, str, str, Callable[[], bytes]]  # label, suffix, type, and what makes the bytes


def table_buttons(
    file: str,
    rows: pa.Table,
    notes: Sequence[str],
    meanings: Mapping[str, str],
    key: str,
    label: str = "",
    zip_label: str = "With notes (zip)",
    others: Sequence[Way] = (),
) -> None:
    """Buttons for `rows`: FILE.csv, header first, FILE.zip with notes and a dictionary, and others."""
    ways: tuple[Way, ...] = (
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
        *others,
    )
    with st.container(horizontal=True):
        for says, suffix, mime, make in ways:
            st.download_button(
                says,
                data=make,
                file_name=f"{file}.{suffix}",
                mime=mime,
                key=key if suffix == "csv" else f"{key}_{suffix}",
                on_click="ignore",
            )
