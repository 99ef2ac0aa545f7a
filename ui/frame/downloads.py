"""Files to take away: what they hold is said inside them or beside them in a zip."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from data import words
from data.files import spreadsheet, workbook
from data.views import export, whole_records
from data.views.view import View
from ui.cached import views
from ui.frame import download_buttons, frame
from ui.frame.method_note import MethodNote
from ui.parts import pictures, tables

_MOST = 500_000  # rows in one download; the command line has no limit
_MOST_OF = {"Excel": 100_000, "KML": 100_000}  # formats that take seconds for so many


def about(
    view: View, rows: int, columns: str = export.COLUMNS_TOLD, page: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The facts that a file states of itself; `page` are the page's own words for the link. It is
    for the team only also where the community's records are those of another View of the page."""
    current = views.current(view.stamp)
    held = export.team_mark(pictures.with_others(view), current.meta)
    return held | export.about(current, view, rows, frame.link(view, page), columns)


def record_buttons(view: View, personal: list[str]) -> None:
    """Buttons for all records of the View, one a format."""
    rows = views.headline(view)["n"]
    if not rows:
        st.text("There are no records to download.")
        return
    if rows > _MOST:
        st.text(
            f"{rows:,} records are more than one download holds ({_MOST:,}). Choose "
            "fewer with the filters, or use: python -m data export --link (the link in Share)."
        )
        return
    # values of the page are read now: files are made later, when no page is running
    told, current = about(view, rows), views.current(view.stamp)
    with st.container(horizontal=True):
        for label, (suffix, mime, write) in whole_records.FORMATS.items():
            if rows > _MOST_OF.get(label, _MOST):
                continue
            st.download_button(
                f"{label}, {words.counted(rows, 'row')}",
                data=lambda write=write: write(  # type: ignore[misc]
                    whole_records.everything(current, view, personal), told
                ),
                file_name=f"{name(view)}.{suffix}",
                mime=mime,
                key=f"take_{suffix.replace('.', '_')}",
                on_click="ignore",
            )
    if slow := [label for label, most in _MOST_OF.items() if rows > most]:
        st.text(
            f"{' and '.join(slow)} for up to {min(_MOST_OF.values()):,} records here; for more: python -m "
            "data export --link (the link in Share)."
        )
    st.text(
        "Every record you chose, whatever is searched for above, without free text. Filters, link, "
        "stamp and row count are in the zip's notes and inside every other file but CSV. KML holds only "
        "records with a point."
    )


def area_buttons(view: View, table: pd.DataFrame) -> None:
    """Buttons for the table of areas as it stands."""
    table = tables.with_reasons(table)
    kept = table[list(tables.wanted(table, view, tuple(tables.COLUMNS)))]
    list_ = st.session_state.get("list") or "all"
    _table(f"areas-{list_}", view, kept, tables.COLUMNS, about(view, len(kept), ""), "take_areas")


def finding_buttons(
    view: View, rows: pd.DataFrame, known: tables.Columns, claim: MethodNote
) -> None:
    """Buttons for the table of a finding, with its method and parameters in the notes."""
    told = about(view, len(rows), "", claim.words)
    told |= {name.lower(): value for name, value in claim.parameters.items()}
    _table(claim.number.lower().replace(" ", "-"), view, rows, known, told, "take_finding")


def _table(
    what: str, view: View, rows: pd.DataFrame, known: tables.Columns, told: dict[str, str], key: str
) -> None:
    meanings = {column: meaning for column, (_, _, meaning) in known.items()}
    notes = [f"{word}: {said}" for word, said in told.items() if said]
    kept, zone = spreadsheet.of_frame(rows), views.meta(view.stamp)["place"]["zone"]
    stated = {word: said for word, said in told.items() if said}
    _, mime, _ = whole_records.FORMATS["Excel"]
    excel = ("Excel", "xlsx", mime, lambda: workbook.as_workbook(kept, stated, meanings, zone))
    stem = f"{name(view)}-{what}"
    download_buttons.table_buttons(stem, kept, notes, meanings, key, others=(excel,))


def name(view: View) -> str:
    """A file name that says place, source and period, and if it is for the team only."""
    return export.file_stem(pictures.with_others(view), views.meta(view.stamp))
