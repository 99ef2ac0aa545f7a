"""The help page: one page of HTML, whole without scripts, that also prints on one sheet."""

import datetime as dt
import re
from functools import cache
from pathlib import Path
from string import Template
from urllib.parse import quote

from data.embed.language import Words, esc, load_texts
from data.help.help_table import Check, Entry, HelpTable, Kind, Section, Wording, check_state
from data.languages import EMBED, FIRST, HELP, languages, load_catalogue
from data.palette import DARK, LIGHT, Theme

_HTML, _CSS = (
    Template(Path(__file__).with_name(f"page.{end}").read_text("utf-8")) for end in ("html", "css")
)
_COLORS = ("paper", "ink", "quiet", "accent", "panel", "card", "rule", "link")
_IN_ENGLISH = re.compile("(“[^”]*”)")  # what one says to officers, in every language
_DOUBTFUL = {Check.OLD, Check.NEVER, Check.PRINTED}


def help_page(table: HelpTable, language: str, today: dt.date, home: str = "/") -> str:
    """The page of a place in a language that has a catalog (else English), as of a day; `home` is
    where its name leads."""
    speak = _words(language if language in languages(domain=HELP) else FIRST)
    entries = [_group(table, phones, speak, today) for phones in (True, False)]
    title = speak("help.page", place=table.place) if table.place else speak("help.title")
    return _HTML.substitute(
        lang=speak.language,
        title=esc(title),
        style=_style(),
        home=esc(home),
        place=esc(table.place),
        languages=esc(speak("language.choose")),
        langs=_languages(speak.language),
        lead=esc(speak("help.lead")),
        unread=_unread(speak),
        entries="".join(entries) or f"<p>{esc(speak('help.none'))}</p>",
        sections="".join(_section(one, table.file.language, speak) for one in table.file.section),
        law=esc(speak("help.law")),
        kept=esc(speak("help.kept")),
        day=esc(speak("help.day", date=speak.date(today))),
    )


@cache
def _words(language: str) -> Words:
    return load_texts(language, domains=(EMBED, HELP))


@cache
def _translations(language: str) -> dict[str, str]:
    """The texts of a language's catalog by their English."""
    texts = load_catalogue(language, HELP).texts.values()
    return {text.english[0]: text.forms[0] for text in texts if all(text.forms)}


def _wording(wording: Wording, own: str, speak: Words) -> str:
    """A text as HTML in the page's language, or else marked as what it is.

    `own` is the language of the file. What its author wrote in a language comes before a catalog.
    """
    texts = wording if isinstance(wording, dict) else {own: wording}
    said = texts.get(speak.language) or _translations(speak.language).get(texts.get(FIRST, ""))
    if said:
        return esc(said) if speak.language == FIRST else _quoted(esc(said))
    language = FIRST if FIRST in texts else next(iter(texts))
    return f'<span lang="{esc(language)}">{esc(texts[language])}</span>'


def _quoted(text: str) -> str:
    return _IN_ENGLISH.sub(rf'<span lang="{FIRST}">\1</span>', text)


def _unread(speak: Words) -> str:
    """Where nobody has read the language: a line that says so in it and in English."""
    if speak.read_by:
        return ""
    own, english = esc(speak("unread")), esc(_words(FIRST)("unread"))
    return f'<p class="unread">{own} <span lang="{FIRST}">{english}</span></p>\n'


def _languages(chosen: str) -> str:
    """A link to each language, under its own name."""
    links = []
    for code in languages(domain=HELP):
        name = esc(_words(code)("language.name"))
        own = f'lang="{code}" aria-current="page"' if code == chosen else f'lang="{code}"'
        links.append(
            f"<b {own}>{name}</b>"
            if code == chosen
            else f'<a href="?lang={code}" hreflang="{code}" {own}>{name}</a>'
        )
    return "".join(links)


def _group(table: HelpTable, phones: bool, speak: Words, today: dt.date) -> str:
    """Those whom one can call, or those whom one reaches otherwise; "" where there are none."""
    own = [one for one in table.file.entry if (one.kind is Kind.PHONE) == phones]
    if not own:
        return ""
    own.sort(key=lambda one: not one.emergency)
    name = "call" if phones else "other"
    rows = "".join(_entry(one, table.file.language, speak, today) for one in own)
    return (
        f'<section class="group {"phone" if phones else "other"}" aria-labelledby="{name}">'
        f'<h2 id="{name}">{esc(speak(f"help.{name}"))}</h2><ul>{rows}</ul></section>\n'
    )


def _entry(entry: Entry, own: str, speak: Words, today: dt.date) -> str:
    """Somebody who helps: who, how to reach them, what for, and whether anybody checked it."""
    state = check_state(entry, today)
    reach = _reach(entry)
    head = f"<h3>{esc(entry.who)}</h3>{reach}" if entry.who != entry.reach else f"<h3>{reach}</h3>"
    more = [f"<p>{_wording(entry.what_for, own, speak)}</p>"]
    if entry.languages:
        more.append(f"<p>{esc(speak('help.languages', names=', '.join(entry.languages)))}</p>")
    if entry.hours:
        hours = esc(speak("help.hours", hours="\0")).replace(
            "\0", _wording(entry.hours, own, speak)
        )
        more.append(f"<p>{hours}</p>")
    if state is not Check.EMERGENCY:
        doubt = " doubt" if state in _DOUBTFUL else ""
        more.append(f'<p class="state{doubt}">{esc(_checked(entry, state, speak))}</p>')
    kind = ' class="emergency"' if entry.emergency else ""
    return f"<li{kind}>{head}{''.join(more)}</li>\n"


def _checked(entry: Entry, state: Check, speak: Words) -> str:
    """How far an entry can be relied on, in words."""
    month = speak.period(entry.as_printed) if entry.as_printed else ""
    date = speak.date(entry.checked_on) if entry.checked_on else ""
    return speak(f"help.{state.value}", month=month, date=date)


def _reach(entry: Entry) -> str:
    """The way to reach somebody: a link where a phone or a browser can follow it."""
    shown = esc(entry.reach).replace("@", "@<wbr>")  # a narrow card breaks it there
    links = {
        Kind.PHONE: f"tel:{re.sub(r'[^+0-9]', '', entry.reach)}",
        Kind.EMAIL: f"mailto:{quote(entry.reach, safe='@+')}",
        Kind.WEB: entry.reach,
    }
    if href := links.get(entry.kind):
        return f'<a class="reach" href="{esc(href)}" rel="noreferrer">{shown}</a>'
    return f'<p class="reach">{shown}</p>'


def _section(section: Section, own: str, speak: Words) -> str:
    """A text of the place."""
    points = "".join(f"<li>{_wording(point, own, speak)}</li>" for point in section.points)
    source = ""
    if section.source:
        source = esc(speak("help.source", source="\0"))
        source = source.replace("\0", _wording(section.source, own, speak))
        source = f'<p class="source">{source}</p>'
    return f"<section><h2>{_wording(section.title, own, speak)}</h2><ul>{points}</ul>{source}</section>\n"


@cache
def _style() -> str:
    """The page's style in the palette's colors; paper is white."""
    return _CSS.substitute(light=_colors(LIGHT), dark=_colors(DARK), print=_colors(LIGHT))


def _colors(theme: Theme) -> str:
    return "; ".join(f"--{name}: {getattr(theme, name)}" for name in _COLORS)
