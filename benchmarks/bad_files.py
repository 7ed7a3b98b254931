"""Broken and hostile files uploaded while twenty people use the dashboard (ACCEPTANCE F 10):
`python -m benchmarks.bad_files`.

The twenty act as in benchmarks/visitors.py, first in peace, then while a manager uploads a file of each kind by a real
browser. Each file must be refused in words, and every action of the twenty must show the right screen. Printed are the
times of their actions, and the server's memory.
"""

import asyncio
import re
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, expect, sync_playwright

from benchmarks import served, venues, visitor_actions
from benchmarks.screens import CHROMIUM
from benchmarks.served import Server
from benchmarks.visitors import Crowd, busy
from tests import signed_in
from tests.venue.imports.bad_files import BAD

PEOPLE = 20
SECONDS = 40
MOST_SECONDS_OF_A_FILE = 60
# What the screen itself refuses, from .streamlit/config.toml.
LARGEST_UPLOAD = 64 * 1024 * 1024


def upload_all(server: Server) -> int:
    """Upload every bad file, and return how many were refused in words."""
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(base_url=server.url, storage_state=signed_in.storage(server.token))
        page = context.new_page()
        for name, (make, words) in BAD.items():
            file = Path(folder) / f"{name}.csv"
            file.write_bytes(make())
            refuse(page, file, words)
            file.unlink()
        browser.close()
    return len(BAD)


def refuse(page: Page, file: Path, words: str) -> None:
    page.goto("/imports")
    page.locator("input[type=file]").set_input_files(file)
    if file.stat().st_size <= LARGEST_UPLOAD:
        button = page.get_by_role("button", name="Continue")
        expect(button).to_be_enabled(timeout=MOST_SECONDS_OF_A_FILE * 1000)
        button.click()
        pattern = re.compile(words)
    else:
        pattern = re.compile(r"must be 64(\.0)? ?MB or smaller")
    expect(page.get_by_text(pattern).first).to_be_visible(timeout=MOST_SECONDS_OF_A_FILE * 1000)


async def measured(server: Server) -> str:
    crowd = Crowd(server, visitor_actions.PUB)
    await busy(crowd, PEOPLE, SECONDS)
    crowd.forget()
    await busy(crowd, PEOPLE, SECONDS)
    lines = ["| | actions | median ms | p95 ms | slowest ms | server MB |", "|---|---|---|---|---|---|"]
    lines.append(_line("in peace", crowd))
    crowd.forget()
    uploading = asyncio.create_task(asyncio.to_thread(upload_all, server))
    while not uploading.done():
        await busy(crowd, PEOPLE, SECONDS)
    lines.append(_line(f"while {await uploading} bad files were refused", crowd))
    return "\n".join(lines)


def _line(name: str, crowd: Crowd) -> str:
    times = crowd.took
    figures = (median(times), quantiles(times, n=20)[-1], max(times), crowd.server.memory())
    return " | ".join([f"| {name}", f"{len(times):,}", *(f"{figure:,.0f}" for figure in figures)]) + " |"


def main() -> None:
    with served.ours(venues.full("sqlite", 10_000)) as server:
        print(asyncio.run(measured(server)))


if __name__ == "__main__":
    main()
