"""The place that a store is of, marked in it: two places never write into one store."""

import json
from typing import Any

from data.settings import Problem, Settings, read_toml
from data.storage.disk import write_whole
from data.storage.store import Store

MARK = "place.toml"
_FAR = 2.0  # degrees between two middles that are no correction of one


def check_place(store: Store, settings: Settings) -> None:
    """Problem where the store is marked as another place's."""
    mark = store.root / MARK
    if not mark.exists():
        return
    of = read_toml(mark)
    if of.get("name") == settings.name and of.get("zone") == settings.zone and _near(of, settings):
        return
    raise Problem(
        f"{store.root} is the store of {of.get('name')} ({of.get('zone')}), and the settings are of "
        f"{settings.name} ({settings.zone}): two places never share a store. Name another one, with "
        "store under [place] in the settings or with PORCHLIGHT_STORE. If it is the same place under "
        f"another name or clock, change {mark}."
    )


def mark_place(store: Store, settings: Settings) -> None:
    """Mark the store as this place's, if it is nobody's yet."""
    mark = store.root / MARK
    if not mark.exists():
        entries = {"name": settings.name, "zone": settings.zone, "center": settings.center}
        lines = [f"{key} = {json.dumps(value)}" for key, value in entries.items() if value]
        text = "\n".join(["# The place that this store is of.", *lines, ""])
        write_whole(text.encode(), mark)


def _near(of: dict[str, Any], settings: Settings) -> bool:
    """Return whether two middles can be of one place; so can one that is not known."""
    stated = of.get("center")
    if not stated or settings.center is None:
        return True
    north, east = (abs(a - b) for a, b in zip(stated, settings.center))
    return bool(north < _FAR and min(east, 360 - east) < _FAR)  # across 180 degrees too
