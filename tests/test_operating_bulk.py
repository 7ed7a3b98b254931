"""The commands about many customers in docs/operating.md, run as they are written there."""

from pathlib import Path

import pytest

from tests.makers import MANAGER, a_customer
from tests.test_operating import commands, run
from venue import clock, fields, tags
from venue.profile import Venue


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_many_customers_are_changed(venue: Venue, tmp_path: Path) -> None:
    now = clock.now()
    with venue.transaction(MANAGER) as session:
        smith, lee = (a_customer(session, last_name=name, now=now).id for name in ("Smith", "Lee"))
        vip = tags.add(session, name="VIP", now=now).id
        tags.put_on(session, lee, vip, now=now)
        allergies = fields.add(session, name="Allergies", kind="text", now=now).id
    count, tag, untag, set_all = commands("## Many customers at once")
    assert "0 customers match. Nothing was changed." in run(venue, count, tmp_path)
    run(venue, tag, tmp_path)
    run(venue, set_all, tmp_path)
    with venue.reading(MANAGER) as session:
        assert tags.count(session, vip, today=clock.today(now, venue.zone)) == 2
        values = fields.values_of(session, [smith, lee])
        assert [values[each][allergies].stored for each in (smith, lee)] == ["none", "none"]
    run(venue, untag, tmp_path)
    with venue.reading(MANAGER) as session:
        assert tags.count(session, vip, today=clock.today(now, venue.zone)) == 0
