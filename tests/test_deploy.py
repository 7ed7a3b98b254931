"""The files in deploy/ are ones that the programs they are for accept."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import yaml
from sqlalchemy.engine import URL

from tests import postgresql_programs
from tests.fakes.servers import closed_port

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted(file.name for file in DEPLOY.glob("*.service"))
ANALYZE = shutil.which("systemd-analyze")
CADDY = shutil.which("caddy")


def _compose() -> list[str]:
    plugin = ["docker", "compose"]
    if shutil.which("docker") and subprocess.run([*plugin, "version"], capture_output=True).returncode == 0:
        return plugin
    return ["docker-compose"] if shutil.which("docker-compose") else []


COMPOSE = _compose()
# https://www.postgresql.org/docs/current/app-pg-isready.html
NO_ANSWER = 2


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


@pytest.mark.skipif(CADDY is None, reason="caddy is not installed")
def test_caddy_finds_no_fault_in_the_caddyfile(tmp_path: Path) -> None:
    command = [CADDY or "", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    home = {"HOME": str(tmp_path), "PATH": "/usr/bin"}
    validated = subprocess.run(command, capture_output=True, text=True, timeout=60, env=home)
    assert validated.returncode == 0, validated.stderr


@pytest.mark.skipif(not COMPOSE, reason="neither docker compose nor docker-compose is installed")
def test_compose_reads_its_file_as_it_is_meant(tmp_path: Path) -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    if COMPOSE == ["docker-compose"]:
        # Version 1 knows no names of projects.
        text = text.replace("name: anchor-desk\n", "")
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy/compose.yaml").write_text(text)
    (tmp_path / ".env").write_text("POSTGRES_PASSWORD=secret\n")
    command = [*COMPOSE, "--env-file", ".env", "-f", "deploy/compose.yaml", "config"]
    read = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert read.returncode == 0, read.stderr
    services = yaml.safe_load(read.stdout)["services"]
    ours = {"migrate", "dashboard", "scheduler"}
    assert set(services) == {"database", *ours}
    assert {services[name]["environment"]["DATABASE_URL"] for name in ours} == {
        "postgresql://anchor:secret@database/anchor"
    }
    assert services["dashboard"]["environment"]["STREAMLIT_SERVER_ADDRESS"] == "0.0.0.0"


def test_compose_refuses_to_start_without_a_password() -> None:
    stored = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    for service in ("database", "dashboard", "scheduler", "migrate"):
        values = " ".join(stored["services"][service]["environment"].values())
        assert "${POSTGRES_PASSWORD:?" in values


def test_compose_does_not_take_a_database_that_is_being_set_up_for_ready(postgresql_server: URL) -> None:
    """While the image sets it up, a server answers at its socket only: as that of these tests does."""
    socket = str(postgresql_server.query.get("host", ""))
    if not socket.startswith("/"):
        pytest.skip("the server of these tests answers at an address")
    healthcheck = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["database"]["healthcheck"]
    program, *options = healthcheck["test"][1:]
    path = shutil.which(program, path=postgresql_programs.folder())
    port = closed_port()
    with tempfile.TemporaryDirectory() as folder:
        # Under the number of a port at which this machine has no server.
        (Path(folder) / f".s.PGSQL.{port}").symlink_to(Path(socket) / f".s.PGSQL.{postgresql_server.port or 5432}")
        place = {"PGHOST": folder, "PGPORT": str(port)}

        assert subprocess.run([path or "", "-U", "anchor"], env=place, check=False).returncode == 0
        assert subprocess.run([path or "", *options], env=place, check=False).returncode == NO_ANSWER


def test_the_dockerfile_copies_and_starts_what_is_here() -> None:
    lines = [line.split() for line in (DEPLOY / "Dockerfile").read_text().splitlines() if line.strip()]
    copied = [name for line in lines if line[0] == "COPY" for name in line[1:-1]]
    left_out = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    assert all((ROOT / name).exists() and name not in left_out for name in copied)
    stored = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    commands = [stored[name]["command"] for name in ("migrate", "dashboard", "scheduler")]
    started = " ".join(word for words in [*commands, lines[-1]] for word in words)
    scripts = re.findall(r"\w+\.py", started)
    assert scripts == ["manage.py", "app.py", "scheduler.py", "run_both.py"]
    assert all((ROOT / script).exists() for script in scripts)


def test_the_image_has_a_python_and_programs_that_are_new_enough() -> None:
    (python, debian) = re.findall(r"^FROM python:(\S+)-slim-(\w+)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)[
        0
    ]
    (database,) = re.findall(r"image: postgres:(\d+)", (DEPLOY / "compose.yaml").read_text())
    assert python == "3.11"
    # https://packages.debian.org/trixie/postgresql-client
    assert int(database) <= {"trixie": 17}[debian]
