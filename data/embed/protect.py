"""The parts of "How we protect people", as HTML: what is counted, what one report changes, what is
not covered.

They say what a release's manifest says. The embed's page and the public dashboard show the same.
"""

from data.embed import protection_pictures
from data.embed.language import Words, esc
from data.embed.protection import EVENTS, Protection
from data.embed.protection_pictures import MOST
from geo import noise_odds

_MONTH, _QUARTER, _YEAR = 30, 91, 365  # days, for pictures


def before(shown: Protection, speak: Words) -> str:
    """The parts before the slider, as HTML: what is counted, and how chance comes in."""
    lives = {"residents": speak.number(shown.residents)}
    areas = shown.table.where != "city"
    where = speak("protect.counted.where", **lives) if areas else speak("protect.counted.city")
    yes = [
        ("reports", speak("protect.counted.reports")),
        ("where", where),
        ("when", speak("protect.counted.when")),
    ]
    never = [(name, speak(f"protect.never.{name}")) for name in ("person", "point", "hour", "text")]
    pair = "".join(
        f'<div><h3>{esc(speak(key))}</h3><ul class="icons">'
        + "".join(
            f"<li>{protection_pictures.icon(name)}<span>{esc(text)}</span></li>"
            for name, text in rows
        )
        + "</ul></div>"
        for key, rows in (("protect.counted.yes", yes), ("protect.counted.no", never))
    )
    counted = _part(speak("protect.counted.title"), f'<div class="pair">{pair}</div>')
    chance = _part(
        speak("protect.chance.title"),
        _texts(speak("protect.chance.text"))
        + protection_pictures.chance(shown, speak)
        + _texts(speak("protect.chance.holds"), speak("protect.chance.fits")),
    )
    return counted + chance


def attempt(shown: Protection, n: int, speak: Words) -> str:
    """The part to try, as HTML, where `n` reports of others are there, with a slider that
    static/embed/protect.js lets move."""
    q = noise_odds.half_width(shown.of_table)
    choice = (
        f'<label id="try" data-said="{esc(speak("protect.try.said"))}" data-half="{q}">'
        f"<span>{esc(speak('protect.try.label'))}: <output>{n}</output></span>"
        f'<input type="range" min="0" max="{MOST}" value="{n}" hidden></label>'
    )
    return f"<section>{question(speak)}{choice}{answer(shown, n, speak)}</section>\n"


def question(speak: Words) -> str:
    """What there is to try, as HTML."""
    return f"<h2>{esc(speak('protect.try.title'))}</h2>{_texts(speak('protect.try.text'))}"


def answer(shown: Protection, n: int, speak: Words) -> str:
    """What one report changes where `n` others are there, as HTML: both laws, and what they mean."""
    said = speak("protect.try.said", **protection_pictures.ranges(shown, n))
    keys = "".join(
        f'<span class="{key}"><i></i>{esc(speak(f"protect.try.{key}"))}</span>'
        for key in ("without", "with")
    )
    of = "protect.try.city" if shown.table.where == "city" else "protect.try.areas"
    return (
        f'<p class="keys">{keys}</p>{protection_pictures.bars(shown, n, speak)}'
        f'<p class="axis">{esc(speak("protect.try.axis"))}</p>'
        f'<p class="said" aria-live="polite">{esc(said)}</p>'
        + _texts(
            speak("protect.try.odds", odds=_times(shown.table_odds(), speak)),
            speak("protect.try.guess", right=_of_hundred(shown.right_of_table())),
            speak(of),
        )
    )


def after(shown: Protection, speak: Words) -> str:
    """The parts after the slider, as HTML: the promise, delays, what is decided, what is left."""
    return "".join(
        part(shown, speak) for part in (_promise, _delays, _decided, _sensitive, _not_protected)
    )


def _promise(shown: Protection, speak: Words) -> str:
    rows = "".join(
        f'<tr><th scope="row">{k}</th><td>{esc(_about(shown.odds(k), speak))}</td></tr>'
        for k in EVENTS
    )
    heads = "".join(
        f'<th scope="col">{esc(speak(f"protect.promise.{key}"))}</th>' for key in ("events", "odds")
    )
    redone = speak(
        "protect.promise.redone",
        years=speak.listed(list(shown.redone)),
        odds=_times(shown.odds(2), speak),
    )
    return _part(
        speak("protect.promise.title"),
        _texts(
            speak("protect.promise.event", odds=_times(shown.odds(), speak)),
            speak("protect.promise.tables", right=_of_hundred(shown.right_of_all())),
            speak("protect.promise.unit"),
            speak("protect.promise.versions", odds=_times(shown.odds(2), speak)),
            speak("protect.promise.person"),
        )
        + f'<table class="plain"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        + (_texts(redone) if shown.redone else ""),
    )


def _delays(shown: Protection, speak: Words) -> str:
    """Pictures of the waits that this release's tables have."""
    city, areas = speak.number(shown.city_days), speak.number(shown.area_days)
    units = {(table.where == "city", table.unit) for table in shown.epsilons}
    drawn = ""
    if units & {(True, "month"), (True, "week-part")}:
        title = speak("protect.delay.month", days=city)
        drawn += protection_pictures.wait(title, _MONTH, shown.city_days, speak)
    elif (True, "quarter") in units:
        title = speak("protect.delay.quarter", days=areas)
        drawn += protection_pictures.wait(title, _QUARTER, shown.area_days, speak)
    if units & {(False, "month"), (False, "quarter")}:
        title = speak("protect.delay.areas.quarter", days=areas)
        drawn += protection_pictures.wait(title, _QUARTER, shown.area_days, speak)
    elif (False, "year") in units:
        title = speak("protect.delay.areas.year", days=areas)
        drawn += protection_pictures.wait(title, _YEAR, shown.area_days, speak)
    return _part(speak("protect.delay.title"), drawn)


def _decided(shown: Protection, speak: Words) -> str:
    return _part(
        speak("protect.once.title"),
        _texts(
            speak("protect.once.text", days=speak.number(shown.city_days)),
            speak("protect.once.fit"),
            speak("protect.once.late", month=speak.month(shown.late_month)),
        ),
    )


def _sensitive(shown: Protection, speak: Words) -> str:
    kinds = [speak(f"kind.{code}") for code in shown.kinds]
    places = [speak(f"setting.{code}") for code in shown.settings]
    texts = [speak("protect.sensitive.text")]
    texts += [speak("protect.sensitive.kinds", kinds=speak.listed(kinds))] if kinds else []
    texts += [speak("protect.sensitive.places", places=speak.listed(places))] if places else []
    return _part(speak("protect.sensitive.title"), _texts(*texts))


def _not_protected(_: Protection, speak: Words) -> str:
    rows = ("official", "silent", "copies", "people", "many")
    items = "".join(f"<li>{esc(speak(f'protect.not.{row}'))}</li>" for row in rows)
    return _part(speak("protect.not.title"), f"<ul>{items}</ul>")


def _part(title: str, body: str) -> str:
    return f"<section><h2>{esc(title)}</h2>{body}</section>\n"


def _texts(*texts: str) -> str:
    return "".join(f"<p>{esc(text)}</p>" for text in texts)


def _of_hundred(share: float) -> str:
    return f"{100 * share:.0f}"


def _times(odds: float, speak: Words) -> str:
    """2.7, 20 or 148 as the language writes it."""
    if odds >= 10:
        return speak.number(odds)
    comma = "." if speak("number.thousands") == "," else ","
    return f"{odds:.1f}".replace(".", comma)


def _about(odds: float, speak: Words) -> str:
    return speak("protect.promise.times", odds=_times(odds, speak))
