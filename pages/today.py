"""The first screen: what needs attention, what is on, what goes out next."""

from datetime import datetime
from typing import Any

import streamlit as st

from pages.customers.find_customer import draw_find_customer
from pages.elements.board import Card, Link, Section, address, draw_board
from pages.events.cards import events_section
from pages.messages.shown import title, who
from pages.parts.banner import scheduler_now
from pages.parts.context import actor, now, reading, venue
from pages.parts.device import is_phone
from pages.parts.format import counted, near, short_day
from venue import clock
from venue.insight import today

with reading(actor()) as session:
    overview = today.overview(session, now=now())


def head() -> Section:
    day = f"{clock.day_words(now(), venue().zone)} at {venue().name}"
    return Section(faint=day, links=(Link("Add customer", "add_customer", "person_add", key="n", looks="button"),))


def needs_attention() -> Section:
    """Whom texts did not reach and who waits for an answer, each number with its list; first when there is any."""
    links = []
    if overview.people_to_call:
        people = counted(overview.people_to_call, "guest")
        links.append(
            _texts(f"{people} not reached ({counted(overview.needs_a_person, 'text')})", "call", "Needs a call")
        )
    if overview.replies:
        links.append(_texts(counted(overview.replies, "unanswered reply", "unanswered replies"), "inbox", "Replies"))
    calm = "" if links else "All texts delivered. No replies waiting."
    return Section("Needs attention", faint=calm, links=tuple(links))


def goes_out_next() -> Section:
    if not overview.due_next:
        return Section("Goes out next", empty="Nothing is planned.")
    planned = counted(overview.going_out_this_week, "text", "texts")
    week = _texts(f"{planned} in the next 7 days", "schedule", "Next 7 days")
    return Section("Goes out next", [_card(text) for text in overview.due_next], links=(week,))


def _texts(label: str, icon: str, name: str) -> Link:
    return Link(label, address("messages", texts=name), icon)


def _card(text: Any) -> Card:
    about = text.event_name or title(text)
    return Card(address("message", id=text.id), f"{_soon(text.due_at)} · {who(text)}", (about,))


def _soon(instant: datetime) -> str:
    """As short as can be: "14:48" is today, "Thu 14:48" in this week."""
    zone = venue().zone
    days = (clock.today(instant, zone) - clock.today(now(), zone)).days
    named = "" if days == 0 else f"{instant.astimezone(zone):%a} " if 0 < days < 7 else f"{short_day(instant)}, "
    return f"{named}{clock.time_words(instant, zone)}"


def scheduler_seen() -> Section:
    """That it runs; where it does not, every screen says so at its top."""
    scheduler = scheduler_now()
    seen = f"The scheduler is running, last seen {near(scheduler.last_seen_at, now())}" if scheduler.alive else ""
    settings = (Link("Settings", "settings", "settings"),) if is_phone() else ()
    return Section(faint=seen, links=settings)


def days() -> list[Section]:
    soon = events_section(overview.events, heading="Today and tomorrow", empty="Nothing is on today or tomorrow.")
    later = events_section(overview.later, heading="The coming week", empty="Nothing more this week.")
    return [soon, later, Section(links=(Link("All events", "events", "event"),))]


st.title("Today", anchor=False)
draw_find_customer()
attention = needs_attention()
first, beside = ([attention], []) if attention.links else ([], [attention])
draw_board([*first, head(), *days()], [*beside, goes_out_next(), scheduler_seen()], key="today")
