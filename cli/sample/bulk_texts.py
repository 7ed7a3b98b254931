"""The sample's bulk texts: one that was sent, one that was paused half-way, and a draft."""

from datetime import datetime
from uuid import UUID

from cli.sample.cast import MANAGER, Cast
from cli.sample.post import Post
from venue import campaigns, tags

CHRISTMAS = "{venue_name}: Hi {first_name}, our Christmas menu is out and tables are going fast. Ring {venue_phone}."
FINAL = "{venue_name}: Hi {first_name}, the quiz final is on Wednesday. There is a prize for the best team name!"
LUNCH = "{venue_name}: Hi {first_name}, kids eat free with the jazz lunch this Sunday."


def send(cast: Cast, post: Post) -> None:
    """Write them, and send the texts that were sent."""
    _confirm(cast, "Christmas menu", CHRISTMAS, tag="Regular", per_minute=600, now=cast.at(days=2, hour=11))
    post.send_until(cast.at(days=2, hour=19))
    final = _confirm(cast, "Quiz final", FINAL, tag="Local business", per_minute=30, now=cast.at(days=1, hour=12))
    post.send_until(cast.at(days=1, hour=12, minute=1))
    with cast.by(MANAGER) as session:
        campaigns.pause(session, final, now=cast.at(days=1, hour=12, minute=2))
        campaigns.add(session, name="Jazz lunch for families", query={}, body=LUNCH, now=cast.at(days=1, hour=16))


def _confirm(cast: Cast, name: str, body: str, *, tag: str, per_minute: int, now: datetime) -> UUID:
    with cast.by(MANAGER) as session:
        query = {"tag": str(tags.named(session, tag).id)}
        draft = campaigns.add(session, name=name, query=query, body=body, per_minute=per_minute, now=now)
        audience = campaigns.find(session, draft, now=now)
        count = len(audience.recipients)
        campaigns.confirm(session, draft.id, version=draft.version, ids=audience.ids, count=count, now=now)
        return draft.id
