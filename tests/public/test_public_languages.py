"""No English stands in the code of a public page: all that it says comes from the catalogs."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.embed.language import Words, capital, load_texts
from data.embed.sentences import sentence
from data.languages import EMBED, FIRST, PUBLIC
from data.palette import LIGHT
from data.published.ranges import Range, step_of
from tests import publics
from tests.public.test_public import FILES, RECORDS, REPORTS, kept_of, opened, shown
from tests.publics import madeville
from ui.frame import download_buttons, language
from ui.public import public_map, public_words
from ui.public.public_choice import ALL_KINDS, Choice

__all__ = ["madeville"]  # the fixture
LANGUAGES = ["es", "hmn", "so"]


def texts_of(code: str) -> Words:
    return load_texts(code, domains=(EMBED, PUBLIC))


@pytest.fixture
def served(madeville: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    publics.as_public(monkeypatch, madeville)
    yield madeville
    publics.clear()


@pytest.fixture
def marked(served: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every text of a catalog stands between marks, so that what is none can be seen."""
    own = texts_of(FIRST)
    plain = {"number.thousands", "date.months", "date.day", "language.name"}
    own.texts = {
        key: forms if key in plain else tuple(f"«{form}»" for form in forms)
        for key, forms in own.texts.items()
    }
    monkeypatch.setattr(language, "_words", lambda code: own)
    return served


def unmarked(text: str) -> str:
    """What is left of a text without all that stands between marks, whatever stands in them."""
    while (shorter := re.sub(r"«[^«»]*»", "", text)) != text:
        text = shorter
    return text


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("source", [REPORTS, RECORDS])
def test_all_that_a_page_says_is_a_text_of_the_catalogs(
    marked: Path, path: str, source: str
) -> None:
    app = opened(path, source=source)
    texts = [e.value for kind in (app.title, app.header, app.text, app.caption) for e in kind]
    assert len(texts) > 8
    for e in app.dataframe:
        texts += [c["label"] for c in json.loads(e.proto.columns).values() if c.get("label")]
    texts += [e.proto.label for e in app.get("download_button")]
    for text in texts:
        left = re.sub(r"(community|official|press)/[\w/-]+: ", "", unmarked(text))
        words = re.findall(r"[a-z]{4,}", left.replace("Porchlight", ""))
        assert not words or re.fullmatch(r"\d{4}|CSV", left), (left, text)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_headline_is_the_embed_s_in_each_language(served: Path, code: str) -> None:
    kept, speak = kept_of(served), texts_of(code)
    own = kept.numbers.sorts["community"].city["quarter"]["all"]
    at = own.at("2025-Q3")
    title = opened(lang=code, period="2025-Q3").title[0].value.replace("\\", "")
    words = sentence(
        own.range(at),
        step_of(float(own.sd[at, 0])),
        kept.place,
        speak.period("2025-Q3", "in"),
        "all",
        False,
        speak,
    )
    assert title == words and "2025" in title


@pytest.mark.parametrize("code", LANGUAGES)
def test_map_and_legend_speak_the_language(
    served: Path, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak = texts_of(code)
    monkeypatch.setattr(public_map, "say", speak)
    monkeypatch.setattr(public_map, "speak", lambda: speak)
    monkeypatch.setattr(public_words, "speak", lambda: speak)
    found = shown(
        kept_of(served), Choice(REPORTS, "neighborhoods by quarter", "2025-Q3", ALL_KINDS)
    )
    tips, legend = public_map.released_tips(found), public_map.fills(found, LIGHT)["legend"]
    assert legend is not None
    assert legend["title"] == speak("legend.rate", every=speak("every.quarter"))
    assert speak("class.striped") in [row["text"] for row in legend["rows"]]
    for tip, row in zip(tips, found.rows.itertuples(), strict=True):
        assert tip[0] == capital(speak.ranged(Range(row.number, row.low, row.high)))
        assert tip[1] == capital(speak.period("2025-Q3"))


def test_files_are_english_in_every_language(served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes: dict[str, list[list[str]]] = {}
    for code in (FIRST, "so"):

        def take(file: str, rows: object, own: list[str], *more: object, code: str = code) -> None:
            notes.setdefault(code, []).append([t for t in own if not t.startswith("Link: ")])

        monkeypatch.setattr(download_buttons, "table_buttons", take)
        opened(FILES[1], lang=code)
    assert notes[FIRST] == notes["so"] and len(notes[FIRST][0]) > 5
