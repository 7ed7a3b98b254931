"""The commands about households in docs/operating.md, run as they are written there."""

from pathlib import Path

import pytest

from tests.makers import MANAGER, a_customer
from tests.test_operating import commands, run
from venue import households
from venue.profile import Venue


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_households_are_joined_left_and_listed(venue: Venue, tmp_path: Path) -> None:
    with venue.transaction(MANAGER) as session:
        ids = [str(a_customer(session, first_name=name).id) for name in ("Ann", "Bob")]
    join, leave, listing = (line for line in commands("## Duplicates and households") if line[0] == "households")
    assert join[1:] == ["join", "ID", "ID"]
    run(venue, [*join[:2], *ids], tmp_path)
    assert "Ann Smith" in run(venue, listing, tmp_path)
    run(venue, [each.replace("ID", ids[0]) for each in leave], tmp_path)
    with venue.reading(MANAGER) as session:
        assert households.listed(session) == {}
