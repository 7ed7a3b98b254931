"""What is wrong, in plain words."""

from datetime import timedelta

from db.models import VenueSetting
from tests.makers import MANAGER, NOW
from venue import clock, doctor
from venue.delivery import SENDING_HELD
from venue.house import House


def test_a_database_server_whose_clock_is_wrong_is_named(house: House) -> None:
    found = doctor.clocks(house, read=lambda: clock.now() - timedelta(seconds=90))
    if house.database.dialect == "sqlite":
        assert found == []
    else:
        assert not found[0].ok
        assert "90 seconds apart" in found[0].words


def test_clocks_that_agree_are_well(house: House) -> None:
    assert all(finding.ok for finding in doctor.clocks(house))


def test_a_held_sending_is_named(house: House) -> None:
    value = '{"phase": "held", "since": "2027-01-14T12:00:00+00:00"}'
    with house.transaction(MANAGER) as session:
        session.add(VenueSetting(name=SENDING_HELD, value=value, updated_at=NOW))
    assert any("restored backup" in finding.words for finding in doctor.findings(house, now=NOW) if not finding.ok)
