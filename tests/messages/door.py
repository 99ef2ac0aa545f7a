"""How the tests read a file of messages: a door of a made place, and what became of all entries."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from data.messages.area_finder import AreaFinder
from data.messages.message import Left, Reading
from data.messages.read_messages import Door, Tally, find_format, read_incoming
from data.reports.tip import Incoming

AREAS = ("Near - North", "Phillips", "East Phillips", "Page", "Longfellow")
ZONE = "America/Chicago"
DOOR = Door(b"k" * 32, ZONE, AreaFinder(AREAS, {"Old Mill": "Longfellow"}))


class Read(NamedTuple):
    """What came in, and the tally."""

    incoming: list[Incoming]
    tally: Tally

    @property
    def texts(self) -> list[str]:
        """The texts of the tips."""
        return [one.tip.text for one in self.incoming if not one.withdraws]

    def left_out(self, why: Left) -> list[int]:
        """The lines or numbers that were left out for a reason."""
        return [at for _, at in self.tally.places.get(why, [])]


def read(path: Path, own: Sequence[str] = (), **stated: str) -> Read:
    """Read a file as the command does, and see that every entry is somewhere."""
    tally = Tally(find_format(path))
    reading = Reading(**{"zone": ZONE, "place_zone": ZONE, **stated})  # type: ignore[arg-type]
    door = replace(DOOR, own=frozenset(own))
    incoming = list(read_incoming(door, path, "north", reading, tally))
    assert tally.entries == tally.tips + tally.withdrawn + tally.left_out.total()
    assert len(incoming) == tally.tips + tally.withdrawn
    return Read(incoming, tally)


def written(path: Path, text: str | bytes) -> Path:
    """A file with a text, and the folders that it stands in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path
