"""Who sent a message: a keyed hash in place of them, and their name out of their own text."""

import re
from functools import lru_cache

import phonenumbers

from data.storage.identity import keyed

HIDDEN = "[name]"
_PHONE = re.compile(r"\+?[\d\s().-]{7,25}")
_SIGNED = 3  # last lines, where a name of its own is a signature


def hash_sender(sender: str, key: bytes, region: str) -> str | None:
    """A hash that nobody can work out without the key; None where nobody is named.

    A telephone number is the same however it is written; `region` is that of numbers without
    the code of a country.
    """
    plain = " ".join(sender.casefold().split())
    if _PHONE.fullmatch(plain):
        try:
            parsed = phonenumbers.parse(plain, region)
            plain = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        except phonenumbers.NumberParseException:
            pass
    return keyed(key, plain)[:32] if plain else None


def hide_names(text: str, names: tuple[str, ...]) -> tuple[str, int]:
    """A text without the names of who sent it, and how often one stood in it."""
    pattern, words = _pattern(names)
    if pattern is None:
        return text, 0
    text, often = pattern.subn(HIDDEN, text)
    lines = text.split("\n")
    for at in range(max(len(lines) - _SIGNED, 1), len(lines)):
        signed = re.findall(r"[^\W\d_]+", lines[at].casefold())
        if signed and words.issuperset(signed):
            lines[at], often = HIDDEN, often + 1
    return "\n".join(lines), often


@lru_cache(maxsize=1024)
def _pattern(names: tuple[str, ...]) -> tuple[re.Pattern[str] | None, frozenset[str]]:
    """A pattern of the whole names, and their words. A name of one word has to stand as it is
    written: "Will" is one, "will" is none."""
    plain = {" ".join(name.split()) for name in names}
    whole = sorted((name for name in plain if len(name) > 2), key=len, reverse=True)
    ways = [re.escape(name) if name.isalpha() else f"(?i:{re.escape(name)})" for name in whole]
    words = frozenset(w for name in whole for w in re.findall(r"[^\W\d_]+", name.casefold()))
    return (re.compile(rf"(?<!\w)(?:{'|'.join(ways)})(?!\w)") if ways else None), words
