"""The commands of each role, without any screen: viewers read, staff run the bar, managers do the rest."""

from collections.abc import Callable

import pytest

from tests.venue.public_functions import WITH_SESSION, call
from venue.errors import NotAllowed
from venue.profile import Venue
from venue.roles import SCHEDULER, Actor, Role

# The role that a function needs at least. None: only programs, such as the scheduler, may call it.
NEEDED: dict[Role | None, set[str]] = {
    Role.VIEWER: {
        "venue.bookings.find.for_customer",
        "venue.bookings.guests.count_for_event",
        "venue.bookings.guests.for_event",
        "venue.bookings.guests.of_customers",
        "venue.bookings.guests.page_for_event",
        "venue.customers.edit.row",
        "venue.customers.find.search",
        "venue.duplicates.booked.probably_booked",
        "venue.duplicates.marks.last_checked",
        "venue.duplicates.pair_queue.count_open",
        "venue.duplicates.pair_queue.count_put_off",
        "venue.duplicates.pair_queue.of_customer",
        "venue.duplicates.pair_queue.queue",
        "venue.events.find.row",
        "venue.events.series.coming",
        "venue.events.series.listed",
        "venue.fields.find.list_columns",
        "venue.fields.find.listed",
        "venue.fields.find.values_of",
        "venue.events.find.upcoming",
        "venue.households.find.listed",
        "venue.messages.withdrawals.latest_line",
        "venue.households.find.names_of",
        "venue.households.find.of",
        "venue.households.find.offers",
        "venue.households.find.with_same_number",
        "venue.insight.search_everything.search_everything",
        "venue.insight.today.overview",
        "venue.messages.log.listing",
        "venue.messages.log.story",
        "venue.messages.needs_call.listing",
        "venue.messages.upcoming.this_week",
        "venue.privacy.consents.history",
        "venue.privacy.consents.may_market",
        "venue.privacy.consents.state",
        "venue.replies.conversations.read",
        "venue.replies.offer_proposals.free_for",
        "venue.replies.proposals.for_replies",
        "venue.replies.questions.of_replies",
        "venue.customers.visit_counts.visits_of",
        "venue.visits.find.at_door",
        "venue.visits.rewards.progress",
        "venue.visits.find.of_customer",
        "venue.visits.find.of_customers",
        "venue.tags.find.at_door",
        "venue.tags.find.count",
        "venue.tags.find.every",
        "venue.tags.find.listed",
        "venue.tags.find.missing",
        "venue.tags.find.named",
        "venue.tags.find.of_customers",
        "venue.waitlist.by_hand.preview_offer",
        "venue.waitlist.find.for_customer",
        "venue.waitlist.find.listed",
        "venue.waitlist.find.next_for",
        "venue.views.edit.delete",
        "venue.views.edit.update",
        "venue.views.find.get",
        "venue.views.find.listed",
        "venue.views.find.opened",
        "venue.views.find.watched",
    },
    Role.STAFF: {
        "venue.bookings.edit.book",
        "venue.waitlist.edit.answer",
        "venue.waitlist.edit.join",
        "venue.waitlist.edit.leave",
        "venue.waitlist.by_hand.offer",
        "venue.waitlist.edit.withdraw",
        "venue.bookings.edit.delete",
        "venue.bookings.arrivals.mark_arrived",
        "venue.bookings.arrivals.mark_late",
        "venue.visits.rewards.give",
        "venue.bookings.arrivals.walk_in",
        "venue.bookings.arrivals.count_walk_ins",
        "venue.bookings.edit.update",
        "venue.bookings.move.move",
        "venue.customers.edit.add",
        "venue.customers.edit.get",
        "venue.customers.edit.update",
        "venue.customers.edit.update_many",
        "venue.duplicates.pair_queue.decide",
        "venue.events.cancellations.undo",
        "venue.events.edit.add",
        "venue.events.edit.cancel",
        "venue.events.edit.delete",
        "venue.events.edit.update",
        "venue.events.series.add",
        "venue.events.series.cancel_coming",
        "venue.events.series.update_coming",
        "venue.households.edit.decline",
        "venue.households.edit.join",
        "venue.households.edit.leave",
        "venue.fields.values.put",
        "venue.messages.actions.hold",
        "venue.messages.actions.release",
        "venue.messages.actions.settle_by_hand",
        "venue.messages.blocking.allow_texting",
        "venue.messages.blocking.stop_texting",
        "venue.messages.blocking.unblock",
        "venue.messages.needs_call.answer",
        "venue.messages.needs_call.mark_handled",
        "venue.messages.outbox.text_customer",
        "venue.messages.outbox.text_number",
        "venue.messages.resend.send_again",
        "venue.privacy.consents.record",
        "venue.privacy.requests.add",
        "venue.replies.answers.answer_offer",
        "venue.replies.answers.cancel_booking",
        "venue.replies.answers.carry_out",
        "venue.replies.answers.change_seats",
        "venue.replies.answers.mark_late",
        "venue.replies.conversations.answer",
        "venue.tags.on_customers.put_on",
        "venue.tags.on_customers.take_off",
    },
    Role.MANAGER: {
        "venue.bulk.addresses.require_same",
        "venue.bulk.selection.choose",
        "venue.bulk.selection.confirm",
        "venue.bulk.selection.summary",
        "venue.bulk.setting_fields.clear_field",
        "venue.bulk.setting_fields.set_field",
        "venue.bulk.tagging.tag",
        "venue.bulk.tagging.untag",
        "venue.campaigns.audience.find",
        "venue.campaigns.confirm.confirm",
        "venue.campaigns.control.pause",
        "venue.campaigns.control.resume",
        "venue.campaigns.control.stop",
        "venue.campaigns.edit.add",
        "venue.campaigns.edit.delete",
        "venue.campaigns.edit.update",
        "venue.campaigns.examples.examples",
        "venue.campaigns.progress.get",
        "venue.campaigns.progress.listed",
        "venue.campaigns.progress.running",
        "venue.campaigns.result.result",
        "venue.choices.change",
        "venue.choices.reset",
        "venue.choices.restore",
        "venue.choices.save",
        "venue.privacy.erase.erase",
        "venue.delivery.after_restore.release",
        "venue.exports.bookings.booking_list",
        "venue.exports.customers.customer_list",
        "venue.exports.customers.customers_csv",
        "venue.exports.events.event_list",
        "venue.exports.journal.journal_list",
        "venue.exports.messages.message_list",
        "venue.exports.writing.note",
        "venue.households.edit.dissolve_with",
        "venue.households.edit.move",
        "venue.fields.choices.add_choice",
        "venue.fields.choices.rename_choice",
        "venue.fields.choices.retire_choice",
        "venue.fields.edit.add",
        "venue.fields.edit.delete",
        "venue.fields.edit.move",
        "venue.fields.edit.update",
        "venue.imports.bookings.import_bookings",
        "venue.merging.merge.merge",
        "venue.merging.plan.preview",
        "venue.imports.customers.import_customers",
        "venue.imports.events.import_events",
        "venue.imports.refused.refused_rows",
        "venue.imports.run_views.get",
        "venue.imports.run_views.listed",
        "venue.imports.run_views.rows_of",
        "venue.imports.runs.cancel",
        "venue.imports.runs.decide",
        "venue.imports.runs.map_columns",
        "venue.imports.runs.run",
        "venue.imports.runs.start",
        "venue.imports.runs.undo",
        "venue.imports.runs.undo_preview",
        "venue.imports.tidying.erase_files",
        "venue.imports.work.take",
        "venue.journal.entries.page",
        "venue.journal.entries.people",
        "venue.journal.verify.verify",
        "venue.messages.outbox.erase_customer",
        "venue.messages.templates.save",
        "venue.privacy.erase_many.begin",
        "venue.privacy.retention.erase_chosen",
        "venue.privacy.retention.plan",
        "venue.privacy.requests.acknowledge",
        "venue.privacy.requests.answer",
        "venue.privacy.requests.due",
        "venue.privacy.requests.for_customer",
        "venue.privacy.requests.get",
        "venue.privacy.requests.listed",
        "venue.privacy.requests.pause",
        "venue.privacy.requests.reopen",
        "venue.privacy.requests.resume",
        "venue.privacy.requests.update",
        "venue.staff.accounts.add",
        "venue.staff.accounts.disable",
        "venue.staff.accounts.enable",
        "venue.staff.accounts.listed",
        "venue.staff.accounts.turn_off_codes",
        "venue.staff.accounts.update",
        "venue.staff.codes.issue",
        "venue.staff.devices.listed",
        "venue.staff.devices.remove",
        "venue.staff.sign_ins.end_everyone",
        "venue.staff.sign_ins.listed",
        "venue.tags.edit.add",
        "venue.tags.edit.delete",
        "venue.tags.edit.update",
        "venue.tags.merge.merge",
    },
    None: {
        "venue.delivery.attempts.claim",
        "venue.delivery.attempts.record",
        "venue.delivery.bulk_texts.next_ones",
        "venue.delivery.inbound.store",
        "venue.delivery.figures.why_not_working",
        "venue.delivery.pings.note",
        "venue.delivery.schedulers.beat",
        "venue.imports.claims.claim",
        "venue.imports.tidying.tidy",
        "venue.staff.current.actor_of",
        "venue.staff.current.end",
        "venue.staff.tidying.tidy",
        "venue.tags.on_customers.tidy",
    },
}
ORDER = [*Role]
# More than one text at once.
MANY = {"venue.messages.actions.hold", "venue.messages.actions.release"}
# The scheduler sees full numbers too.
GETS = {"venue.customers.edit.get"}


@pytest.mark.parametrize(("needed", "name"), [(role, name) for role, names in NEEDED.items() for name in sorted(names)])
def test_a_role_may_do_what_its_row_says(shared_venue: Callable[[str], Venue], needed: Role | None, name: str) -> None:
    may = [role for role in ORDER if is_allowed(shared_venue("sqlite"), Actor.with_role("Sam", role), name)]
    assert may == ([] if needed is None else ORDER[ORDER.index(needed) :])


@pytest.mark.parametrize("name", sorted(MANY))
def test_many_texts_at_once_are_for_managers(shared_venue: Callable[[str], Venue], name: str) -> None:
    venue = shared_venue("sqlite")
    may = [role for role in ORDER if is_allowed(venue, Actor.with_role("Sam", role), name, message_ids=[1, 2])]
    assert may == [Role.MANAGER]


def test_the_scheduler_may_not_do_what_staff_do(shared_venue: Callable[[str], Venue]) -> None:
    venue = shared_venue("sqlite")
    assert not [name for name in NEEDED[Role.MANAGER] | NEEDED[Role.STAFF] - GETS if is_allowed(venue, SCHEDULER, name)]


def is_allowed(venue: Venue, actor: Actor, name: str, **arguments: object) -> bool:
    """Whether the function begins for this actor. What comes of it does not matter: there are no rows to change."""
    with venue.database.transaction(actor=actor, venue=venue) as session:
        try:
            call(WITH_SESSION[name], session, **arguments)
        except NotAllowed:
            return False
        except Exception:
            return True
        finally:
            session.rollback()
    return True
