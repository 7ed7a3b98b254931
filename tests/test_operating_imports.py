"""The commands about imports in docs/operating.md, run as they are written there."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db.models import Customer
from tests.makers import MANAGER
from tests.test_operating import commands, run
from tests.venue.imports.uploads import PEOPLE, shown, upload
from venue.imports.runs import ImportState
from venue.profile import Venue


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_importing_and_undoing(venue: Venue, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text(PEOPLE, encoding="utf-8")
    look, take, listing, undo, cancel = commands("## Importing files")
    run(venue, look, tmp_path)
    assert "2 new" in run(venue, take, tmp_path)
    import_id = json.loads(run(venue, [*listing, "--json"], tmp_path))[0]["id"]
    assert "2 customers are removed" in run(venue, with_id(undo, import_id), tmp_path)

    waiting = upload(venue)
    run(venue, with_id(cancel, str(waiting)), tmp_path)

    assert shown(venue, waiting).state is ImportState.CANCELLED
    with venue.reading(MANAGER) as session:
        assert session.scalar(select(func.count()).select_from(Customer)) == 2


def with_id(command: list[str], import_id: str) -> list[str]:
    return [import_id if each == "ID" else each for each in command]
