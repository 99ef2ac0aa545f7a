"""A file of records on a page: dropped, tried by a child process, shown, corrected."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import streamlit as st

from data import own_kinds, words
from data.formats.open_table import READABLE
from data.jobs.dropped_file import run_job
from data.jobs.job_messages import Job, QuestionAsked
from data.mappings import mapping_read, mapping_write
from data.mappings.corrections import add_kinds, correct_columns
from data.mappings.mapping import FileMapping
from data.settings import Problem, read_toml
from ui.files.import_fields import CRIME_RECORDS, fields_named
from ui.files.job_progress import CiteOutcome, follow_job
from ui.files.uploader import DroppedFile
from ui.frame import look

# record columns that can be corrected, and what the page calls them
CORRECTED = {
    "occurred_at": "When",
    "time_of_day": "Time of day",
    "lat": "Latitude",
    "lon": "Longitude",
    "area_label": "Neighborhood",
    "kind": "What happened",
}
_SHOWN_FIRST = ("occurred_at", "time_of_day", "kind", "area_label", "lat", "lon")
NO_COLUMN = "no column"
_READ = ("source", "file", "columns")  # parts of a mapping
FOUND = "found.toml"  # the mapping that a trial found
CRIME = "crime"  # the table of kinds for crime data that comes with us
OTHER, REST = "other", "*"  # the kind of what has none, and all texts without a rule
_FEW = 4  # choices that stand open
_MOST_ASKED = 60  # words of a file that are asked about; the rest can be counted as other


@dataclass
class RecordsForm(DroppedFile):
    """The state of one form: the file in a folder of the page's own, what was answered and
    corrected, and what the last trial told."""

    environment: Mapping[str, str] = field(default_factory=dict)
    questions: list[QuestionAsked] = field(default_factory=list)
    corrections: dict[str, str] = field(default_factory=dict)  # record column to column, or none
    unknown: dict[str, int] = field(default_factory=dict)  # texts without a kind, and their rows
    kinds: dict[str, str] = field(default_factory=dict)  # text of the file to kind
    crime: bool = False  # whether the kinds for crime data are this place's too
    tried: Job | None = None
    tried_in: object = None
    outcome: CiteOutcome | None = None

    def job(self, options: Mapping[str, str]) -> Job:
        """The job of this file: options, answers, and the mapping where columns were corrected."""
        answered = {q.text: self._answer(i) for i, q in enumerate(self.questions)}
        answers = {question: text for question, text in answered.items() if text}
        stated = {name: text for name, text in options.items() if text.strip()}
        map = self._corrected() if "map" not in stated else None
        save = {} if map or "map" in stated else {"save-map": str(self.folder / FOUND)}
        more = {"map": str(map)} if map else save
        if self.crime:
            more["kinds"] = CRIME
        return Job("records", str(self.file), {**stated, **more}, answers, dry_run=True)

    def _answer(self, at: int) -> str:
        return str(st.session_state.get(f"{self.key}_answer{at}") or "").strip()

    def _corrected(self) -> Path | None:
        """The mapping that was found, with the corrections; None where there are none."""
        found = read_found(self.folder)
        if found is None:
            return None
        rules = FileMapping(found.source, file=found.file, columns=found.columns)
        stated = {t: "" if c == NO_COLUMN else c for t, c in self.corrections.items()}
        corrected = add_kinds(correct_columns(rules, stated), self.kinds)
        if corrected == rules:
            return None
        text = mapping_write.text(corrected)
        name = f"corrected-{corrected.digest()}.toml"
        (self.folder / name).write_text(text, encoding="utf-8")
        return self.folder / name

    def correct(self, target: str) -> None:
        """Take in the column that was chosen for a record column."""
        self.corrections[target] = str(st.session_state[f"{self.key}_column_{target}"])

    def correct_crime(self, widget: str) -> None:
        """Take in whether the kinds for crime data are used; what was asked begins anew."""
        self.crime = bool(st.session_state[widget])
        self.unknown, self.kinds = {}, {}

    def correct_kind(self, text: str, widget: str) -> None:
        """Take in the kind that was chosen for a text of the file, or for all others ("*")."""
        chosen = st.session_state[widget]
        self.kinds.pop(text, None)
        if chosen:
            self.kinds[text] = OTHER if text == REST else str(chosen)

    def forget(self) -> None:
        """Be as before any file."""
        super().forget()
        (self.folder / FOUND).unlink(missing_ok=True)
        for name in list(map(str, st.session_state)):
            if name.startswith((f"{self.key}_answer", f"{self.key}_column_")):
                del st.session_state[name]
        self.questions, self.corrections = [], {}
        self.unknown, self.kinds, self.crime = {}, {}, False
        self.tried = self.outcome = None


def try_records(form: RecordsForm, options: Mapping[str, str], about: object = None) -> CiteOutcome:
    """Read the file as it would be imported, once for each way that it is asked for.

    `about` is what else the trial depends on.
    """
    job, slot = form.job(options), st.empty()
    if form.outcome is None or (form.tried, form.tried_in) != (job, about):
        form.outcome = follow_job(run_job(job, form.environment), slot)
        form.tried, form.tried_in = job, about
        asked = form.outcome.question
        if asked and asked not in form.questions:
            form.questions.append(asked)
        if form.outcome.kinds:
            form.unknown |= form.outcome.kinds.texts
        if form.outcome.read:
            form.unknown |= form.outcome.read.kinds
    return form.outcome


def read_found(folder: Path) -> FileMapping | None:
    """The mapping that a trial found: the form and columns of the file; None where there is none.

    The rest of it follows from questions, which are asked and answered again.
    """
    try:
        table = read_toml(folder / FOUND)
        parts: dict[str, object] = {n: t for n, t in table.items() if n in _READ}
        return mapping_read.from_table(parts, FOUND)
    except (OSError, Problem):
        return None


def _columns_found(form: RecordsForm) -> dict[str, str]:
    found = read_found(form.folder)
    return dict(found.columns) if found else {}


def show_questions(form: RecordsForm) -> None:
    """Show what only a person can answer, with the answers that were given."""
    for at, asked in enumerate(form.questions):
        label, key = look.plain(asked.text), f"{form.key}_answer{at}"
        if not asked.choices:
            st.text_input(label, key=key)
        elif len(asked.choices) <= _FEW:
            st.radio(
                label, asked.choices, index=None, key=key, horizontal=True, format_func=words.spoken
            )
        else:
            st.selectbox(
                label,
                asked.choices,
                index=None,
                key=key,
                placeholder="Choose one",
                format_func=words.spoken,
            )


def show_columns(form: RecordsForm, outcome: CiteOutcome) -> None:
    """Show the columns that were found, each to be corrected."""
    if outcome.table is None or not (outcome.plan or outcome.kinds or outcome.stopped):
        return
    found = outcome.plan.columns if outcome.plan else _columns_found(form)
    free = [name for name in outcome.table.names if name not in outcome.table.barred]
    wrong = outcome.stopped is not None
    with st.expander("Is a column wrong?", expanded=wrong), st.container(key=f"{form.key}_columns"):
        left, right = st.columns(2)
        for at, (target, label) in enumerate(CORRECTED.items()):
            key = f"{form.key}_column_{target}"
            st.session_state[key] = form.corrections.get(target, found.get(target, NO_COLUMN))
            (right if at % 2 else left).selectbox(
                label, [NO_COLUMN, *free], key=key, on_change=form.correct, args=(target,)
            )


def show_kinds(form: RecordsForm) -> None:
    """Ask what the file's own words for what happened mean, where we have none for them."""
    asked = form.outcome.question if form.outcome else None
    of_kinds = asked is not None and OTHER in asked.choices
    read = form.outcome.read if form.outcome else None
    many_other = read is not None and read.many_other
    if not (form.unknown or form.crime or of_kinds or many_other):
        return
    with st.container(key=f"{form.key}_kinds"):
        key = f"{form.key}_crime"
        st.session_state[key] = form.crime
        st.checkbox(
            f"{CRIME_RECORDS}: also use homicide, assault, robbery, burglary, theft, vehicle "
            "theft, drugs and disorder as kinds",
            key=key,
            on_change=form.correct_crime,
            args=(key,),
        )
        if not form.unknown:
            return
        st.text(
            "Some words for what happened are not ours. Rows with them are left out until you say "
            "what they mean."
        )
        choices = _kind_choices(form)
        left, right = st.columns(2)
        for at, (text, rows) in enumerate(list(form.unknown.items())[:_MOST_ASKED]):
            key = f"{form.key}_kind{at}"
            st.session_state[key] = form.kinds.get(text)
            (right if at % 2 else left).selectbox(
                look.plain(f"{text[:60]} ({words.counted(rows, 'row')})"),
                choices,
                format_func=lambda code: choices[code],
                placeholder="Leave out",
                key=key,
                on_change=form.correct_kind,
                args=(text, key),
            )
        key = f"{form.key}_rest"
        st.session_state[key] = REST in form.kinds
        st.checkbox(
            f"Count every other word as “{words.label('kind', OTHER)}”",
            key=key,
            on_change=form.correct_kind,
            args=(REST, key),
        )


def _kind_choices(form: RecordsForm) -> dict[str, str]:
    """The kinds that words of the file may stand for, and what readers call them."""
    crime = own_kinds.read_kinds(own_kinds.SHIPPED[CRIME]).kinds if form.crime else ()
    known = {code: words.label("kind", code) for code in words.CODES["kind"]}
    return {**{kind.code: words.spoken(kind.code) for kind in crime}, **known}


def show_outcome(outcome: CiteOutcome) -> None:
    """Show what a trial or an import told: three rows, the sum, and what was noticed."""
    if outcome.stopped:
        st.error(look.plain(fields_named(outcome.stopped.text)))
    if plan := outcome.plan:
        first = [t for t in _SHOWN_FIRST if t in plan.columns]  # then what they are recognized by
        shown = [*first, *(t for t in plan.columns if t not in first)]
        said = {t: CORRECTED.get(t, words.sentence_case(words.spoken(t))) for t in shown}
        heads = {t: f"{said[t]} ({plan.columns[t]})" for t in shown}
        rows = [{head: row.get(t, "") for t, head in heads.items()} for row in plan.rows]
        st.dataframe(pd.DataFrame(rows, columns=list(heads.values())), hide_index=True)
    if read := outcome.read:
        lost = read.rows - read.kept
        st.text(f"{read.kept:,} kept + {lost:,} rejected = {read.rows:,} rows in the file")
        for why, rows_lost in read.rejected.items():
            st.text(f"Rejected: {why}: {rows_lost:,}")
    if outcome.said:
        with st.expander("How it was read, and what was noticed"):
            st.code(fields_named("\n".join(outcome.said)), language=None, wrap_lines=True)


def readable() -> str:
    """The formats that can be dropped, for a sentence: the usual ones first."""
    return ", ".join(one.name for one in reversed(READABLE))
