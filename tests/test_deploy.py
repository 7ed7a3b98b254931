"""The files in deploy/ are ones that the programs they are for accept."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[1] / "deploy"
UNITS = sorted(file.name for file in DEPLOY.glob("*.service"))
ANALYZE = shutil.which("systemd-analyze")


@pytest.mark.skipif(ANALYZE is None, reason="systemd is not installed")
@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_no_fault_in_a_unit(tmp_path: Path, name: str) -> None:
    # It also looks whether the program is there.
    unit = (DEPLOY / name).read_text().replace("/srv/anchor-desk/.venv/bin/python", sys.executable)
    (tmp_path / name).write_text(unit)
    verified = subprocess.run(
        [ANALYZE or "", "verify", str(tmp_path / name)], capture_output=True, text=True, timeout=60
    )
    assert (verified.returncode, verified.stderr) == (0, "")
