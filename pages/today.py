"""The first screen: what needs attention, what is on, and the next texts."""

from datetime import datetime

import streamlit as st

from pages.campaigns.shown import BADGES
from pages.customers import duplicates_shown
from pages.customers.find_customer import draw_find_customer
from pages.elements.board import Card, Link, Section, address, draw_board
from pages.events.cards import events_section
from pages.messages.shown import who
from pages.parts.banner import backups_now, scheduler_now
from pages.parts.context import actor, now, reading, venue
from pages.parts.context import today as today_is
from pages.parts.device import is_phone
from pages.parts.format import near, short_day
from pages.parts.permissions import if_may, may
from venue import campaigns, clock, views, waitlist
from venue.insight import today
from venue.messages.channels import Channel
from venue.messages.labels import by_channel, kind_words
from venue.messages.rows import MessageRow
from venue.privacy import requests
from venue.roles import Permission
from venue.views import Watched
from venue.wording import counted

MONDAY = 0
MOST_CALLS = 5

with reading(actor()) as session:
    overview = today.overview(session, now=now())
    watched = views.watched(session, now=now())
    possible_duplicates = duplicates_shown.count(session)
    asked = requests.due(session, now=now()) if may(Permission.REQUESTS) else None
    waiting_for_call = waitlist.to_call(session, now=now()) if may(Permission.BOOKINGS) else ()
    offers = waitlist.open_offers(session)
    bulk_texts = campaigns.running(session) if may(Permission.BULK) else ()


def head() -> Section:
    day = f"{venue().name} · {now().astimezone(venue().zone):%a %-d %B}"
    add = Link("Add customer", "add_customer", "person_add", key="n", looks="button")
    return Section(faint=day, links=if_may(Permission.CUSTOMERS, add))


def needs_attention() -> Section:
    """How many guests were not reached and how many replies have no answer, each with a link to its list."""
    links = []
    if overview.people_to_call:
        people = counted(overview.people_to_call, "guest")
        links.append(
            _texts(f"{people} not reached ({counted(overview.needs_attention, 'text')})", "call", "Needs a call")
        )
    if overview.replies:
        links.append(_texts(counted(overview.replies, "unanswered reply", "unanswered replies"), "inbox", "Replies"))
    links += calls_about_free_seats()
    links += requests_due()
    if possible_duplicates:
        links.append(Link(duplicates_shown.label(possible_duplicates), address("duplicates"), "compare_arrows"))
    all_clear = "" if links else "No calls to make. No replies waiting."
    return Section("Needs attention", faint=all_clear, links=tuple(links))


def calls_about_free_seats() -> list[Link]:
    """Parties on a waitlist whose seats are free, but who get no text about it."""
    shown = [
        Link(
            f"Call {party.name}: {counted(party.seats, 'seat')} free for {party.event_name}",
            address("event", id=party.event_id),
            "hourglass_empty",
        )
        for party in waiting_for_call[:MOST_CALLS]
    ]
    if len(waiting_for_call) > len(shown):
        label = f"All {len(waiting_for_call)} parties on waitlists to call"
        shown.append(Link(label, "waitlists", "hourglass_empty"))
    return shown


def requests_due() -> list[Link]:
    """Requests of guests that are overdue, or due within a week, for those who answer them."""
    if not asked or not (asked.overdue or asked.soon):
        return []
    overdue = f"{counted(asked.overdue, 'request')} overdue" if asked.overdue else ""
    soon = f"{counted(asked.soon, 'request')} due this week" if asked.soon else ""
    label = ", ".join(filter(None, (overdue, soon)))
    return [Link(label, address("requests", show_requests="Due"), "contact_mail")]


def watched_views() -> list[Section]:
    """How many customers match each view that is on Today, with a link to its list."""
    links = [Link(_watched(each), _list_of(each), "visibility") for each in watched]
    return [Section("Views", links=tuple(links))] if links else []


def _watched(each: Watched) -> str:
    return f"{each.row.name}: {each.problem or f'{each.count:,}'}"


def _list_of(each: Watched) -> str:
    """The address of the view's list. One that is outdated is explained there."""
    row = each.row
    if each.problem:
        return address("customers", saved=row.id)
    return address("customers", **row.query, saved=f"{row.id}.{row.version}")


def running_bulk_texts() -> list[Section]:
    """Those that are being sent or paused, with how many of their texts wait."""
    links = [
        Link(
            f"{row.campaign.name}: {BADGES[row.state].words.lower()}, {row.progress.waiting:,} of "
            f"{counted(row.campaign.messages, 'text')} waiting",
            address("campaign", id=row.campaign.id),
            "campaign",
        )
        for row in bulk_texts
    ]
    return [Section("Bulk texts", links=tuple(links))] if links else []


def open_offers() -> list[Section]:
    """Events with offers to the waitlist that wait for an answer, with how many."""
    links = [
        Link(
            f"{each.event_name}, {near(each.starts_at, now())}: {counted(each.offers, 'open offer')}",
            address("event", id=each.event_id),
            "hourglass_top",
        )
        for each in offers
    ]
    return [Section("Waitlists", links=tuple(links))] if links else []


def next_texts() -> Section:
    if not overview.due_next:
        return Section("Next texts", empty="No texts scheduled.")
    scheduled = counted(overview.going_out_this_week, "text", "texts")
    week = _texts(f"{scheduled} in the next 7 days", "schedule", "Next 7 days")
    return Section("Next texts", [_card(text) for text in overview.due_next], links=(week,))


def _texts(label: str, icon: str, name: str) -> Link:
    return Link(label, address("messages", texts=name), icon)


def _card(text: MessageRow) -> Card:
    about = by_channel(text.event_name or kind_words(text.kind), by_email=text.goes_by == Channel.EMAIL)
    return Card(address("message", id=text.id), f"{_soon(text.due_at or now())} · {who(text)}", (about,))


def _soon(instant: datetime) -> str:
    """As short as possible: "14:48" is today, "Thu 14:48" is within a week."""
    zone = venue().zone
    days = (clock.today(instant, zone) - clock.today(now(), zone)).days
    named = "" if days == 0 else f"{instant.astimezone(zone):%a} " if 0 < days < 7 else f"{short_day(instant)}, "
    return f"{named}{clock.format_time(instant, zone)}"


def sending() -> Section:
    """That the scheduler is running, and the last backup. What is wrong is in the banner."""
    scheduler = scheduler_now()
    seen = (
        f"Texts: running · last checked {near(scheduler.last_seen_at, now())}"
        if scheduler.alive and scheduler.last_seen_at
        else ""
    )
    # A phone's bar at the bottom has no place for these.
    others = (Link("Insight", "insight", "monitoring"), Link("Settings", "settings", "settings")) if is_phone() else ()
    return Section(faint=" · ".join(filter(None, [seen, _last_backup()])), links=others)


def _last_backup() -> str:
    """When the last backup was made, for managers. When it is too old, the banner on every screen says so."""
    backups = backups_now()
    if backups is None:
        return ""
    if backups.verified_at is None:
        return "" if backups.is_set_up else "No nightly backups"
    failed = ", the next one failed" if backups.problem else ""
    return f"Last backup: {near(backups.verified_at, now())}{failed}"


def days() -> list[Section]:
    soon = events_section(overview.events, heading="Today and tomorrow", empty="No events today or tomorrow.")
    later = events_section(overview.later, heading="Next 7 days", empty="No other events in the next 7 days.")
    new = () if overview.events or overview.later else if_may(Permission.EVENTS, Link("New event", "add_event", "add"))
    return [soon, later, Section(links=(Link("All events", "events", "event"), *new))]


st.title("Today", anchor=False)
draw_find_customer()
if today_is().weekday() == MONDAY:
    st.link_button("Monday letter", "insight/letter", icon=":material/print:")
attention = needs_attention()
first, beside = ([attention], []) if attention.links else ([], [attention])
beside += [*running_bulk_texts(), *open_offers(), *watched_views(), next_texts(), sending()]
draw_board([*first, head(), *days()], beside, key="today")
