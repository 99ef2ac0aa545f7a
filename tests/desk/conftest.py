"""Every test of a desk runs with its events in a file, and with them in PostgreSQL."""

from pathlib import Path

import pytest

from data.desk.desk import Desk
from tests import ledgers
from tests.desk.desks import Clock, make_desk
from tests.ledgers import KINDS, Place


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Both for whoever asks for a desk."""
    if "desk" in metafunc.fixturenames:
        metafunc.parametrize("place", KINDS, indirect=True)


@pytest.fixture(autouse=True)
def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Place | None:
    """The store in `tmp_path` and where its events are, which the settings say."""
    kind = getattr(request, "param", None)
    if not kind:
        return None
    made = ledgers.make_place(kind, tmp_path / "store", lambda: request.getfixturevalue("postgres"))
    if made.server:
        monkeypatch.setenv("PORCHLIGHT_STORE", str(made.root))
        monkeypatch.setenv("PORCHLIGHT_LEDGER", made.address)
    return made


@pytest.fixture
def clock() -> Clock:
    """The clock of a test's desk."""
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Desk:
    """An empty desk."""
    return make_desk(tmp_path / "store", clock)
