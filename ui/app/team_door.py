"""The form in the team's own process: the store's key and areas, and the channels of reviewers."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request

from data.desk.demo import demo_settings
from data.people import roster
from data.people.actor import REVIEWER, Actor, machine
from data.reports.door_settings import DoorSettings, load_own_door
from data.reports.tip import Channel
from data.settings import Problem, load_settings
from data.storage import identity
from data.storage.area_sets import area_names_of
from data.storage.store import Store, open_ledger
from ui.app import session
from ui.door.door import Door, Team

TRIED = "trying it out on this machine"
CHANNELS = (Channel.HOTLINE.value, Channel.OBSERVERS.value)


def make_door(people: Path | None) -> Door:
    """The form for those who may see the team's pages. `people` is the store with the lists of
    people; None where nobody is asked who they are."""

    def channels(request: Request) -> tuple[str, ...]:
        return CHANNELS if _person(people, request).has(REVIEWER) else ()

    def author(request: Request) -> str:
        if people is not None:  # a hash without a key could be tried out
            roster.key(people, make=True)
        return _person(people, request).who

    if people is None:  # a trial: the form as the public has it
        return Door(load_demo_door)
    return Door(load_team_door, team=Team(channels, author, caller_origin))


def _person(people: Path | None, request: Request) -> Actor:
    """Who asks, with their roles now; nobody where the lists cannot be read."""
    if people is None:
        return machine()
    claims = session.claims(request) or {}
    try:
        listed = roster.roster(people)
    except Problem:
        return Actor("", frozenset())
    return Actor(listed.pseudonym(claims), listed.roles(claims))


def load_team_door() -> DoorSettings:
    """The settings of the form beside a store. Problem where there is no store yet."""
    store = load_settings().store
    if not store.exists():
        raise Problem("There is no store yet: set the place up first.")
    door = load_own_door(store)
    return door if door.areas else replace(door, areas=_areas(store, open_ledger(store).state()))


def load_demo_door() -> DoorSettings:
    """The same where nobody signs in: what is sent goes to the desk that can be tried out here."""
    door = load_team_door()
    made = load_own_door(demo_settings(load_settings()).store)
    return replace(door, name=f"{door.name}: {TRIED}", recipient=made.recipient, spool=made.spool)


@lru_cache(maxsize=2)
def _areas(store: Path, _changed: object) -> tuple[str, ...]:
    """The names of the areas of a store's first set; they change only when its ledger does."""
    return area_names_of(Store(store))


def caller_origin(word: str) -> str:
    """The keyed hash by which the desk tells callers of the hotline apart."""
    key = identity.store_key(load_settings().store)
    return identity.keyed(key, f"{Channel.HOTLINE}\x1f{word}")[:32]
