"""The spool: reports sealed for the desk, in files that the door can write and cannot read.

A file holds one report, padded to a step of sizes, under a random name; its time is cut to the
hour. Whoever holds the spool without the desk's key learns how many reports came in which hour.
"""

import contextlib
import os
import re
import secrets
from collections.abc import Container, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
import pyrage

from data import words
from data.reports.tip import Incoming, Tip
from data.settings import Problem
from data.storage.disk import sync, write_whole

SIZE_STEP = 8192  # bytes: a report of the form is one step, whatever it says
LARGEST = 16 * SIZE_STEP  # of a file that is opened at all
OPENED = "opened"  # the folder beside, of reports that the desk has
KEEP_DAYS = 7  # then an opened one goes
KEY_FILE = "door.key"
SUFFIX = ".age"
LONGEST = {"text": 1000, "cross_streets": 120, "area": 100, "language": 12}  # characters
MOST_LINKS, LONGEST_LINK = 3, 300
# what made somebody think so, and what was carried: words of the form alone
SIGNS = ("marked_car", "vest", "badge", "told_us", "heard")
EQUIPMENT = ("masks", "armor", "rifles", "shields", "ram", "gas", "dogs", "drone")
_HOUR = 3600
_TRIES = 4
_TEMPORARY = re.compile(r"\.[0-9a-f]{32}\.age\.\d+")


class Unsealed(NamedTuple):
    """A file of the spool and what it holds; None where it cannot be opened: it stays."""

    file: Path
    incoming: Incoming | None


def make_keys(root: Path) -> str:
    """The recipient that the door seals for. Its private key is made once, as door.key in a
    store's folder: without it nothing in the spool is ever read again."""
    file = root / KEY_FILE
    if not file.exists():
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        own = str(pyrage.x25519.Identity.generate())
        write_whole(own.encode(), file, mode=0o600)
    return str(_identity(file).to_public())


def read_key(root: Path) -> pyrage.x25519.Identity:
    """The private key of a store, for `unsealed`. Problem where there is none or it is damaged."""
    return _identity(root / KEY_FILE)


def _identity(file: Path) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(file.read_text("ascii").strip())
    except FileNotFoundError:
        raise Problem(f"{file} is missing. Make one with: python -m data door") from None
    except (pyrage.IdentityError, UnicodeDecodeError):
        raise Problem(f"{file} is damaged: put its copy back.") from None


def check_recipient(recipient: str, where: str) -> str:
    """The recipient itself; Problem where it is none."""
    try:
        pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError:
        raise Problem(
            f'{where} is no recipient, which begins with "age1": `python -m data door` prints it.'
        ) from None
    return recipient


def seal_report(folder: Path, recipient: str, incoming: Incoming) -> Path:
    """Write a report into the spool, sealed. When this returns it is on the disk."""
    content = msgspec.json.encode(incoming)
    padded = len(content).to_bytes(4, "big") + content
    padded += bytes(-len(padded) % SIZE_STEP)
    sealed = pyrage.encrypt(padded, [pyrage.x25519.Recipient.from_str(recipient)])
    file = folder / f"{secrets.token_hex(16)}{SUFFIX}"
    for _ in range(_TRIES):
        with contextlib.suppress(FileNotFoundError):
            write_whole(sealed, file, at=whole_hour().timestamp())
            return file
        # a command that writes to the store sweeps half-written files away, also this one's
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    raise OSError(f"{folder} cannot be written to")


def whole_hour() -> datetime:
    """The hour that it is now, in UTC."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def unsealed(
    folder: Path, identity: pyrage.x25519.Identity, skip: Container[str] = ()
) -> Iterator[Unsealed]:
    """The reports that wait in the spool, in no order, but for files of some names. Those that are not for this key, that are
    damaged or that say what no form can say have no `incoming`; they stay where they are."""
    for file in sorted(f for f in folder.glob(f"*{SUFFIX}") if f.name not in skip):
        yield Unsealed(file, _opened(file, identity))


def _opened(file: Path, identity: pyrage.x25519.Identity) -> Incoming | None:
    try:
        if file.stat().st_size > LARGEST:
            return None
        padded = pyrage.decrypt(file.read_bytes(), [identity])
        length = int.from_bytes(padded[:4], "big")
        incoming = msgspec.json.decode(padded[4 : 4 + length], type=Incoming)
    except (OSError, pyrage.DecryptError, msgspec.MsgspecError):
        return None
    return incoming if is_sayable(incoming.tip) else None


def is_sayable(tip: Tip) -> bool:
    """Return whether a tip says only what the form can say: anybody can seal for the desk."""
    lists = {
        "agencies": tuple(words.CODES["agencies"]),
        "force": tuple(words.CODES["force"]),
        "sources_of_agency": SIGNS,
        "equipment": EQUIPMENT,
    }
    return (
        tip.kind in words.CODES["kind"]
        and tip.response in words.CODES["response"]
        and tip.setting in ("", *words.CODES["setting"])
        and all(set(getattr(tip, name)) <= set(codes) for name, codes in lists.items())
        and all(len(getattr(tip, name)) <= most for name, most in LONGEST.items())
        and len(tip.links) <= MOST_LINKS
        and all(len(link) <= LONGEST_LINK for link in tip.links)
        and all(hour is None or 0 <= hour < 24 for hour in (tip.hour, tip.until))
        and all(n is None or 0 <= n < 1000 for n in (tip.officers, tip.vehicles))
        and (not tip.day or _is_day(tip.day))
    )


def _is_day(text: str) -> bool:
    """Return whether a text is a day of the calendar, as the form writes it."""
    with contextlib.suppress(ValueError):
        return date.fromisoformat(text).isoformat() == text
    return False


def mark_opened(file: Path) -> None:
    """Put a report that the desk has on its disk beside; it goes some days after this hour."""
    folder = file.parent / OPENED
    folder.mkdir(exist_ok=True, mode=0o700)
    now = whole_hour().timestamp()
    os.utime(file, (now, now))
    file.rename(folder / file.name)
    sync(folder)
    sync(file.parent)


def remove_opened(folder: Path, days: float = KEEP_DAYS) -> int:
    """Remove the reports that were opened so many days ago; their number."""
    before = datetime.now(UTC).timestamp() - days * 24 * _HOUR
    old = [f for f in (folder / OPENED).glob(f"*{SUFFIX}") if f.stat().st_mtime <= before]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def sweep_spool(folder: Path) -> None:
    """Remove what a door that was killed left half written: nobody has a receipt for it."""
    old = whole_hour().timestamp() - _HOUR
    for file in folder.glob(f".*{SUFFIX}.*"):
        if _TEMPORARY.fullmatch(file.name) and file.stat().st_mtime < old:
            file.unlink(missing_ok=True)
