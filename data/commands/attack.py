"""The command that attacks a release or the mechanism: a table of what was found, and a record."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from data.commands.main import app, bar, opened, say, speaking
from data.settings import Problem

if TYPE_CHECKING:  # the attacks load scipy, and every command loads this file
    from collections.abc import Iterator

    from data.attacks.case import Case, Result
    from data.privacy.policy import Policy
    from data.settings import Settings
    from data.storage.store import Store


@app.command()
def attack(
    what: Annotated[
        str,
        typer.Argument(help="A release, or its beginning, or an attack, e.g. A4. Empty: all on the newest release."),
    ] = "",
    only: Annotated[str, typer.Option(help="One attack alone; no record is left then.")] = "",
    mechanism: Annotated[
        bool,
        typer.Option("--mechanism", help="Attack the way all releases are made, on made data: once for each version of code and policy, some minutes."),
    ] = False,
    made: Annotated[bool, typer.Option("--made", help="Attack the release of a made place; nothing of the store is read, no record is left.")] = False,
    count: Annotated[str, typer.Option(help="How often each tries: large, or small for a first look.")] = "large",
) -> None:
    """Attack a release as others would; publish refuses one that did not survive."""
    from data.attacks import record, runner
    from data.attacks.case import LARGE, SMALL
    from data.privacy import policy

    with speaking():
        tries = {"large": LARGE, "small": SMALL}.get(count)
        if tries is None:
            raise Problem(f"--count is large or small, not {count!r}.")
        if what.upper() in {attack.id for attack in runner.ATTACKS}:
            what, only = "", what
        store, place = opened()
        rules = policy.load_policy(place)
        attacks = runner.chosen(only, mechanism=mechanism)
        mechanism = mechanism or (bool(only) and attacks[0].on_mechanism)
        results: list[Result] = []
        with _attacked(store, place, rules, what, mechanism, made) as (title, case), bar(f"Attacking {title}") as move:
            say(f"Attacking {title}: this takes some minutes." if tries is LARGE else f"Attacking {title} ...")
            for result in runner.run_attacks(case, attacks, tries, lambda share: move(int(1000 * share), 1000)):
                results.append(result)
                say(f"{result.id} {result.name}: {'passed' if result.passed else 'FAILED'}")
            show(results, title)
            passed = all(result.passed for result in results)
            if not only and not made and mechanism:
                record.mechanism_record(store, rules, results, tries)
            elif not only and not made and case.folder is not None:
                record.write_results(case.folder, results, tries)
        _say_next(store, rules, passed, mechanism=mechanism, kept=not only and not made, whole=tries is LARGE)
        if not passed:
            raise typer.Exit(1)


@contextmanager
def _attacked(
    store: Store, place: Settings, rules: Policy, what: str, mechanism: bool, made: bool
) -> Iterator[tuple[str, Case]]:
    """What is attacked, and how it is called."""
    from data.attacks import runner
    from data.cites.publish_cites import settle_cites
    from data.embed.embed_files import write_release_embed
    from data.release import chain, publish
    from data.release.release_manifest import find_release

    if mechanism:
        with runner.mechanism(rules) as case:
            yield "the mechanism", case
    elif made:
        with runner.made_release(rules, write_release_embed, settle_cites) as case:
            yield "the release of a made place", case
    else:
        known = chain.known_releases(store)
        name = find_release(known, what or "".join(known[-1:]))
        shown = publish.public(place) if os.environ.get("PORCHLIGHT_PUBLIC") else None
        with runner.released(store, name, shown, write_release_embed, settle_cites) as case:
            yield f"release {name}", case


def _say_next(
    store: Store, rules: Policy, passed: bool, *, mechanism: bool, kept: bool, whole: bool
) -> None:
    """Say what came of it, and what publish still asks for."""
    from data.release.attack_records import survived_mechanism

    say("Nothing was found." if passed else "Found something: this must not be published.")
    if not kept:
        say("No record was left: publish asks for all attacks on a release of the store.")
    elif not whole:
        say("A first look: publish asks for the large counts (leave --count out).")
    elif passed and not mechanism and not survived_mechanism(store, rules):
        say("Publish also asks for: python -m data attack --mechanism (once for this code and policy).")


def show(results: list[Result], title: str) -> None:
    """A table of what each attack came to."""
    table = Table("", "Attack", "", "Figure", "Passes when", title=title, title_justify="left")
    for r in results:
        table.add_row(r.id, r.name, "passed" if r.passed else "FAILED", r.figure, r.limit)
    console = Console()
    Console(width=max(console.width, 110)).print(table)
