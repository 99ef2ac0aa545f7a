"""A place to drop one CSV: the same import, in a process of its own."""

import streamlit as st

from data import dropped

LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")


def show() -> None:
    """The door, where it is open: only for somebody at this machine."""
    host = (st.context.headers.get("Host") or "").rsplit(":", 1)[0]
    if host not in LOOPBACK or st.get_option("server.address") not in LOOPBACK:
        st.text("Files can be dropped only on the machine that runs Porchlight.")
        return
    st.text(
        "One CSV up to 10 MB. It is read exactly as `python -m data import` reads it: first "
        "a trial that writes nothing, then, if you say so, the import."
    )
    file = st.file_uploader("CSV file", type=["csv", "gz"], key="dropped")
    if file is None:
        return
    left, middle, right = st.columns(3)
    source = left.text_input(
        "Short name of the source", key="drop_source", placeholder="e.g. hotline"
    )
    date_format = middle.text_input(
        "Date format, if asked for", key="drop_format", placeholder="%d/%m/%Y %H:%M"
    )
    kind = right.text_input(
        "Kind of all rows, if asked for", key="drop_kind", placeholder="sighting"
    )
    asked = {"source": source, "date-format": date_format, "kind": kind}
    trial = st.button("Try it", key="drop_try")
    real = st.button("Import it", key="drop_import", type="primary")
    if trial or real:
        with st.spinner("Reading the file ..."):
            done, text = dropped.run(file.name, file.getvalue(), asked, dry_run=not real)
        (st.code if done else st.error)(text if done else "The file could not be imported.")
        if not done:
            st.code(text, language=None)
