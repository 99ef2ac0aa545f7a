"""The first page of an empty store: a place is named, given areas and records, and opened."""

import base64
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import available_timezones

import streamlit as st

from data import palette
from data.areas.area_proposals import LEAST_REACH_KM
from data.areas.boundary_files import READERS
from data.jobs.dropped_file import run_job
from data.jobs.job_messages import AreasAdded, Job, PlanMade
from data.jobs.set_up import SetUp, read_center
from data.settings import Problem, Settings, settings_path
from ui.files import records_form
from ui.files.job_progress import CiteOutcome, follow_job
from ui.files.records_form import RecordsForm
from ui.files.uploader import DroppedFile, show_uploader
from ui.frame import look

_STATE = "set_up"
_PATH = re.compile(r"[Mlz0-9 -]*")  # all that the path of an area may hold
NONE = "none"


@dataclass
class _Page:
    """One set-up on one screen."""

    set_up: SetUp
    areas_of: tuple[object, ...] = ()  # what the outcome is of
    areas: CiteOutcome | None = None
    finished: CiteOutcome | None = None
    proposed: tuple[object, ...] = ()

    def __post_init__(self) -> None:
        folder = self.set_up.folder
        self.borders = DroppedFile("set_up_areas", folder)
        self.records = RecordsForm("set_up_records", folder, environment=self.set_up.environment)


def show_set_up(
    settings: Settings, *, fixed: bool, done: Callable[[], None], back: Callable[[], None] | None
) -> None:
    """Show the three steps. With `fixed` the place is the one of the settings.

    `done` is called when the place is there, or the sample's; `back` leads to the place that is
    shown already, where there is one.
    """
    try:
        page: _Page = st.session_state.get(_STATE) or _Page(SetUp(settings, fixed=fixed))
    except (OSError, Problem) as problem:
        st.error(look.plain(f"No place can be set up here: {problem}"))
        return
    st.session_state[_STATE] = page
    with st.container(key="set_up_page"):
        st.title("Set up your place", anchor=False)
        st.text(
            "Three steps, and your map opens. Everything stays on this machine, and nothing is "
            "kept until you press the last button."
        )
        if back:
            st.button(f"Back to {look.plain(settings.name)}", on_click=back, type="tertiary")
        elif settings.sample:
            _show_sample(done)
        _step(1, "Name your place")
        name = _ask_name(page, settings)
        _step(2, "Add its areas")
        _show_areas(page, name)
        place = _ask_where(page, name)
        _step(3, "Add your records")
        if _show_records(page, name, place):
            give_up()
            done()


def give_up() -> None:
    """Remove what was begun."""
    page: _Page | None = st.session_state.pop(_STATE, None)
    if page:
        page.set_up.close()


def _step(number: int, title: str) -> None:
    st.html(f'<h2 class="porch-step"><i>{number}</i>{html.escape(title)}</h2>')


def _show_sample(done: Callable[[], None]) -> None:
    pressed = st.button(
        "Look around with the sample place instead", key="set_up_sample", type="tertiary"
    )
    slot = st.empty()
    if pressed:
        outcome = follow_job(run_job(Job("sample")), slot)
        if outcome.stopped:
            st.error(look.plain(outcome.stopped.text))
            return
        give_up()
        done()


def _ask_name(page: _Page, settings: Settings) -> str:
    if page.set_up.fixed:
        written = settings_path().name
        st.text(f"{settings.name}, in the time zone {settings.zone}, as {written} says.")
        return settings.name
    name = st.text_input(
        "Name of the place", key="set_up_name", placeholder="Saint Paul", max_chars=80
    ).strip()
    if re.search(r'["\\\x00-\x1f]', name):
        st.error("The name is plain text, without quotes or backslashes.")
        return ""
    return name


def _show_areas(page: _Page, name: str) -> None:
    """Ask for the file of areas, and show what was read of it."""
    suffixes = ", ".join(one for one in READERS if one != ".shp")
    st.text(
        "Neighborhoods, districts or beats as polygons, from your city's open data: one file "
        f"({suffixes}; a Shapefile in a .zip). Without one, the map counts in hexagons."
    )
    if not show_uploader(page.borders, "File of areas"):
        if page.areas_of:
            page.set_up.begin_store()
        page.areas, page.areas_of = None, ()
        return
    wanted = (page.borders.file, page.borders.round, name, *_columns_chosen())
    slot = st.empty()
    if page.areas_of != wanted:
        page.set_up.begin_store()
        _describe(page, (name, "UTC", ""))
        page.areas = follow_job(run_job(_areas_job(page), page.set_up.environment), slot)
        page.areas_of = wanted
    assert page.areas is not None
    if page.areas.stopped:
        st.error(look.plain(page.areas.stopped.text))
    elif page.areas.question:
        st.error(look.plain(page.areas.question.text))
    if areas := page.areas.areas:
        with st.container(key="set_up_picture", horizontal=True, vertical_alignment="center"):
            st.html(areas_picture(areas, look.theme()), width="content")
            more = " ..." if areas.count > len(areas.examples) else ""
            st.text(f"{areas.count:,} areas: {', '.join(areas.examples)}{more}", width="stretch")
    _ask_columns(page.areas)


def _columns_chosen() -> tuple[str, str]:
    name, people = (
        str(st.session_state.get(f"set_up_{word}") or "")
        for word in ("name_column", "people_column")
    )
    return name, people


def _areas_job(page: _Page) -> Job:
    name, people = _columns_chosen()
    options = {"name-column": name} if name else {}
    if people:
        options["population-column"] = "" if people == NONE else people
    return Job("areas", str(page.borders.file), options, dry_run=True)


def _ask_columns(outcome: CiteOutcome) -> None:
    """Ask which columns hold the names and the residents, the proposed ones first."""
    if outcome.columns is None:
        return
    names, left, right = outcome.columns.names, *st.columns(2)
    usual = outcome.columns.name_column
    at = names.index(usual) if usual in names else None
    left.selectbox("Column of the names", names, index=at, key="set_up_name_column")
    listed = [NONE, *names]
    usual = outcome.columns.population_column
    at = listed.index(usual) if usual in listed else 0
    right.selectbox("Column of residents, for rates", listed, index=at, key="set_up_people_column")


def areas_picture(areas: AreasAdded, theme: palette.Theme) -> str:
    """The areas as a small picture; nothing but numbers of the file goes into it."""
    drawn = "".join(f'<path d="{path}"/>' for path in areas.paths if _PATH.fullmatch(path))
    wide, high = int(areas.width) + 12, int(areas.height) + 12
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-6 -6 {wide} {high}" width="{wide}" '
        f'height="{high}" fill="{theme.panel}" stroke="{theme.accent}" stroke-width="5" '
        f'stroke-linejoin="round">{drawn}</svg>'
    )
    source = base64.b64encode(svg.encode()).decode()
    says = "The areas that were read"
    return f'<img class="porch-areas" alt="{says}" src="data:image/svg+xml;base64,{source}">'


def _ask_where(page: _Page, name: str) -> tuple[str, str, str] | None:
    """Ask for zone and center, as the files propose them; None where they cannot be used."""
    if page.set_up.fixed:
        return (name, "", "")
    if found := _new_proposal(page):
        page.proposed = (found.zone, tuple(found.center))
        st.session_state["set_up_zone"] = found.zone or None
        st.session_state["set_up_center"] = ", ".join(f"{value:g}" for value in found.center)
    left, right = st.columns(2)
    zone = left.selectbox(
        "Time zone",
        sorted(available_timezones()),
        index=None,
        key="set_up_zone",
        placeholder="From your files, or choose",
    )
    center = right.text_input(
        "Center (latitude, longitude)", key="set_up_center", placeholder="From your files"
    )
    try:
        return (name, zone or "", read_center(center))
    except Problem as problem:
        right.error(look.plain(str(problem)))
        return None


def _new_proposal(page: _Page) -> AreasAdded | PlanMade | None:
    """The file that proposes a zone and center other than the last proposed: the areas' first."""
    areas = page.areas.areas if page.areas else None
    records = page.records.outcome.plan if page.records.outcome else None
    found = areas or records
    new = found and found.center and page.proposed != (found.zone, tuple(found.center))
    return found if new else None


def _describe(page: _Page, place: tuple[str, str, str]) -> bool:
    """Write the place as it is now into the settings of the set-up; return whether it could be."""
    areas = page.areas.areas if page.areas else None
    name, zone, center = place
    try:
        reach = areas.reach_km if areas and center else LEAST_REACH_KM
        page.set_up.describe(name, zone or "UTC", center, reach)
    except (OSError, Problem) as problem:
        st.error(look.plain(str(problem)))
        return False
    return True


def _show_records(page: _Page, name: str, place: tuple[str, str, str] | None) -> bool:
    """Ask for the file of records, show what would happen; return whether all is done."""
    st.text(
        f"One file with one record in each row ({records_form.readable()}). You see three rows before "
        "anything is imported."
    )
    if not show_uploader(page.records, "File of records") or place is None:
        return False
    source = st.text_input(
        "Short name of the source", key="set_up_source", placeholder="as the file is called"
    )
    if not _describe(page, place):
        return False
    outcome = records_form.try_records(page.records, {"source": source}, (place, page.areas_of))
    if not page.set_up.fixed and _new_proposal(page):
        st.rerun()  # the fields that it fills in stand above
    records_form.show_questions(page.records)
    records_form.show_outcome(outcome)
    records_form.show_kinds(page.records)
    records_form.show_columns(page.records, outcome)
    return _finish(page, name, place, outcome)


def _lack(outcome: CiteOutcome) -> str:
    """What stands between a trial of the records and their import."""
    if outcome.question:
        return "an answer to the question above"
    return "what the file's words mean" if outcome.kinds else "records that can be read"


def _finish(page: _Page, name: str, place: tuple[str, str, str], outcome: CiteOutcome) -> bool:
    """Show the last button and what it waits for; import, and return whether it is done."""
    waits = [
        "a name (step 1)" if not name else "",
        "a time zone (step 2)" if not (page.set_up.fixed or place[1]) else "",
        "" if outcome.read and outcome.read.kept else _lack(outcome),
    ]
    before = "" if page.set_up.fixed else page.set_up.replaced()
    agreed = True
    if before and page.set_up.settings.sample:
        st.text("The sample place stays on the disk: its settings are kept beside the new ones.")
    elif before:
        agreed = st.checkbox(
            look.plain(f"Show this place instead of {before}, whose settings and records are kept"),
            key="set_up_replace",
        )
        waits.append("" if agreed else "your consent above")
    missing = [one for one in waits if one]
    pressed = st.button(
        "Import and open the map", key="set_up_finish", type="primary", disabled=bool(missing)
    )
    if missing:
        st.text(f"Still needed: {', '.join(missing)}.")
    slot = st.empty()
    if not pressed or page.records.tried is None:
        return False
    areas = _areas_job(page) if page.areas and page.areas.areas else None
    try:
        ended = follow_job(page.set_up.finish(areas, page.records.tried), slot)
    except (Problem, OSError) as problem:
        st.error(look.plain(str(problem)))
        return False
    why = ended.stopped or ended.question
    if why or not (ended.read and ended.read.kept):
        st.error(look.plain(why.text if why else "No row of the file could be kept."))
        return False
    return True
