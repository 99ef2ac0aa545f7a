"""A job on a file, in a process that has given up memory, time and network."""

import contextlib
import ctypes
import os
import resource
import sys

_MEMORY = 4 << 30
SECONDS = 600
NEW_NETWORK, NEW_USER = 0x40000000, 0x10000000  # linux/sched.h


def confine() -> None:
    """Set hard limits; leave the network where the system lets a process do so."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    with contextlib.suppress(OSError, AttributeError):  # Linux only
        alone = NEW_NETWORK if os.geteuid() == 0 else NEW_NETWORK | NEW_USER
        ctypes.CDLL(None).unshare(alone)


if __name__ == "__main__":
    confine()
    from data.jobs import file_job

    sys.exit(file_job.do_job())
