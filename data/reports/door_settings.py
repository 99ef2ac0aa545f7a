"""The settings of the door: [door] in porchlight.toml. Reading them opens no store.

A host that is nothing but a door has a porchlight.toml with [place], [site] and this table.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from data import settings
from data.languages import languages
from data.reports.masking import REGION
from data.reports.spool import check_recipient, make_keys
from data.settings import Problem, check_zone

DOMAIN = "report"  # of the catalogs of texts
ENTRIES = {
    "recipient": str,
    "spool": str,
    "areas": str,
    "languages": list,
    "reviewed": dict,
    "region": str,
}
_LARGEST = 200_000  # bytes of the list of areas


@dataclass(frozen=True)
class DoorSettings:
    """The place of a door and where its reports go.

    `recipient` is the public key that reports are sealed for, `spool` the folder they lie in.
    `areas` are the names that one may choose from; with none, one writes a name. `languages` are
    switched on though nobody has read them; `reviewed` says who has read a language here.
    `region` is the country whose phone numbers need no country code.
    """

    name: str
    zone: str
    recipient: str = ""
    spool: Path = Path()
    areas: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    reviewed: dict[str, str] = field(default_factory=dict)
    region: str = REGION


def load_door(file: Path | None = None) -> DoorSettings:
    """The settings of a host that is nothing but a door. Problem says which entry to mend."""
    file = file or settings.settings_path()
    door = _read(file)
    if not door.recipient or not door.spool.name:
        raise Problem(
            f"{file}: a door needs [door] with recipient and spool. On the host of the team, "
            "`python -m data door` prints both lines."
        )
    return door


def load_own_door(store: Path, file: Path | None = None) -> DoorSettings:
    """The same in the team's own process: without a recipient in [door], reports are sealed for
    the store's own key, which is made where there is none, and lie in the store's own spool."""
    door = _read(file or settings.settings_path())
    if bool(door.recipient) != bool(door.spool.name):
        raise Problem("[door] names a recipient and a spool, or neither.")
    if door.recipient:
        return door
    return replace(door, recipient=make_keys(store), spool=store / "spool")


def _read(file: Path) -> DoorSettings:
    try:
        tables = settings.read_toml(file)
    except FileNotFoundError:
        raise Problem(f"{file} is missing: write one with [place] and [door].") from None
    place, door = _table(tables, "place", file), _table(tables, "door", file)
    if unknown := sorted(door.keys() - ENTRIES.keys()):
        raise Problem(f"{file}: door.{unknown[0]} means nothing. There are {', '.join(ENTRIES)}.")
    for name, own in door.items():
        if not isinstance(own, ENTRIES[name]) or not all(isinstance(one, str) for one in own):
            raise Problem(f"{file}: door.{name} is not of its kind: {own!r}.")
    recipient, areas = door.get("recipient", ""), door.get("areas", "")
    return DoorSettings(
        name=str(place.get("name", "")),
        zone=check_zone(str(place.get("zone", "UTC")), f"{file}: place.zone"),
        recipient=check_recipient(recipient, f"{file}: door.recipient") if recipient else "",
        spool=file.parent / door["spool"] if door.get("spool") else Path(),
        areas=_names(file.parent / areas) if areas else (),
        languages=_languages(door.get("languages", []), file),
        reviewed={code: str(who) for code, who in door.get("reviewed", {}).items()},
        region=str(door.get("region", REGION)).upper(),
    )


def _table(tables: dict[str, Any], name: str, file: Path) -> dict[str, Any]:
    found = tables.get(name, {})
    if not isinstance(found, dict):
        raise Problem(f"{file}: {name} is a table: write [{name}].")
    return found


def _languages(codes: list[str], file: Path) -> tuple[str, ...]:
    if wrong := [code for code in codes if code not in all_languages()]:
        raise Problem(
            f"{file}: door.languages names {wrong[0]!r}. There are {', '.join(all_languages())}."
        )
    return tuple(codes)


def all_languages() -> list[str]:
    """The languages that the form has texts in."""
    return languages(domain=DOMAIN)


def _names(file: Path) -> tuple[str, ...]:
    """The names of areas in a plain file, one a line."""
    try:
        if file.stat().st_size > _LARGEST:
            raise Problem(f"{file} is no list of areas: it is larger than {_LARGEST:,} bytes.")
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"{file}, which door.areas names, cannot be read: {error}.") from None
    return tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
