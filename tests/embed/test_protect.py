""" "How we protect people": what it says is what the manifest and the law of chance say."""

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.embed import protect, protect_pages, protection
from data.embed.language import load_texts
from data.embed.protection_pictures import MOST, OPENS
from data.languages import languages, protect_name
from data.privacy.tables import PROFILES, Manifest, profile
from geo import noise_odds
from tests.made_release import make_release

EN = load_texts("en")
NUMBER = re.compile(r"[-−]?\d[\d,.]*\d|\d")


def page(manifest: Manifest, language: str = "en") -> str:
    return protect_pages.write_pages(manifest, languages())[protect_name(language)].decode()


def words(html: str) -> str:
    """The words of a page, without marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.replace("</p>", "\n")).split())


def changed(manifest: Manifest, **entries: Any) -> Manifest:
    """A manifest with other values of its policy."""
    policy = {n: e | {"value": entries.get(n, e["value"])} for n, e in manifest["policy"].items()}
    return {**manifest, "policy": policy}  # type: ignore[typeddict-item]


@pytest.fixture(scope="module")
def medium() -> Manifest:
    return make_release("medium").manifest


def test_the_promise_is_that_of_the_manifest(medium: Manifest) -> None:
    text = words(page(medium))
    assert f"at most about {math.e:.1f} times" in text  # one event
    assert f"the odds change at most about {math.e**2:.1f} times" in text  # two versions of it
    for k in (1, 2, 3, 5):
        odds = math.e**k
        assert f"{k} about {odds:.1f} times" in text or f"{k} about {odds:.0f} times" in text
    other: Manifest = {**medium, "epsilon": 2.0}
    assert "at most about 7.4 times" in words(page(other))
    assert "drawn a second time" not in text
    again = words(page({**medium, "redone": ["2024"]}))
    assert "The numbers of 2024 were drawn a second time" in again
    assert f"counts twice: about {math.e**2:.1f} times" in again


def test_the_slider_s_numbers_are_those_of_the_law(medium: Manifest) -> None:
    """By adding up the law itself: the table of areas by quarter has half of the budget."""
    shown = protection.read_protection(medium)
    assert shown.table.name == "group-quarter" and shown.of_table == 0.5
    p, k = noise_odds.probabilities(0.5, 200), np.arange(-200, 201)
    ends = [int(e.replace("−", "-")) for e in NUMBER.findall(_said(page(medium)))]
    without, one_more = (p[(k >= low - n) & (k <= high - n)].sum() for (low, high), n in
                         ((ends[:2], OPENS), (ends[2:], OPENS + 1)))  # fmt: skip
    assert 0.9 <= without < 0.95 and without == pytest.approx(one_more)
    text = words(page(medium))
    assert f"at most about {math.exp(0.5):.1f} times as likely" in text
    right = 0.5 + 0.5 * np.maximum(np.r_[0, p] - np.r_[p, 0], 0).sum()
    assert f"is right {100 * right:.0f} of 100 times" in text


def _said(html: str) -> str:
    said = re.search(r'<p class="said"[^>]*>([^<]*)</p>', html)
    assert said
    return said[1].removeprefix("Nine of ten times")


@pytest.mark.parametrize("n", [0, 7, MOST])
def test_the_bars_are_as_tall_as_the_law_and_stand_at_their_numbers(
    medium: Manifest, n: int
) -> None:
    html = protect.answer(protection.read_protection(medium), n, EN)
    ticks = {
        int(t.replace("−", "-")): float(x)
        for x, t in re.findall(r'<text x="([\d.]+)"[^>]*>([^<]*)<', html)
    }
    (zero, ten) = ticks[0], ticks[10]
    slot = (ten - zero) / 10
    tops = {}
    for name, count in (("without", n), ("with", n + 1)):
        shift, body = re.search(
            rf'<g class="{name}" transform="translate\((\d+)\)">(.*?)</g>', html
        ).groups()  # type: ignore[union-attr]
        bars = [
            tuple(map(float, b))
            for b in re.findall(r'x="([\d.]+)"[^>]*width="([\d.]+)" height="([\d.]+)"', body)
        ]
        tallest = max(bars, key=lambda b: b[2])
        assert tallest[0] + tallest[1] / 2 + float(shift) == pytest.approx(zero + slot * count)
        tops[name] = sorted(b[2] / tallest[2] for b in bars)
        law = np.exp(-0.5 * np.abs(np.arange(-(len(bars) // 2), len(bars) // 2 + 1)))
        assert tops[name] == pytest.approx(sorted(law), abs=0.01)
    assert tops["without"] == tops["with"]


@pytest.mark.parametrize("volume", PROFILES)
def test_all_tables_together_tell_what_they_tell(volume: str) -> None:
    manifest = make_release(volume).manifest
    shares = [float(s) for t, s in profile(volume).items() if t.sort == "ordinary"]
    right = 100 * noise_odds.right_guesses(shares)
    assert f"From all our tables together, the best guess is right {right:.0f} of 100" in words(
        page(manifest)
    )


@pytest.mark.parametrize(
    ("volume", "delays"),
    [
        ("tiny", ["The whole city, each quarter: 42 days later"]),
        ("small", ["The whole city, each month: 28 days later", "Areas, each year: 42 days later"]),
        ("medium", ["The whole city, each month: 28 days later", "Areas, each quarter: 42 days later"]),
        ("large", ["The whole city, each month: 28 days later", "Areas, each quarter: 42 days later"]),
    ],
)  # fmt: skip
def test_delays_are_those_of_the_tables(volume: str, delays: list[str]) -> None:
    text = page(make_release(volume).manifest)
    assert re.findall(r"<figcaption>([^<]*)</figcaption>", text) == delays


def test_other_rules_are_said(medium: Manifest) -> None:
    other = changed(
        medium,
        least_residents=3500,
        decided_after_days=35,
        area_after_days=60,
        late_month=5,
        sensitive_kinds=["shooting"],
        sensitive_settings=["court"],
    )
    text = words(page(other))
    for part in (
        "at least 3,500 people live",
        "35 days after its month",
        "Areas, each quarter: 60 days later",
        "on May 1 of the next year",
        "Of these kinds: shootings.",
        "At these places: courts.",
    ):
        assert part in text
    nothing = words(page(changed(medium, sensitive_kinds=[], sensitive_settings=[])))
    assert "Of these kinds" not in nothing and "At these places" not in nothing


def test_what_is_not_protected_is_said(medium: Manifest) -> None:
    text = words(page(medium))
    for part in ("If somebody also called 911, that call is there", "What nobody reported", "Whoever copies a number"):  # fmt: skip
        assert part in text


@pytest.mark.parametrize("language", languages())
def test_the_page_is_whole_without_scripts_and_calls_nobody(
    medium: Manifest, language: str, tmp_path: Path
) -> None:
    html = page(medium, language)
    assert "default-src 'none'" in html and not re.search(r"<[^>]*\s(style|on[a-z]+)=", html)
    assert re.findall(r'<script src="([^"]*)">', html) == ["protect.js"]
    assert not re.search(r"https?://", html)
    assert html.count("<svg") >= 10 and "<section>" in html
    assert not re.search(r"\{[a-z]+\}", words(html))  # every hole is filled
    others = {protect_name(code) for code in languages()} - {protect_name(language)}
    assert others <= set(re.findall(r'href="([^"]*)"', html))
    speak = load_texts(language)
    assert (speak("unread") in html) == (not speak.read_by)
    assert len(html.encode()) < 25_000


def test_outside_text_is_never_markup(medium: Manifest) -> None:
    evil = "<img src=x onerror=alert(1)>"
    place = {**medium["place"], "name": evil}
    assert "<img" not in page({**medium, "place": place})  # type: ignore[typeddict-item]
