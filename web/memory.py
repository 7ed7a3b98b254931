"""Memory settings of the web server: garbage collection and malloc (docs/decisions/0013-garbage-collection.md)."""

import ctypes
import gc
import logging
from contextlib import suppress

log = logging.getLogger("anchor_desk")

M_ARENA_MAX = -8
ARENAS = 2


def limit_arenas() -> None:
    """Let all threads share two malloc arenas. Does nothing where the C library is not glibc.

    By default there are up to eight for each processor. Each run of a screen is a thread, and memory that is free in
    one arena cannot be used by another: https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def freeze_imports() -> None:
    """Import the large libraries and exclude everything imported so far from garbage collection."""
    import pandas
    import pyarrow

    log.debug("Warmed up with pandas %s and pyarrow %s", pandas.__version__, pyarrow.__version__)
    gc.collect()
    gc.freeze()
