"""Looks up the pinned requirements among the known vulnerabilities, by pip-audit: python -m tests.vulnerabilities

Exit status 1 when there is one. Where neither PyPI nor OSV answers, nothing is known about them: it says so, with exit
status 0, because no fault was found.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REQUIREMENTS = Path(__file__).parents[1] / "requirements.txt"
# Both have the same advisories; the second is asked where the first does not answer.
SERVICES = (("--vulnerability-service", "pypi"), ("--vulnerability-service", "osv"))
# Vulnerabilities that cannot be used against us: their id, and why.
ACCEPTED: dict[str, str] = {}


@dataclass(frozen=True)
class Audit:
    """What a service said: lines for each vulnerability, how many packages it knows and the names of the others."""

    found: list[str]
    known: int
    unknown: list[str]


def main(requirements: Path = REQUIREMENTS, services: Sequence[Sequence[str]] = SERVICES) -> int:
    """Print what is found. Returns the exit status."""
    audit = next((audit for service in services if (audit := _ask(requirements, service)).known), None)
    if audit is None:
        print("WARNING: the requirements were NOT checked for known vulnerabilities: PyPI and OSV do not answer here.")
        return 0
    if audit.unknown:
        print("WARNING: not checked for known vulnerabilities:", ", ".join(audit.unknown))
    print("\n".join(audit.found) or f"No known vulnerabilities in {audit.known} packages")
    return 1 if audit.found else 0


def _ask(requirements: Path, service: Sequence[str]) -> Audit:
    accepted = [option for each in ACCEPTED for option in ("--ignore-vuln", each)]
    # The requirements are complete, so that nothing has to be resolved or installed.
    options = ["--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    finished = subprocess.run(
        [sys.executable, "-m", "pip_audit", "--requirement", str(requirements), *options, *service, *accepted],
        capture_output=True,
        text=True,
    )
    try:
        dependencies = json.loads(finished.stdout)["dependencies"]
    except ValueError:  # it ended in an exception: the service was not reached, or answered with an error
        return Audit(found=[], known=0, unknown=[])
    # Packages that the service does not have are skipped, with exit status 0 even when they are all skipped.
    known = [dependency for dependency in dependencies if "skip_reason" not in dependency]
    return Audit(
        found=[_line(package, vulnerability) for package in known for vulnerability in package["vulns"]],
        known=len(known),
        unknown=[dependency["name"] for dependency in dependencies if "skip_reason" in dependency],
    )


def _line(package: dict[str, Any], vulnerability: dict[str, Any]) -> str:
    fixed = ", ".join(vulnerability["fix_versions"]) or "no version yet"
    return f"{package['name']} {package['version']}: {vulnerability['id']}, fixed in {fixed}"


if __name__ == "__main__":
    sys.exit(main())
