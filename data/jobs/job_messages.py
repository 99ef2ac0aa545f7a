"""What a job on a dropped file tells the page that started it: one line of JSON a message."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Job:
    """A job: what is done with a file, by which options, and answers to questions asked before.

    `options` are those of the command line by their names there, `answers` those to questions
    by their words. A `dry_run` leaves the table that readers see as it is.
    """

    what: str  # a key of data.jobs.file_job.JOBS
    file: str = ""
    options: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    dry_run: bool = False


@dataclass(frozen=True)
class ProgressMade:
    """How far the job is: `done` of `total`, 0 of 0 where that is not known."""

    step: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class Said:
    """A sentence for the person at the page."""

    text: str


@dataclass(frozen=True)
class TableOpened:
    """A file of records is open: its columns, and those that may never be imported."""

    names: list[str]
    barred: list[str]
    form: str


@dataclass(frozen=True)
class PlanMade:
    """What was decided of a file of records, three rows as they are understood, and the middle
    and time zone of its first points, where they have any."""

    source: str
    columns: dict[str, str]
    constants: dict[str, str]
    rows: list[dict[str, str]]
    center: list[float]
    zone: str


@dataclass(frozen=True)
class ColumnsProposed:
    """The columns of a file of areas; proposed are those of names and of residents ("": none)."""

    names: list[str]
    name_column: str
    population_column: str


@dataclass(frozen=True)
class AreasAdded:
    """The areas that were read: how many, some names, a picture, what they propose."""

    count: int
    examples: list[str]
    width: int
    height: int
    paths: list[str]
    center: list[float]
    reach_km: float
    zone: str


@dataclass(frozen=True)
class QuestionAsked:
    """A question that only a person can answer, with any text where there are no choices."""

    text: str
    choices: list[str]


@dataclass(frozen=True)
class KindsUnknown:
    """The file's own words for what happened, none of them one of ours, and their rows."""

    texts: dict[str, int]


@dataclass(frozen=True)
class Stopped:
    """The job could not go on: what is wrong and what to do."""

    text: str


@dataclass(frozen=True)
class RecordsRead:
    """All rows were read: kept, or rejected with reasons and how many rows of each.

    `kinds` are texts of what happened that no rule makes a kind of ours, and their rows;
    `many_other` says that many rows are of no kind but other.
    """

    rows: int
    kept: int
    rejected: dict[str, int]
    first: str
    last: str
    kinds: dict[str, int]
    many_other: bool = False


Message = (
    ProgressMade
    | Said
    | TableOpened
    | PlanMade
    | ColumnsProposed
    | AreasAdded
    | QuestionAsked
    | KindsUnknown
    | Stopped
    | RecordsRead
)
_KINDS: dict[str, type[Message]] = {
    kind.__name__: kind
    for kind in (
        *(ProgressMade, Said, TableOpened, PlanMade, ColumnsProposed),
        *(AreasAdded, QuestionAsked, KindsUnknown, Stopped, RecordsRead),
    )
}


def encode(message: Message) -> str:
    """A message as one line."""
    return json.dumps({"message": type(message).__name__, **asdict(message)})


def decode(line: str) -> Message:
    """The message of a line; a line that is none is something said."""
    try:
        fields: dict[str, Any] = json.loads(line)
        return _KINDS[fields.pop("message")](**fields)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Said(line)
