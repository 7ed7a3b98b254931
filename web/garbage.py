"""What Python's garbage collector need not look at each time.

Streamlit collects all garbage after every run of a screen. What stays for good is taken out of its sight, which is
most of what there is: at the start what is imported, and again once the first screens have brought along theirs.
"""

import gc
from typing import Any

# Counted in runs of a screen; the later one is for the screens that are opened less.
WARM_AFTER = (10, 100)


def freeze() -> None:
    gc.collect()
    gc.freeze()


class FreezeWhenWarm:
    """For `gc.callbacks`. It takes itself out, so that what sessions leave behind is collected as ever."""

    def __init__(self, after: tuple[int, ...] = WARM_AFTER):
        self.after = after
        self.runs = 0

    def __call__(self, phase: str, info: dict[str, Any]) -> None:
        if phase != "stop" or info["generation"] != 2:
            return
        self.runs += 1
        if self.runs in self.after:
            gc.freeze()
        if self.runs >= max(self.after) and self in gc.callbacks:
            gc.callbacks.remove(self)
