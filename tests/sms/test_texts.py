"""The words of texts: right for every day, every number of seats and every name."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms import segments
from sms.texts import (
    DEFAULT_TEMPLATES,
    LONGEST,
    VARIABLES,
    WITHOUT_SEATS_WHEN_FULL,
    BadTemplate,
    Facts,
    Kind,
    check,
    event_day,
    event_time,
    render,
    seats_in_words,
    variables_of,
)

LONDON = ZoneInfo("Europe/London")
QUIZ = Facts(
    first_name="Jo",
    last_name="Smith",
    event_name="Quiz Night",
    event_starts_at=datetime(2026, 3, 6, 19, 0, tzinfo=UTC),
    seats=4,
    venue_name="The Anchor",
    venue_phone="020 7946 0123",
    answer_by=datetime(2026, 2, 21, 17, 30, tzinfo=UTC),
    reason="it is now on Wednesday 30 September at 7.30pm. You stay on the list",
)
BEFORE = datetime(2026, 2, 20, 12, 0, tzinfo=UTC)


def rendered(template: str, *, now: datetime = BEFORE, **changed: object) -> str:
    return render(template, replace(QUIZ, **changed), now=now, zone=LONDON)  # type: ignore[arg-type]


def test_the_defaults_read_like_this() -> None:
    assert {kind.value: rendered(template) for kind, template in DEFAULT_TEMPLATES.items()} == {
        "confirmation": "The Anchor: Hi Jo, you're on the list for Quiz Night on Friday 6 March at 7pm (4 seats). "
        "Plans change? Just reply.",
        "change": "The Anchor: Hi Jo, we've changed your booking for Quiz Night on Friday 6 March at 7pm to: 4 seats. "
        "Not right? Just reply.",
        "cancellation": "The Anchor: Hi Jo, we've cancelled your booking for Quiz Night on Friday 6 March at 7pm. "
        "See you another time!",
        "reminder_7_day": "The Anchor: Hi Jo, Quiz Night is on Friday 6 March at 7pm (4 seats). "
        "Can't make it? Please reply.",
        "reminder_24_hour": "The Anchor: Hi Jo, Quiz Night is on Friday 6 March at 7pm (4 seats). See you then! "
        "Can't make it? Please reply.",
        "event_moved": "The Anchor: Hi Jo, Quiz Night has moved and is now on Friday 6 March at 7pm (4 seats). "
        "Can't make it? Please reply.",
        "event_cancelled": "The Anchor: Hi Jo, sorry, Quiz Night on Friday 6 March at 7pm is cancelled. "
        "Hope to see you soon.",
        "event_on_again": "The Anchor: Hi Jo, good news: Quiz Night on Friday 6 March at 7pm is on after all "
        "(4 seats). Can't make it? Please reply.",
        "waitlist_offer": "The Anchor: Hi Jo, 4 seats for Quiz Night on Friday 6 March at 7pm can be yours. "
        "Reply YES by 5.30pm tomorrow, or NO.",
        "offer_withdrawn": "The Anchor: Hi Jo, sorry, our offer of 4 seats for Quiz Night is off: it is now on "
        "Wednesday 30 September at 7.30pm. You stay on the list.",
    }


def test_every_kind_but_free_text_has_a_default() -> None:
    assert set(DEFAULT_TEMPLATES) == set(Kind) - {Kind.MANUAL, Kind.INBOUND, Kind.CAMPAIGN}


@pytest.mark.parametrize("kind", DEFAULT_TEMPLATES)
def test_a_default_fits_one_segment_with_ordinary_names(kind: Kind) -> None:
    for seats in (0, 1, 4, 12):
        text = rendered(
            DEFAULT_TEMPLATES[kind],
            first_name="Alexandra",
            event_name="Burns Night Supper",
            event_starts_at=datetime(2026, 9, 30, 18, 30, tzinfo=UTC),
            seats=seats,
        )
        counted = segments.count(text)
        assert (counted.encoding, counted.segments) == ("GSM-7", 1), (len(text), text)


@pytest.mark.parametrize("kind", DEFAULT_TEMPLATES)
def test_a_default_can_be_saved_and_names_the_venue_first(kind: Kind) -> None:
    template = DEFAULT_TEMPLATES[kind]
    assert template.startswith("{venue_name}: ")
    assert check(template, variables=variables_of(kind)) == []
    assert check(template, variables=variables_of(kind), venue_phone="") == []
    assert segments.straighten(template) == template


@pytest.mark.parametrize(("seats", "words"), [(0, "reminder only"), (1, "1 seat"), (2, "2 seats"), (100, "100 seats")])
def test_seats_are_words(seats: int, words: str) -> None:
    assert seats_in_words(seats) == words
    assert f"({words})" in rendered("{event_name} ({seats})", seats=seats)


def test_the_defaults_promise_nothing_to_reminder_only_guests() -> None:
    texts = {kind.value: rendered(template, seats=0) for kind, template in DEFAULT_TEMPLATES.items()}
    assert texts["confirmation"] == (
        "The Anchor: Hi Jo, we'll remind you about Quiz Night on Friday 6 March at 7pm. You have no seats booked. "
        "Want some? Just reply."
    )
    assert texts["reminder_24_hour"] == (
        "The Anchor: Hi Jo, Quiz Night is on Friday 6 March at 7pm. Want seats? Just reply."
    )
    del texts["waitlist_offer"], texts["offer_withdrawn"]  # Offers have seats.
    for text in texts.values():
        assert not re.search(r"on the list|See you then|reminder only|Can't make it|your booking", text), text


@pytest.mark.parametrize("kind", WITHOUT_SEATS_WHEN_FULL)
def test_guests_without_seats_are_not_asked_whether_they_want_some_of_a_full_event(kind: Kind) -> None:
    text = rendered(DEFAULT_TEMPLATES[kind], seats=0, is_full=True)
    assert not re.search(r"[Ww]ant", text)
    assert segments.count(text).segments == 1
    assert segments.straighten(WITHOUT_SEATS_WHEN_FULL[kind]) == WITHOUT_SEATS_WHEN_FULL[kind]
    # Guests with seats get the same text as ever.
    assert rendered(DEFAULT_TEMPLATES[kind], is_full=True) == rendered(DEFAULT_TEMPLATES[kind])


def test_words_of_the_venues_own_go_to_all_guests() -> None:
    template = DEFAULT_TEMPLATES[Kind.CONFIRMATION] + " Cheers!"
    assert "on the list" in rendered(template, seats=0)
    assert "(reminder only)" in rendered(template, seats=0)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2026, 3, 6, 19, 0, tzinfo=LONDON), "today"),
        (datetime(2026, 3, 6, 0, 0, tzinfo=LONDON), "today"),
        (datetime(2026, 3, 5, 23, 59, tzinfo=LONDON), "tomorrow"),
        (datetime(2026, 3, 5, 0, 0, tzinfo=LONDON), "tomorrow"),
        (datetime(2026, 3, 4, 23, 59, tzinfo=LONDON), "on Friday 6 March"),
        (datetime(2026, 2, 27, 19, 0, tzinfo=LONDON), "on Friday 6 March"),
        (datetime(2025, 5, 10, 9, 0, tzinfo=LONDON), "on Friday 6 March"),
        (datetime(2025, 5, 9, 9, 0, tzinfo=LONDON), "on Friday 6 March 2026"),
        (datetime(2026, 3, 7, 0, 0, tzinfo=LONDON), "on Friday 6 March"),
    ],
)
def test_the_day_is_said_from_the_real_gap(now: datetime, words: str) -> None:
    assert event_day(QUIZ.event_starts_at, now=now, zone=LONDON) == words


def test_days_are_the_venues_not_utcs() -> None:
    # Half past midnight on 1 July in London is still 30 June in UTC.
    after_midnight = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert event_day(after_midnight, now=datetime(2026, 6, 30, 22, 30, tzinfo=UTC), zone=LONDON) == "tomorrow"
    assert event_day(after_midnight, now=datetime(2026, 6, 30, 23, 0, tzinfo=UTC), zone=LONDON) == "today"
    assert event_time(after_midnight, zone=LONDON) == "12.30am"


@given(st.timedeltas(timedelta(0), timedelta(days=5000)), st.timedeltas(timedelta(days=-3), timedelta(days=400)))
def test_tomorrow_is_never_said_on_the_day(later: timedelta, ahead: timedelta) -> None:
    starts_at = QUIZ.event_starts_at + later
    now = starts_at - ahead
    days = (starts_at.astimezone(LONDON).date() - now.astimezone(LONDON).date()).days
    words = event_day(starts_at, now=now, zone=LONDON)
    assert (words == "today") == (days == 0)
    assert (words == "tomorrow") == (days == 1)
    assert words in ("today", "tomorrow") or words.startswith("on ")


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [
        (0, 0, "midnight"),
        (0, 5, "12.05am"),
        (9, 0, "9am"),
        (11, 59, "11.59am"),
        (12, 0, "noon"),
        (12, 30, "12.30pm"),
        (13, 0, "1pm"),
        (19, 30, "7.30pm"),
        (23, 45, "11.45pm"),
    ],
)
def test_times_are_said_as_on_a_chalkboard(hour: int, minute: int, words: str) -> None:
    assert event_time(datetime(2026, 7, 1, hour, minute, tzinfo=LONDON), zone=LONDON) == words


@pytest.mark.parametrize(
    "name",
    [
        "{seats}",
        "{{first_name}}",
        "$first_name",
        "${first_name}",
        "{{7*7}}",
        "%s",
        "%(seats)s",
        "<script>",
        r"\1\g<0>",
        "{",
        "}",
        "{}",
        "None",
        "😀",
        "\u202eoJ\u202c",
        "שרה",
        "Zoë",
    ],
)
def test_a_name_arrives_literally(name: str) -> None:
    assert rendered("{venue_name}: Hi {first_name} ({seats})", first_name=name) == f"The Anchor: Hi {name} (4 seats)"


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=30))
def test_any_name_arrives_as_straightened_and_nothing_else(name: str) -> None:
    text = rendered("[{first_name}]", first_name=name)
    assert text == f"[{segments.straighten(name).strip()}]"


def test_line_breaks_and_controls_in_values_become_spaces() -> None:
    assert rendered("Hi {first_name}!", first_name="Jo\r\nSTOP\x00\t\u2028now\n") == "Hi Jo STOP now!"
    assert rendered("Hi\n{first_name}!") == "Hi\nJo!"


def test_template_and_values_are_straightened() -> None:
    text = rendered("{first_name}\u2019s table \u2013 {event_name}\u2026", first_name="O\u2019Neil")
    assert text == "O'Neil's table - Quiz Night..."


def test_without_a_venue_phone_its_sentence_is_left_out() -> None:
    template = "{venue_name}: see you {event_day}. Questions? Call us on {venue_phone}. Cheers!"
    assert rendered(template, venue_phone="") == "The Anchor: see you on Friday 6 March. Questions? Cheers!"
    assert rendered("Call {venue_phone}", venue_phone=" ") == "Call"


def test_an_empty_value_leaves_no_gap() -> None:
    assert rendered("Hi {first_name} {last_name}, see you", last_name="") == "Hi Jo, see you"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("", "is empty"),
        (" \n ", "is empty"),
        ("Hi {name}", "Unknown field {name}. Available: {first_name}, {last_name}"),
        ("Hi {First_name}", "Unknown field {First_name}"),
        ("Hi { first_name }", "Unknown field"),
        ("Hi {first_name!r}", "Unknown field"),
        ("Hi {first_name.__class__}", "Unknown field"),
        ("Hi {}", "Empty field {}"),
        ("Hi { }", "Empty field {}"),
        ("Hi {first_name", "Unmatched curly bracket"),
        ("Hi first_name}", "Unmatched curly bracket"),
        ("Hi {{first_name}}", "Unmatched curly bracket"),
        ("Hi\x00", "control character"),
        ("a" * 460, "460 characters, which is 4 SMS (GSM-7)"),
        ("ŵ" * 202, "202 characters, which is 4 SMS (UCS-2)"),
        ("{event_name} " * 14, "Shorten it to at most 3"),
    ],
)
def test_what_cannot_be_saved_says_why(template: str, words: str) -> None:
    problems = check(template)
    assert len(problems) == 1
    assert words in problems[0]


@pytest.mark.parametrize(
    "template", ["a" * 459, "ŵ" * 201, "Hi\n{first_name}", "€" * 228, *(f"{{{v}}}" for v in VARIABLES)]
)
def test_what_fits_can_be_saved(template: str) -> None:
    assert check(template) == []


def test_several_problems_are_told_at_once() -> None:
    assert len(check("{a} {b} {a} {")) == 3


def test_a_template_cannot_promise_a_phone_number_that_is_not_set() -> None:
    assert "The venue's phone number is not set" in check("Call {venue_phone}", venue_phone="")[0]
    assert check("\u200b") == ["The text is empty. Write it."]
    assert check("Call {venue_phone}", venue_phone="020 7946 0123") == []


@given(
    st.lists(st.sampled_from([*(f"{{{name}}}" for name in VARIABLES), "{", "}", "{x}", " ", "Hi", ". "]), max_size=8)
)
def test_what_can_be_saved_renders_without_a_bracket(parts: list[str]) -> None:
    template = "".join(parts)
    if check(template):
        if template.strip() and "{x}" not in template and set(template) & set("{}"):
            with pytest.raises(BadTemplate):
                rendered(template)
    else:
        for phone in ("", "020 7946 0123"):
            text = rendered(template, venue_phone=phone)
            assert not set("{}") & set(text)
            assert "None" not in text
            assert "undefined" not in text


def test_the_longest_is_plain_and_no_customer_can_be_texted_by_it() -> None:
    assert segments.count(LONGEST.first_name + LONGEST.event_name).encoding == "GSM-7"
    assert "900123" in LONGEST.venue_phone


def test_a_long_name_of_the_venue_counts_too() -> None:
    template = "{venue_name}: " + "x" * 415
    assert check(template, venue_name="The Anchor") == []
    assert check(template, venue_name="The Anchor and Hope Free Venue and Riverside Rooms at the Old Wharf") != []


def test_a_short_name_with_letters_that_take_more_room_counts() -> None:
    template = "{venue_name}: Hi {first_name}, {event_name} is {event_day} at {event_time}. Arrive ten minutes early."
    assert check(template, venue_name="The Anchor") == []
    longer = f"{template} We hold your seats until then, and not much longer, since others wait for them."
    assert check(longer, venue_name="The Anchor") == []
    assert "4 SMS (UCS-2)" in check(longer, venue_name="Tŷ Mawr")[0]
