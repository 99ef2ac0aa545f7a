"""The form over HTTP: what a browser receives, what comes back, what is acknowledged."""

import asyncio
import re
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from data.languages import FIRST, load_catalogue
from data.reports import spool
from data.reports.door_settings import DOMAIN, DoorSettings
from data.reports.spool import make_keys, read_key, unsealed
from data.reports.tip import Incoming
from data.settings import STATIC, Problem
from ui.door import door as door_module
from ui.door import tokens
from ui.door.door import Door, Team
from ui.door.pace import Pace
from ui.door.texts import SHARED, Texts, choose_language, load_languages
from ui.door.tokens import CODE_LETTERS, Standing, Tokens, hash_code, read_code

LANGUAGES = ("en", "es", "so", "hmn")
AREAS = tuple(f"Neighborhood {n} - East" for n in range(87))
LEAST = {"kind": "sighting", "area": AREAS[3], "day": "2026-01-17"}
CANARY = "<script>alert(1)</script>{{ 7*191 }}\"'><img src=x>'; DROP TABLE tips; --"
TYPED = ("cross_streets", "text", "officers", "vehicles", "link", "date")


class Entry:
    """A door with its spool, and a client that may wait as people do or not."""

    def __init__(self, folder: Path, team: Team | None = None, **more: Any) -> None:
        self.store = folder / "store"
        settings = {"areas": AREAS, "languages": ("es", "so", "hmn")} | more
        self.settings = DoorSettings(
            "Minneapolis", "America/Chicago", make_keys(self.store), folder / "spool", **settings
        )
        self.door = Door(lambda: self.settings, team=team)
        self.client = TestClient(Starlette(routes=self.door.routes()))

    def token(self, path: str = "/report") -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.client.get(path).text)
        assert found
        return found[1]

    def send(self, token: str, path: str = "/report/sent?lang=en", **form: Any) -> Any:
        return self.client.post(path, data={"token": token, **form})

    def reports(self) -> list[Incoming | None]:
        return [one.incoming for one in unsealed(self.settings.spool, read_key(self.store))]


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Entry:
    monkeypatch.setattr(tokens, "EARLY_SECONDS", 0)
    return Entry(tmp_path)


def code_of(page: str) -> str:
    found = re.search(r'class="code">([A-Z ]+)<', page)
    assert found
    return found[1].replace(" ", "")


class _Parts(HTMLParser):
    """The elements of a page, with what a browser would fetch or run for them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


# --- what a browser receives


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_small_and_holds_nothing_that_runs_or_calls(entry: Entry, language: str) -> None:
    pages = [
        entry.client.get(f"/report?lang={language}"),
        entry.client.get(f"/report/withdraw?lang={language}"),
        entry.send("forged", f"/report/sent?lang={language}", officers="x"),
        entry.send(entry.token(), f"/report/sent?lang={language}", **LEAST),
    ]
    assert [page.status_code for page in pages] == [200, 200, 422, 200]
    for page in pages:
        assert len(page.content) < 30_000 and f'<html lang="{language}">' in page.text
        assert "set-cookie" not in page.headers
        for tag, attributes in _Parts(page.text).tags:
            assert tag not in ("script", "iframe", "object", "embed", "img", "link", "base"), tag
            assert not [name for name in attributes if name.startswith("on")]
            for name in ("href", "src", "action", "formaction"):
                target = attributes.get(name) or "/"
                assert target.startswith(("/", "#")) and not target.startswith("//"), target
        assert "url(" not in page.text and "@import" not in page.text and "http:" not in page.text
        assert not re.search(r"https://\w", page.text)


def test_no_field_asks_who_somebody_is(entry: Entry) -> None:
    from data.personal_columns import is_forbidden

    names = {
        str(attributes["name"])
        for tag, attributes in _Parts(entry.client.get("/report").text).tags
        if tag in ("input", "select", "textarea", "button") and "name" in attributes
    }
    assert names >= {"kind", "area", "day", "hour", "text", "force", "link"}
    assert not [name for name in names if is_forbidden(name)]
    assert not names & {
        "name",
        "phone",
        "email",
        "plate",
        "lat",
        "lon",
        "location",
        "channel",
        "word",
    }
    assert is_forbidden("phone") and is_forbidden("license_plate")  # the test can fail


def test_every_field_has_a_label(entry: Entry) -> None:
    page = entry.client.get("/report").text
    for tag, own in _Parts(page).tags:
        if tag in ("select", "textarea") or (tag == "input" and own.get("type") in (None, "date")):
            assert f'<label for="{own["id"]}">' in page, own


def test_the_browser_is_asked_to_remember_and_to_send_nothing(entry: Entry) -> None:
    page = entry.client.get("/report").text
    assert 'autocomplete="off"' in page  # what was typed is in no list of the browser's
    for name in ("text", "cross_streets", "link"):  # some browsers send texts away to be checked
        assert re.search(rf'id="{name}"[^>]*spellcheck="false"', page)


# --- what comes back


def test_what_is_wrong_comes_back_filled_and_escaped(entry: Entry) -> None:
    form = dict.fromkeys(TYPED, CANARY) | {"kind": CANARY, "area": CANARY, "day": "longer"}
    several = {"agencies": ["federal", CANARY], "force": ["body"], "hour": "13", "injured": "yes"}
    answer = entry.send(entry.token(), **form, **several, response="none", still_there="yes")
    assert answer.status_code == 422 and not entry.reports()
    page = answer.text
    assert CANARY not in page and "<script" not in page and "1337" not in page
    assert "<img" not in page
    escaped = "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*191 }}"
    assert page.count(escaped) == len(TYPED)
    kept = _Parts(page).tags
    checked = {
        (a.get("name"), a.get("value")) for _, a in kept if "checked" in a or "selected" in a
    }
    assert {("agencies", "federal"), ("force", "body"), ("injured", "yes")} <= checked
    assert ("still_there", "yes") in checked and (None, "13") in checked
    assert page.count("<details open>") == 3  # each holds something that was typed
    for name in ("kind", "area", "officers", "vehicles", "link", "agencies"):
        assert f'id="{name}-wrong"' in page and f'href="#{name}"' in page
        assert f'id="{name}"' in page and f'aria-describedby="{name}-wrong' in page


def test_a_canary_in_an_accepted_report_is_only_ever_data(entry: Entry) -> None:
    answer = entry.send(entry.token(), **LEAST, text=CANARY, cross_streets=CANARY[:100])
    assert answer.status_code == 200 and "alert(1)" not in answer.text
    [own] = entry.reports()
    assert own and own.tip.text == CANARY


def test_too_much_text_is_not_cut(entry: Entry) -> None:
    answer = entry.send(entry.token(), **LEAST, text="x" * 1003)
    assert "too long by 3 characters" in answer.text and "x" * 1003 in answer.text


@pytest.mark.parametrize("body", [b"\xff\xfe&kind=sighting", b"a=1&" * 500, b"", b"{}"])
def test_a_strange_body_is_an_unfilled_form(entry: Entry, body: bytes) -> None:
    answer = entry.client.post("/report/sent", content=body)
    assert answer.status_code == 422 and not entry.reports()


# --- what is acknowledged


def test_a_receipt_means_that_a_sealed_report_is_on_the_disk(entry: Entry) -> None:
    answer = entry.send(entry.token(), "/report/sent?lang=so", **LEAST, text="call 612-555-0123")
    [own] = entry.reports()
    code = code_of(answer.text)
    assert (
        own
        and own.receipt == hash_code(code)
        and len(code) == 12
        and set(code) <= set(CODE_LETTERS)
    )
    assert (own.channel, own.origin, own.withdraws) == ("form", None, False)
    assert own.tip.area == AREAS[3] and own.tip.language == "so"
    assert own.tip.text == "call [phone number]" and own.tip.masked == {"phone": 1}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:00:00\+00:00", own.received)
    assert code.encode() not in b"".join(f.read_bytes() for f in entry.settings.spool.iterdir())


def test_a_second_tap_and_a_replay_bring_one_report_and_the_same_code(entry: Entry) -> None:
    token = entry.token()
    pages = [entry.send(token, **LEAST, text=text).text for text in ("one", "one", "another")]
    assert len({code_of(page) for page in pages}) == 1 and len(entry.reports()) == 1
    assert ["not stored a second time" in page for page in pages] == [False, True, True]


@pytest.mark.parametrize("how", ["", "forged", "changed", "expired", "of another door"])
def test_a_token_that_is_no_token_gives_the_form_back(
    entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    token = entry.token()
    if how == "expired":
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + tokens.EXPIRES_SECONDS + 60)
    elif how == "of another door":
        token = Entry(tmp_path / "other").token()
    elif how != "":
        token = {"forged": "a.b.c", "changed": f"x{token[1:]}"}[how]
    else:
        token = ""
    answer = entry.send(token, **LEAST, text="what I saw")
    assert answer.status_code == 422 and not entry.reports()
    assert "what I saw" in answer.text and "read it once more" in answer.text
    fresh = re.search(r'name="token" value="([^"]+)"', answer.text)
    assert fresh and entry.send(fresh[1], **LEAST).status_code == 200
    assert len(entry.reports()) == 1


def test_too_soon_is_asked_to_read_once_more_and_loses_nothing(
    entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "EARLY_SECONDS", 5)
    token = entry.token()
    answer = entry.send(token, **LEAST, text="what I saw")
    assert answer.status_code == 422 and "what I saw" in answer.text and not entry.reports()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 6)
    assert entry.send(token, **LEAST).status_code == 200 and len(entry.reports()) == 1


def test_a_full_disk_gives_the_form_back_and_the_token_stays_good(
    entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    token = entry.token()
    monkeypatch.setattr(door_module, "seal_report", full)
    answer = entry.send(token, **LEAST, text="what I saw")
    assert (
        answer.status_code == 503
        and "what I saw" in answer.text
        and 'class="code"' not in answer.text
    )
    monkeypatch.setattr(door_module, "seal_report", spool.seal_report)
    assert entry.send(token, **LEAST).status_code == 200 and len(entry.reports()) == 1


def test_two_taps_at_once_write_once(entry: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    def slow(*_: object) -> Path:
        time.sleep(0.1)
        written.append(1)
        return Path()

    monkeypatch.setattr(door_module, "seal_report", slow)
    own = Incoming("form", spool.Tip(), "")

    async def taps() -> list[bool]:
        token = entry.door.tokens.issue()
        both = (entry.door._write(token, entry.settings, own) for _ in range(2))
        return list(await asyncio.gather(*both))

    assert asyncio.run(taps()) == [False, True] and written == [1]
    assert not entry.door._writing


def test_a_withdrawal_looks_like_any_report(entry: Entry) -> None:
    code = code_of(entry.send(entry.token(), **LEAST).text)
    path = "/report/withdraw?lang=en"
    typed = f"{code[:4].lower()} {code[4:8]}-{code[8:]}"
    answer = entry.send(entry.token(path), path, code=typed)
    assert answer.status_code == 200 and "has arrived" in answer.text
    first, second = sorted(filter(None, entry.reports()), key=lambda one: one.withdraws)
    assert second.withdraws and not first.withdraws and first.receipt == second.receipt
    sizes = {f.stat().st_size // spool.SIZE_STEP for f in entry.settings.spool.iterdir()}
    assert sizes == {1}
    for wrong in ("", "ABC", "A" * 12, CANARY):
        answer = entry.send(entry.token(path), path, code=wrong)
        assert answer.status_code == 422 and "12 letters" in answer.text
        assert CANARY not in answer.text
    assert len(entry.reports()) == 2


def test_a_reload_after_sending_sends_nothing(entry: Entry) -> None:
    answer = entry.client.get("/report/sent?lang=es", follow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"] == "/report?lang=es"


def test_a_door_without_settings_is_closed(tmp_path: Path) -> None:
    def broken() -> DoorSettings:
        raise Problem("the file /secret/path is missing")

    client = TestClient(Starlette(routes=Door(broken).routes()))
    for answer in (
        client.get("/report"),
        client.post("/report/sent"),
        client.get("/report/withdraw"),
    ):
        assert answer.status_code == 503 and "/secret" not in answer.text


# --- tokens and pace


def test_tokens_are_forgotten_when_they_would_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    own, now = Tokens(), float(int(time.monotonic()))  # whole: its steps are exact
    for n in range(100):
        monkeypatch.setattr(time, "monotonic", lambda n=n: now + n * 600)
        own.use(own.issue())
    assert len(own._used) == tokens.EXPIRES_SECONDS // 600 + 1


def test_a_token_says_nothing_of_who_asked_and_codes_differ() -> None:
    own = Tokens()
    issued = {own.issue() for _ in range(100)}
    assert len(issued) == 100 and len({own.receipt(token) for token in issued}) == 100
    assert all(own.standing(token) is Standing.EARLY for token in issued)
    assert read_code(" bcdf-ghjk lmnp ") == "BCDFGHJKLMNP"
    assert [read_code(text) for text in ("", "BCDF", "A" * 12, "B" * 13)] == [""] * 4


def test_a_flood_slows_everybody_alike_and_refuses_nobody() -> None:
    pace = Pace(a_second=40, at_once=80)
    calm = [pace.delay(n / 17) for n in range(10_000)]  # 10,000 in ten minutes
    assert max(calm) == 0
    flood = [pace.delay(1_000.0) for _ in range(400)]
    assert flood[80] == 0 and flood == sorted(flood)
    assert flood[-1] == pytest.approx((399 - 80) / 40)
    assert pace.delay(2_000.0) == 0  # and it is over when it is over


# --- languages


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_language_that_nobody_has_read_is_off_until_it_is_switched_on(
    tmp_path: Path, language: str
) -> None:
    off = Entry(tmp_path, languages=()).client.get(f"/report?lang={language}").text
    assert '<html lang="en">' in off and f"?lang={language}" not in off
    on = Entry(tmp_path, languages=(language,)).client.get(f"/report?lang={language}").text
    unread = [load_catalogue(code, "embed").texts["unread"] for code in (language, FIRST)]
    assert f'<html lang="{language}">' in on
    assert unread[0].forms[0] in on and unread[1].english[0] in on
    read = Entry(tmp_path, languages=(), reviewed={language: "A school"})
    page = read.client.get(f"/report?lang={language}").text
    assert unread[0].forms[0] not in page and "A school" in page


def test_the_browser_s_language_is_taken_where_it_is_on() -> None:
    on = load_languages(DoorSettings("", "UTC", languages=("es", "so")))
    for asked, accepted, expected in [
        ("so", "es", "so"),
        ("", "es-MX,es;q=0.9,en;q=0.8", "es"),
        ("", "hmn, so;q=0.5", "so"),
        ("xx", "", "en"),
        ("<script>", "de", "en"),
    ]:
        assert choose_language(on, asked, accepted) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_and_hours_are_in_the_language_s_own_words(language: str) -> None:
    from datetime import date

    own = Texts(language)
    hours = [own.hour(hour) for hour in range(24)]
    assert len(set(hours)) == 24
    assert own("date.months").split(", ")[0] in own.day(date(2026, 1, 17))


def test_every_text_is_asked_for_and_none_is_missing(entry: Entry) -> None:
    """Keys stand in the templates whole, or begin with a word that a list of codes completes."""
    keys = set(load_catalogue(FIRST, DOMAIN).texts)
    files = [*(STATIC / "door").glob("*.html"), *Path(door_module.__file__).parent.glob("*.py")]
    code = "\n".join(file.read_text() for file in files)
    quoted = set(re.findall(r"[\"']([a-z_]+(?:\.[a-z_]+)*)[\"']", code))
    lists = {
        "what",
        "agencies",
        "signs",
        "equipment",
        "setting",
        "force",
        "injured",
        "response",
        "channel",
    }
    left = {key for key in keys - quoted if key.partition(".")[0] not in lists}
    assert not left and set(SHARED) <= Texts(FIRST).keys
    for tag, own in _Parts(entry.client.get("/report").text).tags:
        assert tag != "label" or own is not None


# --- the team's own


def team_entry(folder: Path, *channels: str) -> Entry:
    return Entry(folder, Team(lambda _: channels, lambda _: "ada", lambda word: f"hash of {word}"))


def test_reviewers_choose_a_channel_and_a_caller_s_word_is_never_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "EARLY_SECONDS", 0)
    entry = team_entry(tmp_path, "hotline", "observers")
    assert 'name="channel"' in entry.client.get("/report").text
    for form in (
        {"channel": "hotline", "agrees": "yes", "word": " Blue  HERON "},
        {"channel": "hotline", "word": "not agreed"},
        {"channel": "observers", "agrees": "yes", "word": "not for these"},
        {"channel": "desk"},
        {},
    ):
        assert entry.send(entry.token(), **LEAST, **form).status_code == 200
    stood = {(own.channel, own.origin, own.author) for own in entry.reports() if own}
    assert stood == {
        ("hotline", "hash of blue heron", "ada"),
        ("hotline", None, "ada"),
        ("observers", None, "ada"),
        ("form", None, ""),
    }
    missing = entry.send(entry.token(), **LEAST, channel="hotline", agrees="yes")
    assert missing.status_code == 422 and 'id="word-wrong"' in missing.text


def test_who_is_no_reviewer_has_the_form_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "EARLY_SECONDS", 0)
    entry = team_entry(tmp_path)
    assert 'name="channel"' not in entry.client.get("/report").text
    entry.send(entry.token(), **LEAST, channel="hotline", agrees="yes", word="x")
    [own] = entry.reports()
    assert own and (own.channel, own.origin) == ("form", None)
