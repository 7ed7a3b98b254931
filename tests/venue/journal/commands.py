"""One call of every command that is an act, by the command's name, on rows that it can change."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.models import (
    Booking,
    Campaign,
    Customer,
    CustomerVisits,
    CustomField,
    Event,
    FieldChoice,
    Import,
    ImportRow,
    Message,
    Request,
    SavedView,
    VenueSetting,
    WaitlistEntry,
)
from db.writes import insert_new, insert_once
from sms.texts import DEFAULT_TEMPLATES, Kind
from tests.makers import IN_TWO_WEEKS, NOW, a_booking, a_customer, a_number, an_event, days, texts_to
from venue import (
    acts,
    bookings,
    bulk,
    campaigns,
    choices,
    customers,
    duplicates,
    events,
    fields,
    households,
    imports,
    merging,
    messages,
    privacy,
    tags,
    views,
    waitlist,
)
from venue.backups.restore import make_safe
from venue.customers import CustomerFilter
from venue.customers.edit import Change
from venue.delivery import after_restore
from venue.events import cancellations, series
from venue.imports import runs
from venue.journal.undo import undo
from venue.messages import actions, blocking, needs_call, resend, templates
from venue.messages.new_message import NewMessage
from venue.messages.states import State
from venue.privacy import consents, requests, retention
from venue.privacy.erase import erase_mentions
from venue.privacy.mentions import Name, Wanted
from venue.privacy.scan import search
from venue.profile import venue_of
from venue.replies import answers, conversations
from venue.visits import rewards

LATER = NOW + timedelta(minutes=5)
CUSTOMERS = b"First Name,Last Name,Mobile,Customer Since\nAnn,Lee,07700 900901,\nBob,Lee,07700 900902,2020-01-31\n"
EVENTS = b"Event,Date,Time,Capacity\nQuiz Night,2027-01-29,19:30,80\nJazz,2027-02-20,20:00,\n"


@dataclass
class Rows:
    """What is there before each call: a booking of two seats with its texts, and another customer."""

    customer: Customer
    event: Event
    booking: Booking
    other: Customer
    texts: list[Message]

    def text(self, state: State, **columns: Any) -> Message:
        """The confirmation, in this state."""
        confirmation = next(text for text in self.texts if text.kind == Kind.CONFIRMATION)
        for name, value in {"state": state.value, **columns}.items():
            setattr(confirmation, name, value)
        return confirmation


def some_rows(session: Session) -> Rows:
    customer, event = a_customer(session), an_event(session)
    booking = a_booking(session, customer, event)
    return Rows(customer, event, booking, a_customer(session, first_name="Ann"), texts_to(session, customer))


def _a_view(session: Session) -> None:
    views.save(session, name="Quiz fans", query={"show": "active"}, shared=True, now=NOW)


def _view(session: Session) -> UUID:
    return session.query(SavedView.id).scalar()


def _a_request(session: Session, rows: Rows, kind: str = "access") -> None:
    requests.add(session, kind=kind, person="Jo Smith", received_on=NOW.date(), customer_id=rows.customer.id, now=NOW)


def _request(session: Session) -> UUID:
    return session.query(Request.id).scalar()


def _a_paused_request(session: Session, rows: Rows) -> None:
    _a_request(session, rows)
    requests.pause(session, _request(session), now=NOW)


def _an_answered_request(session: Session, rows: Rows) -> None:
    _a_request(session, rows)
    requests.answer(session, _request(session), outcome="Sent", now=NOW)


def _mention(session: Session, rows: Rows) -> None:
    customers.update(session, rows.customer.id, version=1, now=NOW, notes="Met Zoë Quartermaine")


def _erase_mentions(session: Session, rows: Rows) -> None:
    zoe = Wanted([Name("Zoë", "Quartermaine")])
    found = search(session, zoe)
    erase_mentions(session, rows.customer.id, found, zoe, now=LATER)


def _a_tag(session: Session, rows: Rows) -> None:
    """A tag on both customers, on one of them for some days."""
    tag = tags.add(session, name="VIP", now=NOW)
    tags.put_on(session, rows.customer.id, tag.id, now=NOW)
    tags.put_on(session, rows.other.id, tag.id, last_day=date(2027, 2, 1), now=NOW)


def _two_tags(session: Session, rows: Rows) -> None:
    _a_tag(session, rows)
    tag = tags.add(session, name="Regular", now=NOW)
    tags.put_on(session, rows.customer.id, tag.id, last_day=date(2027, 2, 1), now=NOW)


def _allergies(session: Session, rows: Rows) -> None:
    """A field in which both customers have a value."""
    field = fields.add(session, name="Allergies", kind="text", now=NOW)
    for customer in (rows.customer, rows.other):
        fields.put(session, customer.id, {field.id: "Nuts"}, now=NOW)


def _everyone(session: Session) -> bulk.Chosen:
    return bulk.choose(session, bulk.Selection(where=CustomerFilter()), now=NOW)


def _tag(session: Session) -> UUID:
    return tags.named(session, "VIP").id


def _a_field(session: Session) -> UUID:
    """A choice, of which the customer has the second."""
    field = fields.add(session, name="Place", kind="choice", choices=["Bar", "Snug", "Garden"], now=NOW)
    return field.id


def _a_value(session: Session, rows: Rows) -> UUID:
    field_id = _a_field(session)
    customers.update(session, rows.customer.id, version=1, own={field_id: "Snug"}, now=NOW)
    return field_id


def _field(session: Session) -> UUID:
    return session.query(CustomField.id).scalar()


def _choice(session: Session, name: str) -> UUID:
    return session.query(FieldChoice.id).filter_by(name=name).scalar()


def _a_draft(session: Session, rows: Rows) -> None:
    consents.record(
        session, rows.customer.id, channel="text", basis="consent", how="In person", wording="May we?", now=NOW
    )
    given: dict[str, Any] = {"name": "Jazz", "query": {}, "body": "{venue_name}: jazz on Sunday."}
    campaigns.add(session, **given, chosen=_everyone(session), now=NOW)


def _draft(session: Session) -> Campaign:
    return session.query(Campaign).one()


def _confirm(session: Session) -> None:
    draft = _draft(session)
    audience = campaigns.find(session, draft, now=NOW)
    campaigns.confirm(session, draft.id, version=draft.version, ids=audience.ids, count=1, now=NOW)


def _confirmed(session: Session, rows: Rows) -> None:
    _a_draft(session, rows)
    _confirm(session)


def _paused(session: Session, rows: Rows) -> None:
    _confirmed(session, rows)
    campaigns.pause(session, _draft(session).id, now=NOW)


def _merge(session: Session, rows: Rows) -> None:
    plan = merging.preview(session, rows.customer.id, rows.other.id, now=NOW)
    known: dict[str, Any] = {"bookings": {rows.event.id: "sum"}, "plan_fingerprint": plan.fingerprint, "now": LATER}
    merging.merge(session, keep_id=rows.customer.id, other_id=rows.other.id, **known)


def _a_party(session: Session, rows: Rows) -> None:
    """The other customer waits for two seats at the event, which is full."""
    events.update(session, rows.event.id, version=rows.event.version, capacity=2, now=NOW)
    waitlist.join(session, event_id=rows.event.id, customer_id=rows.other.id, seats=2, now=NOW)


def _free_seats(session: Session, rows: Rows) -> None:
    _a_party(session, rows)
    bookings.delete(session, rows.booking.id, now=NOW)


def _an_offer(session: Session, rows: Rows) -> None:
    _free_seats(session, rows)
    waitlist.offer_next(session, rows.event.id, now=NOW)


def _an_answered_offer(session: Session, rows: Rows) -> None:
    _an_offer(session, rows)
    insert_once(session, Message, [_a_reply(rows)])


def _entry(session: Session) -> UUID:
    return session.query(WaitlistEntry.id).scalar()


Call = Callable[[Session, Rows], Any]


# Before a call: brings the rows into the state that it needs.
def _a_reward_is_due(session: Session, rows: Rows) -> None:
    choices.save(session, "reward_name", "a free pint", now=NOW)
    venue_of(session).choices.read(session)
    day = NOW.date()
    session.add(CustomerVisits(customer_id=rows.customer.id, visits=12, seats=12, first_day=day, last_day=day))


PREPARE: Mapping[str, Call] = {
    "venue.campaigns.edit.update": _a_draft,
    "venue.campaigns.edit.delete": _a_draft,
    "venue.campaigns.confirm.confirm": _a_draft,
    "venue.campaigns.control.pause": _confirmed,
    "venue.campaigns.control.resume": _paused,
    "venue.campaigns.control.stop": _confirmed,
    "venue.visits.rewards.give": _a_reward_is_due,
    "venue.choices.reset": lambda s, rows: choices.save(s, "sending_hours", "10:00-20:00", now=NOW),
    "venue.delivery.after_restore.release": lambda s, rows: insert_new(
        s,
        VenueSetting,
        [
            {
                "name": after_restore.SENDING_HELD,
                "value": '{"phase": "held", "since": "2027-01-14T12:00:00+00:00"}',
                "updated_at": NOW,
            }
        ],
    ),
    "venue.events.cancellations.undo": lambda s, rows: events.cancel(s, rows.event.id, now=NOW),
    "venue.events.edit.delete": lambda s, rows: bookings.delete(s, rows.booking.id, now=NOW),
    "venue.households.edit.leave": lambda s, rows: households.join(s, [rows.customer.id, rows.other.id], now=NOW),
    "venue.fields.choices.add_choice": _a_value,
    "venue.fields.choices.rename_choice": _a_value,
    "venue.fields.choices.retire_choice": _a_value,
    "venue.fields.edit.delete": _a_value,
    "venue.fields.edit.move": lambda s, rows: [_a_field(s), fields.add(s, name="Diet", kind="text", now=NOW)],
    "venue.fields.edit.update": _a_value,
    "venue.imports.runs.map_columns": lambda s, rows: _upload(s),
    "venue.imports.runs.decide": lambda s, rows: _checked(s),
    "venue.imports.runs.run": lambda s, rows: _checked(s),
    "venue.imports.runs.cancel": lambda s, rows: _upload(s),
    "venue.imports.runs.undo": lambda s, rows: _imported(s),
    "venue.journal.undo.undo": lambda s, rows: customers.update(
        s, rows.customer.id, version=1, now=NOW, mobile_number=a_number(), last_name="Jones"
    ),
    "venue.merging.merge.merge": lambda s, rows: bookings.book(
        s, customer_id=rows.other.id, event_id=rows.event.id, seats=3, now=NOW
    ),
    "venue.messages.actions.release": lambda s, rows: actions.hold(s, [each.id for each in rows.texts], now=NOW),
    "venue.messages.actions.settle_by_hand": lambda s, rows: rows.text(State.UNSURE),
    "venue.messages.blocking.allow_texting": lambda s, rows: blocking.stop_texting(
        s, rows.customer.mobile_number, now=NOW
    ),
    "venue.messages.blocking.unblock": lambda s, rows: setattr(
        blocking.locked_number(s, rows.customer.mobile_number), "unreachable_code", "30005"
    ),
    "venue.messages.needs_call.mark_handled": lambda s, rows: rows.text(State.FAILED),
    "venue.messages.needs_call.answer": lambda s, rows: insert_once(s, Message, [_a_reply(rows)]),
    "venue.replies.answers.cancel_booking": lambda s, rows: insert_once(s, Message, [_a_reply(rows)]),
    "venue.replies.answers.change_seats": lambda s, rows: insert_once(s, Message, [_a_reply(rows)]),
    "venue.replies.conversations.answer": lambda s, rows: insert_once(s, Message, [_a_reply(rows)]),
    "venue.replies.answers.mark_late": lambda s, rows: insert_once(s, Message, [_a_reply(rows)]),
    "venue.messages.resend.send_again": lambda s, rows: rows.text(State.FAILED),
    "venue.messages.templates.save": lambda s, rows: templates.add_missing(s, now=NOW),
    "venue.privacy.erase.erase_mentions": _mention,
    "venue.bulk.setting_fields.set_field": lambda s, rows: fields.add(s, name="Allergies", kind="text", now=NOW),
    "venue.bulk.setting_fields.clear_field": _allergies,
    "venue.bulk.tagging.tag": lambda s, rows: tags.add(s, name="VIP", now=NOW),
    "venue.bulk.tagging.untag": _a_tag,
    "venue.tags.edit.update": _a_tag,
    "venue.tags.edit.delete": _a_tag,
    "venue.tags.merge.merge": _two_tags,
    "venue.tags.on_customers.put_on": lambda s, rows: tags.add(s, name="VIP", now=NOW),
    "venue.tags.on_customers.take_off": _a_tag,
    "venue.views.edit.update": lambda s, rows: _a_view(s),
    "venue.views.edit.delete": lambda s, rows: _a_view(s),
    "venue.waitlist.edit.join": lambda s, rows: events.update(s, rows.event.id, version=1, capacity=2, now=NOW),
    "venue.waitlist.edit.leave": _a_party,
    "venue.waitlist.edit.answer": _an_offer,
    "venue.replies.answers.answer_offer": _an_answered_offer,
    "venue.waitlist.edit.withdraw": _an_offer,
    "venue.waitlist.by_hand.offer": _free_seats,
    "venue.privacy.requests.update": _a_request,
    "venue.privacy.requests.acknowledge": lambda s, rows: _a_request(s, rows, "complaint"),
    "venue.privacy.requests.pause": _a_request,
    "venue.privacy.requests.resume": _a_paused_request,
    "venue.privacy.requests.answer": _a_request,
    "venue.privacy.requests.reopen": _an_answered_request,
}
CALLS: Mapping[str, Call] = {
    "venue.backups.restore.make_safe": lambda s, rows: make_safe(s, made_at=NOW, erased=0, now=LATER),
    "venue.bookings.edit.book": lambda s, rows: bookings.book(
        s, customer_id=rows.other.id, event_id=rows.event.id, seats=3, notes="Late", now=NOW
    ),
    "venue.bookings.edit.update": lambda s, rows: bookings.update(s, rows.booking.id, version=1, seats=5, now=NOW),
    "venue.bookings.edit.delete": lambda s, rows: bookings.delete(s, rows.booking.id, now=NOW, tell_customer=True),
    "venue.bookings.move.move": lambda s, rows: bookings.move(
        s, rows.booking.id, customer_id=rows.other.id, version=1, tell_customer=True, now=LATER
    ),
    "venue.replies.conversations.answer": lambda s, rows: conversations.answer(
        s, rows.customer.id, body="See you then", answered=[_reply(s).id], form_token="conversation", now=NOW
    ),
    "venue.replies.answers.cancel_booking": lambda s, rows: answers.cancel_booking(
        s, _reply(s).id, booking_id=rows.booking.id, version=rows.booking.version, now=NOW
    ),
    "venue.replies.answers.change_seats": lambda s, rows: answers.change_seats(
        s, _reply(s).id, booking_id=rows.booking.id, version=rows.booking.version, seats=3, now=NOW
    ),
    "venue.replies.answers.mark_late": lambda s, rows: answers.mark_late(
        s, _reply(s).id, booking_id=rows.booking.id, version=rows.booking.version, now=NOW
    ),
    "venue.bookings.arrivals.mark_arrived": lambda s, rows: bookings.mark_arrived(
        s, rows.booking.id, arrived=True, now=NOW
    ),
    "venue.visits.rewards.give": lambda s, rows: rewards.give(s, rows.customer.id, now=NOW),
    "venue.bookings.arrivals.mark_late": lambda s, rows: bookings.mark_late(s, rows.booking.id, now=NOW),
    "venue.bookings.arrivals.count_walk_ins": lambda s, rows: bookings.count_walk_ins(
        s, rows.event.id, seats=3, now=rows.event.starts_at
    ),
    "venue.bookings.arrivals.walk_in": lambda s, rows: bookings.walk_in(
        s, rows.event.id, customer_id=rows.other.id, seats=3, now=rows.event.starts_at
    ),
    "venue.bulk.setting_fields.set_field": lambda s, rows: bulk.set_field(
        s, _everyone(s), field_id=fields.named(s, "Allergies").id, value="Nuts", now=NOW
    ),
    "venue.bulk.setting_fields.clear_field": lambda s, rows: bulk.clear_field(
        s, _everyone(s), field_id=fields.named(s, "Allergies").id, now=NOW
    ),
    "venue.bulk.tagging.tag": lambda s, rows: bulk.tag(s, _everyone(s), tag_id=_tag(s), now=NOW),
    "venue.bulk.tagging.untag": lambda s, rows: bulk.untag(s, _everyone(s), tag_id=_tag(s), now=NOW),
    "venue.views.edit.save": lambda s, rows: _a_view(s),
    "venue.views.edit.update": lambda s, rows: views.update(
        s, _view(s), version=1, name="Fans", query={"q": "smi"}, columns=["notes"], on_today=True, now=LATER
    ),
    "venue.views.edit.delete": lambda s, rows: views.delete(s, _view(s), now=LATER),
    "venue.campaigns.edit.add": lambda s, rows: campaigns.add(
        s, name="Jazz", query={"q": "smi"}, chosen=_everyone(s), now=NOW
    ),
    "venue.campaigns.edit.update": lambda s, rows: campaigns.update(
        s, _draft(s).id, version=1, name="Blues", body="{venue_name}: blues.", query={"q": "smi"}, now=LATER
    ),
    "venue.campaigns.edit.delete": lambda s, rows: campaigns.delete(s, _draft(s).id, now=LATER),
    "venue.campaigns.confirm.confirm": lambda s, rows: _confirm(s),
    "venue.campaigns.control.pause": lambda s, rows: campaigns.pause(s, _draft(s).id, now=LATER),
    "venue.campaigns.control.resume": lambda s, rows: campaigns.resume(s, _draft(s).id, now=LATER),
    "venue.campaigns.control.stop": lambda s, rows: campaigns.stop(s, _draft(s).id, now=LATER),
    "venue.choices.save": lambda s, rows: choices.save(s, "sending_hours", "10:00-20:00", now=NOW),
    "venue.choices.reset": lambda s, rows: choices.reset(s, "sending_hours", now=NOW),
    "venue.choices.restore": lambda s, rows: choices.restore(s, {"sending_hours": "10:00-20:00"}, now=NOW),
    "venue.choices.change": lambda s, rows: choices.change(
        s, {"venue_phone": "01632 960999"}, version=0, was={"venue_phone": "01632 960123"}, now=NOW
    ),
    "venue.customers.edit.add": lambda s, rows: a_customer(s, notes="New"),
    "venue.customers.edit.update": lambda s, rows: customers.update(
        s, rows.customer.id, version=1, now=NOW, first_name="Joe", mobile_number=a_number()
    ),
    "venue.customers.edit.update_many": lambda s, rows: customers.update_many(
        s,
        [
            Change(rows.customer.id, 1, {"notes": "Regular"}),
            Change(rows.other.id, 1, {"first_name": ""}),
            Change(rows.other.id, 1, {"notes": "Regular"}),
        ],
        now=NOW,
    ),
    "venue.merging.merge.merge": _merge,
    "venue.privacy.erase.erase_mentions": _erase_mentions,
    "venue.privacy.erase.erase": lambda s, rows: privacy.erase(s, rows.customer.id, now=NOW),
    "venue.delivery.after_restore.release": lambda s, rows: after_restore.release(s, now=NOW),
    "venue.duplicates.pair_queue.decide": lambda s, rows: duplicates.decide(
        s, rows.customer.id, rows.other.id, answer="household", now=NOW
    ),
    "venue.events.cancellations.undo": lambda s, rows: cancellations.undo(s, rows.event.id, now=LATER),
    "venue.events.edit.add": lambda s, rows: an_event(s, name="Jazz", capacity=40),
    "venue.events.edit.update": lambda s, rows: events.update(
        s, rows.event.id, version=1, now=NOW, starts_at=IN_TWO_WEEKS + days(1), name="Big Quiz"
    ),
    "venue.events.edit.cancel": lambda s, rows: events.cancel(s, rows.event.id, now=NOW),
    "venue.events.edit.delete": lambda s, rows: events.delete(s, rows.event.id, now=NOW),
    "venue.events.series.add": lambda s, rows: series.add(
        s, name="Jazz", starts=[IN_TWO_WEEKS, IN_TWO_WEEKS + days(7)], now=NOW
    ),
    "venue.events.series.update_coming": lambda s, rows: series.update_coming(
        s, rows.event.id, version=1, versions={}, at=time(20, 0), name="Big Quiz", now=NOW
    ),
    "venue.events.series.cancel_coming": lambda s, rows: series.cancel_coming(s, rows.event.id, now=NOW),
    "venue.households.edit.join": lambda s, rows: households.join(s, [rows.customer.id, rows.other.id], now=NOW),
    "venue.households.edit.leave": lambda s, rows: households.leave(s, rows.customer.id, now=LATER),
    "venue.households.edit.decline": lambda s, rows: households.decline(s, rows.customer.id, rows.other.id, now=NOW),
    "venue.fields.choices.add_choice": lambda s, rows: fields.add_choice(s, _field(s), name="Roof", now=LATER),
    "venue.fields.choices.rename_choice": lambda s, rows: fields.rename_choice(
        s, _choice(s, "Bar"), name="Long bar", now=LATER
    ),
    "venue.fields.choices.retire_choice": lambda s, rows: fields.retire_choice(s, _choice(s, "Snug"), now=LATER),
    "venue.fields.edit.add": lambda s, rows: _a_field(s),
    "venue.fields.edit.delete": lambda s, rows: fields.delete(s, _field(s), now=LATER),
    "venue.fields.edit.move": lambda s, rows: fields.move(
        s, s.query(CustomField.id).filter_by(name="Diet").scalar(), position=1, now=LATER
    ),
    "venue.fields.edit.update": lambda s, rows: fields.update(s, _field(s), name="Where", now=LATER),
    "venue.imports.customers.import_customers": lambda s, rows: _import(s, imports.CUSTOMERS, CUSTOMERS),
    "venue.imports.events.import_events": lambda s, rows: _import(s, imports.EVENTS, EVENTS),
    "venue.imports.bookings.import_bookings": lambda s, rows: _import(
        s,
        imports.BOOKINGS,
        f"Mobile,Event,Event Date,Seats\n{rows.other.mobile_number},Quiz Night,2027-01-29,4\n".encode(),
    ),
    "venue.imports.runs.start": lambda s, rows: _upload(s),
    "venue.imports.runs.map_columns": lambda s, rows: runs.map_columns(
        s, _upload_of(s).id, mapping={"first_name": "Last Name"}, repair_zeros=True, now=NOW
    ),
    "venue.imports.runs.decide": lambda s, rows: runs.decide(s, _upload_of(s).id, lines={2: "add"}, now=NOW),
    "venue.imports.runs.run": lambda s, rows: runs.run(s, _upload_of(s).id, version=_upload_of(s).version, now=NOW),
    "venue.imports.runs.cancel": lambda s, rows: runs.cancel(s, _upload_of(s).id, now=NOW),
    "venue.imports.runs.undo": lambda s, rows: runs.undo(s, _upload_of(s).id, now=NOW),
    "venue.journal.undo.undo": lambda s, rows: undo(s, acts.last_entry(s) or 0, now=NOW),
    "venue.messages.actions.hold": lambda s, rows: actions.hold(s, [each.id for each in rows.texts], now=NOW),
    "venue.messages.actions.hold_returning_ids": lambda s, rows: actions.hold_returning_ids(
        s, [rows.texts[0].id], now=NOW
    ),
    "venue.messages.actions.release": lambda s, rows: actions.release(s, [each.id for each in rows.texts], now=NOW),
    "venue.messages.actions.settle_by_hand": lambda s, rows: actions.settle_by_hand(
        s, rows.text(State.UNSURE).id, went=False, now=NOW
    ),
    "venue.messages.blocking.stop_texting": lambda s, rows: blocking.stop_texting(
        s, rows.customer.mobile_number, now=NOW
    ),
    "venue.messages.blocking.allow_texting": lambda s, rows: blocking.allow_texting(
        s, rows.customer.mobile_number, now=NOW
    ),
    "venue.messages.blocking.unblock": lambda s, rows: blocking.unblock(s, rows.customer.mobile_number, now=NOW),
    "venue.messages.needs_call.mark_handled": lambda s, rows: needs_call.mark_handled(
        s, [each.id for each in rows.texts], now=NOW
    ),
    "venue.messages.needs_call.answer": lambda s, rows: needs_call.answer(
        s, _reply(s).id, body="See you then", form_token="answer", now=NOW
    ),
    "venue.messages.outbox.text_customer": lambda s, rows: messages.text_customer(
        s, customer_id=rows.customer.id, body="Hello", form_token="customer", now=NOW
    ),
    "venue.messages.outbox.text_number": lambda s, rows: messages.text_number(
        s, mobile_number="07700 900999", body="Hello", form_token="number", now=NOW
    ),
    "venue.messages.resend.send_again": lambda s, rows: resend.send_again(
        s, rows.text(State.FAILED).id, form_token="again", now=NOW
    ),
    "venue.privacy.retention.erase_chosen": lambda s, rows: retention.erase_chosen(
        s, [rows.customer.id, rows.other.id], months=24, now=NOW + days(1_000)
    ),
    "venue.privacy.requests.add": _a_request,
    "venue.privacy.requests.update": lambda s, rows: requests.update(
        s, _request(s), version=1, now=NOW, person="Jo", received_on=date(2027, 1, 10)
    ),
    "venue.privacy.requests.acknowledge": lambda s, rows: requests.acknowledge(s, _request(s), now=NOW),
    "venue.privacy.requests.pause": lambda s, rows: requests.pause(s, _request(s), now=NOW),
    "venue.privacy.requests.resume": lambda s, rows: requests.resume(s, _request(s), now=NOW + days(3)),
    "venue.privacy.requests.answer": lambda s, rows: requests.answer(s, _request(s), outcome="Sent", now=NOW),
    "venue.privacy.requests.reopen": lambda s, rows: requests.reopen(s, _request(s), now=NOW),
    "venue.privacy.consents.record": lambda s, rows: consents.record(
        s, rows.customer.id, channel="text", basis="consent", how="In person", wording="May we text you?", now=NOW
    ),
    "venue.tags.edit.add": lambda s, rows: tags.add(s, name="VIP", at_door=True, now=NOW),
    "venue.tags.edit.update": lambda s, rows: tags.update(s, _tag(s), version=1, now=LATER, name="Guest of honour"),
    "venue.tags.edit.delete": lambda s, rows: tags.delete(s, _tag(s), now=LATER),
    "venue.tags.merge.merge": lambda s, rows: tags.merge(
        s, into=tags.named(s, "Regular").id, tag_id=_tag(s), now=LATER
    ),
    "venue.tags.on_customers.put_on": lambda s, rows: tags.put_on(
        s, rows.customer.id, _tag(s), last_day=date(2027, 2, 1), now=LATER
    ),
    "venue.tags.on_customers.take_off": lambda s, rows: tags.take_off(s, rows.customer.id, _tag(s), now=LATER),
    "venue.waitlist.edit.join": lambda s, rows: waitlist.join(
        s, event_id=rows.event.id, customer_id=rows.other.id, seats=2, notes="By the window", now=LATER
    ),
    "venue.waitlist.edit.leave": lambda s, rows: waitlist.leave(s, _entry(s), now=LATER),
    "venue.waitlist.edit.answer": lambda s, rows: waitlist.answer(s, _entry(s), accepts=True, now=LATER),
    "venue.replies.answers.answer_offer": lambda s, rows: answers.answer_offer(
        s, _reply(s).id, entry_id=_entry(s), accepts=True, now=LATER
    ),
    "venue.waitlist.by_hand.offer": lambda s, rows: waitlist.offer(s, _entry(s), now=NOW),
    "venue.waitlist.edit.withdraw": lambda s, rows: waitlist.withdraw(s, _entry(s), now=LATER),
    "venue.messages.templates.save": lambda s, rows: templates.save(
        s, Kind.CONFIRMATION, body=DEFAULT_TEMPLATES[Kind.CONFIRMATION] + " Bye", version=1, now=NOW
    ),
    "venue.messages.templates.add_missing": lambda s, rows: templates.add_missing(s, now=NOW),
}


def _import(session: Session, importer: imports.Importer, file: bytes) -> None:
    importer.take(session, importer.open(io.BytesIO(file)), now=NOW)


def _upload(session: Session) -> None:
    runs.start(session, kind="customers", file_name="customers.csv", content=io.BytesIO(CUSTOMERS), now=NOW)


def _checked(session: Session) -> None:
    """An import of which line 2 is in doubt."""
    _upload(session)
    upload = _upload_of(session)
    upload.state, upload.counts = "checked", '{"new": 1, "in_doubt": 1}'
    session.add(
        ImportRow(import_id=upload.id, line=2, outcome="in_doubt", column_name="", value="", reason="?", may_add=True)
    )


def _imported(session: Session) -> None:
    _upload(session)
    _import(session, imports.CUSTOMERS, CUSTOMERS)
    upload = _upload_of(session)
    upload.state, upload.entry_id, upload.finished_at = "done", acts.last_entry(session), NOW


def _upload_of(session: Session) -> Import:
    return session.query(Import).one()


def _a_reply(rows: Rows) -> dict[str, Any]:
    reply = NewMessage(
        kind=Kind.INBOUND,
        dedupe_key="inbound:1",
        direction="in",
        state=State.RECEIVED,
        customer_id=rows.customer.id,
        mobile_number=rows.customer.mobile_number,
        body="Is there parking?",
        provider_id="SM1",
        now=NOW,
    )
    return reply.columns()


def _reply(session: Session) -> Message:
    return session.query(Message).filter_by(dedupe_key="inbound:1").one()
