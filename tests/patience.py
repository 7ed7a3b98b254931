"""How long a test waits, also on a machine that is busy with something else."""

import os

# How long a test waits, in seconds, for what comes much sooner unless the machine is busy with something else.
PATIENCE = 180


def times_busier() -> float:
    """How much longer than alone something may take: 1, or as many times more as there are processes for each processor
    that want to run."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
