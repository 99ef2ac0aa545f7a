"""The desk to try out: a store of its own with made tips, worked on by made colleagues.

Nothing of it is real, and it refuses to stand where anything real is.
"""

import random
import shutil
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from data.desk import approving, dealing, desk_records
from data.desk.desk import Desk
from data.desk.desk_settings import DeskSettings
from data.desk.known_answers import add_known
from data.desk.receive import receive_tips
from data.people.actor import EDITOR, REVIEWER, STEWARD, Actor
from data.reports.tip import Incoming, Tip
from data.settings import Problem, Settings
from data.storage import area_sets
from data.storage.events import AreasSet
from data.storage.store import Store
from data.tips.reasons import Verdict

TIPS = 200
ROLES = (REVIEWER, EDITOR, STEWARD)
_SEED = 20260107
_opening = threading.Lock()
_opened: dict[Path, Desk] = {}
_ELSEWHERE = (
    "The desk can be tried out on this machine only, where nobody signs in, and where no record is "
    "real."
)
_NO_PLACE = (
    "The trial is of your place, which is not set up yet. Open Map first: bring in areas and records, "
    "or look around with the sample place."
)
_WHAT = {
    "arrest_operation": (
        "unmarked vehicles boxed in a white van and people in vests took the driver out",
        "they walked two people to a dark SUV, one of them in handcuffs",
        "somebody was pulled from a car at the light, three officers around him",
        "a man who was scraping ice off his windshield was led away",
    ),
    "sighting": (
        "dark SUVs with tinted windows have been parked along the block",
        "a line of vehicles with out of state tags drove around slowly",
        "officers in olive vests stood near the bus stop and watched",
        "a helicopter circled low above the rooftops for a long time",
    ),
    "search_or_raid": (
        "agents knocked at the door of the bakery and asked for papers",
        "they went through a restaurant kitchen while customers were eating",
        "several people with a battering ram waited in the stairwell",
    ),
    "crowd_control": (
        "officers with shields pushed neighbors back onto the sidewalk",
        "a row of them blocked the crossing while whistles were blowing",
    ),
    "other": (
        "tow trucks and police lights, which I think was only a crash",
        "men in vests with radios turned out to be a film crew",
        "a delivery company's cars that look like theirs, nothing happened",
    ),
}
_SEEN_FROM = (
    "I saw it from my kitchen window",
    "My neighbor called me and I went to look",
    "I was walking the dog",
    "From the bus I noticed this",
    "We were opening the store",
    "My daughter texted me from school",
    "On my way home from the night shift",
    "I was clearing snow in front of the house",
    "Somebody blew a whistle and we went outside",
)
_AFTER = (
    "They left after a few minutes toward the highway",
    "Nobody showed a badge that I could see",
    "I have a video but my hands were shaking",
    "I did not hear what was said",
    "People were filming from across the street",
    "I am not sure which agency that was",
    "A local squad car came by and kept driving",
    "It was over when I came closer",
    "Children were watching all of it",
)
_NEAR = ("by the bus stop", "behind the library", "next to the school", "at the corner store")


def demo_settings(settings: Settings) -> Settings:
    """The settings of the demonstration: the place's, with a store of its own beside."""
    return replace(settings, store=settings.store.parent / f"{settings.store.name}-desk-demo")


def open_demo(settings: Settings, *, provider: bool, named: bool) -> Desk:
    """The desk of the demonstration, filled at the first time.

    Problem where an identity provider or a public name is configured, or where its store holds a
    record that is not made.
    """
    if provider or named:
        raise Problem(_ELSEWHERE)
    place = Store(settings.store).history()
    if not place.area_sets and not place.imports:  # its tips would be of no area for good
        raise Problem(_NO_PLACE)
    own = demo_settings(settings)
    store = Store(own.store)
    if set(store.history().sources) - {desk_records.MADE}:
        raise Problem(f"{_ELSEWHERE} {own.store} holds others.")
    with _opening:  # two who come first at once see one desk
        if own.store not in _opened:
            desk = Desk(store, own, rules=DeskSettings(known_percent=4))
            if not desk.state().tips:
                _fill(desk, Store(settings.store))
            _opened[own.store] = desk
        return _opened[own.store]


def _fill(desk: Desk, real: Store) -> None:
    """Made tips, some of them graded by made colleagues, some approved."""
    _copy_areas(desk.store, real)
    rng = random.Random(_SEED)
    areas = [name for name in area_sets.area_names_of(desk.store) if name]
    receive_tips(desk, made_tips(areas, TIPS, rng, desk.clock()))
    colleagues = [Actor(f"made colleague {i}", frozenset({REVIEWER})) for i in range(1, 6)]
    editor = Actor("made editor", frozenset({EDITOR}))
    steward = Actor("made steward", frozenset({STEWARD}))
    for one, answer in zip(made_tips(areas, 8, rng, _long_ago(desk)), 2 * _ANSWERS):
        add_known(desk, steward, one.tip, answer)
    for turn in range(150):
        colleague = colleagues[turn % len(colleagues)]
        if tip := dealing.deal(desk, colleague):
            right = tip.answer and rng.random() < 0.8
            code, reason = _RIGHT[tip.answer] if right else rng.choices(_GRADED, _WEIGHTS)[0]
            dealing.grade(desk, colleague, tip.id, code, reason)
    for tip in approving.to_approve(desk, editor)[:20]:
        approving.approve(desk, editor, tip.id)
    desk_records.write_records(desk, desk_records.MADE)


def _long_ago(desk: Desk) -> datetime:
    return desk.clock() - timedelta(days=10)


_ANSWERS = (Verdict.CONFIRMED, Verdict.FALSE, Verdict.CANNOT_TELL, Verdict.FALSE)
_GRADED = (
    ("verified", "picture"),
    ("corroborated", "observer"),
    ("rejected", "no_incident"),
    ("cannot_tell", "too_little"),
)
_WEIGHTS = (4, 3, 2, 2)
_RIGHT = {"confirmed": _GRADED[0], "false": _GRADED[2], "cannot_tell": _GRADED[3]}


def made_tips(areas: list[str], count: int, rng: random.Random, now: datetime) -> list[Incoming]:
    """Made tips of the last days before now, of three channels; the same seed gives the same."""
    found = []
    for _ in range(count):
        ago = timedelta(hours=rng.expovariate(1 / 60) + 26)
        at = (now - ago).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        kind = rng.choices(list(_WHAT), weights=(4, 5, 2, 1, 2))[0]
        seen, what, after = (rng.choice(some) for some in (_SEEN_FROM, _WHAT[kind], _AFTER))
        vehicles = rng.randint(1, 6)
        channel = rng.choices(("form", "hotline", "observers"), weights=(6, 3, 1))[0]
        tip = Tip(
            kind=kind,
            day=date.isoformat(at.date()),
            hour=at.hour,
            area=rng.choice(areas) if areas else "",
            vehicles=vehicles if kind == "sighting" else None,
            officers=rng.randint(1, 12) if rng.random() < 0.5 else None,
            agencies=tuple(rng.choice((("federal",), ("unknown",), ("local",), ()))),
            sources_of_agency=("vest",) if rng.random() < 0.3 else (),
            response=rng.choice(("not_recorded", "not_recorded", "none", "in_person")),
            text=f"{seen}: {what}. {after}.",
            cross_streets=rng.choice(_NEAR) if rng.random() < 0.6 else "",
            language="en",
        )
        origin = None if channel == "form" else f"made origin {rng.randint(1, 60)}"
        found.append(Incoming(channel, tip, at.isoformat(timespec="seconds"), origin))
    return found


def _copy_areas(store: Store, real: Store) -> None:
    """Give the demonstration the areas of the place."""
    with store.writing():
        for name, event in real.history().area_sets.items():
            if name not in store.history().area_sets:
                file = real.areas / f"{event.id}.parquet"
                shutil.copyfile(file, store.areas / file.name)
                store.ledger.append(AreasSet(event.id, name, event.how, event.place_by))
