"""A public folder for tests: a made release of the sample, published by hand."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from tests.conftest import command, dashboard, once
from tests.made_release import make_release, publish_release


def public_folder(store: Path, folder: Path) -> Path:
    """A folder as `publish` leaves it, with the one release of a store."""
    if not (store / "releases").exists():
        done = command("release", store=store)
        assert done.returncode == 0, done.stderr
    (source,) = (store / "releases").iterdir()
    shutil.copytree(source, folder / "releases" / source.name)
    (folder / "current").symlink_to(f"releases/{source.name}")
    folder.parent.chmod(0o755)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


@pytest.fixture(scope="session")
def published(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public folder of the sample place; its store is a copy that is gone again."""

    def make(beside: Path) -> None:
        store = beside / "store"
        shutil.copytree(sample_store, store, ignore=shutil.ignore_patterns("releases"))
        public_folder(store, beside / "folder")
        shutil.rmtree(store)

    made = tmp_path_factory.mktemp("public")
    made.chmod(0o755)
    folder = once(tmp_path_factory, "published", make) / "folder"
    return Path(shutil.copytree(folder, made / "folder", symlinks=True))


@pytest.fixture(scope="session")
def madeville(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public folder of a made place: reports, official records, press; no store is needed."""

    def make(beside: Path) -> None:
        publish_release(make_release("medium"), beside / "folder")

    return once(tmp_path_factory, "madeville", make) / "folder"


@pytest.fixture(scope="session")
def public(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a public dashboard without a store, one for each worker; served
    by nobody, where we may become that."""
    log = tmp_path_factory.mktemp("log") / "public.log"
    more = {"PORCHLIGHT_AUDIENCE": "public", "PORCHLIGHT_PUBLIC": str(published)}
    other: list[str] = []
    if os.geteuid() == 0 and shutil.which("setpriv"):
        other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        more["HOME"] = "/nonexistent"
        for parent in published.parents:  # pytest's folders are closed to others
            if not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o011)
    with dashboard(Path("/nonexistent/store"), log, *other, **more) as address:
        yield address
    assert "Traceback" not in log.read_text(), log.read_text()
    # nobody else was asked for the address of this machine
    assert "external IP" not in log.read_text()


def clear() -> None:
    """Forget what dashboards keep between reruns."""
    st.cache_data.clear()
    st.cache_resource.clear()


def as_public(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Serve a public folder, with no store."""
    clear()
    monkeypatch.setenv("PORCHLIGHT_AUDIENCE", "public")
    monkeypatch.setenv("PORCHLIGHT_PUBLIC", str(folder))
    monkeypatch.setenv("PORCHLIGHT_STORE", "/nonexistent/store")


@contextmanager
def as_nobody() -> Iterator[None]:
    """As a user who may read nothing of ours; skips where we may not become one."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


Opened = Callable[..., Any]
