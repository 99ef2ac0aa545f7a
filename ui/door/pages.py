"""The pages of the form, as HTML: escaped, in one language, without scripts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from data import words
from data.palette import DARK, LIGHT, Theme
from data.reports import report_form
from data.reports.report_form import LONGER, Fault, Form, Ground, Reading
from data.reports.spool import EQUIPMENT, LONGEST, SIGNS
from data.settings import STATIC
from ui.door.texts import Texts

_COLORS = ("paper", "card", "panel", "ink", "quiet", "rule", "accent", "control", "link")
# which folded part of the form a field stands in: it comes back open where something is in it
FOLDED = {
    "who": ("officers", "vehicles", "agencies", "signs", "equipment"),
    "did": ("setting", "force", "injured", "response", "until", "still_there"),
    "link": ("link",),
}
# what is said beside a field, where it is not the same for all
_SAYS = {
    ("kind", Fault.MISSING): "fault.kind.missing",
    ("area", Fault.MISSING): "fault.area.missing",
    ("cross_streets", Fault.MISSING): "fault.cross_streets.missing",
    ("day", Fault.MISSING): "fault.day.missing",
    ("day", Fault.FUTURE): "fault.day.future",
    ("day", Fault.UNREADABLE): "fault.day.unreadable",
    ("hour", Fault.FUTURE): "fault.hour.future",
    ("word", Fault.MISSING): "fault.word.missing",
}
_SAYS_ALL = {
    Fault.NUMBER: "fault.number",
    Fault.LONG: "fault.long",
    Fault.LINK: "fault.link",
    Fault.CHOICE: "fault.choice",
}


@dataclass(frozen=True)
class Frame:
    """What every page shows: the place, the languages that are on, and the one of this page."""

    place: str
    languages: Mapping[str, Texts]
    language: str

    @property
    def texts(self) -> Texts:
        """The texts of the page's language."""
        return self.languages[self.language]


@dataclass(frozen=True)
class Filled:
    """A form as somebody filled it in, and why it comes back."""

    form: Form = field(default_factory=dict)
    reading: Reading | None = None
    notice: str = ""  # the key of a text


def form_page(
    frame: Frame, ground: Ground, token: str, filled: Filled, channels: Sequence[str] = ()
) -> str:
    """The form, empty or as it was filled in. `channels` may be chosen from, where there are any."""
    t, typed = frame.texts, defaultdict(lambda: [""], {k: list(v) for k, v in filled.form.items()})
    listed = {f"{day}": t.day(day) for day in report_form.recent_days(ground.now)}
    today, yesterday = list(listed)[:2]
    listed[today] = t("when.today", day=listed[today])
    listed[yesterday] = t("when.yesterday", day=listed[yesterday])
    day = typed["day"][0]
    longer = day == LONGER or bool(typed["date"][0]) or bool(day and day not in listed)
    wrong = _wrong(t, filled.reading, ground)
    return _render(
        "form.html",
        frame,
        "report.title",
        "/report",
        english=frame.languages["en"],
        token=token,
        notice=filled.notice,
        wrong=wrong,
        typed=typed,
        channels=channels,
        kinds=report_form.KINDS_SEEN,
        areas={area: words.spell_area(area) for area in ground.areas},
        days=listed,
        today=today,
        longer=longer,
        date=typed["date"][0] or (day if longer and day != LONGER else ""),
        most=LONGEST["text"],
        agencies=list(words.CODES["agencies"]),
        signs=SIGNS,
        equipment=EQUIPMENT,
        settings=report_form.SETTINGS,
        forces=list(words.CODES["force"]),
        responses=report_form.RESPONSES,
        opened={
            part
            for part, names in FOLDED.items()
            if any(name in wrong or set(typed[name]) - {"", "not_recorded"} for name in names)
        },
    )


def _wrong(t: Texts, reading: Reading | None, ground: Ground) -> dict[str, str]:
    """What is said beside each field that is wrong."""
    if reading is None:
        return {}
    says = dict(_SAYS)
    if not ground.areas:
        says["area", Fault.MISSING] = "fault.area.name"
    holes = {name: {"over": n} for name, n in reading.excess.items()}
    example = {"example": f"{ground.now:%Y-%m-%d}"}
    return {
        name: t(
            says.get((name, fault), _SAYS_ALL.get(fault, "fault.choice")),
            **holes.get(name, example),
        )
        for name, fault in reading.faults.items()
    }


def sent_page(frame: Frame, code: str, *, repeated: bool) -> str:
    """The page after sending, with the receipt code in groups of four."""
    grouped = " ".join(code[i : i + 4] for i in range(0, len(code), 4))
    return _render("sent.html", frame, "sent.title", "/report", code=grouped, repeated=repeated)


def withdraw_page(
    frame: Frame, token: str = "", typed: str = "", notice: str = "", *, wrong: bool = False
) -> str:
    """The page that asks for a receipt code; without a token, the one after it was sent."""
    return _render(
        "withdraw.html",
        frame,
        "withdraw.title" if token else "withdraw.done",
        "/report/withdraw",
        done=not token,
        token=token,
        typed=typed,
        notice=notice,
        wrong={"code": frame.texts("fault.code")} if wrong else {},
    )


def closed_page(frame: Frame) -> str:
    """The page where no reports can be taken in."""
    return _render("closed.html", frame, "closed.title", "/report")


def _render(name: str, frame: Frame, title: str, path: str, **more: Any) -> str:
    t = frame.texts
    own = {"wrong": {}, "title": t(title), "path": path, "t": t, "style": _style(), "lamp": _lamp()}
    own |= {"place": frame.place, "languages": frame.languages}
    return _templates().get_template(name).render(own | more)


@cache
def _templates() -> Environment:
    """The templates. Every value is escaped, and none that is missing shows as nothing."""
    return Environment(
        loader=FileSystemLoader(STATIC / "door"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> Markup:
    """Our own style with the colors of the palette."""
    text = (STATIC / "door/style.css").read_text("utf-8")
    for name, theme in (("$light", LIGHT), ("$dark", DARK)):
        text = text.replace(name, _variables(theme))
    return Markup(text)


def _variables(theme: Theme) -> str:
    colors = {name: getattr(theme, name) for name in _COLORS}
    colors["button"] = theme.accent if theme.dark else theme.link
    colors |= {"on": theme.paper, "glow": DARK.accent}
    return " ".join(f"--{name}: {color};" for name, color in colors.items())


@cache
def _lamp() -> Markup:
    text = (STATIC / "lamp.svg").read_text("utf-8").strip()
    return Markup(text.replace(' xmlns="http://www.w3.org/2000/svg"', ""))  # HTML knows it
