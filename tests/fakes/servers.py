"""Real servers on this machine for the checks of `doctor`: a web server, its certificate, and PgBouncer."""

import contextlib
import http.server
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.engine import URL

from tests.patience import PATIENCE
from venue import clock

DEPLOYED = Path(__file__).parents[2] / "deploy/pgbouncer.ini"
# What names files of a server.
NOT_HERE = ("auth_file", "logfile", "pidfile")
PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
NEEDS_PGBOUNCER = pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not installed: apt-get install pgbouncer")


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def web_server(body: bytes, certificate: Path | None = None) -> Iterator[str]:
    """The address of a real server on this machine that answers everything with this."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_about: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http{'s' if certificate else ''}://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def a_certificate(folder: Path, *, valid: timedelta) -> Path:
    """A file with a certificate of localhost, signed with its own key, and that key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=localhost")
    now = clock.now()
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + valid)
    signed = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    encoding, no_password = serialization.Encoding.PEM, serialization.NoEncryption()
    file = folder / "certificate.pem"
    secret = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, no_password)
    file.write_bytes(signed.public_bytes(encoding) + secret)
    return file


@dataclass
class PgBouncer:
    """A real one, in a folder with its settings."""

    folder: Path
    port: int
    user: str

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        user = ["-u", self.user] if os.getuid() == 0 else []
        self.process = subprocess.Popen([PGBOUNCER or "", "-q", *user, str(self.folder / "pgbouncer.ini")])
        wait_for(self.port)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def pgbouncer(server: URL, *, pool_mode: str = "transaction", **more: str) -> Iterator[PgBouncer]:
    """PgBouncer before all databases of this server, with deploy/pgbouncer.ini and what is given."""
    port, host = closed_port(), str(server.host or server.query.get("host"))
    keys = {"host": host, "port": server.port or 5432, "user": server.username, "password": server.password}
    target = " ".join(f"{key}={value}" for key, value in keys.items() if value)
    ours = {"listen_port": str(port), "auth_type": "any", "pool_mode": pool_mode, "unix_socket_dir": "", **more}
    skipped = ("anchor =", *NOT_HERE, *ours)
    lines = [line for line in DEPLOYED.read_text().splitlines() if not line.startswith(skipped)]
    lines.insert(lines.index("[databases]") + 1, f"* = {target}")
    lines += [f"{name} = {value}" for name, value in ours.items()]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # It refuses to run as root, and reads this as another user.
        (Path(folder) / "pgbouncer.ini").write_text("\n".join(lines))
        owner = pwd.getpwuid(os.stat(host).st_uid).pw_name if host.startswith("/") else "daemon"
        it = PgBouncer(Path(folder), port, owner)
        it.start()
        try:
            yield it
        finally:
            it.kill()


def wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
