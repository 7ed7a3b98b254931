"""News and offers on the customer's page: what counts now, its history, and recording an answer."""

from typing import Any

import pytest

from tests.pages.conftest import field, said, sections, toasts
from venue import choices, clock
from venue.messages import blocking
from venue.privacy import consents
from venue.roles import DESK, SCHEDULER


@pytest.fixture
def jo(add_customer: Any) -> Any:
    return add_customer()


def card(app: Any) -> dict[str, Any]:
    (shown,) = next(section["cards"] for section in sections(app) if section.get("heading") == "News and offers")
    return dict(shown)


def badge(app: Any) -> str:
    return str(card(app)["badge"]["words"])


def buttons(app: Any) -> list[str]:
    return [way["label"] for way in card(app).get("ways", [])]


def open_dialog(app: Any, name: str) -> Any:
    app.session_state["visit.dialog"] = (name, None)
    return app.run()


def save(app: Any) -> Any:
    app.button(key="dialog.save").click().run()
    assert not app.exception
    return app


def lines(venue: Any, customer: Any) -> list[tuple[str, str, str, str]]:
    with venue.reading(DESK) as session:
        return [(each.basis, each.how, each.wording, each.sale) for each in consents.history(session, customer.id)]


def test_who_was_not_asked_may_agree_or_decline(screen, jo):
    app = screen("customers/one.py", id=jo.id)
    assert (badge(app), buttons(app)) == ("Not asked", ["Agreed…", "Declined…"])


def test_a_guest_agrees_to_the_wording_of_the_venue(venue, screen, jo):
    with venue.transaction(DESK) as session:
        choices.save(session, "consent_wordings", "Quiz news?\nOffers?", now=clock.now())
    app = open_dialog(screen("customers/one.py", id=jo.id), "agreed")
    assert field(app, "What they were told").options == ["Quiz news?", "Offers?", "Other wording"]
    field(app, "How they answered").set_value("By phone")
    app = save(app)
    assert "Consent recorded" in toasts(app)
    assert lines(venue, jo) == [("consent", "By phone", "Quiz news?", "")]
    assert (badge(app), buttons(app)) == ("Agreed", ["Agreed…", "Withdrew…"])
    assert "Told: Quiz news?" in said(app)


def test_a_soft_opt_in_asks_for_its_sale(venue, screen, jo):
    app = open_dialog(screen("customers/one.py", id=jo.id), "agreed")
    field(app, "What happened").set_value("soft_opt_in").run()
    field(app, "What they were told").set_value("Other wording").run()
    field(app, "The wording").set_value("We text our guests offers")
    app = save(app)
    assert "Say which sale" in said(app)
    field(app, "Which sale").set_value("Christmas dinner")
    app = save(app)
    assert lines(venue, jo) == [("soft_opt_in", "In person", "We text our guests offers", "Christmas dinner")]
    assert "Sale: Christmas dinner" in said(app)


@pytest.mark.parametrize(
    ("name", "basis", "shown"), [("declined", "refused", "Declined"), ("withdrew", "withdrawn", "Withdrawn")]
)
def test_a_guest_who_wants_none_is_noted(venue, screen, jo, name, basis, shown):
    app = save(open_dialog(screen("customers/one.py", id=jo.id), name))
    assert [line[0] for line in lines(venue, jo)] == [basis]
    assert (badge(app), buttons(app)) == (shown, ["Agreed…"])


def test_a_stop_shows_as_withdrawn_and_only_start_ends_it(venue, screen, jo):
    with venue.transaction(SCHEDULER) as session:
        blocking.opt_out(session, jo.mobile_number, now=clock.now())
    app = screen("customers/one.py", id=jo.id)
    assert (badge(app), buttons(app)) == ("Withdrawn", [])
    assert "They texted STOP, today" in said(app)
    app = save(open_dialog(app, "agreed"))
    assert "texting START" in said(app)
