"""How much longer than alone a test may take on a machine that is busy with something else."""

import os


def times_busier() -> float:
    """1, or as many times more as processes want to run than there are processors."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
