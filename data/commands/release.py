"""The commands of the public release: made, published, recalled."""

import os
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from data.commands.main import app, bar, opened, say, speaking
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
    again: Annotated[
        str,
        typer.Option(
            help="A year that was published wrongly and recalled: it is measured a second time, once, "
            "which doubles what its numbers may tell; the manifest says so."
        ),
    ] = "",
    plan: Annotated[
        bool,
        typer.Option(
            "--plan",
            help="Show how exact each table would be for every volume; build and spend nothing.",
        ),
    ] = False,
    picture: Annotated[
        Path | None,
        typer.Option(
            help="With --plan: an SVG file to draw the plan into; else bars of text show it."
        ),
    ] = None,
) -> None:
    """Build what may be public into releases/<id>/ of the store; nothing is public yet.

    What PORCHLIGHT_PUBLIC shows already, where it is set, is never measured again.
    """
    if plan:
        _show_plan(picture)
        return
    from data.embed import embed_files
    from data.release import publish, release_files

    with speaking():
        store, place = opened()
        shown = publish.public(place) if os.environ.get("PORCHLIGHT_PUBLIC") else None
        with bar("Measuring what may be public") as move:
            move(0, 1)
            made = release_files.write_release(
                store,
                place,
                _date(as_of),
                embed=embed_files.write_release_embed,
                public=shown,
                again=again,
            )
        for line in release_files.sentences(made):
            say(line)
        if hidden := store.history().hidden:
            say(
                f"Numbers measured as of {', '.join(sorted(hidden))} were shown by recalled releases only: "
                "they stay hidden. See docs/release.md."
            )


def _show_plan(picture: Path | None) -> None:
    """Say what every volume would show of this place, from its areas and residents alone."""
    from data.privacy import budget, partitions, policy
    from data.release import plan_words
    from data.storage.disk import write_whole

    with speaking():
        store, place = opened()
        rules = policy.load_policy(place)
        of = partitions.current_partition(store, place, rules)
        axes = budget.axes_of(budget.new_budget("", rules, of))  # as a year's would be: not opened
        columns = plan_words.plan_volumes(rules, axes, areas=of.has_areas)
        for line in plan_words.plan_lines(
            columns, rules.volume, rules.epsilon, bars=picture is None
        ):
            say(line)
        if picture is not None:
            title = f"{place.name}: the plan of a release, epsilon {rules.epsilon:g}"
            write_whole(plan_words.picture(columns, title).encode(), picture)
            say(f"Picture: {picture}")


@app.command()
def publish(
    name: Id,
    older: Annotated[
        bool, typer.Option("--older", help="Also where a newer one is published.")
    ] = False,
) -> None:
    """Put a release that survived `attack` into PORCHLIGHT_PUBLIC and let `current` show it."""
    from data.notices import notices
    from data.release import publish

    with speaking():
        store, place = opened()
        folder = publish.public(place)
        say(publish.publish(store, place, name, folder, older=older, cites=_settle))
        notices.refresh(store, place)


@app.command()
def recall(name: Id) -> None:
    """Put a tombstone in place of a published release, for good.

    Copies elsewhere cannot be recalled. Numbers that only this release showed are not shown by any
    later one either, unless their year is measured again (release --again YEAR).
    """
    from data.notices import notices
    from data.release import publish

    with speaking():
        store, place = opened()
        say(publish.recall(store, name, publish.public(place), cites=_settle))
        notices.refresh(store, place)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Problem(f"--as-of {text!r} is no date; write it like 2026-01-31.") from None


def _settle(folder: Path) -> None:
    """Bring the cites of a public folder up to date, with links of the public dashboard."""
    from data import site
    from data.cites.publish_cites import settle_cites

    settle_cites(folder, site.load_site("public").origin)
