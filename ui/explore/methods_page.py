"""The page of data and methods: generated from the code's own tables."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from data import words
from data.imports import report
from data.methods import METHODS
from data.record import COLUMNS
from data.storage.meta_types import SourceMeta
from data.views.filters import FILTERS, period
from data.views.view import View
from geo.hexagons import RESOLUTIONS
from ui.cached import views
from ui.explore import area_page
from ui.parts import tables


def stamp(view: View) -> None:
    """The data in one line."""
    meta = views.meta(view.stamp)
    st.text(
        f"Data {view.stamp}: {meta['rows']:,} incidents. This stamp names exactly these "
        "records and areas. A link from Share carries it, so that a number can be found again."
    )


SECTIONS = {
    "Sources": "sources",
    "What happened to every row": "rows",
    "Areas": "areas",
    "How each number is made": "methods",
    "Dictionary": "dictionary",
    "Bring a file": "file",
}  # each with where a link within the page leads


_CITE = (
    "To cite a number: open its page, then Share, Cite this. That link always shows this number."
)


def show_contents() -> None:
    """Show links to the sections of the page."""
    links = "".join(f'<li><a href="#{at}">{name}</a></li>' for name, at in SECTIONS.items())
    st.html(f'<nav class="porch-contents" aria-label="On this page"><ol>{links}</ol></nav>')


def show_section(name: str) -> None:
    """Show the heading of a section, which the contents lead to."""
    st.header(name, anchor=SECTIONS[name])


def sources(view: View) -> None:
    """Each source with its license, dates and what it covers; first the one that is shown."""
    meta = views.meta(view.stamp)
    for source in sorted(meta["sources"], key=lambda one: one["name"] not in view.sources):
        with st.container(border=True, gap=None, key=f"source_{source['name']}"):
            st.text(source["title"])
            if source["name"] in view.sources:
                place = meta["place"]["name"]
                st.text(f"To cite: {source['title']}. Porchlight {place}, data {view.stamp}.")
                st.text(_CITE)
            for label, value in _facts(source):
                st.text(f"{label}: {value}")


def _facts(source: SourceMeta) -> list[tuple[str, Any]]:
    stated = (
        ""
        if source["coverage_stated"] or not source["start"]
        else " (from its first and last record, because the source does not state it)"
    )
    told = [
        ("recorded by", f"{source['kind']}: {words.meaning('source_kind', source['kind'])}"),
        ("incidents", f"{source['rows']:,}" + spell(source["first"], source["last"], ", ")),
        ("period covered", f"{spell(source['start'], source['end'])}{stated}"),
        ("area covered", source["area"]),
        ("what is in it", source["covers"]),
        ("notes", source["notes"]),
        ("license", source["licence"]),
        ("address", source["url"]),
    ]
    told += [(f"known change of recording, {day}", what) for day, what in source["changes"]]
    for column, label in COUNTED.items():
        counts = source["counts"][column]
        spoken = ", ".join(f"{words.label(column, w)} {n:,}" for w, n in counts.items())
        told.append((label, spoken))
    return [(label, value) for label, value in told if value]


def _local(moment: str, zone: ZoneInfo) -> str:
    """A moment of the ledger on the place's clock."""
    return f"{datetime.fromisoformat(moment).astimezone(zone):%Y-%m-%d %H:%M}"


COUNTED = {
    "kind": "kinds",
    "time_precision": "time precision",
    "place_precision": "location precision",
    "grade": "grades",
    "response": "what local police did",
}


def spell(first: str | None, last: str | None, before: str = "") -> str:
    """Two days as readers write them, after `before`; empty where there is none."""
    if not first or not last:
        return ""
    return before + period(date.fromisoformat(first), date.fromisoformat(last))


def rows(view: View) -> None:
    """Every import: rows in the file are kept or rejected, with the reason."""
    told: list[dict[str, object]] = []
    notes: list[str] = []
    zone = ZoneInfo(views.meta(view.stamp)["place"]["zone"])
    for source in views.meta(view.stamp)["sources"]:
        for entry in source["imports"]:
            notes += [
                f"{entry['file']}: {f'{n:,} ' if n else ''}{what}"
                for what, n in entry["notes"].items()
            ]
            notes += [
                f"{entry['file']}: {n:,} rows, {report.BY_LABEL.format(why=why)}"
                for why, n in entry.get("by_label", {}).items()
            ]
            notes += [
                f"{entry['file']}: {report.MissingTexts(**found).sentence()}"
                for found in entry.get("missing", ())
            ]
            if entry.get("merged"):
                notes.append(
                    f"{entry['file']}: {entry['source_rows']:,} rows of the source are "
                    f"{entry['rows']:,} here; {entry['merged']:,} were merged into their event"
                )
            dropped = entry["dropped"]
            told.append(
                {
                    "File": entry["file"],
                    "Source": entry["source"],
                    "Rows": entry["rows"],
                    "Kept": entry["kept"],
                    "Rejected": sum(entry["rejected"].values()),
                    "Why": "; ".join(f"{n:,} {why}" for why, n in entry["rejected"].items()),
                    "Repeats kept": entry["repeats"],
                    "Columns about persons dropped": sum(
                        len(dropped.get(why, [])) for why in ("forbidden", "telling")
                    ),
                    "Free text dropped": len(dropped.get("free text", [])),
                    "Imported": _local(entry["imported_at"], zone),
                    "Batch": entry["batch"],
                }
            )
    numbers = ("Rows", "Kept", "Rejected", "Repeats kept")
    form = {name: st.column_config.NumberColumn(format="localized") for name in numbers}
    st.dataframe(pd.DataFrame(told), hide_index=True, width="stretch", column_config=form)
    st.text(
        "Kept and rejected rows add up to the rows in the file, for every import. Rejected rows "
        "stay in the store with their reasons."
    )
    for note in notes:
        st.text(f"{note}.")


def show_areas(view: View) -> None:
    """Show how the areas were found, and what lies outside them."""
    st.text(area_page.border(area_page.polygons(view)))
    meta = views.meta(view.stamp)
    for found in meta["sets"]:
        lost = ", ".join(found.get("lost", []))
        if lost:
            st.text(
                f"These labels have no area, because too few points named them when {found['name']} were learned: {lost}."
            )
        for note in found.get("notes", []):
            st.text(note)
    outside = [(label or "(no label)", n) for label, n in meta["unplaced"]]
    if outside:
        st.text("In no area: outside all areas, or known only to the city.")
        tables.text_table(
            pd.DataFrame(outside, columns=["label", "n"]),
            {"label": "Label of the source", "n": "Records"},
        )
    sizes = ", ".join(f"{r}: {km2:.3f} km²" for r, km2 in RESOLUTIONS.items() if 7 <= r <= 10)
    st.text(f"Hexagons can be used instead of areas. Their mean size by H3 resolution: {sizes}.")


def methods() -> None:
    """The method of each number."""
    frame = pd.DataFrame(METHODS)
    for row in frame.itertuples():
        with st.expander(str(row.number)):
            st.text(f"{row.how}")
            st.text(f"Source: {row.source}")
            st.text(f"Keep in mind: {row.mind}")


def dictionary() -> None:
    """Columns, words and filters, each with its meaning."""
    columns = pd.DataFrame([(c.name, str(c.type), c.meaning) for c in COLUMNS])
    columns.columns = pd.Index(["Column", "Type", "Meaning"])
    tables.text_table(columns, {})
    for name, table in words.TABLES.items():
        with st.expander(f"Words of {words.spoken(name)}"):
            tables.text_table(
                pd.DataFrame(
                    [(words.spoken(w.code), w.meaning) for w in table], columns=["Word", "Meaning"]
                ),
                {},
            )
    with st.expander("Filters and their words in a link"):
        tables.text_table(
            pd.DataFrame(
                [(f.word, f.label, f.help) for f in FILTERS],
                columns=["In a link", "Filter", "What it does"],
            ),
            {},
        )
