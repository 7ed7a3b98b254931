"""The commands about settings in docs/operating.md, run as they are written there."""

from pathlib import Path

import pytest

from tests.makers import MANAGER
from tests.test_operating import commands, run
from venue import choices
from venue.profile import Venue


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_settings_are_listed_set_and_unset(venue: Venue, tmp_path: Path) -> None:
    listing, *changes = commands("## Settings on the screen")
    assert "sms_per_day 5000 (default)" in run(venue, listing, tmp_path)
    for change in changes:
        run(venue, change, tmp_path)
    with venue.reading(MANAGER) as session:
        assert {row.name: row.value for row in choices.rows(session) if row.is_set} == {"reminders_at": "18:00"}
