"""The commands of corrections: a record corrected, updated or retracted, and the list of them."""

from typing import Annotated

import typer

from data.commands.main import app, opened, rebuild_table, say, speaking
from data.settings import Problem, Settings
from data.storage.store import Store

RecordId = Annotated[str, typer.Argument(help="The record's id, as Records shows it.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="What is right, as column=value: --set kind=use_of_force --set day=2026-01-17. An empty value is not recorded."),
]
Why = Annotated[str, typer.Option("--reason", help="Why: one of the list; a wrong one prints it.")]
Note = Annotated[str, typer.Option(help="For the team only; it goes with a purge of the record.")]


@app.command()
def correct(incident_id: RecordId, values: Set = None, reason: Why = "", note: Note = "") -> None:
    """A value of an official or press record was wrong: say what is right."""
    _propose("correction", incident_id, values, reason, note)


@app.command()
def update(incident_id: RecordId, values: Set = None, reason: Why = "", note: Note = "") -> None:
    """Something became known later about a record; what stood there before was not wrong."""
    _propose("update", incident_id, values, reason, note)


@app.command()
def retract(incident_id: RecordId, reason: Why = "", note: Note = "") -> None:
    """A record should not be there: it counts no longer. (To destroy it: purge.)"""
    _propose("retraction", incident_id, None, reason, note)


@app.command()
def corrections(
    undo: Annotated[str, typer.Option(help="Take this one back: the record says again what it said before.")] = "",
) -> None:
    """List every correction, update and retraction, or take one back."""
    from data.corrections import changes, listing
    from data.people.actor import machine

    with speaking():
        store, place = opened()
        if not undo:
            for line in listing.list_lines(store, place):
                say(line)
            return
        with _finishing(store, place):
            one = changes.undo(store, machine(), undo)
            _show(store, place, f"{one.kind.capitalize()} {one.code} counts no longer.")


def _propose(
    kind: str, incident_id: str, values: list[str] | None, reason: str, note: str
) -> None:
    from data.correction_terms import CorrectionKind, CorrectionStage
    from data.corrections import changes
    from data.people.actor import machine

    with speaking():
        store, place = opened()
        asked = changes.Proposal(CorrectionKind(kind), incident_id, reason, _stated(values or []), note)
        with _finishing(store, place):
            waits = changes.people_sign_in()
            one = changes.propose(store, place, machine(), asked, waits=waits)
            if one.stage is CorrectionStage.WAITS:
                return say(
                    f"{one.kind.capitalize()} {one.code} waits: an editor or steward who signs in "
                    "approves it on the page “Corrections”. Nothing was changed yet."
                )
            _show(store, place, f"{one.kind.capitalize()} {one.code} of {incident_id} counts. Nobody "
                  "signs in here, so no second person was asked.")


def _stated(values: list[str]) -> dict[str, str]:
    """The values by column that --set names."""
    found: dict[str, str] = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or name in found:
            raise Problem(f"--set {value!r}: write column=value, each column once.")
        found[name.strip()] = text
    return found


def _show(store: Store, place: Settings, told: str) -> None:
    from data.notices import notices

    rebuild_table(store, place, told)
    for line in notices.refresh(store, place):
        say(line)


class _finishing:
    """What a command that was killed left undone is done when it is typed again: then what the
    ledger says already is no error."""

    def __init__(self, store: Store, place: Settings) -> None:
        self.store, self.place = store, place

    def __enter__(self) -> None:
        from data.notices import notices
        from data.tables import build

        # before: the first to write sweeps away what a killed command left
        self.behind = build.is_behind(self.store, self.place) or notices.is_behind(self.store, self.place)

    def __exit__(self, _: object, problem: BaseException | None, __: object) -> bool:
        from data.corrections.changes import Already

        if not isinstance(problem, Already) or not self.behind:
            return False
        _show(self.store, self.place, "It was done before, not everywhere: that is done now.")
        return True
