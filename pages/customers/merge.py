"""Merge two records of the same person: both side by side, what stays of each, and what will happen."""

from typing import NoReturn
from uuid import UUID

import streamlit as st

from pages.customers.find_customer import say_how_many_more, search_box
from pages.elements.board import Card, Section, address, draw_board
from pages.elements.scroll import back_link
from pages.elements.toast import toast
from pages.parts import confirm, forms, page_state
from pages.parts.context import actor, now, reading, transaction
from pages.parts.fields import FORM_WIDTH, Fields
from pages.parts.format import near_in_short, number, plain, short_day
from pages.parts.permissions import need
from venue import acts, customers, merging
from venue.bookings.find import CustomerBookings
from venue.customers.merged import survivor_of
from venue.errors import Invalid
from venue.merging import MergePlan
from venue.merging.doubles import Double
from venue.merging.plan import MergeField
from venue.roles import Permission
from venue.rows import CustomerBookingRow, StoredCustomerRow
from venue.wording import counted, full_name

MOST_BOOKINGS = 6


def choose_other(customer_id: UUID) -> None:
    """A search for the other record of the same person."""
    with reading(actor()) as session:
        customer = customers.row(session, customer_id)
    st.markdown(f"Which record is of the same person as **{plain(full_name(customer))}**?")
    words, found = search_box("merge.q")
    if found is None:
        st.caption("Type part of a name or number.")
        return
    for row in found.rows:
        if row.id != customer_id:
            st.button(
                plain(f"{full_name(row)}, {number(row.mobile_number)}"),
                key=f"merge_with.{row.id}",
                width="stretch",
                on_click=page_state.go_after_click,
                args=("customers/merge.py",),
                kwargs={"id": customer_id, "other": row.id},
            )
    say_how_many_more(words, found)


def draw_merge(keep_id: UUID, other_id: UUID) -> None:
    lead_to_survivor(keep_id, other_id)
    plan = forms.opened(form(), lambda: read(keep_id, other_id))
    fields = Fields(forms.token(form()))
    note = page_state.get("merge_note")
    if note:
        fields.top.warning(plain(note), icon=":material/sync_problem:")
    st.button(
        plain(f"Keep {full_name(plan.other)} instead"),
        icon=":material/swap_horiz:",
        on_click=page_state.go_after_click,
        args=("customers/merge.py",),
        kwargs={"id": other_id, "other": keep_id, **({"queue": 1} if from_queue() else {})},
    )
    draw_board(
        [record("This record stays", plan.keep, plan.keep_bookings)],
        [record("This one is merged into it", plan.other, plan.other_bookings)],
        key="records",
    )
    with st.container(width=FORM_WIDTH):
        chosen = draw_fields(fields, plan)
        doubles = {double.event_id: draw_double(fields, double, plan) for double in plan.doubles}
        st.subheader("What will happen", anchor=False)
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in plan.sentences))
        if confirm.pressed(st.button("Merge", type="primary", icon=":material/merge:", key="merge.save")):
            save(fields, plan, chosen, doubles)


def form() -> str:
    """The name of the form: another one for each other customer."""
    return f"merge.{st.query_params['other']}"


def read(keep_id: UUID, other_id: UUID) -> MergePlan:
    with reading(actor()) as session:
        return merging.preview(session, keep_id, other_id, now=now())


def lead_to_survivor(keep_id: UUID, other_id: UUID) -> None:
    """After a double tap, or in another tab: these two are merged already."""
    with reading(actor()) as session:
        survivor = survivor_of(session, other_id) or survivor_of(session, keep_id)
    if survivor is not None:
        leave(survivor)


def record(heading: str, row: StoredCustomerRow, booked: CustomerBookings) -> Section:
    coming = [*booked.active, *booked.reminders]
    lines = [booking_line(each) for each in coming[:MOST_BOOKINGS]]
    if len(coming) > MOST_BOOKINGS:
        lines.append(f"and {len(coming) - MOST_BOOKINGS} more")
    earlier = [f"{counted(len(booked.history), 'earlier booking')}"] if booked.history else []
    faint = (f"Customer since {short_day(row.created_at)}", *earlier)
    shown = Card(
        address("customer", id=row.id),
        full_name(row),
        (number(row.mobile_number), *filter(None, [row.email]), *(lines or ["No upcoming bookings"])),
        words=row.notes,
        faint=faint,
    )
    return Section(heading, cards=[shown])


def booking_line(booking: CustomerBookingRow) -> str:
    seats = counted(booking.seats, "seat") if booking.seats else "reminder only"
    return f"{booking.event_name}, {near_in_short(booking.starts_at, now())}: {seats}"


def draw_fields(fields: Fields, plan: MergePlan) -> dict[str, str]:
    """Which value stays, for each field that differs. The notes of both can be edited."""
    differing = [each for each in plan.fields if each.differs]
    if differing:
        st.subheader("What stays", anchor=False)
    for each in differing:
        if each.proposed in ("keep", "other"):
            draw_choice(fields, each)
        else:
            fields.long_text(each.name, f"{each.label} of both", each.proposed)
    return {each.name: fields[each.name] for each in differing}


def draw_choice(fields: Fields, field: MergeField) -> None:
    values = {"keep": field.keep, "other": field.other}
    fields.radio(
        field.name,
        field.label,
        ["keep", "other"],
        index=["keep", "other"].index(field.proposed),
        format_func=lambda choice: plain(values[choice]) or "(empty)",
    )


def draw_double(fields: Fields, double: Double, plan: MergePlan) -> str:
    """What becomes of two bookings for one event: each number of seats once."""
    names = {"keep": full_name(plan.keep), "other": full_name(plan.other)}
    labels = {
        "larger": "One booking" if double.keep.seats == double.other.seats else "The larger booking",
        "sum": "All seats",
        "keep": f"As {names['keep']} booked",
        "other": f"As {names['other']} booked",
    }
    by_seats: dict[int, str] = {}
    for choice, seats in double.choices.items():
        by_seats.setdefault(seats, choice)
    name = f"booking.{double.event_id}"
    fields.radio(
        name,
        plain(f"Both are booked on {double.event_name}, {near_in_short(double.starts_at, now())}"),
        list(by_seats.values()),
        format_func=lambda choice: plain(f"{labels[choice]}: {in_seats(double.choices[choice])}"),
    )
    return str(fields[name])


def in_seats(seats: int) -> str:
    return counted(seats, "seat") if seats else "reminder only"


def save(fields: Fields, plan: MergePlan, chosen: dict[str, str], doubles: dict[UUID, str]) -> None:
    with fields.checked():
        try:
            with transaction(actor()) as session:
                merging.merge(
                    session,
                    keep_id=plan.keep.id,
                    other_id=plan.other.id,
                    fields=chosen,
                    bookings=doubles,
                    plan_fingerprint=plan.fingerprint,
                    now=now(),
                )
                entry = acts.last_entry(session)
        except Invalid as invalid:
            if "plan_fingerprint" in invalid.problems:
                look_again(invalid.problems["plan_fingerprint"], plan)
            raise
        forms.finish(form())
        toast(f"{full_name(plan.other)} merged into {full_name(plan.keep)}", undo=entry)
        leave(plan.keep.id)


def leave(survivor: UUID) -> NoReturn:
    """To the next possible duplicate, for who came from there, or else to the one who stayed."""
    if from_queue():
        page_state.go("customers/duplicates.py")
    page_state.go("customers/one.py", id=survivor)


def from_queue() -> bool:
    return "queue" in st.query_params


def look_again(note: str, was: MergePlan) -> NoReturn:
    """Show both as they are now. What was chosen or typed stays; a text that was only proposed follows what it is of,
    so that the notes of now are not saved over by those of before."""
    token, proposed = forms.token(form()), {each.name: each.proposed for each in was.fields}
    typed = forms.field_values(token)
    for field in read(was.keep.id, was.other.id).fields:
        if field.proposed in ("keep", "other") or field.proposed == proposed.get(field.name):
            continue
        if typed.get(field.name) == proposed.get(field.name):
            forms.set_field(token, field.name, field.proposed)
        else:
            note = f"{note} You changed the {field.label.lower()}: compare them with what is there now."
    page_state.set("merge_note", note)
    page_state.delete(f"opened.{form()}")
    st.rerun()


need(Permission.MERGE)
customer_id = page_state.subject()
if from_queue():
    back_link("customers/duplicates.py", "Possible duplicates")
else:
    back_link("customers/one.py", "Customer", id=str(customer_id))
st.title("Merge customers", anchor=False)
if "other" in st.query_params:
    draw_merge(customer_id, page_state.subject("other"))
else:
    choose_other(customer_id)
