"""Tokens of pages: each sends one report, some seconds after its page was made, within hours.

A token says when its page was made and nothing about who asked. It is signed with a key that
lives as long as this process, so a restart only asks people to send once more.
"""

import hashlib
import hmac
import secrets
import time
from enum import Enum

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner

EARLY_SECONDS = 5  # nobody fills in the form faster; a script has to wait as well
EXPIRES_SECONDS = 6 * 3600
CODE_LETTERS = "BCDFGHJKLMNPRSTVWXYZ"  # none looks like another, and they make no words
CODE_LENGTH = 12


class Standing(Enum):
    """What a token is good for."""

    GOOD = "good"
    EARLY = "early"  # it is good in some seconds
    USED = "used"
    STALE = "stale"  # too old, of before a restart, or not ours


class Tokens:
    """The tokens of one process. Used ones are remembered until they would expire."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._signer = TimestampSigner(self._key, salt="report", digest_method=hashlib.sha256)
        self._used: dict[str, float] = {}

    def issue(self) -> str:
        """A new token."""
        return self._signer.sign(secrets.token_urlsafe(12)).decode()

    def standing(self, token: str) -> Standing:
        """What a token is good for now."""
        try:
            _, since = self._signer.unsign(token, max_age=EXPIRES_SECONDS, return_timestamp=True)
        except (SignatureExpired, BadSignature):
            return Standing.STALE
        if token in self._used:
            return Standing.USED
        early = time.time() - since.timestamp() < EARLY_SECONDS
        return Standing.EARLY if early else Standing.GOOD

    def use(self, token: str) -> None:
        """Let a token be good for nothing any more."""
        now = time.monotonic()
        self._used[token] = now
        while now - self._used[oldest := next(iter(self._used))] > EXPIRES_SECONDS:
            del self._used[oldest]

    def receipt(self, token: str) -> str:
        """The receipt code of the report that a token sends: the same however often it is sent,
        so that a second tap on the button shows the same code."""
        digest = hmac.new(self._key, token.encode(), hashlib.sha256).digest()
        number, letters = int.from_bytes(digest, "big"), ""
        for _ in range(CODE_LENGTH):
            number, place = divmod(number, len(CODE_LETTERS))
            letters += CODE_LETTERS[place]
        return letters


def read_code(text: str) -> str:
    """A receipt code as somebody wrote it; "" where it is none."""
    code = "".join(c for c in text.upper() if c.isalnum())
    return code if len(code) == CODE_LENGTH and set(code) <= set(CODE_LETTERS) else ""


def hash_code(code: str) -> str:
    """The SHA-256 of a receipt code: all that the desk gets of it."""
    return hashlib.sha256(code.encode()).hexdigest()
