"""The replies of guests in the last days, and what staff answered."""

from collections.abc import Sequence

from sqlalchemy import select

from cli.sample.cast import BARMAID, Cast
from cli.sample.post import Post
from db.models import Message
from db.types import AnyRow
from venue.messages import needs_call
from venue.messages.states import State

# What guests of tonight's event text, and how many minutes ago.
TONIGHT = (
    (3, "Hi, we are running 15 mins late, sorry!", 31),
    (4, "Can you make it 6 of us instead?", 27),
    (6, "So sorry, can't make it tonight. Little one is poorly x", 22),
    (7, "Is there parking nearby?", 18),
    (8, "STOP", 16),
)
ANSWERED = (2, "Do you do gluten free pizza?", "Yes, just tell us at the bar. See you tonight!")


def receive(cast: Cast, post: Post, tonight: Sequence[AnyRow], party: Sequence[AnyRow]) -> None:
    """Guests of tonight text, one is answered, and the party that was offered seats says yes."""
    place, question, answer = ANSWERED
    post.receive(tonight[place].mobile_number, question, at=cast.ago(minutes=33))
    with cast.by(BARMAID) as session:
        waiting = select(Message.id).where(Message.state == State.RECEIVED.value)
        reply = session.scalars(waiting.where(Message.mobile_number == tonight[place].mobile_number)).one()
        needs_call.answer(session, reply, body=answer, form_token="sample", now=cast.ago(minutes=32))  # noqa: S106
    for place, body, minutes in TONIGHT:
        post.receive(tonight[place].mobile_number, body, at=cast.ago(minutes=minutes))
    post.receive(party[1].mobile_number, "Yes please, we would love to!", at=cast.ago(minutes=12))
