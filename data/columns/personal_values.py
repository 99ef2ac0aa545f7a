"""Columns whose values tell who somebody is, whatever their header says.

A header such as "subject" is innocent until its cells read "J. Smith". What is dropped
wrongly can be asked for under [keep]; what leaks cannot be called back.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from data.files.cells import is_missing
from data.personal_columns import PEOPLE, THINGS, split_header
from data.words import listed

_FEW = 20  # values among the first rows that are too few to judge by
PARTICLES = listed("al bin da de del den der di dos du el ibn la le van von y")
SUFFIXES = listed("jr sr ii iii iv")
_PLACES = listed("""
    neighborhood neighborhoods neighbourhood neighbourhoods nbhd hood street streets road
    avenue highway intersection block area zone district precinct beat sector ward
    division region county city town state country community municipality borough village
    lsoa msoa soa parish constituency tract place location address site park school facility building landmark station
    agency department organisation organization bureau barrio colonia distrito quartier
    arrondissement rue ville stadtteil stadtviertel viertel bezirk strasse stadt ort
    xaafad degmo magaalo waddo type kind category problem offense offence charge crime
    nature disposition status outcome result make model color colour
""")
_BESIDE = listed("name names label nearest cross police patrol the of primary main")
# in a text it tells that this is no person; few people are called so, and most decide
NO_PERSON = (
    THINGS
    | _PLACES
    | listed("""
    st ave av blvd rd dr ln ct pl pkwy hwy lane drive boulevard parkway court circle square
    plaza terrace bridge creek river lake hill hills heights north south east west
    northeast northwest southeast southwest downtown uptown midtown central and or with no
    not other unknown none traffic theft assault robbery burglary check welfare suspicious
    disturbance noise alarm medical fire domestic warrant search arrest damage property
    motor violation trespass shots fired shooting pursuit protest parking accident crash
    advised report follow up assist public person people officer inc llc corp company
    market grocery bar cafe restaurant hotel bank mall center centre university college
    library clinic apartments federal state local agents patrol border customs enforcement
    homeland security guard sheriff police national
""")
)
# of an agency: what is "reported by" anything else is reported by somebody
_AGENCY = listed("""
    police constabulary sheriff sheriffs patrol department dept agency service services office
    bureau authority ministry force guard gendarmerie constables marshals troopers transit
""")
_REPORTED_BY = listed("reported by")
# headers under which names are names also where they repeat; a subject may be a topic
WHOSE = (PEOPLE | {"who"}) - {"subject"}
_NUMBERED = listed("""
    case incident event report call code grid zone beat unit crime ucr statute sector
    district precinct area offense offence charge ccn ori census tract model
""")

PHONE = re.compile(
    r"(\+?\d{1,3}[ .-]?)?(\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}( ?x\d+)?|\+\d{8,15}"
)
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
IP = re.compile(
    r"((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)|"
    r"(?=.*:.*:)[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){3,7}"
)
_CLOCK = re.compile(r"\d{1,4}(:\d\d){1,3}")
PLATE = re.compile(
    r"[A-Z]{2,3}[ -]?\d{3,4}|\d{3,4}[ -]?[A-Z]{2,3}|\d[A-Z]{3}\d{3}|"
    r"[A-Z]{3}[ -]?\d[A-Z]\d\d|([A-Z]{2} )?[A-Z]{3}[ -]?\d{3,4}"
)


class Look(NamedTuple):
    """One thing that values can look like. `different`: only where most differ.

    Categories repeat, so what may be one too counts only where values are different;
    `but` are headers that say what else the values are.
    """

    like: Callable[[str], bool]
    different: bool = False
    but: Callable[[frozenset[str]], bool] = lambda said: False


def column(header: str, texts: Sequence[str]) -> bool:
    """Return whether most of the different values of a column tell who somebody is."""
    held = [text.strip() for text in texts if not is_missing(text)]
    each, said = list(dict.fromkeys(held)), frozenset(split_header(header))
    if said >= _REPORTED_BY:
        return sum(map(_agency, each)) * 2 < len(each)
    differ = len(each) * 2 > len(held) or (bool(said) and said <= WHOSE)
    return any(
        sum(map(look.like, each)) * 2 > len(each)
        for look in LOOKS
        if (differ or not look.different) and not look.but(said)
    )


def _agency(text: str) -> bool:
    """Return whether a text names an agency."""
    return not _AGENCY.isdisjoint(re.findall(r"[^\W\d_]+", text.lower()))


def few(texts: Sequence[str]) -> bool:
    """Return whether the first rows hold too little to tell what a column is."""
    return sum(not is_missing(text) for text in texts) < _FEW


def _name(text: str) -> bool:
    """Return whether a text is written as "First Last", "LAST, FIRST M" or "J. Smith"."""
    parts = re.split(r"[\s,]+", text.strip(" ,"))
    said = [part for part in parts if part.lower().strip(".") not in PARTICLES | SUFFIXES]
    plain = {part.lower().strip(".") for part in parts}
    return (
        2 <= len(said) <= 4
        and text.count(",") <= 2
        and all(map(_capitalised, said))
        and any(len(part.strip(".")) > 1 for part in said)
        and plain.isdisjoint(NO_PERSON)
    )


def _initialled(text: str) -> bool:
    """Return whether a name has an initial, as no category has: "J. Smith", "SMITH, JOHN A"."""
    comma, point = "," in text, re.search(r"\b[^\W\d_]\.", text)
    return _name(text) and bool(point or (comma and re.search(r"\s[^\W\d_]$", text)))


def _capitalised(part: str) -> bool:
    letters = re.sub(r"['\u2019.-]", "", part)
    return letters.isalpha() and part[0].isupper()


def _of_a_place(said: frozenset[str]) -> bool:
    """Return whether a header says places or sorts and nothing else: "Park Name"."""
    return bool(said & _PLACES) and said <= _PLACES | _BESIDE


def _address(text: str) -> bool:
    return not _CLOCK.fullmatch(text) and IP.fullmatch(text) is not None


LOOKS = (
    Look(_initialled, but=_of_a_place),
    Look(_name, different=True, but=_of_a_place),
    Look(lambda text: PHONE.fullmatch(text) is not None),
    Look(lambda text: MAIL.fullmatch(text) is not None),
    Look(_address),
    Look(
        lambda text: PLATE.fullmatch(text.upper()) is not None,
        True,
        lambda said: not said.isdisjoint(_NUMBERED),
    ),
)
