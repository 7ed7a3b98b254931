"""Customers who may be the same person, side by side, with what to do about them.

With `id` in the address, those of one customer.
"""

from uuid import UUID

import streamlit as st

from pages import screens
from pages.elements.board import Act, Badge, Card, Link, Notice, Section, address, draw_board
from pages.elements.scroll import back_link
from pages.elements.toast import toast
from pages.parts import dialog, page_state
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import close_button
from pages.parts.format import near, number, plain, short_day
from pages.parts.permissions import if_may, need
from venue import acts, customers, duplicates
from venue.duplicates import Answer, Pair, Side
from venue.errors import Invalid, NotFound
from venue.roles import Permission
from venue.wording import counted, full_name, join_names

SHOWN = 10
DONE = {
    Answer.NOT_SAME: "Not the same: you won't be asked again",
    Answer.HOUSEHOLD: "Now one household",
    Answer.LATER: "Put off for a week",
}
MERGE = "merge"

need(Permission.CUSTOMERS)
customer_id = page_state.subject() if "id" in st.query_params else None
with reading(actor()) as session:
    customer = customers.row(session, customer_id) if customer_id else None
    count, put_off = duplicates.count_open(session, now=now()), duplicates.count_put_off(session, now=now())
    checked_at = duplicates.last_checked(session)
    pairs = (
        duplicates.of_customer(session, customer_id, now=now())
        if customer_id
        else duplicates.queue(session, now=now(), limit=SHOWN)
    )


def head() -> None:
    if customer_id and customer:
        back_link("customers/one.py", full_name(customer), id=str(customer_id))
    else:
        back_link("customers/list.py", "Customers")
    st.title("Possible duplicates", anchor=False)
    st.caption(f"{_how_many()} · {_last_checked()}")


def _how_many() -> str:
    if customer_id:
        return counted(len(pairs), "pair")
    said = f"{counted(count, 'pair')} to decide" if count else "Nothing to decide"
    return f"{said} · {put_off:,} put off" if put_off else said


def _last_checked() -> str:
    if checked_at is None:
        return "All customers are checked when the scheduler first runs"
    return f"Last checked {near(checked_at, now())}"


def pair_section(pair: Pair) -> Section:
    about = f"{pair.first.id} {pair.second.id}"
    merge = Link(
        "Merge…", address(MERGE, id=pair.first.id, other=pair.second.id, queue=1), icon="merge", looks="primary"
    )
    ways = (
        *(if_may(Permission.MERGE, merge) if MERGE in screens.ADDRESSES else ()),
        Act("Not the same", Answer.NOT_SAME, about, icon="close"),
        Act("Same household", Answer.HOUSEHOLD, about, icon="home"),
        Act("Later", Answer.LATER, about, icon="schedule"),
    )
    why = Notice(Badge("orange", "Maybe the same"), pair.reasons, ways)
    return Section(notices=(why,), cards=[side_card(pair.first), side_card(pair.second)], across=True)


def side_card(side: Side) -> Card:
    """One of the two. Its tags are in words, as cards have one badge at most."""
    visit = f"Last visit {short_day(side.last_visit)}" if side.last_visit else "No visit yet"
    lines = (number(side.mobile_number), f"{visit} · {counted(side.bookings, 'booking')}")
    tags = ", ".join(tag.name for tag in side.tags)
    faint = (*((f"Tags: {tags}",) if tags else ()), f"Customer since {short_day(side.created_at)}")
    return Card(
        address("customer", id=side.id),
        join_names(side.first_name, side.last_name),
        lines,
        faint=faint,
        words=side.notes,
    )


def act(name: str, about: str) -> None:
    decide(Answer(name), about)


def decide(answer: Answer, about: str, *, unite: bool = False) -> None:
    first_id, second_id = (UUID(each) for each in about.split())
    try:
        with transaction(actor()) as session:
            duplicates.decide(session, first_id, second_id, answer=answer, unite=unite, now=now())
            entry = acts.last_entry(session)
    except NotFound as gone:
        # The pair went with the customer.
        toast(str(gone))
        return
    except Invalid as invalid:
        dialog.open(
            "household", (about, " ".join(invalid.problems.values())), note="ask" if "unite" in invalid.problems else ""
        )
    toast(DONE[answer], undo=entry)


def ask_about_household(question: tuple[str, str]) -> None:
    """They are in two households, or a household would become too large."""
    about, words = question
    st.markdown(plain(words))
    with st.container(horizontal=True):
        if dialog.note() and st.button("Make one household", type="primary"):
            decide(Answer.HOUSEHOLD, about, unite=True)
            dialog.close()
            st.rerun()
        close_button("Cancel")


head()
if pairs:
    draw_board([pair_section(pair) for pair in pairs], key="duplicates", on_act=act)
    if not customer_id and count > len(pairs):
        st.caption(f"{count - len(pairs):,} more follow when these are decided.")
elif put_off and not customer_id:
    st.info("Those put off come back within a week.", icon=":material/schedule:")
else:
    st.success("No possible duplicates.", icon=":material/check_circle:")
dialog.draw({"household": ("Same household?", ask_about_household)})
