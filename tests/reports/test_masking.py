"""What points to a person is masked; times, dates, streets and roads stay as they are."""

import pytest

from data.reports.masking import SORTS, mask_text

HIDDEN = {
    "phone": [
        "612-555-0123",
        "(612) 555-0123 ext 4",
        "612 555 0123",
        "6125550123",
        "+1 612.555.0123",
        "+52 55 1234 5678",
        "6 1 2 5 5 5 0 1 2 3",
        "555-0123",
        "+252 61 2345678",
    ],
    "email": ["ana.lopez@example.org", "jo at example dot org", "jo [at] example [dot] com"],
    "plate": [
        "ABC 123",
        "ABC-123",
        "ABC123",
        "7XYZ123",
        "123 KLM",
        "KLM 4821",
        "abc123",
        "JKL-4B12",
    ],
    "document": [
        "123-45-6789",
        "123 45 6789",
        "A123456789",
        "A 123-456-789",
        "A# 123456789",
        "EAC2190012345",
        "D123456789012",
        "512345678",
        "4111 1111 1111 1111",
        "AB1234567",
    ],
}
STAYS = [
    "2400 Park Ave",
    "at 12:30",
    "on 35W near 46th",
    "I-94 and I-35W",
    "2601 4th Ave S, Minneapolis, MN 55408",
    "55408-1234",
    "the 3100 block of Portland",
    "THE 300 BLOCK OF LAKE ST",
    "2026-01-17 14:30",
    "01/17/2026 9:05 PM",
    "17.01.2026",
    "between 1200 and 1400",
    "about 200 ICE agents and 911 was called",
    "ICE 200 DHS 300",
    "Hwy 100, HWY 169, US 169, MN 7, CR 42",
    "unit 12B, apt 204",
    "5 officers, 3 vehicles, 2 vans, 1 drone",
    "a white RAM 1500 and a Ford F150",
    "between 2400 and 2600 28th St E",
    "Jan 2026, feb2026",
    "plates were covered",
    "no plates at 1200 Lake",
    "AR-15 and M4",
    "lasted 10 minutes, 12:30:15 to 12:40",
    "the stop at 38th and Chicago, 3 blocks from 10th Ave",
    "$1500 and 1,000,000",
    "[phone number] [license plate]",
]


@pytest.mark.parametrize(("sort", "own"), [(s, own) for s, many in HIDDEN.items() for own in many])
def test_what_points_to_a_person_is_masked_and_counted(sort: str, own: str) -> None:
    for text in (own, f"Please call or see {own}.", f"It was “{own}”, at 2400 Park Ave, 12:30"):
        masked = mask_text(text)
        assert masked == (text.replace(own, SORTS[sort]), {sort: 1})


@pytest.mark.parametrize("text", STAYS)
def test_times_dates_and_streets_stay(text: str) -> None:
    assert mask_text(text) == (text, {})


@pytest.mark.parametrize(
    ("text", "expected", "sort"),
    [
        ("license plate abc 123 in a van", "license plate [license plate] in a van", "plate"),
        ("plate: MN ABC123", "plate: MN [license plate]", "plate"),
        ("la placa es KVT 482", "la placa es [license plate]", "plate"),
        ("pasaporte G01234567", "pasaporte [document number]", "document"),
        ("passport no. 98765432", "passport no. [document number]", "document"),
    ],
)
def test_a_word_before_tells_what_a_number_is(text: str, expected: str, sort: str) -> None:
    assert mask_text(text) == (expected, {sort: 1})


def test_several_are_counted_each_and_masking_again_changes_nothing() -> None:
    text = "Ana 612-555-0123 or 651-555-0188, a@b.org, SSN 123-45-6789, plate ABC 123 at 12:30"
    once = mask_text(text)
    assert once.counts == {"phone": 2, "email": 1, "document": 1, "plate": 1}
    assert mask_text(once.text) == (once.text, {})
    assert once.text.endswith("at 12:30")


def test_the_region_tells_whose_numbers_need_no_country_code() -> None:
    assert mask_text("030 901820", "DE").counts == {"phone": 1}
    assert mask_text("030 901820", "US").counts == {}
