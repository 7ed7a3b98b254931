"""How the web server's memory is kept: what is looked through for garbage, and where free memory lies."""

import ctypes
import gc
import logging
from contextlib import suppress

log = logging.getLogger("anchor_desk")

M_ARENA_MAX = -8
POOLS = 2


def share_free_memory() -> None:
    """Have all threads take from a few pools of memory (docs/decisions/0013-garbage.md); only glibc has such.

    As it comes there may be eight for each processor. Each run of a screen is a thread, and what is free in one pool
    does not serve another: https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, POOLS)


def warm_up() -> None:
    """What is imported once need not be looked at again by the garbage collector (docs/decisions/0013-garbage.md)."""
    import pandas
    import pyarrow

    log.debug("Warmed up with pandas %s and pyarrow %s", pandas.__version__, pyarrow.__version__)
    gc.collect()
    gc.freeze()
