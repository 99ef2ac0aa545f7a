"""The commands of the desk: take sealed tips in, forget, hold, and prove that nothing was changed."""

import os
from typing import Annotated

import typer

from data.commands.main import app, opened, say, speaking
from data.people.actor import STEWARD, Actor
from data.settings import Problem


@app.command("collect")
def take_in() -> None:
    """Open what the door sealed and take it in; the team's dashboard does so by itself."""
    from data.desk import collecting, desk_records
    from data.desk.desk import open_desk

    with speaking():
        desk = open_desk(*opened())
        done = collecting.collect_spool(desk)
        say(f"{done.new:,} new tips, {done.again:,} there already, {done.withdrawn:,} withdrawn.")
        if done.unopened:
            say(f"{done.unopened:,} sealed reports cannot be opened with this store's key; they stay.")
        if written := desk_records.write_records(desk):
            say(f"Data {written.stamp}: records of {', '.join(written.months)} are new.")


@app.command()
def verify() -> None:
    """Check that no event of the desk was changed, removed or put in between."""
    from data.desk.desk import open_desk

    with speaking():
        found = open_desk(*opened()).log.verify()
        say(
            f"{found.events:,} events in one chain, as they were written; what {found.forgotten:,} of "
            f"them said is forgotten. Head {found.head}."
        )


@app.command("exposure")
def show_exposure() -> None:
    """Count what a stolen disk, a subpoena or somebody false in each role would get."""
    from data.desk import exposure
    from data.desk.desk import open_desk

    with speaking():
        desk = open_desk(*opened())
        for row in exposure.exposure(desk, _steward()):
            say(
                f"{row.who}: {row.tips:,} tips, {row.texts:,} texts, {row.places:,} places finer than "
                f"an area, {row.origins:,} origins; the oldest text is {row.days_back:,} days old."
            )
        for saved in exposure.shorter(desk, _steward()):
            if saved.days < desk.rules.raw_days:
                say(
                    f"With raw_days = {saved.days}: {saved.texts:,} texts instead of {saved.now:,}."
                )


@app.command()
def expire() -> None:
    """Remove what is older than [desk] in porchlight.toml says; the dashboard does so by itself."""
    from data.desk import forgetting
    from data.desk.desk import open_desk

    with speaking():
        desk = open_desk(*opened())
        gone = forgetting.expire(desk)
        if desk.state().hold:
            raise Problem(forgetting.HELD)
        counts = ", ".join(f"{n:,} {sort}" for sort, n in gone.items())
        say(f"Removed: {counts}." if gone else "Nothing was old enough.")


@app.command()
def hold(
    off: Annotated[bool, typer.Option("--off", help="Let removal begin again.")] = False,
) -> None:
    """Stop all removal at the desk: a legal demand makes deletion a crime. Ask a lawyer first."""
    from data.desk import forgetting
    from data.desk.desk import open_desk

    with speaking():
        desk = open_desk(*opened())
        forgetting.set_hold(desk, _steward(), on=not off)
        say("Removal begins again." if off else forgetting.HELD)


def _steward() -> Actor:
    """Whoever can run commands on this machine is its steward."""
    return Actor(f"uid {os.getuid()}", frozenset({STEWARD}))
