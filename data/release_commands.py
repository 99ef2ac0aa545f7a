"""The commands of the public release: made, published, recalled."""

from datetime import date
from typing import Annotated

import typer

from data.commands import app, bar, opened, say, speaking
from data.settings import Problem

Id = Annotated[
    str, typer.Argument(help="The release, as `release` shows it; its beginning will do.")
]


@app.command()
def release(
    as_of: Annotated[
        str,
        typer.Option(
            help="The date it is of, e.g. 2026-01-31. Empty: today, once its hour has come."
        ),
    ] = "",
) -> None:
    """Build what may be public into releases/<id>/ of the store; nothing is public yet."""
    from data import chain, embed, released

    with speaking():
        store, place = opened()
        with bar("Counting what may be public") as move:
            move(0, 1)
            made = released.write(store, place, _date(as_of), embed=embed.into)
        for line in released.sentences(made):
            say(line)
        if gone := len(chain.subjects(store, "recall")):
            say(
                f"{gone} recalled: numbers of closed periods that only recalled releases showed "
                "stay hidden in this one. See docs/release.md."
            )


@app.command()
def publish(
    name: Id,
    older: Annotated[bool, typer.Option("--older", help="Also where a newer one is published.")] = False,
) -> None:
    """Put a release that survived `attack` into PORCHLIGHT_PUBLIC and let `current` show it."""
    from data import publish as publishing

    with speaking():
        store, place = opened()
        say(publishing.publish(store, name, publishing.public(place), older=older))


@app.command()
def recall(name: Id) -> None:
    """Put a tombstone in place of a published release, for good.

    Copies elsewhere cannot be recalled. Numbers of closed periods that only this release showed are
    not shown by any later one either.
    """
    from data import publish as publishing

    with speaking():
        store, place = opened()
        say(publishing.recall(store, name, publishing.public(place)))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Problem(f"--as-of {text!r} is no date; write it like 2026-01-31.") from None
