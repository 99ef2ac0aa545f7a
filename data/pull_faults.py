"""Why a pull of a feed came to no end."""

from enum import StrEnum


class PullFault(StrEnum):
    """Why a pull came to no end."""

    GONE = "gone"  # the server says that there is nothing any more
    UNREACHABLE = "unreachable"  # no such name, no connection, no answer in time
    REFUSED = "refused"  # the server wants another token
    BROKEN = "broken"  # its answers are no answers
    COUNT = "count"  # what came is not what the server counts
