"""Files to take away: what they hold is said inside them."""

import re
from collections.abc import Mapping

import pandas as pd
import pyarrow as pa
import streamlit as st

from data import details, export, words
from data.view import View
from ui import cached, frame, tables
from ui.claim import Claim

MOST = 500_000  # rows in one download; the command line has no limit


def about(
    view: View, rows: int, columns: str = export.COLUMNS_TOLD, page: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What a file says of itself; `page` are the page's own words for the link."""
    return export.about(cached.current(view.stamp), view, rows, frame.link(view, page), columns)


def records(view: View, personal: list[str]) -> None:
    """Buttons for all records of the View in three formats."""
    rows = cached.headline(view)["n"]
    if not rows:
        st.text("There are no records to take.")
        return
    if rows > MOST:
        st.text(
            f"{rows:,} records are more than one download carries ({MOST:,}). Narrow the "
            "View, or use: python -m data export --link (the link below)."
        )
        return
    # what needs the page is asked now: files are made later, when no page is running
    told, current = about(view, rows), cached.current(view.stamp)
    with st.container(horizontal=True):
        for label, (suffix, mime, write) in details.FORMATS.items():
            st.download_button(
                f"{label}, {words.counted(rows, 'row')}",
                data=lambda write=write: write(  # type: ignore[misc]
                    details.everything(current, view, personal), told
                ),
                file_name=f"{name(view)}.{suffix}",
                mime=mime,
                key=f"take_{suffix}",
                on_click="ignore",
            )
    st.text(
        "Every record of the View, whatever is searched for above, without free text. View, "
        "link, stamp and row count stand inside each file."
    )


def areas(view: View, table: pd.DataFrame) -> None:
    """A button for the table of areas as it stands."""
    table = tables.with_reasons(table)
    kept = table[list(tables.wanted(table, view, tuple(tables.COLUMNS)))]
    columns = " ".join(f"{c}: {tables.COLUMNS[str(c)][2]}" for c in kept)
    told = about(view, len(kept), columns)
    st.download_button(
        f"This list as CSV, {words.counted(len(kept), 'row')}",
        data=lambda: details.as_csv(pa.Table.from_pandas(kept, preserve_index=False), told),
        file_name=f"{name(view)}-areas-{st.session_state.get('list') or 'all'}.csv",
        mime="text/csv",
        key="take_areas",
        on_click="ignore",
    )


def finding(view: View, rows: pd.DataFrame, known: tables.Columns, claim: Claim) -> None:
    """A button for the table of a finding, with its method and parameters inside."""
    told = about(view, len(rows), " ".join(f"{c}: {known[str(c)][2]}" for c in rows), claim.words)
    told |= {name.lower(): value for name, value in claim.parameters.items()}
    st.download_button(
        f"This list as CSV, {words.counted(len(rows), 'row')}",
        data=lambda: details.as_csv(pa.Table.from_pandas(rows, preserve_index=False), told),
        file_name=f"{name(view)}-{claim.number.lower().replace(' ', '-')}.csv",
        mime="text/csv", key="take_finding", on_click="ignore",
    )  # fmt: skip


def name(view: View) -> str:
    """A file name that says place, source and period."""
    meta = cached.meta(view.stamp)
    text = f"{meta['place']['name']} {' '.join(view.sources)} {view.start} {view.end}"
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
