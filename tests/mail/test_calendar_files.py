"""Calendar files, read back by another program's rules."""

import dataclasses
from datetime import timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar

from mail import calendar_files
from mail.calendar_files import CANCEL, REQUEST, CalendarEntry
from mail.emails import html
from tests.makers import NOW, hours

SUMMER = NOW.replace(month=7, hour=18, minute=30)
ENTRY = CalendarEntry(
    uid="1234@anchor-desk",
    title="Quiz; with, commas\nand lines",
    starts_at=SUMMER,
    zone=ZoneInfo("Europe/London"),
    place="The Anchor",
    organiser="bookings@example.com",
    guest="jo@example.com",
)


def read(file: str) -> Calendar:
    calendar = Calendar.from_ical(file)
    assert isinstance(calendar, Calendar)
    return calendar


def test_a_booking_is_in_local_time_with_its_zone() -> None:
    calendar = read(calendar_files.written(ENTRY, REQUEST, now=NOW))
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["STATUS"], event["UID"]) == ("REQUEST", "CONFIRMED", ENTRY.uid)
    assert event["SUMMARY"] == ENTRY.title
    assert event.decoded("DTSTART") == SUMMER
    assert event.decoded("DTSTART").hour == 19
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(hours=2)
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == event["DTSTART"].params["TZID"] == "Europe/London"
    assert (event["ORGANIZER"], event["ATTENDEE"]) == ("mailto:bookings@example.com", "mailto:jo@example.com")


def test_a_change_and_a_cancellation_take_the_place_of_what_came_before() -> None:
    moved = dataclasses.replace(ENTRY, starts_at=SUMMER + hours(24))
    files = [
        calendar_files.written(ENTRY, REQUEST, now=NOW),
        calendar_files.written(moved, REQUEST, now=NOW + timedelta(seconds=1)),
        calendar_files.written(moved, CANCEL, now=NOW + timedelta(seconds=2)),
    ]
    events = [read(file).walk("VEVENT")[0] for file in files]
    assert len({event["UID"] for event in events}) == 1
    numbers = [event["SEQUENCE"] for event in events]
    assert numbers == sorted(set(numbers))
    assert (read(files[2])["METHOD"], events[2]["STATUS"]) == ("CANCEL", "CANCELLED")


def test_words_cannot_become_html() -> None:
    page = html("A <b>title</b>", "Hi <script>alert(1)</script> & all\n\nBye")
    assert "<script>" not in page
    assert "Hi &lt;script&gt;alert(1)&lt;/script&gt; &amp; all</p>" in page
    assert page.count("<p ") == 2
