"""Export texts, as the list of all texts shows them."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from db.streams import count_rows, stream
from db.types import AnySelect
from venue.exports.export import Column, Export, Row, phone_number
from venue.messages import labels, log
from venue.messages.channels import Channel
from venue.messages.filters import MessageFilter
from venue.profile import venue_of
from venue.roles import Permission, require

COLUMNS = (
    Column("When", 17),
    Column("First Name", 20),
    Column("Last Name", 20),
    Column("Mobile", 20),
    Column("Type", 20),
    Column("Event", 30),
    Column("Event Date", 12),
    Column("Event Time", 11),
    Column("Status", 14),
    Column("Reason", 40),
    Column("Text", 80),
    Column("Handled By", 15),
    Column("Channel", 10),
)


def message_list(session: Session, where: MessageFilter = MessageFilter()) -> Export:
    """The texts that `log.listing` finds, in its order: latest first. Times are in the venue's zone.

    A scheduled text has no words yet. The session must be from `reading_at_length`.
    """
    require(session, Permission.EXPORT)
    query = log.found(session, where)
    return Export(COLUMNS, _rows(session, query), count=lambda most: count_rows(session, query, most))


def _rows(session: Session, query: AnySelect) -> Iterator[Row]:
    venue = venue_of(session)
    for row in stream(session, query):
        starts_at = row.event_starts_at.astimezone(venue.zone) if row.event_starts_at else None
        yield (
            labels.moment(row).astimezone(venue.zone),
            row.first_name,
            row.last_name,
            phone_number(row.mobile_number, region=venue.region),
            "Sent again by staff" if row.again_of_id else labels.kind_words(row.kind),
            row.event_name,
            starts_at.date() if starts_at else None,
            starts_at.time() if starts_at else None,
            labels.state_words(row.state),
            row.reason,
            row.body,
            row.handled_by,
            "E-mail" if row.goes_by == Channel.EMAIL else "Text",
        )
