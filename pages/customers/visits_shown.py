"""A customer's visits, on their page."""

from uuid import UUID

from pages.customers import rewards
from pages.elements.board import Section
from pages.parts.format import day_in_short, short_day
from venue.visits import CustomerSummary, rhythm
from venue.visits.rewards import Progress
from venue.wording import counted


def sections(customer_id: UUID, came: CustomerSummary, progress: Progress | None) -> list[Section]:
    """Nothing for a customer who never came, missed nothing and cancelled nothing late."""
    facts = [
        ("Visits", _visits(came)),
        ("Last visit", _last(came)),
        ("Usually comes", ", ".join(filter(None, [came.rhythm, rhythm.missed_in_words(came.missed)]))),
        ("No-shows", _no_shows(came)),
        ("Late cancellations", ", ".join(map(short_day, came.late))),
    ]
    facts = [(label, words) for label, words in facts if words]
    if progress and (came.visits or progress.given_at):
        facts.append(("Reward", rewards.in_words(progress)))
    return [Section("Visits", facts=facts, notices=rewards.due(customer_id, progress))] if facts else []


def _visits(came: CustomerSummary) -> str:
    if not came.visits or came.first_day is None:
        return ""
    since = f", since {day_in_short(came.first_day)}" if came.visits > 1 else ""
    return f"{came.visits:,} with {counted(came.seats, 'seat')}{since}"


def _last(came: CustomerSummary) -> str:
    return day_in_short(came.last_day) if came.last_day else ""


def _no_shows(came: CustomerSummary) -> str:
    """Like "1 of 6 in the last 12 months: Quiz Night, 3 Mar 2027"."""
    if not came.no_shows:
        return ""
    named = "; ".join(f"{row.name}, {short_day(row.starts_at)}" for row in came.no_shows)
    return f"{len(came.no_shows)} of {came.marked} in the last 12 months: {named}"
