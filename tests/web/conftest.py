"""The plain HTTP beside the screens, without Streamlit."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from db.session import open_database
from tests.makers import MANAGER, a_venue
from venue.profile import Venue
from venue.roles import Actor
from web import door_list, downloads, health, icon, letter, links


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def venue(database_url: str) -> Venue:
    return a_venue(open_database(database_url))


@pytest.fixture
def actor() -> Actor:
    return MANAGER


@pytest.fixture
def browser(venue: Venue, actor: Actor) -> Iterator[TestClient]:
    served = [part.routes(venue, lambda _request: actor) for part in (downloads, door_list, letter)]
    routes = [*links.routes, *icon.routes, *health.routes(venue), *(route for each in served for route in each)]
    with TestClient(Starlette(routes=routes), follow_redirects=False) as client:
        yield client
