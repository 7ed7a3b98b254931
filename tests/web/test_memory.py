"""Where the web server's memory lies, read off a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Twenty threads that hold memory at once; then glibc is asked how many pools there are.
HOLD = """
import ctypes, sys, threading
from web import memory
if sys.argv[1] == "shared":
    memory.limit_arenas()
all_hold, told = threading.Barrier(21), threading.Barrier(21)
def hold():
    held = [bytes(1000) for _ in range(2_000)]
    all_hold.wait()
    told.wait()
threads = [threading.Thread(target=hold) for _ in range(20)]
[thread.start() for thread in threads]
all_hold.wait()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
told.wait()
"""


def pools(which: str) -> int:
    done = subprocess.run([sys.executable, "-c", HOLD, which], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.count("<heap nr")


@pytest.mark.skipif(sys.platform != "linux", reason="Only glibc has pools")
def test_threads_share_two_pools_of_memory():
    assert pools("as it comes") > 2
    assert pools("shared") == 2
