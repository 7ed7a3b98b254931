"""The consent ledger: what counts now, what it takes to agree, and that a withdrawal counts at once."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.gateway import Fault, Refused
from db.models import Consent, Customer
from tests.makers import NOW, a_customer, a_number, an_opt_out, days, hours, seconds
from venue import customers, privacy
from venue.errors import Invalid
from venue.messages import blocking
from venue.privacy import consents
from venue.privacy.consents import Basis, Channel

ASKED = {"how": "In person", "wording": "May we text you offers?"}


def record(session: Session, customer: Customer, basis: str = "consent", **over: Any) -> None:
    line = {"channel": "text", "basis": basis, **ASKED, "now": NOW, **over}
    consents.record(session, customer.id, **line)


def basis_of(session: Session, customer: Customer, channel: Channel = Channel.TEXT) -> Basis:
    """What counts now. `may_market` must agree with it."""
    basis = consents.state(session, customer.id, channel).basis
    assert consents.may_market(session, customer.id, channel) is (basis in consents.AGREED)
    return basis


def test_who_was_not_asked_has_not_refused(session: Session) -> None:
    assert basis_of(session, a_customer(session)) is Basis.NOT_ASKED


def test_the_latest_line_of_a_channel_counts_and_all_are_kept(session: Session) -> None:
    jo = a_customer(session)
    for number, basis in enumerate(("refused", "consent", "withdrawn", "consent")):
        record(session, jo, basis, now=NOW + days(number))
        assert basis_of(session, jo) == basis
    record(session, jo, "refused", channel="email")
    assert basis_of(session, jo) is Basis.CONSENT
    assert basis_of(session, jo, Channel.EMAIL) is Basis.REFUSED
    assert [line.basis for line in consents.history(session, jo.id, "text")] == [
        "consent",
        "withdrawn",
        "consent",
        "refused",
    ]


def test_a_line_says_who_when_how_and_which_words(session: Session) -> None:
    jo = a_customer(session)
    record(session, jo, "soft_opt_in", sale="Christmas dinner")
    (line,) = consents.history(session, jo.id)
    assert (line.actor, line.at, line.how, line.wording, line.sale) == ("Max", NOW, *ASKED.values(), "Christmas dinner")


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"wording": " "}, "wording"),
        ({"how": ""}, "how"),
        ({"basis": "soft_opt_in"}, "sale"),
        ({"basis": "not_asked"}, "basis"),
        ({"basis": "maybe"}, "basis"),
        ({"channel": "post"}, "channel"),
        ({"wording": "x" * 2_001}, "wording"),
        ({"how": "\x00"}, "how"),
    ],
)
def test_agreement_without_proof_is_refused(session: Session, over: dict[str, str], field: str) -> None:
    jo = a_customer(session)
    with pytest.raises(Invalid) as refused:
        record(session, jo, **over)
    assert set(refused.value.problems) == {field}
    assert basis_of(session, jo) is Basis.NOT_ASKED


def test_a_withdrawal_needs_no_proof(session: Session) -> None:
    jo = a_customer(session)
    record(session, jo)
    record(session, jo, "withdrawn", how="", wording="")
    assert basis_of(session, jo) is Basis.WITHDRAWN


def test_no_one_agrees_for_an_erased_customer(session: Session) -> None:
    jo = a_customer(session)
    record(session, jo)
    privacy.erase(session, jo.id, now=NOW)
    with pytest.raises(Invalid, match="erased or deleted"):
        record(session, jo)
    record(session, jo, "withdrawn")
    consents.record(session, uuid4(), channel="text", basis="refused", now=NOW)
    assert session.scalars(select(Consent)).all() == []


def stop_by_text(session: Session, mobile_number: str) -> None:
    blocking.opt_out(session, mobile_number, now=NOW + hours(1))


def stop_by_staff(session: Session, mobile_number: str) -> None:
    blocking.stop_texting(session, mobile_number, now=NOW + hours(1))


def stop_reported_by_twilio(session: Session, mobile_number: str) -> None:
    refused = Refused("21610", "Unsubscribed", Fault.OPTED_OUT)
    blocking.record_outcome(session, mobile_number, refused, called_at=NOW, now=NOW + hours(1))


@pytest.mark.parametrize("stop", [stop_by_text, stop_by_staff, stop_reported_by_twilio])
def test_a_stop_withdraws_everyone_with_the_number_at_once(session: Session, stop: Any) -> None:
    number = a_number()
    jo, ann = a_customer(session, mobile_number=number), a_customer(session, first_name="Ann", mobile_number=number)
    bob = a_customer(session, first_name="Bob")
    for customer in (jo, bob):
        record(session, customer)

    stop(session, number)
    stop(session, number)

    assert [basis_of(session, each) for each in (jo, ann, bob)] == [Basis.WITHDRAWN, Basis.WITHDRAWN, Basis.CONSENT]
    assert [line.basis for line in consents.history(session, jo.id)] == ["withdrawn", "consent"]
    assert [line.basis for line in consents.history(session, ann.id)] == ["withdrawn"]


def test_start_allows_reminders_again_and_no_news(session: Session) -> None:
    jo = a_customer(session)
    record(session, jo)
    stop_by_text(session, jo.mobile_number)
    blocking.opt_in(session, jo.mobile_number, now=NOW + hours(2))
    assert basis_of(session, jo) is Basis.WITHDRAWN
    record(session, jo, now=NOW + hours(3))
    assert basis_of(session, jo) is Basis.CONSENT


def test_a_stop_stays_with_the_customer_who_gets_another_number(session: Session) -> None:
    jo = a_customer(session)
    record(session, jo)
    stop_by_text(session, jo.mobile_number)
    customers.update(session, jo.id, version=jo.version, mobile_number=a_number(), now=NOW)
    assert basis_of(session, jo) is Basis.WITHDRAWN


def test_a_stopped_number_counts_for_who_gets_it_later(session: Session) -> None:
    stopped = a_number()
    an_opt_out(session, stopped)
    jo = a_customer(session)
    record(session, jo)
    customers.update(session, jo.id, version=jo.version, mobile_number=stopped, now=NOW)
    state = consents.state(session, jo.id)
    assert (basis_of(session, jo), state.stopped_at, state.stopped_by) == (Basis.WITHDRAWN, NOW, None)


def test_no_agreement_to_texts_while_the_number_is_stopped(session: Session) -> None:
    jo, ann = a_customer(session), a_customer(session)
    stop_by_text(session, jo.mobile_number)
    stop_by_staff(session, ann.mobile_number)
    with pytest.raises(Invalid, match="texting START"):
        record(session, jo)
    with pytest.raises(Invalid, match="Max stopped texts"):
        record(session, ann)
    record(session, jo, channel="email")
    assert basis_of(session, jo, Channel.EMAIL) is Basis.CONSENT


def test_a_double_tap_is_one_line(session: Session) -> None:
    jo = a_customer(session)
    for later in (seconds(0), seconds(1), days(30)):
        record(session, jo, now=NOW + later)
    assert len(consents.history(session, jo.id)) == 2
