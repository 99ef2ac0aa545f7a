"""The command that attacks a release: a table of what was found, and attack.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from data.commands.main import app, bar, opened, say, speaking
from data.settings import Problem

if TYPE_CHECKING:  # the attacks load scipy, and every command loads this file
    from data.attacks.case import Result


@app.command()
def attack(
    what: Annotated[str, typer.Argument(help="A release, or its beginning; empty: the newest.")] = "",
    only: Annotated[str, typer.Option(help="One attack alone, e.g. A2; attack.json is not written then.")] = "",
    made: Annotated[bool, typer.Option("--made", help="Attack what the job makes of made records of three sizes.")] = False,
    count: Annotated[str, typer.Option(help="How often each tries: large, or small for a first look.")] = "large",
) -> None:
    """Attack a release as others would; publish refuses one that did not survive."""
    from data.attacks import runner
    from data.attacks.case import LARGE, SMALL
    from data.release import chain, policy
    from data.release.release_manifest import find_release

    with speaking():
        tries = {"large": LARGE, "small": SMALL}.get(count)
        if tries is None:
            raise Problem(f"--count is large or small, not {count!r}.")
        store, place = opened()
        if what.upper() in {a.id for a in runner.ATTACKS}:
            what, only = "", what
        attacks = runner.chosen(only)
        known = chain.known_releases(store)
        name = "" if made else find_release(known, what or "".join(known[-1:]))
        say("Attacking: this takes some minutes." if tries is LARGE else "Attacking ...")
        results: list[Result] = []
        with bar("Attacking") as move:
            if made:
                each = runner.run_made(policy.load_policy(place), attacks, tries)
                many = sum(len(runner.SIZES) if a.needs == "tables" else 1 for a in attacks)
            else:
                each, many = runner.run_attacks(runner.released(store, name), attacks, tries), len(attacks)
            for result in each:
                results.append(result)
                move(len(results), many)
        show(results, f"Release {name}" if name else "Made records")
        whole = bool(name) and not only
        folder = chain.folder(store, name)
        passed = runner.write_results(folder, results, tries) if whole else all(r.passed for r in results)
        if name and not whole:
            say("One attack alone: attack.json is as it was, and publish asks for all of them.")
        if whole and tries is not LARGE:
            say("A first look: publish asks for the large counts (leave --count out).")
        say("Nothing was found." if passed else "Found something: this must not be published.")
        if not passed:
            raise typer.Exit(1)


def show(results: list[Result], title: str) -> None:
    """A table of what each attack came to."""
    table = Table("", "Attack", "", "Figure", "Passes when", title=title, title_justify="left")
    for r in results:
        table.add_row(r.id, r.name, "passed" if r.passed else "FAILED", r.figure, r.limit)
    console = Console()
    Console(width=max(console.width, 110)).print(table)
