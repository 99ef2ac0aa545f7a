"""A place that is being set up: everything stands in a folder of its own until it is whole."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from data.jobs import init
from data.jobs.dropped_file import run_job
from data.jobs.job_messages import Job, Message, RecordsRead
from data.settings import SQLITE, Problem, Settings, load_settings, settings_path
from data.storage import place_mark
from data.storage.disk import write_whole
from data.storage.store import Store, give_own_ledger

FOLDER = ".set-up-"  # then the number of the process that made it
NAMELESS = "New place"


def begin_settings() -> str:
    """Write the settings that PORCHLIGHT_CONFIG names, where they are not there yet: of a place
    without a name, which the first page sets up. A sentence on it, "" where nothing was written."""
    file = settings_path()
    if "PORCHLIGHT_CONFIG" not in os.environ or file.exists() or not file.parent.is_dir():
        return ""
    store = os.environ.get("PORCHLIGHT_STORE", "")
    init.write_place(file, NAMELESS, "UTC", None, "", 0, store)
    return f"{file} was not there: the first page sets up the place that it is to describe."


class SetUp:
    """One set-up under way. Nothing of it is seen before `finish`; closing removes it.

    With `fixed` the place is the one that porchlight.toml describes, because others sign in
    there or its store is in use: only areas and records are added.
    """

    def __init__(self, settings: Settings, *, fixed: bool) -> None:
        self.settings, self.fixed = settings, fixed
        parent = settings.store.parent
        parent.mkdir(parents=True, exist_ok=True)
        sweep(parent)
        self._folder = tempfile.TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-", dir=parent)
        self.folder = Path(self._folder.name)
        self.store, self.config = self.folder / "store", self.folder / "porchlight.toml"
        self.place = (NAMELESS, "UTC", "", 0.0)
        if fixed:
            shutil.copy(settings_path(), self.config)
        else:
            self.describe(*self.place)
        self.begin_store()

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which a job works on this place and on no other."""
        return {
            "PORCHLIGHT_CONFIG": str(self.config),
            "PORCHLIGHT_STORE": str(self.store),
            "PORCHLIGHT_LEDGER": SQLITE,
        }

    def begin_store(self) -> None:
        """Begin with the store as it is for readers: empty, or without records."""
        shutil.rmtree(self.store, ignore_errors=True)
        if self.fixed and self.settings.store.exists():
            shutil.copytree(self.settings.store, self.store, symlinks=True)
            give_own_ledger(Store(self.settings.store), self.store)

    def describe(self, name: str, zone: str, center: str, reach_km: float) -> None:
        """Say what the place is called and where it is. Problem says what is wrong with it."""
        if self.fixed:
            return
        self.config.unlink(missing_ok=True)
        (self.store / place_mark.MARK).unlink(missing_ok=True)  # marked anew when it is whole
        init.init(self.config, name or NAMELESS, zone, center, "", reach_km)
        self.place = (name, zone, center, reach_km)

    def replaced(self) -> str:
        """The name of another place whose settings give way to this one's; "" where none does."""
        try:
            before = load_settings()
        except Problem:
            return ""
        return before.name if before.name not in (self.place[0], NAMELESS) else ""

    def finish(self, areas: Job | None, records: Job) -> Iterator[Message]:
        """Import for good, yield what the jobs tell, and make this the place that readers see.

        Nothing changes for readers unless the records were read. Problem where the store of a
        place of this name is there already.
        """
        if self.fixed:
            for job in (areas, records):
                if job:
                    yield from run_job(replace(job, dry_run=False))
            return
        if not self.place[0]:
            raise Problem("The place has no name yet.")
        _check_free(load_settings(self.config).store)
        whole = False
        for message in run_job(replace(records, dry_run=False), self.environment):
            whole |= isinstance(message, RecordsRead) and message.kept > 0
            yield message
        if whole:
            self._publish()

    def _publish(self) -> None:
        """Write the settings, and put the store where they say; all of it or nothing."""
        file = settings_path()
        before = file.read_bytes() if file.exists() else None
        beside = set(file.parent.iterdir())
        try:
            if before is not None and load_settings().name == NAMELESS:
                file.unlink()  # nobody's settings: nothing to keep
            name, zone, center, reach_km = self.place
            store = os.environ.get("PORCHLIGHT_STORE", "")
            init.init(file, name, zone, center, "", reach_km, store)
            target = load_settings().store
            _check_free(target)
            if target.exists():
                target.rmdir()
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(self.store, target)
        except (Problem, OSError):
            for made in set(file.parent.iterdir()) - beside:
                if made.suffix == ".toml":
                    made.unlink()
            if before is not None:
                write_whole(before, file)
            raise

    def close(self) -> None:
        """Remove everything that was not made the place's own."""
        self._folder.cleanup()


def _check_free(target: Path) -> None:
    """Problem where the folder for a store holds anything."""
    if target.exists() and any(target.iterdir()):
        way = "give this place another name."
        if "PORCHLIGHT_STORE" in os.environ:
            way = "PORCHLIGHT_STORE names it, so start Porchlight without that."
        raise Problem(f"{target} is in use already. Two places never share a store: {way}")


def sweep(parent: Path) -> None:
    """Remove what a process that is gone left of a set-up."""
    for left in parent.glob(f"{FOLDER}*"):
        number = re.match(r"\d+", left.name.removeprefix(FOLDER))
        if number and not _runs(int(number[0])):
            shutil.rmtree(left, ignore_errors=True)


def _runs(number: int) -> bool:
    with suppress(ProcessLookupError):
        with suppress(PermissionError):  # another's: it runs
            os.kill(number, 0)
        return True
    return False


def read_center(text: str) -> str:
    """A center as init reads it, "" where it is empty. Problem says how to write it."""
    if not text.strip():
        return ""
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        lat = lon = 999.0
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise Problem("Write latitude, longitude, for example 44.95, -93.09, or leave it empty.")
    return f"{lat},{lon}"
