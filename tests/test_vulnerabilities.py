"""The check for known vulnerabilities: it fails on one, and says plainly when it could not look."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests import vulnerabilities

VULNERABLE = {
    "vulns": [
        {
            "id": "PYSEC-2026-1",
            "affected": [
                {
                    "package": {"name": "segno", "ecosystem": "PyPI"},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9.9"}]}],
                }
            ],
        }
    ]
}


@contextmanager
def osv(answers: dict[str, object]) -> Iterator[tuple[str, ...]]:
    """A server that answers as OSV does; the options that make pip-audit ask it."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = answers.get(query["package"]["name"])
            self.send_response(200 if answer is not None else 500)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield _options(server.server_port)
    server.shutdown()
    server.server_close()


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.txt"
    file.write_text("segno==1.6.6\nschedule==1.2.2\n")
    return file


def test_a_known_vulnerability_fails_the_check(requirements: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with osv({"segno": VULNERABLE, "schedule": {}}) as service:
        assert vulnerabilities.main(requirements, [service]) == 1
    assert capsys.readouterr().out == "segno 1.6.6: PYSEC-2026-1, fixed in 9.9\n"


def test_none_is_said_with_the_number_of_packages(requirements: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with osv({"segno": {}, "schedule": {}}) as service:
        assert vulnerabilities.main(requirements, [_unreachable(), service]) == 0
    assert capsys.readouterr().out == "No known vulnerabilities in 2 packages\n"


def test_an_accepted_vulnerability_passes(requirements: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(vulnerabilities.ACCEPTED, "PYSEC-2026-1", "only for this test")
    with osv({"segno": VULNERABLE, "schedule": {}}) as service:
        assert vulnerabilities.main(requirements, [service]) == 0


def test_without_a_network_it_says_that_nothing_was_checked(
    requirements: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with osv({}) as failing:
        assert vulnerabilities.main(requirements, [_unreachable(), failing]) == 0
    assert "were NOT checked" in capsys.readouterr().out


def _unreachable() -> tuple[str, ...]:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return _options(unused.getsockname()[1])


def _options(port: int) -> tuple[str, ...]:
    return ("--vulnerability-service", "osv", "--osv-url", f"http://127.0.0.1:{port}/v1/query")
