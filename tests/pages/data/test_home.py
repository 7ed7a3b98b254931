"""The Data screen, and who finds it in the navigation."""

import pytest

from pages import screens
from venue.roles import Actor, Role


@pytest.mark.parametrize("role", list(Role))
def test_data_is_in_the_navigation_of_those_who_may_use_it(role):
    actor = Actor.with_role("Sam", role)
    titles = [screen.title for screen in screens.MAIN if screens.may_use(screen, actor)]
    assert ("Data" in titles) is (role is Role.MANAGER)


def test_every_list_can_be_downloaded(screen):
    app = screen("data/home.py")
    assert [element.proto.url for element in app.get("link_button")] == ["/download/customers.csv"]
