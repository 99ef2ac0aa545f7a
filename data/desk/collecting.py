"""Tips that the door sealed, opened and taken in."""

from data.desk.desk import Desk
from data.desk.receive import Received

NOTHING = Received(0, 0, 0)


def collect(desk: Desk) -> Received:
    """Take in what lies in the spool; what is taken in is marked as opened only afterwards."""
    return NOTHING
