"""The commands about consent, requests and retention in docs/operating.md, run as they are written there."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from db.models import Customer
from tests.makers import MANAGER, a_customer
from tests.test_operating import commands, run
from venue import choices, clock
from venue.privacy import consents, requests
from venue.profile import Venue

OURS = ("consent", "requests", "retention")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_consent_requests_and_retention(venue: Venue, tmp_path: Path) -> None:
    with venue.transaction(MANAGER) as session:
        jo = a_customer(session, now=clock.now()).id
        a_customer(session, now=clock.now() - timedelta(days=366 * 3))
    lines = [line for line in commands("## Guests' data") if line[0] == "settings" or line[1] in OURS]
    assert len(lines) == 9
    for line in lines:
        if "answer" in line:
            with venue.reading(MANAGER) as session:
                (request,) = requests.listed(session, now=clock.now())
            line = [each.replace("ID", str(request.id)) for each in line]  # noqa: PLW2901
        run(venue, [each.replace("CUSTOMER_ID", str(jo)) for each in line], tmp_path)
    with venue.reading(MANAGER) as session:
        assert consents.may_market(session, jo)
        assert [each.outcome for each in requests.listed(session, show="all", now=clock.now())] == [
            "Sent the archive by e-mail"
        ]
        assert choices.listed(session)["retention_months"] == "36"
        assert choices.listed(session)["consent_wordings"] == "May we text you offers?"
        assert list(session.scalars(select(Customer.id))) == [jo]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_all_that_is_held_is_exported_and_a_dry_run_erases_nothing(venue: Venue, tmp_path: Path) -> None:
    with venue.transaction(MANAGER) as session:
        ann = a_customer(session, first_name="Ann", now=clock.now()).id
    lines = [line for line in commands("## Guests' data") if line[1] in ("export", "erase", "scan")]
    assert len(lines) == 3
    for line in lines:
        run(venue, [each.replace("CUSTOMER_ID", str(ann)) for each in line], tmp_path)
    assert (tmp_path / "held.zip").stat().st_size
    with venue.reading(MANAGER) as session:
        assert list(session.scalars(select(Customer.id))) == [ann]
