"""Three customers whom each of the filters distinguishes."""

from dataclasses import fields
from datetime import datetime

from hypothesis import strategies as st
from sqlalchemy.orm import Session

from db.models import CustomerVisits, LateCancellation
from tests.makers import a_booking, a_customer, an_event, an_opt_out, days
from venue import clock, tags
from venue import fields as own_fields
from venue.customers import CustomerFilter
from venue.customers.attendance import Attendance
from venue.customers.booking_status import Booked
from venue.customers.filters import Email
from venue.customers.visit_counts import Came
from venue.profile import venue_of

# Customers who have a tag, and who have none, are never the same: `without_tags` is tried alone.
EACH_FILTER = [each.name for each in fields(CustomerFilter) if each.name != "without_tags"]

DAYS = st.dates(clock.FIRST_DAY, clock.LAST_DAY)
FILTERS = st.builds(
    CustomerFilter,
    words=st.text(),
    booked=st.none() | st.sampled_from(Booked),
    event_id=st.none() | st.uuids(),
    created_from=st.none() | DAYS,
    created_to=st.none() | DAYS,
    cannot_text=st.booleans(),
    tags=st.lists(st.uuids(), max_size=3, unique=True).map(tuple),
    without_tags=st.booleans(),
    own=st.lists(st.tuples(st.uuids(), st.text(min_size=1)), max_size=3).map(tuple),
    came=st.none() | st.sampled_from(Came),
    attendance=st.none() | st.sampled_from(Attendance),
    first_from=st.none() | DAYS,
    first_to=st.none() | DAYS,
    came_again=st.booleans(),
    late_event_id=st.none() | st.uuids(),
    email=st.none() | st.sampled_from(Email),
)


def filter_for_one_of_three(session: Session, now: datetime) -> CustomerFilter:
    """Adds three customers. Every field of the filter is set, and each of them finds Jo but not both of the others."""
    food = own_fields.add(session, name="Allergies", kind="text", now=now).id
    jo = a_customer(session, first_name="Jo", last_name="Smith", email="jo@example.com", own={food: "Nuts"}, now=now)
    a_customer(session, first_name="Al", last_name="Early", now=now - days(5))
    a_customer(session, first_name="Al", last_name="Late", now=now + days(5))
    event = an_event(session, starts_at=now + days(14), now=now)
    a_booking(session, jo, event, now=now).arrived = True
    times = {"starts_at": event.starts_at, "cancelled_at": now}
    session.add(LateCancellation(customer_id=jo.id, event_id=event.id, seats=2, **times))
    an_opt_out(session, jo.mobile_number, now=now)
    tag = tags.add(session, name="VIP", now=now)
    tags.put_on(session, jo.id, tag.id, now=now)
    today = clock.today(now, venue_of(session).zone)
    once = {"visits": 1, "seats": 2, "last_day": today, "first_day": today, "returned_after": 9}
    session.add(CustomerVisits(customer_id=jo.id, **once))
    session.flush()
    where = CustomerFilter(
        words="smi",
        booked=Booked.ACTIVE,
        event_id=event.id,
        created_from=today,
        created_to=today,
        cannot_text=True,
        tags=(tag.id,),
        own=((food, "nuts"),),
        came=Came.FIRST,
        attendance=Attendance.CAME,
        first_from=today,
        first_to=today,
        came_again=True,
        late_event_id=event.id,
        email=Email.WITH,
    )
    assert list(where.in_use()) == EACH_FILTER, "a new filter is tried here too"
    return where
