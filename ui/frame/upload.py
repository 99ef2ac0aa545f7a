"""A place to drop one CSV: the same import, in a process of its own."""

import re

import streamlit as st

from data.commands import dropped_file

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")

# option of the import -> the name of its field here, and an example
FIELDS = {
    "source": ("Short name of the source", "hotline"),
    "source-kind": ("Who stands behind it", "official"),
    "date-format": ("Date format", "%d/%m/%Y %H:%M"),
    "kind": ("Kind of all rows", "sighting"),
    "kinds": ("Table of kinds", "crime"),
    "time": ("Column of the time", "call_time"),
    "zone": ("Time zone", "America/Chicago"),
    "crs": ("EPSG code of the coordinates", "EPSG:26915"),
    "columns": ("Names of the columns", "id, time, lat, lon"),
    "delimiter": ("Delimiter", ";"),
    "encoding": ("Encoding", "cp1252"),
    "decimal": ("Decimal sign", ","),
    "place-by": ("What decides the area", "point"),
    "member": ("Which files of a zip", "*-street.csv"),
    "url": ("Address where it is published", "https://example.org/data"),
    "licence": ("Its terms", "CC0"),
    "covers": ("What is in it", "All calls, without tests."),
}
MAPPING = "Mapping (TOML)"
_FIRST = 4  # fields that stand open; the others are folded until an import asks for one


def show_upload() -> None:
    """Show the place to drop a file, on the machine that runs Porchlight only."""
    host = (st.context.headers.get("Host") or "").rsplit(":", 1)[0]
    if host not in _LOOPBACK or st.get_option("server.address") not in _LOOPBACK:
        st.text("Files can be dropped only on the machine that runs Porchlight.")
        return
    st.text(
        "One CSV up to 10 MB, read exactly as the import of the command line reads it: first a "
        "trial that writes nothing, then, if you say so, the import."
    )
    file = st.file_uploader("CSV file", type=["csv", "gz", "zip"], key="dropped")
    if file is None:
        _said()
        return
    asked = _fields()
    with st.expander("A mapping, if you have one"):
        mapping = st.file_uploader(MAPPING, type=["toml"], key="dropped_map")
    with st.container(horizontal=True):
        trial = st.button("Try it", key="drop_try")
        real = st.button("Import it", key="drop_import", type="primary")
    if trial or real:
        st.session_state.pop("dropped_said", None)
        with st.spinner("Reading the file ..."):
            st.session_state["dropped_said"] = dropped_file.import_dropped(
                file.name,
                file.getvalue(),
                asked,
                mapping=mapping.getvalue() if mapping else b"",
                dry_run=not real,
            )
        if real:
            st.rerun()  # the whole page then speaks of the store as it is now
    _said()


def _fields() -> dict[str, str]:
    """Draw the fields of the import; return what the reader typed, by option."""
    typed: dict[str, str] = {}

    def rows(names: list[str]) -> None:
        for column, name in zip(st.columns(_FIRST) * 4, names, strict=False):
            label, example = FIELDS[name]
            typed[name] = column.text_input(label, key=f"drop_{name}", placeholder=example)

    rows(list(FIELDS)[:_FIRST])
    with st.expander("More fields, for when the import asks for one"):
        rows(list(FIELDS)[_FIRST:])
    return typed


def _said() -> None:
    """Show what the last trial or import said, in the words of this page."""
    told: tuple[bool, str] | None = st.session_state.get("dropped_said")
    if told is None:
        return
    done, text = told
    if not done:
        st.error("The file could not be imported; nothing was changed. What to do:")
    st.code(fields_named(text), language=None, wrap_lines=True)


def fields_named(text: str) -> str:
    """The text with the fields of this page in place of options of the command line."""

    labels = {option: label for option, (label, _) in FIELDS.items()} | {"map": MAPPING}

    def field(found: re.Match[str]) -> str:
        label = labels.get(found[1])
        return f"“{label}”" if label else found[0]

    # this page writes no mapping to a file of the reader's choice
    return re.sub(r"--([a-z-]+)", field, re.sub(r" [^.\n]*--save-map[^.\n]*\.", "", text))
