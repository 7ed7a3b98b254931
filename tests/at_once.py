"""Several acts at the same moment, each in a thread of its own."""

import threading
from collections.abc import Callable
from typing import Any


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Run each act in its own thread, all started together. Returns the result or exception of each."""
    start = threading.Barrier(len(acts))
    ended: list[Any] = [None] * len(acts)

    def run(place: int) -> None:
        start.wait()
        try:
            ended[place] = acts[place]()
        except Exception as error:
            ended[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended
