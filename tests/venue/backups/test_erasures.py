"""The list of erasures beside the backups."""

import stat
from pathlib import Path
from uuid import uuid4

from db.models import Erasure
from tests.makers import MANAGER, NOW, days
from venue.backups import erasures
from venue.profile import Venue
from venue.roles import SCHEDULER


def test_each_erasure_is_listed_once(venue: Venue, folder: Path) -> None:
    ids = [uuid4() for _ in range(3)]
    for number, customer_id in enumerate(ids):
        with venue.transaction(MANAGER) as session:
            session.add(Erasure(customer_id=customer_id, erased_at=NOW + days(number), actor="Max"))
        for added in (1, 0):
            with venue.transaction(SCHEDULER) as session:
                assert erasures.append_new(session, folder) == added
    assert erasures.read(folder) == {customer_id: NOW + days(number) for number, customer_id in enumerate(ids)}
    path = folder / "erasures.jsonl"
    assert len(path.read_text().splitlines()) == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "Max" not in path.read_text()


def test_a_line_that_was_cut_off_is_written_again(venue: Venue, folder: Path) -> None:
    first, second = uuid4(), uuid4()
    with venue.transaction(MANAGER) as session:
        session.add_all([Erasure(customer_id=each, erased_at=NOW, actor="Max") for each in (first, second)])
    with venue.transaction(SCHEDULER) as session:
        erasures.append_new(session, folder)
    path = folder / "erasures.jsonl"
    path.write_text(path.read_text()[:-20])
    assert len(erasures.read(folder)) == 1
    with venue.transaction(SCHEDULER) as session:
        assert erasures.append_new(session, folder) == 1
    assert set(erasures.read(folder)) == {first, second}
