"""On Mondays, Today has a link to the letter about last week."""

from datetime import date

import pytest

from pages.parts import context


@pytest.mark.parametrize(("day", "shown"), [(date(2027, 3, 2), False), (date(2027, 3, 8), True)])
def test_the_letter_is_there_on_mondays(screen, monkeypatch, day, shown):
    monkeypatch.setattr(context, "today", lambda: day)

    links = [element.proto.url for element in screen("today.py").get("link_button")]

    assert ("insight/letter" in links) is shown
