"""The policy of a release in plain words, what it spent, and every released table to take away."""

import datetime as dt
from html import escape

import pandas as pd
import streamlit as st

from data import words
from data.embed.sentences import rule_texts
from data.privacy.tables import COLUMNS, LATE, MEASURED, MEASURED_TABLES
from data.published import choice_words
from ui.frame.language import count, say, speak
from ui.public import public_notes, public_tables, public_time, public_words
from ui.public.public_frame import Shown

# texts of the catalogs, those of the embed's method among them
_RULES = ("counted", "chance", "fitted", "joined", "when", "striped", "more")


def link_corrections(found: Shown) -> None:
    """Show where corrections and recalls are listed, once they are published beside the release."""
    if (found.release.folder.parent.parent / "corrections.html").is_file():
        st.html(f'<a href="/corrections.html">{escape(say("corrections.link"))}</a>')


def rules(found: Shown) -> None:
    """Show what is public, and what was decided for this release."""
    manifest = found.release.manifest
    holes = rule_texts(manifest, speak())
    own = [say(f"method.{key}", **holes) for key in _RULES]
    weaker = [f"{say('manifest.warnings')}: {text}" for text in manifest["warnings"]]
    again = [say("rules.redone", year=year) for year in manifest["redone"]]
    _list([*own, say("help.source"), say("note.official"), *weaker, *again], "rules")


def _list(texts: list[str], key: str) -> None:
    with st.container(key=f"told_{key}"):
        for text in texts:
            st.text(f"•  {text}")


def example(found: Shown) -> None:
    """One number: what it tells and does not tell."""
    choice = found.choice
    if choice.exact:
        st.text(say("sort.official.what"))
        return
    if found.rows.empty:
        return
    row = found.rows.sort_values("name", kind="stable").iloc[0]
    where, when = words.spell_area(str(row["name"])), speak().period(choice.period)
    told = public_words.number(row, choice)
    with st.container(border=True):
        st.text(say("method.example", area=where, period=when, range=told))
        st.text(say("note.range"))


def spent(found: Shown) -> None:
    """What each table spent of the budget of each year, and what came too late."""
    manifest = found.release.manifest
    st.text(say("spent.text", epsilon=f"{manifest['epsilon']:g}"))
    years = manifest["years"]
    frame = pd.DataFrame(
        [
            {
                "table": public_notes.table_text(path, speak()),
                **{y: own.get(t.name) for y, own in years.items()},
            }
            for path, t in MEASURED_TABLES.items()
            if any(t.name in own for own in years.values())
        ]
    )
    numbers = {y: st.column_config.NumberColumn(y, format="%.2f", width=64) for y in years}
    text = {"table": st.column_config.TextColumn(say("spent.table"), width="large")}
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
        lines = public_time.late_sentences(late)
        _list([f"{say('late.title')}, {text}" for text in lines], LATE)


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
            "rule": st.column_config.TextColumn(say("policy.name"), width="small"),
            "value": st.column_config.TextColumn(say("policy.value"), width="small"),
            "why": st.column_config.TextColumn(say("policy.reason"), width="large"),
        },
    )


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(v) for v in value) or say("value.none")
    return say("value.unset") if value is None else str(value)


def tables(found: Shown) -> None:
    """Every released table as CSV with its notes; estimates first, then what was measured."""
    paths = [path for path in COLUMNS if path in found.tables]
    for path in sorted(paths, key=lambda p: p.startswith(MEASURED)):
        frame = found.tables[path]
        folder = path.partition("/")[0]
        source = choice_words.SOURCE_NAMES.get(folder, found.choice.source)
        what, rows = public_notes.table_text(path, speak()), count("rows.counted", len(frame))
        own = found._replace(choice=found.choice._replace(source=source, kind=""))
        button, text = st.columns([1, 11], vertical_alignment="center")
        with button:
            public_tables.take(own, frame, path, path.replace("/", "_"), "CSV")
        with text:
            st.text(f"{path}: {what}. {rows}.")


def check(found: Shown) -> None:
    """Show how anybody can check the files."""
    told = found.release.manifest
    date = speak().date(dt.date.fromisoformat(told["as_of"]))
    st.text(say("methods.check", id=found.release.id, date=date, code=told["code"]))
