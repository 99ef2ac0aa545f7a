"""The policy of a release in plain words, what it spent, and every released table to take away."""

import pandas as pd
import streamlit as st

from data import words
from data.published import release_words
from data.published.period_names import period_words
from data.release.tables import COLUMNS, LATE, MEASURED, MEASURED_TABLES
from ui.public import public_choice, public_tables, public_time
from ui.public.public_frame import Shown


def rules(found: Shown) -> None:
    """Show what is public, and what was decided for this release."""
    manifest = found.release.manifest
    weaker = [f"Weaker than usual: {text}" for text in manifest["warnings"]]
    again = [
        f"{year} was measured a second time, because its first numbers were wrong: what is said of "
        "one event counts twice for it."
        for year in manifest["redone"]
    ]
    _list([*release_words.rules(found.release), *weaker, *again], "rules")


def _list(texts: list[str], key: str) -> None:
    with st.container(key=f"told_{key}"):
        for text in texts:
            st.text(f"•  {text}")


def example(found: Shown) -> None:
    """One number: what it tells and does not tell."""
    choice = found.choice
    if choice.exact:
        st.text(
            "Official numbers are exact: they tell what the source recorded, and nothing of what "
            "it did not record. Choose community reports for an example of the rules."
        )
        return
    if found.rows.empty:
        return
    row = found.rows.sort_values("name", kind="stable").iloc[0]
    number, low, high = (int(row[column]) for column in ("number", "low", "high"))
    where, when = words.spell_area(str(row["name"])), period_words(choice.period)
    head, tells, never = release_words.example(where, number, low, high, when)
    with st.container(border=True):
        st.text(head)
        left, right = st.columns(2)
        with left:
            st.markdown("**It tells**")
            _list(tells, "tells")
        with right:
            st.markdown("**It does not tell**")
            _list(never, "never")


def spent(found: Shown) -> None:
    """What each table spent of the budget of each year, and what came too late."""
    manifest = found.release.manifest
    st.text(
        f"An ordinary event may be asked for a total of epsilon = {manifest['epsilon']:g}, shared by "
        "the tables that it is in. The larger a table's part, the less chance is in its numbers."
    )
    years = manifest["years"]
    frame = pd.DataFrame(
        [
            {
                "table": release_words.description(path),
                **{y: own.get(t.name) for y, own in years.items()},
            }
            for path, t in MEASURED_TABLES.items()
            if any(t.name in own for own in years.values())
        ]
    )
    numbers = {y: st.column_config.NumberColumn(y, format="%.2f", width=64) for y in years}
    text = {"table": st.column_config.TextColumn("Table", width="large")}
    height = min(30 * (len(frame) + 1) + 12, 380)
    st.dataframe(
        frame,
        hide_index=True,
        height=height,
        row_height=30,
        key="spent",
        column_config=text | numbers,
    )
    if (late := found.kept.numbers.late) is not None:
        _list([f"Graded too late in {text}" for text in public_time.late_sentences(late)], LATE)


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
        key="policy",
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
    """Every released table as CSV with its notes; estimates first, then what was measured."""
    paths = [path for path in COLUMNS if path in found.tables]
    for path in sorted(paths, key=lambda p: p.startswith(MEASURED)):
        frame = found.tables[path]
        folder = path.partition("/")[0]
        source = public_choice.SOURCE_NAMES.get(folder, found.choice.source)
        own = found._replace(choice=found.choice._replace(source=source, kind=""))
        button, text = st.columns([1, 11], vertical_alignment="center")
        with button:
            public_tables.take(own, frame, path, path.replace("/", "_"), "CSV")
        with text:
            st.text(f"{path}: {release_words.description(path)} {len(frame):,} rows.")


def check(found: Shown) -> None:
    """Show how anybody can check the files."""
    told = found.release.manifest
    st.text(
        f"Release {found.release.id}, as of {told['as_of']}, code {told['code']}. The manifest names "
        "every file with its SHA-256; each file was compared with it before this page was drawn. "
        "To cite a number, name the release."
    )
