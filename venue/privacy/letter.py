"""The letter to a customer about what is held: everything in words, times as at the venue."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from html import escape
from typing import Any

from sms import phone
from venue import clock
from venue.fields.find import words
from venue.messages import labels
from venue.messages.states import NOT_YET_GONE
from venue.privacy.held import (
    CANCELLED_LATE,
    CHOICES,
    ENTRIES,
    EVENTS,
    FIELDS,
    HOUSEHOLD,
    MERGED,
    PAIRS,
    REWARDS,
    SELECTED,
    TAGS,
    VISITS,
    Held,
)
from venue.profile import Venue
from venue.wording import counted

STYLE = """
body { color: #1a1512; font: 17px/1.5 Georgia, serif; margin: 2rem auto; max-width: 42rem; padding: 0 1rem;
       overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } td, th { border-top: 1px solid #ddd; padding: .35rem .5rem .35rem 0;
       text-align: left; vertical-align: top; }
.text { background: #f4ede1; border-radius: 1rem; margin: .5rem 20% .5rem 0; padding: .6rem 1rem;
        white-space: pre-line; }
.ours { background: #dcebe9; margin: .5rem 0 .5rem 20%; }
small { color: #5b5046; display: block; }
"""
ICO = "https://ico.org.uk/make-a-complaint/"
# What was done, by act. Other acts are called by their own name.
DONE = {
    "customer.added": "You were added by hand",
    "customers.imported": "You were added or changed from a file of customers",
    "customer.changed": "Your details were changed",
    "booking.added": "You were booked onto an event",
    "booking.changed": "Your booking was changed",
    "booking.deleted": "Your booking was removed",
    "bookings.imported": "You were booked from a file of bookings",
}
BASES = {
    "consent": "You agreed",
    "soft_opt_in": "You bought something and did not object",
    "refused": "You declined",
    "withdrawn": "You withdrew",
}
WAITED = {
    "waiting": "you are waiting",
    "offered": "we offered you the seats",
    "booked": "you got the seats",
    "declined": "you declined",
    "expired": "you had no answer for us in time, or no seats became free",
    "left": "you were taken off",
}
# Tables that have a part of the letter. The rows of others are listed as they are.
WITH_A_PART = {
    "customers",
    "bookings",
    "waitlist_entries",
    "messages",
    "message_attempts",
    "phone_numbers",
    "consents",
    "requests",
    "journal_values",
    "customer_values",
    HOUSEHOLD,
    FIELDS,
    CHOICES,
    TAGS,
    EVENTS,
    ENTRIES,
    SELECTED,
    VISITS,
    REWARDS,
    CANCELLED_LATE,
    MERGED,
    PAIRS,
}
SAID_OF_PAIRS = {
    "open": "we have not looked yet",
    "later": "we have not decided yet",
    "not_same": "we said that you are not",
    "household": "we said that you live or come together",
}


def written(held: Held, *, venue: Venue, now: datetime) -> str:
    """The letter as a page of HTML."""
    parts = _Parts(held, venue)
    name = escape(held.identity.name)
    sections = [
        ("About you", parts.customer()),
        ("What else we know of you", parts.own_fields()),
        ("Our tags for you", parts.tags()),
        ("Your household", parts.household()),
        ("Your bookings", parts.bookings()),
        ("Late cancellations", parts.cancelled_late()),
        ("How often you came", parts.visits()),
        ("Waitlists", parts.waitlists()),
        ("Texts", parts.texts()),
        ("Texts to many guests", parts.selected()),
        ("Your number", parts.number()),
        ("News and offers", parts.consents()),
        ("What you asked of us", parts.requests()),
        ("Where else you are mentioned", parts.mentions()),
        ("Whether we have you twice", parts.records()),
        ("Where it is from", parts.sources()),
        *(
            (table.replace("_", " ").capitalize(), parts.others(table))
            for table in held.tables
            if table not in WITH_A_PART
        ),
        ("How long we keep it, and who sees it", parts.keeping()),
        ("Your rights", parts.rights()),
    ]
    body = "\n".join(f"<h2>{escape(heading)}</h2>\n{content}" for heading, content in sections if content)
    return (
        f'<!doctype html>\n<html lang="en-GB">\n<head><meta charset="utf-8"><title>What we hold about {name}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>\n<body>\n'
        f"<h1>What {escape(venue.name)} holds about {name}</h1>\n"
        f"<p>This is everything on {clock.format_instant(now, venue.zone)}. "
        f"The same is in data.json, for a program.</p>\n{body}\n</body>\n</html>\n"
    )


class _Parts:
    def __init__(self, held: Held, venue: Venue):
        self.held = held
        self.venue = venue

    def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        return self.held.tables.get(table, ())

    def when(self, instant: datetime | None) -> str:
        return clock.format_instant(instant, self.venue.zone) if instant else "not yet"

    def phone(self, number: str | None) -> str:
        return phone.display(number, region=self.venue.region) if number else ""

    def customer(self) -> str:
        facts: list[tuple[str, str]] = []
        for row in self.rows("customers"):
            facts += [("Name", f"{row['first_name']} {row['last_name']}"), ("Mobile", self.phone(row["mobile_number"]))]
            facts += [("E-mail", row["email"])] if row["email"] else []
            facts += [("Notes of our staff", row["notes"] or "none"), ("Since", self.when(row["created_at"]))]
        return _table(facts)

    def own_fields(self) -> str:
        """What the customer has in the venue's own fields."""
        values = {row["field_id"]: row for row in self.rows("customer_values")}
        choices = {row["id"]: row["name"] for row in self.rows(CHOICES)}
        return _table((row["name"], words(values[row["id"]], choices)) for row in self.rows(FIELDS))

    def tags(self) -> str:
        """The tags that staff put on the customer, each with its last day."""
        return _table((row["name"], _until(row["last_day"])) for row in self.rows(TAGS))

    def household(self) -> str:
        """That they are in one, without saying with whom: that is about others too."""
        words = "You share a phone or live with other guests of ours. With the same number you get one reminder for all"
        return _table((words, f"since {self.when(row['added_at'])}") for row in self.rows(HOUSEHOLD))

    def bookings(self) -> str:
        events = {row["id"]: row for row in self.rows(EVENTS)}
        lines = []
        for row in self.rows("bookings"):
            event = events[row["event_id"]]
            seats = counted(row["seats"], "seat") if row["seats"] else "a reminder only"
            came = {True: "You came.", False: "You did not come.", None: ""}[row["arrived"]]
            said = " ".join(filter(None, [f"{seats}.", came, row["notes"] and f"Notes: {row['notes']}"]))
            lines.append((f"{event['name']}, {self.when(event['starts_at'])}", said))
        return _table(lines)

    def cancelled_late(self) -> str:
        """The bookings that they cancelled shortly before the event."""
        return _table(
            (
                f"{row['name'] or 'An event'}, {self.when(row['starts_at'])}",
                f"{counted(row['seats'], 'seat')}, cancelled {self.when(row['cancelled_at'])}",
            )
            for row in self.rows(CANCELLED_LATE)
        )

    def visits(self) -> str:
        """What is computed from their bookings, and what they were given for coming often."""
        lines = []
        for row in self.rows(VISITS):
            every = f", usually every {counted(row['typical_gap'], 'day')}" if row["typical_gap"] else ""
            days = f"the first on {row['first_day']:%-d %B %Y}, the last on {row['last_day']:%-d %B %Y}{every}"
            lines.append((counted(row["visits"], "visit"), f"{counted(row['seats'], 'seat')}; {days}"))
        for row in self.rows(REWARDS):
            lines.append((row["name"], f"given after {counted(row['visits'], 'visit')}, {self.when(row['given_at'])}"))
        return _table(lines)

    def records(self) -> str:
        """Records that were merged into theirs, and others that a program found to be like theirs."""
        merged = [
            ("Another record of you was joined with this one", self.when(r["merged_at"])) for r in self.rows(MERGED)
        ]
        found = [
            (
                f"Our program found that you may be the same person as another guest, {self.when(row['found_at'])}",
                SAID_OF_PAIRS[row["state"]],
            )
            for row in self.rows(PAIRS)
        ]
        return _table([*merged, *found])

    def waitlists(self) -> str:
        """The waitlists that they were or are on, and what became of it."""
        events = {row["id"]: row for row in self.rows(EVENTS)}
        lines = []
        for row in self.rows("waitlist_entries"):
            event = events[row["event_id"]]
            notes = f" Notes: {row['notes']}" if row["notes"] else ""
            said = (
                f"{counted(row['seats'], 'seat')}, since {self.when(row['joined_at'])}: {WAITED[row['state']]}.{notes}"
            )
            lines.append((f"{event['name']}, {self.when(event['starts_at'])}", said))
        return _table(lines)

    def texts(self) -> str:
        lines = []
        for at, row in sorted(((_moment(row), row) for row in self.rows("messages")), key=lambda pair: pair[0]):
            side, who = ("text", "You") if row["direction"] == "in" else ("text ours", "We")
            number = row["email"] or self.phone(row["mobile_number"])
            # The words of a text are chosen when it is sent.
            said = escape(row["body"] or f"({labels.kind_words(row['kind'])})")
            small = escape(f"{who}, {self.when(at)} · {number} · {labels.state_words(row['state'])}")
            lines.append(f'<div class="{side}">{said}<small>{small}</small></div>')
        tries = len(self.rows("message_attempts"))
        of_sending = f"<p>{counted(tries, 'attempt')} to send them: see data.json.</p>" if tries else ""
        return "\n".join(lines) + of_sending

    def selected(self) -> str:
        """The bulk texts for which staff selected them. What they got of these is among the texts."""
        # After a merge they may be selected for one twice.
        chosen = {row["campaign_id"]: row for row in self.rows(SELECTED)}
        return _table(
            (
                f"A text that was begun {self.when(row['created_at'])}",
                "Our staff chose you for it. "
                + ("If you got it, it is above." if row["confirmed_at"] else "It has not been sent."),
            )
            for row in chosen.values()
        )

    def number(self) -> str:
        facts = []
        for row in self.rows("phone_numbers"):
            stopped = f"no texts since {self.when(row['opted_out_at'])}" if row["opted_out_at"] else "texts are allowed"
            failed = f"; texts do not arrive (code {row['unreachable_code']})" if row["unreachable_code"] else ""
            facts.append((self.phone(row["mobile_number"]), stopped + failed))
        return _table(facts)

    def consents(self) -> str:
        return _table(
            (
                f"{BASES[row['basis']]}, by {row['channel']}, {self.when(row['at'])}",
                ". ".join(filter(None, [row["how"], row["wording"], row["sale"]])),
            )
            for row in self.rows("consents")
        )

    def requests(self) -> str:
        return _table(
            (
                f"{row['kind'].capitalize()}, received {row['received_on']:%d %B %Y}",
                ". ".join(filter(None, [row["person"], row["contact"], row["details"], row["outcome"]])),
            )
            for row in self.rows("requests")
        )

    def mentions(self) -> str:
        lines = [(mention["where"], mention["text"]) for mention in self.held.mentions]
        of_others = ", ".join(self.held.in_records_of_others)
        said = f"<p>Records about other people mention you, too: {escape(of_others)}.</p>" if of_others else ""
        return _table(lines) + said

    def sources(self) -> str:
        changes = len(self.rows("journal_values"))
        lines = [(_done(row["act"]), self.when(row["at"])) for row in self.rows(ENTRIES)]
        note = f"<p>The {counted(changes, 'change')} with old and new values are in data.json.</p>" if changes else ""
        return "<p>What we hold is from you, or from the person who booked for you.</p>" + _table(lines) + note

    def others(self, table: str) -> str:
        return _table((name, str(value)) for row in self.rows(table) for name, value in row.items())

    def keeping(self) -> str:
        seen = "Our staff see it, and no one else."
        if not self.venue.simulated:
            seen = "Our staff see it, and Twilio, who sends our texts, has your number and the texts."
        return (
            "<p>We keep it to take your bookings and remind you of them, until you ask us to erase it or have not "
            f"been here for a long time. {seen}</p>"
        )

    def rights(self) -> str:
        ring = f", on {escape(self.venue.phone)}" if self.venue.phone else ""
        return (
            "<p>You may ask us to correct or erase any of this, to stop texting you, or to give it to you again. "
            f"Tell us at the bar{ring}. You may complain to us, and to the Information Commissioner: "
            f'<a href="{ICO}">{ICO}</a>.</p>'
        )


def _moment(text: Mapping[str, Any]) -> datetime:
    """When a text was sent or is to be sent, or else when it was created."""
    due_at: datetime | None = text["due_at"] if text["state"] in NOT_YET_GONE else None
    return text["sent_at"] or due_at or text["created_at"]


def _done(act: str) -> str:
    return DONE.get(act, act.replace(".", " ").replace("_", " ").capitalize())


def _until(last_day: date | None) -> str:
    return f"until {last_day:%-d %B %Y}" if last_day else ""


def _table(lines: Iterable[tuple[str, str]]) -> str:
    rows = [f"<tr><th>{escape(first)}</th><td>{escape(second)}</td></tr>" for first, second in lines]
    return f"<table>{''.join(rows)}</table>" if rows else ""
