"""A job on a dropped file, followed on the page: a bar while it runs, and what came of it."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from streamlit.delta_generator import DeltaGenerator

from data.jobs.job_messages import (
    AreasAdded,
    ColumnsProposed,
    KindsUnknown,
    Message,
    PlanMade,
    ProgressMade,
    QuestionAsked,
    RecordsRead,
    Said,
    Stopped,
    TableOpened,
)
from ui.frame import look


@dataclass
class CiteOutcome:
    """What a job told; None where it told nothing of that kind."""

    said: list[str] = field(default_factory=list)
    table: TableOpened | None = None
    plan: PlanMade | None = None
    question: QuestionAsked | None = None
    kinds: KindsUnknown | None = None
    stopped: Stopped | None = None
    columns: ColumnsProposed | None = None
    areas: AreasAdded | None = None
    read: RecordsRead | None = None


_FIELDS: dict[type[Message], str] = {
    TableOpened: "table",
    PlanMade: "plan",
    QuestionAsked: "question",
    KindsUnknown: "kinds",
    Stopped: "stopped",
    ColumnsProposed: "columns",
    AreasAdded: "areas",
    RecordsRead: "read",
}


def follow_job(messages: Iterable[Message], slot: DeltaGenerator) -> CiteOutcome:
    """Draw a bar in a slot while a job tells how far it is; return what came of it.

    The slot is one that the page always has: what stands below keeps its place.
    """
    outcome = CiteOutcome()
    source: Any = messages
    with closing(source):  # a page that is left ends the job
        slot.progress(0.0, "Starting ...")
        for message in source:
            if isinstance(message, ProgressMade):
                share = message.done / message.total if message.total else 0.0
                slot.progress(min(max(share, 0.0), 1.0), f"{look.plain(message.step)} ...")
            elif isinstance(message, Said):
                outcome.said.append(message.text)
            else:
                setattr(outcome, _FIELDS[type(message)], message)
    slot.empty()
    return outcome
