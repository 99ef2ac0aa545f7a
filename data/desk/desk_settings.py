"""The rules of a desk: [desk] in porchlight.toml."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from data import settings
from data.settings import Problem


@dataclass(frozen=True)
class DeskSettings:
    """How a desk works, and how long what it holds is kept.

    `share` weighs a channel (1 where it is not named): a tip of a channel of 2 is dealt twice as
    often, however many wait. Numbers are minutes, days or percent, as their names say.
    """

    deal_minutes: float = 30  # then a tip that was dealt and not graded goes back
    known_percent: float = 3  # of deals are tips with a known answer
    raw_days: float = 30  # raw texts and notes, after the outcome
    origin_days: float = 150  # origins, after the outcome: longer than their quarter is counted
    share: Mapping[str, float] = field(default_factory=dict)

    def weight(self, channel: str) -> float:
        """The weight of a channel."""
        return self.share.get(channel, 1.0)


def load_desk_settings(file: Path | None = None) -> DeskSettings:
    """The rules that porchlight.toml states. Problem says which entry to mend."""
    file = file or settings.settings_path()
    try:
        table: Any = settings.read_toml(file).get("desk", {})
    except FileNotFoundError:
        table = {}
    if not isinstance(table, dict):
        raise Problem(f"{file}: desk is a table: write [desk].")
    names = [f.name for f in fields(DeskSettings)]
    if unknown := sorted(table.keys() - set(names)):
        raise Problem(f"{file}: desk.{unknown[0]} means nothing. There are {', '.join(names)}.")
    share = table.get("share", {})
    if not isinstance(share, dict):
        raise Problem(f"{file}: desk.share is a table: write [desk.share] and form = 1.")
    numbers = {**{f"share.{k}": v for k, v in share.items()}, **table}
    numbers.pop("share", None)
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
            raise Problem(f"{file}: desk.{name} is a number above 0, not {value!r}.")
    return DeskSettings(**table)
