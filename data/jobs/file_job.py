"""A job on a dropped file, in a process of its own with limits: areas, records, the sample.

It reads the job as JSON, and prints a line for each message (data.jobs.job_messages).
"""

import json
import os
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from data.areas import area_import, area_proposals, boundary_files
from data.files.table_file import TableFile
from data.imports import importer, preview
from data.imports.plan import Plan
from data.imports.required import UnknownKinds
from data.jobs.job_messages import (
    AreasAdded,
    ColumnsProposed,
    Job,
    KindsUnknown,
    Message,
    PlanMade,
    ProgressMade,
    QuestionAsked,
    RecordsRead,
    Said,
    Stopped,
    TableOpened,
    encode,
)
from data.maps import sketch
from data.own_kinds import SHIPPED
from data.personal_columns import is_forbidden
from data.sample import sample
from data.settings import Problem, Settings, load_settings
from data.storage import area_sets, damaged
from data.storage.store import Store
from data.tables import build

EXAMPLES = 5  # names of areas
_MOST_PATHS = 2_000  # areas that are drawn
NO_MEMORY = "The file needs more memory than reading one may take; nothing was changed."
_LISTS = ("columns",)  # options that are names with commas between


class _Talk:
    """The way of a job to whoever started it."""

    def __init__(self, job: Job) -> None:
        self.job, self.waits, self._told = job, False, (-1, "")

    def send(self, message: Message) -> None:
        print(encode(message), flush=True)

    def say(self, text: str) -> None:
        self.send(Said(text))

    def ask(self, question: str, choices: list[str]) -> str:
        """The answer that was given before; else the question is sent, and the job ends."""
        answer = self.job.answers.get(question, "")
        if answer and (not choices or answer in choices):
            return answer
        self.waits = True
        self.send(QuestionAsked(question, choices))
        raise Problem(question)

    @contextmanager
    def bar(self, step: str) -> Iterator[Callable[[int, int], None]]:
        """A progress bar that is drawn elsewhere: a message a percent."""
        self.send(ProgressMade(step))

        def move(done: int, total: int) -> None:
            told = (100 * done // max(total, 1), step)
            if told != self._told:
                self._told = told
                self.send(ProgressMade(step, done, total))

        yield move


def do_job() -> int:
    """Do the job that stands on standard input; return 0 when it ended or asks something."""
    os.umask(0o077)
    job = Job(**json.load(sys.stdin))
    talk = _Talk(job)
    try:
        settings = load_settings()
        JOBS[job.what](job, talk, Store(settings.store), settings)
    except UnknownKinds as problem:
        talk.send(KindsUnknown(problem.texts))
    except Problem as problem:
        if not talk.waits:
            talk.send(Stopped(str(problem)))
            return 1
    except OSError as error:
        talk.send(Stopped(f"{error.strerror}: {Path(error.filename or '').name}"))
        return 1
    except MemoryError:
        talk.send(Stopped(NO_MEMORY))
        return 1
    except damaged.ERRORS as error:
        store = Store()
        files = [store.batches / f"{name}.parquet" for name in store.history().live]
        talk.send(Stopped(str(damaged.explained(files, error))))
        return 1
    return 0


def _read_records(job: Job, talk: _Talk, store: Store, settings: Settings) -> None:
    file = Path(job.file)
    if "kinds" in job.options and job.options["kinds"] not in SHIPPED:  # no file of this machine is read for a page
        raise Problem(f"The table of kinds is one that comes with us: {', '.join(SHIPPED)}.")
    stated = {name.replace("-", "_"): value for name, value in job.options.items()}
    options = importer.Options(
        **{name: _option(name, value) for name, value in stated.items()},  # type: ignore[arg-type]
        dry_run=job.dry_run,
    )
    with talk.bar(f"Reading {file.name}") as move:
        report = importer.import_file(
            store,
            settings,
            file,
            options,
            ask=talk.ask,
            say=talk.say,
            progress=move,
            see_table=lambda table: talk.send(_opened(table)),
            see_plan=lambda decided: talk.send(_planned(decided)),
        )
    for sentence in report.sentences():
        talk.say(sentence)
    if not job.dry_run:
        _rebuild(talk, store, settings)
    first, last = (day.isoformat() if day else "" for day in (report.first, report.last))
    kinds = report.unknown.get("kind", {})
    many_other = report.without_kind is not None
    counts = (report.rows, report.kept, report.rejected)
    talk.send(RecordsRead(*counts, first, last, kinds, many_other))


def _option(name: str, value: str) -> object:
    if name in _LISTS:
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return Path(value) if name in ("map", "save_map") else value


def _rebuild(talk: _Talk, store: Store, settings: Settings) -> None:
    before = store.now()
    with talk.bar("Building the table that screens read") as move:
        stamp = build.rebuild(store, settings, move)
    changed = "now" if stamp != before else "still"
    talk.say(f"Data {stamp}: readers {changed} see this.")


def _opened(table: TableFile) -> TableOpened:
    names = list(table.names)
    return TableOpened(names, [name for name in names if is_forbidden(name)], table.form)


def _planned(decided: Plan) -> PlanMade:
    rules = decided.mapping
    lat, lon = (_numbers(decided, target) for target in ("lat", "lon"))
    center = [statistics.median(lat), statistics.median(lon)] if lat and lon else []
    return PlanMade(
        decided.source.name,
        dict(rules.columns),
        dict(rules.constant),
        preview.sample_rows(decided),
        [round(value, 4) for value in center],
        area_proposals.propose_zone(*center) if center else "",
    )


def _numbers(decided: Plan, target: str) -> list[float]:
    """The numbers of a column of degrees in the first rows."""
    column = decided.mapping.columns.get(target)
    found = []
    for text in decided.table_file.values(column) if column else ():
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            continue
        if number and abs(number) <= 180:
            found.append(number)
    return found


def _add_areas(job: Job, talk: _Talk, store: Store, settings: Settings) -> None:
    file, stated = Path(job.file), job.options
    with talk.bar(f"Reading {file.name}"):
        features = boundary_files.read_features(file)
        name = stated.get("name-column") or area_proposals.propose_name_column(features)
        people = stated.get("population-column")
        if people is None:
            proposed = area_proposals.propose_population_columns(features)
            people = proposed[0] if len(proposed) == 1 else ""
        talk.send(ColumnsProposed(features.columns, name or "", people))
        area_import.add(
            store,
            settings,
            file,
            name_column=name,
            population_column=people,
            crs=stated.get("crs"),
            ask=talk.ask,
            say=talk.say,
        )
    areas, meta = area_sets.read_areas(area_sets.current_sets(store)["neighborhoods"])
    center, reach = area_proposals.propose_center(areas)
    drawn = sketch.sketch_shapes(areas.head(_MOST_PATHS).geometry)
    names = sorted(areas["name"])[:EXAMPLES]
    zone = area_proposals.propose_zone(*center)
    picture = (drawn.width, drawn.height, drawn.areas)
    talk.send(AreasAdded(meta["areas"], names, *picture, list(center), reach, zone))
    if not job.dry_run:
        _rebuild(talk, store, settings)


def _fill_sample(_: Job, talk: _Talk, store: Store, settings: Settings) -> None:
    sample.fill(store, settings, say=talk.say, bar=talk.bar)
    _rebuild(talk, store, settings)


JOBS = {"records": _read_records, "areas": _add_areas, "sample": _fill_sample}
