"""The types of an attack: Case (a release, its store, its policy), Found, Result and Count."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from data.privacy.policy import Policy
from data.privacy.tables import Manifest, Tables
from data.release.publish import Settle
from data.release.release_files import Embed
from data.storage.store import Store

Progress = Callable[[float], None]  # the share of an attack that is done


class Count(NamedTuple):
    """The number of tries of each kind of attack: those, or fewer.

    `weeks` are weekly builds, `draws` of noise, `neighbors` data sets that differ by one event,
    `runs` of empty tables, `events` the most that shapes are compared of, `builds` of one issue,
    `requests` to a server, `days` around a change of the clocks, `kills` of a running command.
    """

    weeks: int = 104
    draws: int = 400_000
    neighbors: int = 1000
    runs: int = 20_000
    events: int = 100_000
    builds: int = 100
    requests: int = 10_000
    days: int = 60
    kills: int = 24


LARGE = Count()
SMALL = Count(
    weeks=12,
    draws=2000,
    neighbors=12,
    runs=6000,
    events=300,
    builds=4,
    requests=300,
    days=6,
    kills=10,
)


class Result(NamedTuple):
    """The outcome of one attack: whether it passed, its figure and the limit."""

    id: str
    name: str
    passed: bool
    figure: str
    limit: str


class Found(NamedTuple):
    """A verdict, whether a release survives, and the figure behind it."""

    passed: bool
    figure: str


@dataclass(frozen=True)
class Case:
    """What is attacked: a policy, and, for attacks on bytes, a release with the store it is of.

    `tables` are all tables of the release by path. `embed` writes the files that
    are drawn, as the job was given it. `canaries` are texts of the store that no public byte may
    hold. `scratch` is a folder that attacks may fill.
    """

    rules: Policy
    scratch: Path
    tables: Tables | None = None
    folder: Path | None = None
    manifest: Manifest | None = None
    store: Store | None = None
    public: Path | None = None
    embed: Embed | None = None
    cites: Settle | None = None
    canaries: tuple[str, ...] = ()
    progress: Progress = lambda share: None


def span(period: str) -> tuple[date, date]:
    """The first day of a period and the first day after it."""
    if "/" in period:
        first, last = (date.fromisoformat(day) for day in period.split("/"))
        return first, last + timedelta(days=1)
    year = int(period[:4])
    if "W" in period:
        first = date.fromisocalendar(year, int(period[6:]), 1)
        return first, first + timedelta(days=7)
    if "Q" in period:
        return _months(year, 3 * int(period[6]) - 2, 3)
    if len(period) == 10:
        first = date.fromisoformat(period)
        return first, first + timedelta(days=1)
    return _months(year, int(period[5:]), 1) if len(period) == 7 else _months(year, 1, 12)


def _months(year: int, month: int, many: int) -> tuple[date, date]:
    after = month - 1 + many
    return date(year, month, 1), date(year + after // 12, after % 12 + 1, 1)
