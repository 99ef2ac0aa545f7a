"""Near-copies: forwards of one message with small changes, told by their words alone.

A copy that is wrongly taken for another would hide an event, so that short texts group only where
all their words are the same. Of longer ones the key is a MinHash sketch (Broder 1997; of each value
four bits, as in Li and König 2010) of pairs of words: it tells how alike two texts are, and not what
stands in them.
"""

import re
from collections import defaultdict, deque
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

import numpy as np

from data.words import listed

LEAST_WORDS = 6  # a shorter text never groups
_ALL_THE_SAME = 20  # words up to which all have to be the same
_SLOTS, _BAND = 64, 8  # numbers of a sketch, and how many of them have to meet to be compared
_ALIKE = 48  # numbers that near-copies share: a share of common pairs of about 0.73
_MOST_COMPARED = 100  # keys of a part: the latest
_MOST_GROUPS = 20_000
_LOWEST = int("1" * _SLOTS, 16)  # the lowest bit of each digit
_LINK = re.compile(r"https?://\S+|\[link[^\]]*\]")
_WORD = re.compile(r"[^\W_]+")
# what people put around what they pass on
_PASSED_ON = listed("""
    fwd fw forwarded rt repost urgent alert breaking update please pls plz share spread widely stay
    safe everyone everybody reenviado urgente alerta comparte compartan compartir difundan favor por
""")
_ODD = np.frombuffer(blake2b(b"slots").digest() * 8, np.uint64)[:_SLOTS] | np.uint64(1)
_TURNS = (np.arange(1, _SLOTS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ _ODD


def near_key(text: str, apart: str = "", key: bytes = b"") -> str:
    """A key of a text's words; "" for one of fewer than LEAST_WORDS words.

    Case, punctuation, emoji, links and what people put around a forward do not count; texts with
    another `apart` (the area that they name, say) have another key. `key` is that of the store:
    without it nobody can try out what a text said.
    """
    words = [w for w in _WORD.findall(_LINK.sub(" ", text.casefold())) if w not in _PASSED_ON]
    if len(words) < LEAST_WORDS:
        return ""
    if len(words) <= _ALL_THE_SAME:
        return f"={_hash(' '.join(sorted({*words, f'/{apart}'})), key[:64]):016x}"
    plain = [word for word in words if not any(c.isdigit() for c in word)]
    pairs = {_hash(f"{a} {b}", key[:64]) for a, b in pairwise(plain)} or {0}
    values = np.fromiter(pairs, np.uint64)[:, None] * _TURNS
    least = (values ^ (values >> np.uint64(29))).min(axis=0)
    sketch = "".join(f"{bits:x}" for bits in ((least >> np.uint64(8)) & np.uint64(15)).tolist())
    return f"{_hash(apart, key[:64]) >> 48:04x}~{sketch}"


class CopyIndex:
    """The keys met so far, by parts of them: finds the one that a new key is a near-copy of."""

    def __init__(self) -> None:
        self._by_band: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=_MOST_COMPARED))
        self._met: set[str] = set()

    def match(self, key: str) -> str:
        """The earlier key of a near-copy, else the key itself, which is met from now on.

        A group goes by its first key: keep what this returns, and give it to a new index.
        """
        start, _, sketch = key.partition("~")
        if not sketch or key in self._met:
            return key
        bands = [f"{start}{at}{sketch[at : at + _BAND]}" for at in range(0, _SLOTS, _BAND)]
        for other in dict.fromkeys(o for band in bands for o in self._by_band.get(band, ())):
            if _common(sketch, other.partition("~")[2]) >= _ALIKE:
                return other
        for band in bands:
            self._by_band[band].append(key)
        self._met.add(key)
        return key


class CopyCount:
    """Counts near-copies among texts in order; each is compared with the latest of them."""

    def __init__(self) -> None:
        self.copies = 0
        self._index, self._groups = CopyIndex(), set[str]()

    def count(self, key: str) -> None:
        """Take the key of one text in."""
        if len(self._groups) > _MOST_GROUPS:  # memory stays flat; copies come in bursts
            self._index, self._groups = CopyIndex(), set()
        if key:
            group = self._index.match(key)
            self.copies += group in self._groups
            self._groups.add(group)


def _common(one: str, other: str) -> int:
    """How many digits of two sketches are the same."""
    different = int(one, 16) ^ int(other, 16)
    different |= different >> 1
    return _SLOTS - ((different | different >> 2) & _LOWEST).bit_count()


@lru_cache(maxsize=1 << 17)
def _hash(text: str, key: bytes) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8, key=key).digest(), "big")
