"""The files of "How we protect people": a page in each language, beside the embed's, whole without
scripts."""

from string import Template

from data.embed import protect
from data.embed.language import Words, esc, load_texts
from data.embed.pages import CSP, SOURCES, unread_line
from data.embed.protection import Protection, read_protection
from data.embed.protection_pictures import OPENS
from data.languages import page_name, protect_name
from data.privacy.tables import Manifest


def write_pages(manifest: Manifest, languages: list[str]) -> dict[str, bytes]:
    """The page in each language and what it loads, by file name."""
    shown = read_protection(manifest)
    files = {name: (SOURCES / name).read_bytes() for name in ("protect.css", "protect.js")}
    for code in languages:
        files[protect_name(code)] = _page(shown, manifest, load_texts(code), languages).encode()
    return files


def _page(shown: Protection, manifest: Manifest, speak: Words, languages: list[str]) -> str:
    place = manifest["place"]["name"]
    others = " ".join(
        f'<a href="{protect_name(code)}" hreflang="{code}" lang="{code}">'
        f"{esc(load_texts(code)('language.name'))}</a>"
        for code in languages
        if code != speak.language
    )
    parts = {
        "lang": speak.language,
        "csp": CSP,
        "title": esc(f"{speak('protect.title')} · {place}"),
        "place": esc(place),
        "langs": others,
        "home": page_name(speak.language),
        "back": esc(speak("protect.back")),
        "head": esc(speak("protect.title")),
        "unread": unread_line(speak),
        "lead": esc(speak("protect.lead")),
        "before": protect.before(shown, speak),
        "attempt": protect.attempt(shown, OPENS, speak),
        "after": protect.after(shown, speak),
        "made": esc(speak("embed.made")),
    }
    return Template((SOURCES / "protect.html").read_text("utf-8")).substitute(parts)
