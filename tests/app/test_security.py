"""docs/security.md: every promise has a test, and the test is there."""

import re

from tests.conftest import ROOT

TEXT = (ROOT / "docs/security.md").read_text()
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and "| promise" not in line]


def test_every_promise_names_a_test_that_exists() -> None:
    promises = [row for row in ROWS if not row.startswith("| **")]
    assert len(promises) > 20
    for row in promises:
        file, name = re.fullmatch(r".*\| `(\w+\.py)::(\w+)` \|", row).groups()  # type: ignore[union-attr]
        assert f"\ndef {name}(" in next((ROOT / "tests").rglob(file)).read_text(), row


def test_readers_find_it() -> None:
    assert "docs/security.md" in (ROOT / "README.md").read_text()
    for heading in (
        "What we protect",
        "From whom",
        "What is not protected",
        "How to report a hole",
    ):
        assert f"\n## {heading}\n" in TEXT
