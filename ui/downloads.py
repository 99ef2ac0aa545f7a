"""Files to take away: what they hold is said inside them."""

import re

import pandas as pd
import pyarrow as pa
import streamlit as st

from data import details, export
from data.view import View
from ui import cached, frame

MOST = 500_000  # rows in one download; the command line has no limit


def about(view: View, rows: int) -> dict[str, str]:
    """What a file says of itself."""
    return export.about(cached.current(view.stamp), view, rows, frame.link(view))


def records(view: View) -> None:
    """Buttons for all records of the View in three formats."""
    rows = cached.headline(view)["n"]
    if rows > MOST:
        st.text(
            f"{rows:,} records are more than one download carries ({MOST:,}). Narrow the "
            "View, or use: python -m data export --link (the link below)."
        )
        return
    with st.container(horizontal=True):
        for label, (suffix, mime, write) in details.FORMATS.items():
            st.download_button(
                f"{label}, {rows:,} rows",
                data=lambda write=write: write(  # type: ignore[misc]
                    details.everything(cached.current(view.stamp), view),
                    about(view, rows),
                ),
                file_name=f"{name(view)}.{suffix}",
                mime=mime,
                key=f"take_{suffix}",
                on_click="ignore",
            )


def areas(view: View, table: pd.DataFrame) -> None:
    """A button for the table of areas as it stands."""
    kept = table.drop(columns=["unit"])
    st.download_button(
        f"This list as CSV, {len(kept)} rows",
        data=lambda: details.as_csv(
            pa.Table.from_pandas(kept, preserve_index=False), about(view, len(kept))
        ),
        file_name=f"{name(view)}-areas.csv",
        mime="text/csv",
        key="take_areas",
        on_click="ignore",
    )


def name(view: View) -> str:
    """A file name that says place, source and period."""
    meta = cached.meta(view.stamp)
    text = f"{meta['place']['name']} {' '.join(view.sources)} {view.start} {view.end}"
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
