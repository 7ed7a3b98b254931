"""Events, upcoming, past, or as a calendar of a month, and how full they are."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime, timedelta

import streamlit as st

from pages.elements.board import Link, Section, address, draw_board
from pages.events import month as calendar
from pages.events.cards import events_section
from pages.events.filter_labels import labels
from pages.parts.context import actor, now, reading, today
from pages.parts.device import is_phone
from pages.parts.download import draw_download_menu
from pages.parts.follow import follow_others
from pages.parts.permissions import if_may, may
from venue import events
from venue.events import EventFilter, When
from venue.page import Page
from venue.roles import Permission
from venue.rows import EventRow
from venue.wording import counted

# Cards on a page: more would be slow on a phone.
SIZE = 24
FIND = {
    "Upcoming": (When.UPCOMING, "No upcoming events."),
    "Past": (When.PAST, "No past events."),
}
CALENDAR = "Calendar"

which = st.query_params.get("which", "")
shown = which if which in (*FIND, CALENDAR) else "Upcoming"
when, empty = FIND.get(shown, FIND["Upcoming"])
typed = st.query_params.get("page", "")
page = int(typed) if typed.isdecimal() and len(typed) < 6 else 1


def read_month(words: str) -> date | None:
    """The first day of a month like "March 2027"; None for anything else."""
    try:
        return datetime.strptime(words, calendar.FORMAT).date()  # noqa: DTZ007
    except ValueError:
        return None


def first_page() -> None:
    st.query_params.pop("page", None)


def draw_choices() -> dict[str, str]:
    """The search by name, and the choices of a category and a month: what is chosen, by its name in the address."""
    with reading(actor()) as session:
        categories = list(events.categories(session))
        months = [f"{month:{calendar.FORMAT}}" for month in events.months(session, when=when, now=now())]
    with st.container(horizontal=not is_phone(), gap="xsmall"):
        words = st.text_input(
            "Search events",
            type="search",
            live=True,
            key="event_name",
            bind="query-params",
            on_change=first_page,
            placeholder="Search events",
            label_visibility="collapsed",
        )
        with st.container(horizontal=True, gap="xsmall", wrap=False) if is_phone() else nullcontext():
            category = draw_choice("Category", categories)
            month = st.query_params.get("month", "") if shown == CALENDAR else draw_choice("Month", months)
    return {"event_name": (words or "").strip(), "category": category, "month": month}


def draw_choice(label: str, options: list[str]) -> str:
    key = label.lower()
    linked = st.query_params.get(key, "")
    if linked and linked not in options and (key != "month" or read_month(linked)):
        options = [linked, *options]
    if not options:
        return ""
    return (
        st.selectbox(
            label,
            options,
            index=None,
            placeholder=f"Any {key}",
            label_visibility="collapsed",
            key=key,
            bind="query-params",
            on_change=first_page,
        )
        or ""
    )


def here(**about: str | int) -> str:
    """The address of this list, with what is chosen; `about` has other values."""
    which = {} if shown == "Upcoming" else {"which": shown}
    wanted = {**which, **where.to_query(), **chosen, **about}
    return address("events", **{name: value for name, value in wanted.items() if value})


def ways() -> Section:
    current = "" if has_days else shown
    others = {"Upcoming": "", "Past": "Past", CALENDAR: CALENDAR}
    links = [
        Link(name, here(which=value, month="", **no_days), looks="chosen" if current == name else "button")
        for name, value in others.items()
    ]
    return Section(links=(*links, *if_may(Permission.EVENTS, Link("New event", "add_event", "add", looks="primary"))))


def filters(found: int, seats: int) -> list[Section]:
    """The filters in use, each with a link that removes it, and how much they find."""
    if not where.in_use() and month is None:
        return []
    less = [Link(label, without(name), "close", looks="button") for name, label in labels(where).items()]
    return [Section(faint=f"{counted(found, 'event')}, {counted(seats, 'seat')}", links=tuple(less))]


def without(name: str) -> str:
    """The address of this list without one filter."""
    only = EventFilter(**{name: where.in_use()[name]})
    return here(**dict.fromkeys(only.to_query(), ""))


def pages(found: Page[EventRow]) -> Section:
    number = found.page
    if found.pages == 1 or number is None:
        return Section()
    back = [Link("Previous", here(page=number - 1), looks="button")] if number > 1 else []
    following = [Link("Next", here(page=number + 1), looks="button")] if number < found.pages else []
    return Section(faint=f"Page {number} of {found.pages}", links=(*back, *following))


def list_sections() -> list[Section]:
    wanted = where if month is None or has_days else in_month(month)
    with reading(actor()) as session:
        if wanted.in_use():
            filtered = events.filtered(
                session, wanted, when=None if has_days else when, now=now(), page=page, page_size=SIZE
            )
            found, seats, nothing = filtered.page, filtered.seats, "No events match these filters."
        else:
            find = events.past if when is When.PAST else events.upcoming_page
            found, seats = find(session, now=now(), page=page, page_size=SIZE), 0
            nothing = f"{empty} Add one with ‘New event’." if may(Permission.EVENTS) else empty
    shown_events = events_section(found.rows, empty=nothing)
    return [ways(), *filters(found.total, seats), shown_events, pages(found)]


def calendar_sections() -> list[Section]:
    of = shown_month()
    days = calendar.days_of(of)
    with reading(actor()) as session:
        rows = events.listed(session, replace(where, first_day=days[0], last_day=days[-1]), now=now())
    turns = calendar.turns(of, here=lambda month: here(month=f"{month:{calendar.FORMAT}}"))
    return [ways(), turns, calendar.calendar(of, rows, day_list=day_list)]


def day_list(day: date) -> str:
    """The address of the list of a day's events, filtered as the calendar is."""
    return here(which="", month="", **{"from": f"{day}", "until": f"{day}"})


def shown_month() -> date:
    """The first day of the calendar's month."""
    return month or today().replace(day=1)


def in_month(first_day: date) -> EventFilter:
    return replace(where, first_day=first_day, last_day=calendar.following(first_day) - timedelta(days=1))


def downloaded() -> dict[str, str]:
    """What the download has, as its query: the events of the list, or of the calendar's month."""
    if shown == CALENDAR:
        return in_month(shown_month()).to_query()
    if has_days:
        return where.to_query()
    return {"when": when.value, **(where if month is None else in_month(month)).to_query()}


def head() -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title("Events", width="content", anchor=False)
        draw_download_menu("events", **downloaded())


title = st.container()
chosen = draw_choices()
where = EventFilter.from_query({**st.query_params.to_dict(), **chosen}, skip_unreadable=True)
month = read_month(chosen["month"])
has_days = bool(where.first_day or where.last_day) and shown != CALENDAR
no_days = {"from": "", "until": ""}
with title:
    head()
read = calendar_sections if shown == CALENDAR else list_sections
sections = read()
draw_board(sections, key="events")
follow_others(read, sections)
