"""The plain HTTP beside the screens, without Streamlit."""

from collections.abc import Callable, Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from db.session import open_database
from tests.makers import MANAGER, a_house
from venue.profile import House
from venue.roles import Actor
from web import door_list, downloads, health, icon, links


@pytest.fixture
def house(new_database: Callable[..., str]) -> House:
    return a_house(open_database(new_database("sqlite")))


@pytest.fixture
def actor() -> Actor:
    return MANAGER


@pytest.fixture
def browser(house: House, actor: Actor) -> Iterator[TestClient]:
    served = [part.routes(house, lambda _request: actor) for part in (downloads, door_list)]
    routes = [*links.routes, *icon.routes, *health.routes(house), *served[0], *served[1]]
    with TestClient(Starlette(routes=routes), follow_redirects=False) as client:
        yield client
