"""The pace at which reports are taken in: in a flood everybody waits alike, and nobody is refused."""

import asyncio
import time

A_SECOND = 40.0  # reports; an ordinary day has some in an hour
AT_ONCE = 80.0  # before anybody waits


class Pace:
    """A queue in memory that knows of nobody who is in it: it only says how long to wait."""

    def __init__(self, a_second: float = A_SECOND, at_once: float = AT_ONCE) -> None:
        self._each, self._free = 1 / a_second, at_once / a_second
        self._next = 0.0  # when the queue is empty

    def delay(self, now: float) -> float:
        """The seconds that the next one waits, who is in the queue from now on."""
        waits = max(0.0, self._next - now - self._free)
        self._next = max(self._next, now) + self._each
        return waits

    async def turn(self) -> None:
        """Return when it is one's turn."""
        if (waits := self.delay(time.monotonic())) > 0:
            await asyncio.sleep(waits)
