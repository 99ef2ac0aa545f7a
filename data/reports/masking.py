"""Masking of free text: phone numbers, e-mail addresses, license plates and document numbers.

It errs toward masking: what is hidden wrongly costs a reviewer a guess, what stays cannot be
called back. Times, dates, street addresses and names of roads stay.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from phonenumbers import PhoneNumberMatcher

from data.words import listed

REGION = "US"  # where a phone number is from that has no country code
# what a text says in place of what was masked, by sort
SORTS = {
    "email": "[e-mail address]",
    "document": "[document number]",
    "phone": "[phone number]",
    "plate": "[license plate]",
}


class Masked(NamedTuple):
    """A text without what points to a person, and how much of each sort of SORTS was in it."""

    text: str
    counts: Mapping[str, int]


class _Span(NamedTuple):
    start: int
    end: int
    sort: str


_BEFORE, _AFTER = r"(?<![\w])", r"(?![\w])"
# dates and times: their digits are no one's number
_WHEN = re.compile(
    r"\b\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2}(?:[ T]\d{1,2}(?=:))?|\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b|"
    r"\b\d{1,2}:\d{2}(?::\d{2})?"
)
_EMAIL = re.compile(
    r"[\w.+%'-]{1,64}@[\w.-]{1,200}\.[^\W\d_]{2,}|"
    # written out, so that a filter does not see it: jo at example dot org
    r"\b[\w.+-]{1,64} ?[\[(]? ?\b(?:at|arroba)\b ?[\])]? ?[\w-]{1,64} ?[\[(]? ?\b(?:dot|punto)\b ?[\])]? ?[a-z]{2,}\b",
    re.IGNORECASE,
)
_NUMBERS = (
    r"\d{3}[- ]\d{2}[- ]\d{4}",  # social security
    r"\d{9}",  # the same without dashes; passports
    r"A[-# ]{0,2}\d{3}[- ]?\d{3}[- ]?\d{2,3}",  # alien registration
    r"[A-Z]{3}[- ]?\d{10}",  # receipts of immigration cases
    r"[A-Z][- ]?\d{3}[- ]?\d{3}[- ]?\d{3}[- ]?\d{3}",  # driver's licenses
    r"[A-Z]{1,2}\d{6,8}",  # passports of many countries
    r"(?:\d{4}[- ]){3}\d{1,4}|\d{13,16}",  # cards
)
_DOCUMENT = re.compile(rf"{_BEFORE}(?:{'|'.join(_NUMBERS)}){_AFTER}")
# a word for a document or plate, then what is written on it: a token with a digit
_TOKEN = (
    r"[\s:#=.\-]{1,4}(?:(?:is|was|es|era|number|no|num|numero|número|nº|waa|yog)\b[\s:#.]{0,3})*"
)
_ON_DOCUMENT = re.compile(
    r"\b(?:passport|pasaporte|baasaboor|visa|ssn|social security|seguro social|alien|driver'?s? licen[cs]e|"
    rf"licencia de conducir|matr[ií]cula consular|badge|placa del agente){_TOKEN}"
    r"(?P<own>(?=[\w-]*\d)[\w-]{4,20})",
    re.IGNORECASE,
)
_ON_PLATE = re.compile(
    r"\b(?:license plates?|licence plates?|number plate|plates?|tag|tags|placas?|matr[ií]cula|taargo|taarikada|"
    rf"daim paib tsheb|paib tsheb){_TOKEN}"
    r"(?P<own>(?=[\w -]{0,8}\d)[A-Z0-9]{1,4}[ -]?[A-Z0-9]{2,5}(?![\w]))",
    re.IGNORECASE,
)
_PLATE = re.compile(
    rf"{_BEFORE}(?:(?P<a>[A-Z]{{3}})[ -]?\d{{3,4}}|\d{{3,4}}[ -]?(?P<b>[A-Z]{{3}})|\d[A-Z]{{3}}\d{{3}}|"
    rf"[A-Z]{{2}}\d{{4,5}}|[A-Z]{{3}}[ -]?\d[A-Z]\d{{2}}|(?P<c>(?i:[a-z]{{3}}))-?\d{{3,4}}){_AFTER}"
)
# three letters beside a number that are a word and no plate
_WORDS = listed("""
    the and saw ice dhs cbp hsi ero fbi mpd bca atf dea lrt bus hwy rte ave blk apt ste fwy cty rd
    for not but was had ran two six ten one are all you via off out mph min hrs sec day may jan feb
    mar apr jun jul aug sep oct nov dec mon tue wed thu fri sat sun est cst cdt edt pst pdt mst mdt
    utc gmt usd mnc ram bmw gmc kia vin swa van suv ems k9s gps led sgt lts det com org net www usa
    con los las por una del que hay oo iyo waa tus cov thi
    ppl men cop gun ems atm csa lot gas who did his her our its own get got men new old top end
    at in on by of to or no en el la de see say any few yes now per plus unit area near with
""")
_LOOSE_PHONE = re.compile(  # typed digit by digit, or without the area code
    r"(?<![\w.-])(?:\+?1[ .-]{0,2})?(?:\(?\d[ .()-]{0,2}){9}\d(?![\w-]|[.:]\d)|"
    r"(?<![\w.-])\d{3}[-.]\d{4}(?![\w-]|[.:]\d)"
)


def mask_text(text: str, region: str = REGION) -> Masked:
    """A text with what points to a person replaced by the words of SORTS, and counts by sort.

    `region` is the country (ISO 3166) whose phone numbers need no country code. Masking what is
    masked already changes nothing.
    """
    spans: list[_Span] = []
    for span in _spans(text, region):  # the first that claims a piece of text names its sort
        if not any(span.start < own.end and own.start < span.end for own in spans):
            spans.append(span)
    counts: dict[str, int] = {}
    for span in sorted(spans, reverse=True):
        if span.sort:
            text = text[: span.start] + SORTS[span.sort] + text[span.end :]
            counts[span.sort] = counts.get(span.sort, 0) + 1
    return Masked(text, counts)


def _spans(text: str, region: str) -> Iterator[_Span]:
    """What each rule claims, surest first. What has no sort stays, and nothing else claims it."""
    for match in _EMAIL.finditer(text):
        yield _Span(*match.span(), "email")
    for match in _ON_DOCUMENT.finditer(text):
        yield _Span(*match.span("own"), "document")
    for match in _ON_PLATE.finditer(text):
        if re.split("[ -]", match["own"])[0].casefold() not in _WORDS:
            yield _Span(*match.span("own"), "plate")
    for match in _WHEN.finditer(text):
        yield _Span(*match.span(), "")
    for match in _DOCUMENT.finditer(text):
        yield _Span(*match.span(), "document")
    for number in PhoneNumberMatcher(text, region):
        yield _Span(number.start, number.end, "phone")
    for match in _LOOSE_PHONE.finditer(text):
        yield _Span(*match.span(), "phone")
    for match in _PLATE.finditer(text):
        if (match["a"] or match["b"] or match["c"] or "").casefold() not in _WORDS:
            yield _Span(*match.span(), "plate")
