"""The command that pulls feeds: `python -m data pull`."""

import sys
import time
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from data.commands.main import _ask, app, bar, opened, rebuild_table, say, speaking
from data.pulls import feeds, first_mapping, pull
from data.pulls.feeds import Feed
from data.settings import Problem, Settings, settings_path
from data.storage.store import Store
from data.views.filters import period


@app.command("pull")
def pull_(
    name: Annotated[str, typer.Argument(help="The feed: [pull.NAME] in porchlight.toml. Empty: list the feeds.")] = "",
    every: Annotated[str, typer.Option(help="Pull it again and again, e.g. 30m, 1h, 1d, until stopped.")] = "",
    whole: Annotated[bool, typer.Option("--whole", help="Ask for all records, also where the server could say which are new.")] = False,
    due: Annotated[bool, typer.Option("--due", help="Pull each feed that says `every` and was not asked for so long: for a timer.")] = False,
) -> None:
    """Fetch the new and changed records of a feed and import them; alone: list the feeds."""
    with speaking():
        known = feeds.read_feeds()
        if due:
            if name or every:
                raise Problem("--due pulls all feeds that are due: name none, and no --every.")
            raise typer.Exit(_due(known, whole))
        if not name:
            return _list(known)
        if name not in known:
            raise Problem(
                f"There is no feed {name!r}: {settings_path()} has {_listed(known)}."
            )
        if every:
            return _again(name, feeds.parse_every(every, "--every").total_seconds(), whole)
        _pull(known[name], whole)


def _pull(feed: Feed, whole: bool) -> None:
    """Pull one feed, and build what readers see where that is behind. Without a mapping one is
    found."""
    store, settings = opened()
    ask = _ask if sys.stdin.isatty() else None
    if not feed.map.exists():
        return first_mapping.propose_mapping(store, settings, feed, ask=ask, say=say)
    with bar(f"Pulling {feed.name}") as move:
        done = pull.pull_feed(
            store, settings, feed, whole=whole, ask=ask, say=say, progress=move
        )
    if done.report or store.history().live:  # or what a killed pull left unbuilt
        rebuild_table(store, settings)


def _again(name: str, seconds: float, whole: bool) -> None:
    """Pull a feed until somebody stops the command; what goes wrong is said, and tried again."""
    while True:
        begun = time.monotonic()
        _tried(name, whole)
        time.sleep(max(1.0, seconds - (time.monotonic() - begun)))


def _tried(name: str, whole: bool) -> bool:
    """Pull a feed as the settings state it now; False, with a sentence, where that failed."""
    try:
        known = feeds.read_feeds()
        if name not in known:
            raise Problem(f"There is no feed {name!r} any more.")
        _pull(known[name], whole)
    except Problem as problem:
        typer.echo(f"Not pulled: {problem}", err=True)
        return False
    return True


def _due(known: dict[str, Feed], whole: bool) -> int:
    """Pull all feeds that are due; 1 where one of them failed, else 0."""
    store, _ = opened()
    now, good = datetime.now(UTC), True
    for name, feed in known.items():
        tried = pull.last_try(store, feed)
        if feed.every and (tried is None or now - tried >= feed.every):
            good = _tried(name, whole) and good
    return 0 if good else 1


def _list(known: dict[str, Feed]) -> None:
    if not known:
        raise Problem(
            f"{settings_path()} has no feeds. Add one as a table [pull.NAME]: docs/feeds.md."
        )
    store, settings = opened()
    for feed in known.values():
        say(_line(feed, store, settings))


def _line(feed: Feed, store: Store, settings: Settings) -> str:
    """A feed in a line: from where, when it was pulled last, and whether it fails since."""
    pulled, failed = pull.last_pulls(store.history(), feed)
    told = f"pulled {_local(pulled, settings)}" if pulled else "never pulled"
    since = f"; failing since {_local(failed.at, settings)} ({failed.why})" if failed else ""
    often = f", every {feed.every}" if feed.every else ""
    return f"{feed.name}: {feed.kind}, {feed.public_address}{often}: {told}{since}"


def _local(at: str, settings: Settings) -> str:
    there = datetime.fromisoformat(at).astimezone(ZoneInfo(settings.zone))
    return f"{period(there.date(), there.date())}, {there:%H:%M}"


def _listed(known: dict[str, Feed]) -> str:
    return ", ".join(known) or "none"
