"""The catalogues: complete, with every placeholder and letter; who read them; plurals; months."""

import re
import shutil
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from data import words
from data.embed import embed_files
from data.embed.language import HOLE, Words, load_texts
from data.languages import (
    CATALOGUES,
    EMBED,
    FIRST,
    PUBLIC,
    Catalogue,
    languages,
    load_catalogue,
    page_name,
    read_catalogue,
    read_rule,
)
from data.pictures.letters import FONT
from data.settings import Problem
from tests.conftest import ROOT
from tests.made_release import make_release

LANGUAGES = ("en", "es", "hmn", "so")
ONE_OR_MORE = "nplurals=2; plural=(n != 1);"
RUSSIAN = (
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
    "n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
)
ARABIC = (
    "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 ? 4 : 5);"
)
CATALOGUE_FILES = sorted(str(file.relative_to(CATALOGUES)) for file in CATALOGUES.glob("*/*.po"))


def of(file: str) -> Catalogue:
    language, _, domain = file.removesuffix(".po").partition("/")
    return load_catalogue(language, domain)


def write(folder: Path, language: str, text: str, head: str = "") -> Path:
    """A folder of catalogues with the English one and one of a few lines."""
    shutil.copytree(CATALOGUES / FIRST, folder / FIRST)
    (folder / language).mkdir()
    (folder / language / "embed.po").write_text(f'msgid ""\nmsgstr ""\n{head}\n\n{text}')
    return folder


# --- the catalogues that are ours


def test_the_languages_are_those_that_were_promised() -> None:
    assert languages() == list(LANGUAGES)
    assert [load_texts(code)("language.name") for code in LANGUAGES] == [
        "English",
        "Español",
        "Hmoob",
        "Soomaali",
    ]


@pytest.mark.parametrize("file", CATALOGUE_FILES)
def test_no_key_is_missing_or_left_over(file: str) -> None:
    own, english = of(file), of(f"{FIRST}/{file.partition('/')[2]}")
    assert own.texts.keys() == english.texts.keys()
    for key, text in own.texts.items():
        assert text.english == english.texts[key].english, key
        many = len(text.english) > 1
        if own.language != FIRST:
            assert all(text.forms) and len(text.forms) == (own.rule.forms if many else 1), key


@pytest.mark.parametrize("file", CATALOGUE_FILES)
def test_every_placeholder_is_in_each_translation_and_no_other(file: str) -> None:
    for key, text in of(file).texts.items():
        for form in text.forms if all(text.forms) else ():
            assert set(HOLE.findall(form)) == set(HOLE.findall("".join(text.english))), key
            assert not re.search(r"[{}]", HOLE.sub("", form)), key


@pytest.mark.parametrize("file", CATALOGUE_FILES)
def test_the_head_says_who_translated_and_who_read(file: str) -> None:
    own = of(file)
    head = (CATALOGUES / file).read_text().partition("\n\n")[0]
    assert f'"Language: {own.language}\\n"' in head
    assert own.translated_by and own.date
    assert bool(own.read_by) == (own.language == FIRST)  # of the others, nobody has read one yet


@pytest.mark.parametrize("file", CATALOGUE_FILES)
def test_every_letter_is_in_our_font(file: str) -> None:
    letters = TTFont(FONT).getBestCmap()
    for key, text in of(file).texts.items():
        for form in text.forms:
            assert not [c for c in form if ord(c) not in letters], key


@pytest.mark.parametrize("language", LANGUAGES)
def test_kinds_and_months_have_their_words(language: str) -> None:
    speak = load_texts(language)
    codes = [*(kind.code for kind in words.KINDS), "all"]
    for way in ("kind", "count"):
        assert len({speak.texts[f"{way}.{code}"] for code in codes}) == len(codes)
    months = [speak.month(n) for n in range(1, 13)]
    assert len(set(months)) == 12 and all(name == name.strip() for name in months)


def test_months_are_the_language_s_own() -> None:
    # January, June, July and December; Hmong counts its months, and its names have spaces
    for code, expected in {
        "en": ["January", "June", "July", "December"],
        "es": ["enero", "junio", "julio", "diciembre"],
        "so": ["Jannaayo", "Juun", "Luuliyo", "Desembar"],
        "hmn": ["Lub Ib Hlis", "Lub Rau Hli", "Lub Xya Hli", "Lub Kaum Ob Hlis"],
    }.items():
        speak = load_texts(code)
        assert [speak.month(n) for n in (1, 6, 7, 12)] == expected
    assert load_texts("hmn").period("2025-Q4") == "Lub Kaum Hli txog Lub Kaum Ob Hlis 2025"
    assert load_texts("so").period("2025-W23") == "Toddobaadka Juun 2, 2025"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["0 traffic stops", "1 traffic stop", "2 traffic stops", "5 traffic stops"]),
        ("es", ["0 paradas de tráfico", "1 parada de tráfico", "2 paradas de tráfico"]),
        ("so", ["0 joojimood oo gaadiid", "1 joojin gaadiid", "2 joojimood oo gaadiid"]),
        ("hmn", ["0 zaug nres tsheb", "1 zaug nres tsheb", "2 zaug nres tsheb"]),
    ],
)
def test_plural_forms_fit_the_number(language: str, expected: list[str]) -> None:
    speak = load_texts(language)
    for n, text in zip((0, 1, 2, 5), expected):
        assert speak.counted("count.traffic_stop", n) == text
    for n in (5, 21, 1001):  # none of our languages counts 21 as one
        more = expected[2].replace("2", speak.number(n), 1)
        assert speak.counted("count.traffic_stop", n) == more


def test_every_text_is_asked_for_and_exists() -> None:
    """Keys stand in the code whole, or begin with a word and a dot that the code completes."""
    keys = set(load_texts(FIRST, domains=(EMBED, PUBLIC)).texts)
    files = [*(ROOT / "data/embed").glob("*.py"), *(ROOT / "static/embed").glob("*.js")]
    files += [*sorted((ROOT / "ui").rglob("*.py")), *(ROOT / "pages").glob("*.py")]
    code = "\n".join(file.read_text() for file in files)
    asked = set(re.findall(r"\b(?:speak|self|say|counted)\(\s*\"([a-z_.]+)\"", code))
    assert len(asked) > 40 and not {key for key in asked if not key.endswith(".")} - keys
    quoted = set(re.findall(r"[\"']([a-z_.]+)[\"']", code))
    begun = {
        m[0] or m[1]
        for m in re.findall(r"f[\"']([a-z]+\.[a-z.]*)\{|\"([a-z]+\.[a-z.]*)\" \+", code)
    }
    begun |= {"period.", "in.", "said.area.", "said.city."}  # {way}.{unit}, {said}.few
    assert not {k for k in keys if k not in quoted and not k.startswith(tuple(begun))}


# --- what a reader sees


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embed of a made place."""
    folder = tmp_path_factory.mktemp("languages") / "embed"
    embed_files.write_embed(folder, *make_release())
    return folder


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_its_page(pages: Path, language: str) -> None:
    page = (pages / page_name(language)).read_text()
    assert f'<html lang="{language}">' in page
    for code in LANGUAGES:
        link = f'hreflang="{code}" href="{page_name(code)}"'
        assert f'<link rel="alternate" {link}>' in page
        named = f'hreflang="{code}" lang="{code}">{load_texts(code)("language.name")}</a>'
        assert (named in page) == (code != language)
    own = [name for name in re.findall(r'src="([^"]+)"', page) if name[:-3] in LANGUAGES]
    assert own == [f"{language}.js"]  # no other language's texts are loaded


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_that_nobody_has_read_says_so_at_its_head(pages: Path, language: str) -> None:
    page = (pages / page_name(language)).read_text()
    head = page[page.index("<header>") : page.index("<h1")]
    speak, english = load_texts(language), load_texts(FIRST)("unread")
    assert (speak("unread") in head) == (language != FIRST)
    assert (f'<span lang="en">{english}</span>' in head) == (language != FIRST)
    assert ("machine-assisted draft" in page) == (language != FIRST)


def test_a_language_that_was_read_names_its_reader(tmp_path: Path) -> None:
    head = (
        '"X-Translated-By: A school\\n"\n"X-Read-By: A clinic\'s interpreters\\n"\n'
        '"X-Date: 2027-01-31\\n"\n'
    )
    folder = write(
        tmp_path, "so", 'msgctxt "skip"\nmsgid "Skip to the table"\nmsgstr "lama"\n', head
    )
    speak = load_texts("so", folder)
    assert (speak.translated_by, speak.read_by) == ("A school", "A clinic's interpreters")
    assert speak.as_of and speak.date(speak.as_of) == "January 31, 2027"


def test_what_a_language_does_not_say_yet_is_said_in_english(tmp_path: Path) -> None:
    head = '"Plural-Forms: nplurals=1; plural=0;\\n"'
    some = 'msgctxt "skip"\nmsgid "Skip to the table"\nmsgstr "lama muujin"\n'
    speak = load_texts("so", write(tmp_path, "so", some, head))
    assert speak("skip") == "lama muujin" and speak("table.area") == "Area"
    # and is counted as English counts
    assert speak.counted("count.shooting", 1) == "1 shooting"
    assert speak.counted("count.shooting", 2) == "2 shootings"
    assert languages(tmp_path) == ["en", "so"]


def test_a_key_stands_in_one_catalogue_only(tmp_path: Path) -> None:
    shutil.copytree(CATALOGUES / FIRST, tmp_path / FIRST)
    with (tmp_path / FIRST / "public.po").open("a") as file:
        file.write('\nmsgctxt "skip"\nmsgid "Skip"\nmsgstr ""\n')
    with pytest.raises(Problem, match="two of the catalogs"):
        load_texts(FIRST, tmp_path, (EMBED, PUBLIC))


# --- the reader of catalogues


def test_the_reader_of_catalogues() -> None:
    text = """msgid ""\nmsgstr "Language: xx\\n"\n\n# a note\nmsgctxt "a.b"\nmsgid "One "\n"{n}"\nmsgstr "Uno "\n"\\"{n}\\""\n
msgctxt "c"\nmsgid "one"\nmsgid_plural "more"\nmsgstr[0] "x"\nmsgstr[1] "y"\n\n#, fuzzy\nmsgctxt "d"\nmsgid "D"\nmsgstr "?"\n\n#~ msgid "old"\n#~ msgstr "alt"\n"""
    found = read_catalogue(text, "xx")
    assert found.texts.keys() == {"a.b", "c"}
    assert found.texts["a.b"].forms == ('Uno "{n}"',)
    assert found.texts["a.b"].english == ("One {n}",)
    speak = Words(found, found)
    assert speak("a.b", n="3") == 'Uno "3"' and speak.texts["c"] == ("x", "y")


@pytest.mark.parametrize(
    "wrong",
    [
        'msgctxt "a"\nmsgid oops\n',
        '"alone"\n',
        'msgctxt "a"\nmsgwhat "b"\n',
        'msgctxt "a"\nmsgid "b"\n\nmsgctxt "a"\nmsgid "c"\n',
        'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=n +;\\n"\n',
        'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=n % 3;\\n"\n',
        'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=__import__(1);\\n"\n',
        'msgid ""\nmsgstr "X-Date: yesterday\\n"\n',
    ],
)
def test_what_cannot_be_read_is_a_problem_of_that_file(wrong: str) -> None:
    with pytest.raises(Problem, match=r"^xx/embed\.po: "):
        read_catalogue(wrong, "xx", "xx/embed.po")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (ONE_OR_MORE, [1, 0, 1, 1, 1, 1]),
        ("nplurals=1; plural=0;", [0, 0, 0, 0, 0, 0]),
        (RUSSIAN, [2, 0, 1, 2, 0, 0]),
        (ARABIC, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_a_rule_for_plurals_and_its_table_say_the_same(rule: str, expected: list[int]) -> None:
    read = read_rule(rule)
    assert [read.form_of(n) for n in (0, 1, 2, 5, 21, 101)] == expected
    table = read.table()
    for n in range(5000):
        assert int(table[n if n < 200 else 100 + n % 100]) == read.form_of(n)


def test_a_rule_that_a_table_cannot_hold_is_refused() -> None:
    rule = read_rule("nplurals=2; plural=(n != 0 && n % 1000 == 0);")
    with pytest.raises(Problem, match="simpler"):
        rule.table()
