"""The policy of a release in plain words, and every released table to take away."""

import pandas as pd
import streamlit as st

from data.published import release_words
from data.published.released_cells import SOURCE_NAMES
from data.release.tables import COLUMNS
from ui.public import public_tables
from ui.public.public_frame import Shown


def rules(found: Shown) -> None:
    """Show what is public, and what was decided for this release."""
    weaker = [f"Weaker than usual: {text}" for text in found.release.manifest["warnings"]]
    _list([*release_words.rules(found.release), *weaker], "rules")


def _list(texts: list[str], key: str) -> None:
    with st.container(key=f"told_{key}"):
        for text in texts:
            st.text(f"•  {text}")


def example(found: Shown) -> None:
    """One cell with a number and one without: what each tells and does not tell."""
    choice = found.choice
    if choice.exact:
        st.text(
            "Official numbers are exact: they tell what the source recorded, and nothing of what "
            "it did not record. Choose community reports for an example of the rules."
        )
        return
    rows = found.rows
    known, blank = rows[rows["n"].notna()], rows[rows["n"].isna()]
    for part in (known.sort_values("n", ascending=False, kind="stable"), blank):
        if part.empty:
            continue
        row = part.iloc[0]
        n = int(row["n"]) if pd.notna(row["n"]) else None
        head, tells, never = release_words.example(found.release, choice, str(row["name"]), n)
        with st.container(border=True):
            st.text(head)
            left, right = st.columns(2)
            with left:
                st.markdown("**It tells**")
                _list(tells, f"tells_{n is None}")
            with right:
                st.markdown("**It does not tell**")
                _list(never, f"never_{n is None}")


def held_back(found: Shown) -> None:
    """Show what is in no table."""
    _list(found.release.manifest["held_back"], "held_back")


def parameters(found: Shown) -> None:
    """Every value of the policy with its reason, as the manifest states it."""
    rows = [
        {"rule": name, "value": _plain(told["value"]), "why": told["reason"]}
        for name, told in sorted(found.release.manifest["policy"].items())
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        width="stretch",
        height=36 * 9,
        column_config={
            "rule": st.column_config.TextColumn("Rule", width="small"),
            "value": st.column_config.TextColumn("Value", width="small"),
            "why": st.column_config.TextColumn("Why", width="large"),
        },
    )


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(v) for v in value) or "none"
    return "not set" if value is None else str(value)


def tables(found: Shown) -> None:
    """Every released table as CSV with its notes."""
    for path in COLUMNS:
        if path not in found.tables:
            continue
        frame = found.tables[path]
        folder, _, name = path.partition("/")
        own = found._replace(choice=found.choice._replace(source=SOURCE_NAMES[folder], kind=""))
        n = int((frame["n"] > 0).fillna(False).sum())
        button, text = st.columns([1, 11], vertical_alignment="center")
        with button:
            public_tables.take(own, frame, path, path.replace("/", "_"), "CSV")
        with text:
            st.text(
                f"{SOURCE_NAMES[folder].capitalize()}, {name}. {release_words.what(path)} "
                f"{n:,} of {len(frame):,} cells have a number."
            )


def check(found: Shown) -> None:
    """Show how anybody can check the files."""
    told = found.release.manifest
    st.text(
        f"Release {found.release.id}, as of {told['as_of']}, code {told['code']}, data "
        f"{told['stamp']}. The manifest names every file with its SHA-256; each file was compared "
        "with it before this page was drawn. To cite a number, name the release."
    )
