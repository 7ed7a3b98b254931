"""`/metrics`: what Prometheus reads, and who may."""

from collections.abc import Callable

import pytest
from prometheus_client.parser import text_string_to_metric_families as families
from starlette.applications import Starlette
from starlette.testclient import TestClient

from db.models import Backup
from db.session import open_database
from tests.makers import MANAGER, a_customer, a_venue, hours
from venue import clock
from venue.delivery import outages, schedulers
from venue.messages import outbox
from venue.profile import Venue
from venue.roles import SCHEDULER
from web import metrics

TOKEN = "a-token-of-many-letters"


def served(venue: Venue, token: str = TOKEN) -> TestClient:
    return TestClient(Starlette(routes=metrics.routes(venue, token)))


def read(venue: Venue) -> dict[str, float]:
    """The figures as Prometheus's own parser reads them; those with labels by name, kind and state."""
    answer = served(venue).get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    found = [sample for family in families(answer.text) for sample in family.samples]
    names = [
        " ".join([each.name.removeprefix("anchor_desk_"), *(each.labels[label] for label in sorted(each.labels))])
        for each in found
    ]
    return dict(zip(names, [each.value for each in found], strict=True))


def test_the_figures_are_those_of_the_database(venue: Venue) -> None:
    before = read(venue)
    assert (before["database_up"], before["schedulers"], before["texts_late"]) == (1, 0, 0)
    assert (before["emails_due"], before["emails_late"], before["provider_away_seconds"]) == (0, 0, 0)
    assert before.keys().isdisjoint({"scheduler_seen_seconds", "backup_age_seconds"})
    now = clock.now()
    with venue.transaction(SCHEDULER) as session:
        schedulers.beat(session, worker="one", started_at=now, now=now)
    with venue.transaction(MANAGER) as session:
        customer = a_customer(session)
        outbox.text_customer(session, customer_id=customer.id, body="Hi", form_token="form", now=now)
        session.add(Backup(started_at=now - hours(8), verified_at=now, state="verified", size=1))
        session.add(Backup(started_at=now - hours(1), state="failed", problem="Full"))
    with venue.transaction(SCHEDULER) as session:
        outages.note(session, "It is away", now=now - hours(1))
    after = read(venue)
    assert after["schedulers"] == 1
    assert 0 <= after["scheduler_seen_seconds"] < 60
    assert (after["messages_open manual planned"], after["texts_due"]) == (1, 1)
    assert 3600 <= after["provider_away_seconds"] < 3600 + 60
    assert 8 * 3600 <= after["backup_age_seconds"] < 8 * 3600 + 60


def test_names_and_numbers_are_not_among_them(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        customer = a_customer(session, first_name="Xanthippe", mobile_number="+447700900777")
        words = {"body": "You lost your scarf", "form_token": "form"}
        outbox.text_customer(session, customer_id=customer.id, **words, now=clock.now())
    text = metrics.exposition(venue).decode()
    assert 'kind="manual"' in text
    assert not [planted for planted in ("Xanthippe", "7700900777", "scarf") if planted in text]


WRONG = ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer \xe9"]


@pytest.mark.parametrize("given", WRONG)
def test_without_the_token_there_are_none(venue: Venue, given: str) -> None:
    answer = served(venue).get("/metrics", headers={"Authorization": given.encode("latin-1")} if given else {})
    assert answer.status_code == 401
    assert "anchor_desk" not in answer.text


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer None"])
def test_without_a_token_in_the_settings_there_is_no_such_address(venue: Venue, given: str) -> None:
    assert served(venue, token="").get("/metrics", headers={"Authorization": given}).status_code == 404


def test_without_the_database_it_says_only_that(new_database: Callable[..., str]) -> None:
    venue = a_venue(open_database(new_database("postgresql")))
    url = venue.database.engine.url.set(database="there_is_no_such_database")
    away = a_venue(open_database(url.render_as_string(hide_password=False)))
    assert read(away) == {"database_up": 0}
