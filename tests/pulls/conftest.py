"""What every test of a pull needs: no pauses between tries."""

from collections.abc import Iterator

import pytest
import stamina


@pytest.fixture(autouse=True)
def no_pauses() -> Iterator[None]:
    """A question is asked three times at most, without pauses."""
    with stamina.set_testing(True, attempts=3):
        yield
