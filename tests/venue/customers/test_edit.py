"""Adding, changing and deleting the people the venue knows."""

import threading
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Message
from tests.makers import (
    IN_TWO_WEEKS,
    MANAGER,
    NOW,
    STAFF,
    VIEWER,
    a_booking,
    a_customer,
    an_event,
    an_opt_out,
    hours,
    texts_to,
)
from venue import bookings, customers, events, privacy
from venue.customers import names
from venue.errors import AlreadyThere, Conflict, Invalid, NotAllowed, NotFound
from venue.profile import Venue

LATER = NOW + hours(1)


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_every_problem_is_reported_at_once_and_nothing_is_written(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        customers.add(session, first_name=" ", last_name="", mobile_number="0770", notes="x" * 2_001, now=NOW)
    assert set(refused.value.problems) == {"first_name", "last_name", "mobile_number", "notes"}
    assert refused.value.problems["first_name"] == "Enter a first name"
    assert count(session, Customer) == 0


@pytest.mark.parametrize(
    "typed",
    [
        "07700 900123",
        "+44 (0)7700 900123",
        "0044 7700 900123",
        "447700900123",
        "7700900123",
        "０７７００９００１２３",
        "  07700-900 123 ",
    ],
)
def test_one_number_has_one_form_and_each_way_of_typing_finds_it(session: Session, typed: str) -> None:
    customer = a_customer(session, mobile_number=typed)
    assert customer.mobile_number == "+447700900123"
    for search in ("07700 900123", "+44 (0)7700 900123", "0044 7700 900123", "447700900123", "7700900123", typed):
        assert [row.id for row in customers.search(session, search, now=NOW).rows] == [customer.id]


def test_a_french_mobile_stays_french(session: Session) -> None:
    assert a_customer(session, mobile_number="+33 6 12 34 56 78").mobile_number == "+33612345678"


REFUSED = {
    "landline": "01632 960123",
    "premium": "0909 8790000",
    "personal": "07012 345678",
    "too short": "07700 9001",
    "letter for a digit": "07700 9OO123",
    "extension": "07700 900123 ext 4",
    "spreadsheet": "7.7009E+09",
}


def test_each_number_that_cannot_be_texted_has_its_own_words(session: Session) -> None:
    words = {}
    for why, typed in REFUSED.items():
        with pytest.raises(Invalid) as refused:
            a_customer(session, mobile_number=typed)
        words[why] = refused.value.problems["mobile_number"]
    assert len(set(words.values())) == len(REFUSED)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Mary   Ann ", "Mary Ann"),
        ("McDonald", "McDonald"),
        ("o'neil", "o'neil"),
        ("SMITH", "SMITH"),
        ("Ní Dhomhnaill", "Ní Dhomhnaill"),
        ("Zoe\u0308", "Zoë"),
        ("Jo\u200bhn", "John"),
        ("X", "X"),
        ("李", "李"),
        ("N" * 100, "N" * 100),
        ("$first_name", "$first_name"),
        *((name, name) for name in ("J.de Vries", "Ma.de los Angeles", "J.Fr. Smith", "St.John", "Mr.T", "J.R.")),
        ("<script>", "<script>"),
    ],
)
def test_a_name_is_stored_as_typed_without_stray_spaces(session: Session, typed: str, kept: str) -> None:
    assert a_customer(session, first_name=typed).first_name == kept


WEB = ["x.com", "t.me/win", "evil．com", "evil。com", "win.ie", "a@b.example"]


@pytest.mark.parametrize(
    "typed", ["", "   ", "\u200b", "N" * 101, "a\x00b", "a\x07b", "www.win.example", "http://x.y", *WEB]
)
def test_what_is_no_name_is_refused(session: Session, typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        a_customer(session, last_name=typed)
    assert set(refused.value.problems) == {"last_name"}


@pytest.mark.parametrize(
    ("typed", "usual"),
    [
        *(("MCDONALD", "McDonald"), ("o'neil", "O'Neil"), ("O’NEIL", "O’Neil"), ("DE LA CRUZ", "de la Cruz")),
        *(("d'arcy", "D'Arcy"), ("NÍ DHOMHNAILL", "Ní Dhomhnaill"), ("VAN DER BERG", "van der Berg")),
        *(("MARY–ANN", "Mary–Ann"), ("anne-marie", "Anne-Marie"), ("(DAVE)", "(Dave)"), ("ÖZİL", "Özil")),
        *(("ADẸ́BÁYỌ̀", "Adẹ́báyọ̀"), ("john 2nd", "John 2nd"), ("SMITH 3RD", "Smith 3rd"), ("j", "J"), ("j p", "J P")),
        *(("SMITH-O'NEIL", "Smith-O'Neil"), ("SMITH III", "Smith III"), ("JAMES'S", "James's")),
        *(("McDonald", None), ("O'Neil", None), ("J.R.", None), ("X", None), ("李", None), ("***", None)),
    ],
)
def test_a_name_in_capitals_or_small_letters_is_offered_as_it_is_usually_written(typed: str, usual: str | None) -> None:
    assert names.suggest(typed) == usual


# Who is there already


def test_the_same_number_asks_who_is_meant(session: Session) -> None:
    there = a_customer(session, first_name="Ann", last_name="Lee", mobile_number="07700 900123")
    event = an_event(session)
    a_booking(session, there, event)
    with pytest.raises(AlreadyThere) as asked:
        a_customer(session, first_name="Bob", last_name="Lee", mobile_number="+447700900123", add_anyway=False)
    (person,) = asked.value.people
    assert (person.id, person.name, person.same_name, person.same_number) == (there.id, "Ann Lee", False, True)
    assert person.last_booking == "Quiz Night, Fri 29 January 2027"


def test_the_same_name_asks_who_is_meant_whatever_its_accents(session: Session) -> None:
    a_customer(session, first_name="Seán", last_name="O'Neil")
    with pytest.raises(AlreadyThere) as asked:
        a_customer(session, first_name="SEAN", last_name="ONeil", add_anyway=False)
    assert [(p.same_name, p.same_number, p.last_booking) for p in asked.value.people] == [
        (True, False, "no bookings yet")
    ]


def test_customers_with_the_same_number_come_before_those_with_the_same_name(session: Session) -> None:
    for _ in range(customers.MOST_LOOKALIKES):
        a_customer(session, first_name="John", last_name="Smith", mobile_number="07700 900001")
    zoe = a_customer(session, first_name="Zoe", last_name="Young", mobile_number="07700 900777")
    twin = a_customer(session, first_name="John", last_name="Smith", mobile_number="07700 900777")
    with pytest.raises(AlreadyThere) as asked:
        a_customer(session, first_name="John", last_name="Smith", mobile_number="07700 900777", add_anyway=False)
    assert [person.id for person in asked.value.people][:2] == [twin.id, zoe.id]


def test_a_cancelled_event_is_not_a_last_booking(session: Session) -> None:
    jo = a_customer(session)
    a_booking(session, jo, an_event(session))
    off = an_event(session, name="Off", starts_at=IN_TWO_WEEKS + hours(24))
    a_booking(session, jo, off)
    events.cancel(session, off.id, now=NOW)
    with pytest.raises(AlreadyThere) as asked:
        a_customer(session, add_anyway=False)
    assert asked.value.people[0].last_booking == "Quiz Night, Fri 29 January 2027"


def test_adding_anyway_makes_a_second_person_and_leaves_the_first(session: Session) -> None:
    first = a_customer(session, first_name="Ann", mobile_number="07700 900123", notes="Window seat")
    second = a_customer(session, first_name="Ann", mobile_number="07700 900123")
    assert first.id != second.id
    assert customers.get(session, first.id).notes == "Window seat"


def test_problems_come_before_the_question_who_is_meant(session: Session) -> None:
    a_customer(session, mobile_number="07700 900123")
    with pytest.raises(Invalid):
        a_customer(session, first_name="", mobile_number="07700 900123", add_anyway=False)


# A double tap


def test_a_double_tap_adds_once(session: Session) -> None:
    first = a_customer(session, mobile_number="07700 900123", form_token="t1")
    again = a_customer(session, mobile_number="07700 900123", form_token="t1", add_anyway=False)
    assert again.id == first.id
    assert count(session, Customer) == 1


def test_taps_at_the_same_moment_add_once(venue: Venue) -> None:
    start = threading.Barrier(6)
    added: list[UUID] = []

    def tap() -> None:
        start.wait()
        with venue.transaction(STAFF) as session:
            added.append(a_customer(session, form_token="t1").id)

    threads = [threading.Thread(target=tap) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(added) == 6
    assert len(set(added)) == 1


def test_another_form_adds_another(session: Session) -> None:
    assert a_customer(session, form_token="t1").id != a_customer(session, form_token="t2").id


# Changing


def test_a_cleared_field_is_cleared_and_one_not_given_is_left(session: Session) -> None:
    customer = a_customer(session, first_name="Jo", notes="Allergic to nuts")
    changed = customers.update(session, customer.id, version=customer.version, now=LATER, notes="")
    assert (changed.notes, changed.first_name, changed.updated_at) == ("", "Jo", LATER)


def test_saving_the_same_values_changes_nothing(session: Session) -> None:
    customer = a_customer(session, first_name="Jo")
    version = customer.version
    same = customers.update(session, customer.id, version=version, now=LATER, first_name=" Jo ")
    assert (same.version, same.updated_at) == (version, NOW)


def test_the_second_to_save_sees_what_changed(session: Session) -> None:
    customer = a_customer(session, first_name="Jo", last_name="Smith", notes="")
    seen = customer.version
    customers.update(session, customer.id, version=seen, now=LATER, notes="Theirs", last_name="Smythe")
    with pytest.raises(Conflict) as conflict:
        customers.update(session, customer.id, version=seen, now=LATER, notes="Mine", first_name="Jo")
    assert conflict.value.fields == {"notes": ("Theirs", "Mine")}
    assert conflict.value.version == customer.version
    assert conflict.value.changed_at == LATER
    assert customers.get(session, customer.id).notes == "Theirs"


def test_having_chosen_the_second_saves_with_the_new_version(session: Session) -> None:
    customer = a_customer(session, notes="")
    customers.update(session, customer.id, version=customer.version, now=LATER, notes="Theirs")
    with pytest.raises(Conflict) as conflict:
        customers.update(session, customer.id, version=1, now=LATER, notes="Mine")
    customers.update(session, customer.id, version=conflict.value.version, now=LATER, notes="Mine")
    assert customer.notes == "Mine"


def test_a_change_of_another_field_is_kept(session: Session) -> None:
    customer = a_customer(session, first_name="Jo", notes="")
    customers.update(session, customer.id, version=1, now=LATER, notes="Theirs")
    was = {"first_name": "Jo", "notes": ""}
    customers.update(session, customer.id, version=1, was=was, now=LATER, first_name="Joe")
    assert (customer.first_name, customer.notes) == ("Joe", "Theirs")


def test_both_typing_the_same_is_no_conflict(session: Session) -> None:
    customer = a_customer(session, notes="")
    customers.update(session, customer.id, version=1, now=LATER, notes="Same")
    customers.update(session, customer.id, version=1, now=LATER, notes="Same")


def test_two_saving_at_once_are_never_both_silently_taken(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        customer_id = a_customer(session).id
    start = threading.Barrier(2)
    ended: list[str] = []

    def save(notes: str) -> None:
        start.wait()
        try:
            with venue.transaction(STAFF) as session:
                customers.update(session, customer_id, version=1, now=LATER, notes=notes)
            ended.append("saved")
        except Conflict:
            ended.append("conflict")

    threads = [threading.Thread(target=save, args=(notes,)) for notes in ("Mine", "Theirs")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["conflict", "saved"]


def test_changes_are_checked_like_additions(session: Session) -> None:
    customer = a_customer(session)
    with pytest.raises(Invalid) as refused:
        customers.update(session, customer.id, version=1, now=LATER, first_name="", mobile_number="01632 960123")
    assert set(refused.value.problems) == {"first_name", "mobile_number"}


def test_what_is_planned_goes_to_the_new_number(session: Session) -> None:
    booking = a_booking(session)
    customers.update(session, booking.customer_id, version=1, now=LATER, mobile_number="07700 900999")
    assert {text.mobile_number for text in texts_to(session, booking.customer_id)} == {"+447700900999"}


def test_a_missing_customer_cannot_be_changed_or_shown(session: Session) -> None:
    with pytest.raises(NotFound):
        customers.update(session, uuid4(), version=1, now=NOW, notes="x")
    with pytest.raises(NotFound):
        customers.get(session, uuid4())


# Deleting


@pytest.mark.parametrize("last_name", ["O'Neil", "O’Neil", "\u202aSmith\u202c", "Smi\u00adth", "Núñez", "***"])
def test_a_customer_is_deleted_with_their_bookings(session: Session, last_name: str) -> None:
    customer = a_customer(session, last_name=last_name)
    a_booking(session, customer)
    privacy.erase(session, customer.id, now=LATER)
    assert (count(session, Customer), count(session, Booking), count(session, Event)) == (0, 0, 1)


def test_deleting_sends_no_text_and_erases_name_number_and_text_from_the_log(session: Session) -> None:
    booking = a_booking(session, a_customer(session, first_name="Aoife", last_name="O'Neil"))
    confirmation, *_ = texts_to(session, booking.customer_id)
    confirmation.state, confirmation.provider_id = "delivered", "SM1"
    confirmation.body, confirmation.sent_at = "The Anchor: Hi Aoife", LATER
    session.flush()
    kind, key = confirmation.kind, confirmation.dedupe_key

    privacy.erase(session, booking.customer_id, now=LATER)

    (left,) = session.scalars(select(Message).execution_options(populate_existing=True)).all()
    assert (left.kind, left.dedupe_key, left.state, left.provider_id) == (kind, key, "delivered", "SM1")
    assert (left.due_at, left.sent_at) == (NOW, LATER)
    assert (left.mobile_number, left.body, left.customer_id, left.booking_id) == (None, None, None, None)


@pytest.mark.parametrize("state", ["sending", "unsure"])
def test_what_may_have_gone_keeps_what_settling_needs(session: Session, state: str) -> None:
    booking = a_booking(session)
    confirmation, *_ = texts_to(session, booking.customer_id)
    confirmation.state, confirmation.claim_token, confirmation.lease_until = state, "t", LATER
    confirmation.body, confirmation.next_step_at = "Hi", LATER
    session.flush()
    privacy.erase(session, booking.customer_id, now=LATER)
    (left,) = session.scalars(select(Message).execution_options(populate_existing=True)).all()
    assert (left.body, left.erase_when_settled, left.state) == ("Hi", True, state)


def test_deleting_again_does_nothing(session: Session) -> None:
    customer = a_customer(session)
    privacy.erase(session, customer.id, now=LATER)
    privacy.erase(session, customer.id, now=LATER)


def test_others_with_the_same_number_keep_everything(session: Session) -> None:
    event = an_event(session)
    gone, stays = (a_customer(session, first_name=name, mobile_number="07700 900123") for name in ("A", "B"))
    a_booking(session, gone, event)
    a_booking(session, stays, event)
    privacy.erase(session, gone.id, now=LATER)
    assert len(texts_to(session, stays)) == 3
    assert count(session, Booking) == 1


def test_only_a_manager_deletes(venue: Venue) -> None:
    with venue.transaction(STAFF) as session:
        customer = a_customer(session)
        with pytest.raises(NotAllowed):
            privacy.erase(session, customer.id, now=LATER)


def test_looking_is_all_that_a_viewer_may(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        customer, event = a_customer(session), an_event(session)
        booking = a_booking(session, customer, event)
    with venue.transaction(VIEWER) as session:
        assert customers.row(session, customer.id).id == customer.id
        for forbidden in (
            lambda: customers.get(session, customer.id),
            lambda: a_customer(session),
            lambda: customers.update(session, customer.id, version=1, now=NOW, notes="x"),
            lambda: privacy.erase(session, customer.id, now=NOW),
            lambda: an_event(session),
            lambda: events.update(session, event.id, version=1, now=NOW, notes="x"),
            lambda: events.cancel(session, event.id, now=NOW),
            lambda: events.delete(session, event.id, now=NOW),
            lambda: bookings.book(session, customer_id=customer.id, event_id=event.id, seats=1, now=NOW),
            lambda: bookings.update(session, booking.id, version=1, now=NOW, seats=1),
            lambda: bookings.delete(session, booking.id, now=NOW),
            lambda: bookings.mark_arrived(session, booking.id, arrived=True, now=NOW),
        ):
            with pytest.raises(NotAllowed):
                forbidden()


def test_without_an_actor_nothing_is_allowed(venue: Venue) -> None:
    with venue.database.transaction(venue=venue) as session, pytest.raises(NotAllowed, match="You are not signed in"):
        customers.search(session, now=NOW)


def test_an_opted_out_number_can_still_be_added(session: Session) -> None:
    an_opt_out(session, "+447700900123")
    assert a_customer(session, mobile_number="07700 900123").mobile_number == "+447700900123"
