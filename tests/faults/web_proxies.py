"""Real web proxies with the files in deploy/, without their TLS, before dashboards on these ports."""

import os
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.fakes.servers import closed_port
from tests.faults.stage import until

DEPLOY = Path(__file__).parents[2] / "deploy"
# The header that says which dashboard answered.
DASHBOARD = "X-Dashboard"


def program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin")


@contextmanager
def proxy(name: str, folder: Path, ports: Sequence[int]) -> Iterator[str]:
    """nginx or caddy; the address."""
    port = closed_port()
    command = {"nginx": _nginx, "caddy": _caddy}[name](folder, port, ports)
    log = folder / f"{name}.log"
    with log.open("w") as output:
        kept = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        process = subprocess.Popen([program(name) or "", *command], stderr=output, env={**os.environ, **kept})
    try:
        assert until(lambda: answers(port)), log.read_text()[-4000:]
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait()


def _nginx(folder: Path, port: int, ports: Sequence[int]) -> list[str]:
    site = (DEPLOY / "nginx.conf").read_text()
    site = site.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};\n\tadd_header {DASHBOARD} $upstream_addr;")
    site = re.sub(r"\n\tssl_\w+ .*;", "", site).replace("desk.example.com", "localhost")
    site = site.replace(":8501", f":{ports[0]}").replace(":8502", f":{ports[1]}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    kept = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    user = "user root;" if os.getuid() == 0 else ""
    main = f"{user} daemon off; pid {folder}/nginx.pid; events {{}} http {{ access_log off;\n{kept}{site} }}"
    (folder / "nginx.conf").write_text(main)
    return ["-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]


def _caddy(folder: Path, port: int, ports: Sequence[int]) -> list[str]:
    site = (DEPLOY / "Caddyfile").read_text()
    site = site.replace("desk.example.com {", f"http://localhost:{port} {{")
    dashboards = " ".join(f"127.0.0.1:{each}" for each in ports)
    told = f"header_down {DASHBOARD} {{http.reverse_proxy.upstream.hostport}}"
    site = site.replace("localhost:8501 {", f"{dashboards} {{\n\t\t{told}")
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n}}\n{site}")
    return ["run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def answers(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=10):
        return True
    return False
