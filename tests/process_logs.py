"""What the logs of the processes that tests start must not have. Every number in tests is from Ofcom's drama range."""

import re
from pathlib import Path

NUMBER = re.compile(r"(?:\+44|\b0)7700 ?900 ?\d{3}")


def assert_without_numbers(log: Path) -> None:
    assert not has_number(log.read_text()), f"A phone number is logged:\n{log.read_text()[-4000:]}"


def has_number(log: str) -> bool:
    return NUMBER.search(log) is not None
