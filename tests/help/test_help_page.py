"""The help page as text: its languages, links, checks, and that outside text is no markup."""

import datetime as dt
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest

from data.help.help_page import help_page
from data.help.help_table import SAMPLE, HelpTable, Wording, read_help
from data.languages import FIRST, HELP, languages, load_catalogue

TODAY = dt.date(2026, 11, 27)
LANGUAGES = ("en", "es", "hmn", "so")
SAMPLE_FILE = read_help(tomllib.loads(SAMPLE.read_text()), SAMPLE)
MINNEAPOLIS = HelpTable("Minneapolis", "America/Chicago", SAMPLE_FILE)
PHONE = '[[entry]]\nwho = "A"\nwhat_for = "W"\nreach = "(612) 555-0100"\nkind = "phone"\n'


class Page(HTMLParser):
    """The tags, links, languages and texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words: list[tuple[str, str]] = []  # language, text
        self._open: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        self.tags.append(tag)
        assert not [name for name in own if name.startswith("on")], own
        self.links += [str(own[name]) for name in ("href", "src", "action") if own.get(name)]
        language = own.get("lang") or (self._open[-1][1] if self._open else "")
        if tag not in ("meta", "wbr"):
            self._open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] != "style" and data.strip():
            self.words.append((self._open[-1][1], data.strip()))

    def text(self, language: str = "") -> str:
        """What it says, or what of it is in a language."""
        return " ".join(text for own, text in self.words if language in ("", own))


def page(text: str, language: str = FIRST, today: dt.date = TODAY) -> Page:
    file = read_help(tomllib.loads(text), Path("help.toml"))
    return Page(help_page(HelpTable("Place", "UTC", file), language, today))


def texts(wording: Wording) -> list[str]:
    return [wording] if isinstance(wording, str) else list(wording.values())


def test_every_text_of_the_sample_is_in_the_catalogs() -> None:
    assert languages(domain=HELP) == list(LANGUAGES)
    own = [one.what_for for one in SAMPLE_FILE.entry]
    for section in SAMPLE_FILE.section:
        own += [section.title, *section.points, *([section.source] if section.source else [])]
    listed = {text.english[0] for text in load_catalogue(FIRST, HELP).texts.values()}
    assert len(own) > 20 and {text for one in own for text in texts(one)} <= listed


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_in_each_language(language: str) -> None:
    shown = Page(help_page(MINNEAPOLIS, language, TODAY))
    assert {"script", "img", "form", "iframe", "link"}.isdisjoint(shown.tags)
    assert [link for link in shown.links if link.startswith(("tel:", "mailto:"))] == [
        "tel:911",
        "tel:6124412881",
        "tel:6122553112",
        "mailto:Info@immigrantdefensenetwork.org",
    ]
    others = [f"?lang={code}" for code in LANGUAGES if code != language]
    assert [link for link in shown.links if link.startswith("?")] == others
    assert {link.partition(":")[0] for link in shown.links} <= {"/", "tel", "mailto", *others}
    assert shown.text().count("2025") >= 4  # the mark of each entry
    catalogue = load_catalogue(language, HELP)
    for key, text in catalogue.texts.items():
        if key.startswith("sample.") and "“" not in text.english[0]:
            assert (text.forms[0] or text.english[0]) in shown.text(language), key
    assert "@miracmn on Instagram".replace("@", "@ ") in shown.text()


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != FIRST])
def test_a_language_that_nobody_has_read_says_so_in_it_and_in_english(language: str) -> None:
    shown = Page(help_page(MINNEAPOLIS, language, TODAY))
    assert load_catalogue(language, HELP).read_by == ""
    assert "Nobody who speaks this language has checked this translation" in shown.text("en")
    assert "“I want to stay silent. I want a lawyer.”" in shown.text("en")
    english = Page(help_page(MINNEAPOLIS, FIRST, TODAY))
    assert "Nobody who speaks" not in english.text()


def test_both_sides_on_911_and_what_the_law_says() -> None:
    says = Page(help_page(MINNEAPOLIS, FIRST, TODAY)).text()
    for sentence in (
        "police chief: call also when masked persons may not be law enforcement",
        "Others doubt that it helps",
        "They may not stop a federal arrest",
        "ask federal officers for a warrant, and investigate afterwards",
        "no legal advice",
    ):
        assert sentence in says, sentence


def test_each_entry_says_whether_it_was_checked() -> None:
    def says(more: str, today: dt.date = TODAY) -> str:
        return page(PHONE + more, today=today).text()

    assert "Checked on November 1, 2026." in says("checked_on = 2026-11-01")
    assert "Not checked since November 1, 2026." in says(
        "checked_on = 2026-11-01", dt.date(2026, 12, 1)
    )
    assert "Never checked." in says("")
    assert "As printed in December 2025: check before you use it." in says('as_printed = "2025-12"')
    assert "checked" not in says("emergency = true")
    assert "As of November 27, 2026." in says("")


def test_the_numbers_to_call_come_first_and_emergencies_before_them() -> None:
    mail = PHONE.replace('"phone"', '"email"').replace("(612) 555-0100", "a@example.org")
    shown = page(mail + PHONE + PHONE.replace("(612) 555-0100", "911") + "emergency = true\n")
    assert [link for link in shown.links if ":" in link] == [
        "tel:911",
        "tel:6125550100",
        "mailto:a@example.org",
    ]


def test_a_text_of_the_place_is_shown_in_the_reader_s_language_or_marked_as_what_it_is() -> None:
    text = (
        'language = "es"\n[[section]]\ntitle = {en = "Title", so = "Cinwaan"}\n'
        'points = ["Hola", {en = "Sign nothing before you have talked to a lawyer."}]\n'
    )
    assert "Cinwaan" in page(text, "so").text("so")
    assert "Hola" in page(text, "so").text("es") and "Hola" in page(text, "es").text("es")
    assert "Title" in page(text, "hmn").text("en")  # written in no language of the reader's
    assert "Waxba ha saxiixin" in page(text, "so").text("so")  # the catalog has this sentence


def test_outside_text_is_no_markup() -> None:
    evil = '<script>alert(1)</script>\\" onclick=x &amp; ${law}'
    text = PHONE.replace('"A"', f'"{evil}"').replace('"W"', f'"{evil}"')
    text += f'hours = "{evil}"\nlanguages = ["{evil}"]\n'
    text += PHONE.replace('"phone"', '"social"').replace("(612) 555-0100", evil)
    text += f'[[section]]\ntitle = "{evil}"\npoints = ["{evil}"]\nsource = "{evil}"\n'
    file = read_help(tomllib.loads(text), Path("help.toml"))
    whole = help_page(HelpTable(evil, "UTC", file), FIRST, TODAY)
    shown = Page(whole)
    assert "script" not in shown.tags and shown.text().count("<script>alert(1)</script>") >= 8
    assert whole.count("${law}") >= 8  # what is filled in is not filled again


def test_a_place_without_a_table_says_so_and_an_unknown_language_is_english() -> None:
    shown = Page(help_page(HelpTable(), "xx", TODAY))
    assert "Nobody has written down yet whom to call." in shown.text("en")
    assert not [link for link in shown.links if link.startswith("tel:")]
