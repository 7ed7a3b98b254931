"""Customers not seen for a long time: a manager looks at them, ticks some, and erases those."""

from functools import partial
from uuid import UUID

import streamlit as st

from pages.elements.board import Link, Section, address, draw_board
from pages.elements.scroll import back_link
from pages.elements.toast import toast
from pages.parts import dialog, forms, page_state
from pages.parts.context import actor, now, reading, reading_at_length, transaction
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from pages.parts.device import is_phone
from pages.parts.format import day, plain, short_day
from pages.parts.permissions import may, need
from venue import acts, choices
from venue.privacy import retention
from venue.privacy.retention import OldCustomer, Reason
from venue.roles import Permission
from venue.wording import counted

ON_A_PAGE = 50
SETTING = "retention_months"
REASONS = {Reason.VISIT: "Last visit", Reason.CONTACT: "Last text or answer", Reason.ADDED: "No visit, added"}

need(Permission.DELETE)
after = page_state.subject("after") if "after" in st.query_params else None
with reading(actor()) as session:
    months = int(choices.listed(session)[SETTING])
    planned = retention.plan(session, months=months, now=now(), after=after, limit=ON_A_PAGE)


def key_of(customer: OldCustomer) -> str:
    return f"tick.{page_state.get('ticked_all', 0)}.{customer.id}"


def ticked() -> list[UUID]:
    return [customer.id for customer in planned.rows if st.session_state.get(key_of(customer))]


def tick_all(value: bool) -> None:
    """For `on_click`. In new checkboxes: with the next act the browser may still send the ticks of before."""
    page_state.set("ticked_all", page_state.get("ticked_all", 0) + 1)
    for customer in planned.rows:
        st.session_state[key_of(customer)] = value


def draw_rows() -> None:
    """A tick for each customer, and a link to their page that says what was last heard of them."""
    with st.container(horizontal=True):
        st.button("Tick all on this page", icon=":material/check_box:", on_click=tick_all, args=(True,))
        st.button("Untick all", icon=":material/check_box_outline_blank:", on_click=tick_all, args=(False,))
    for customer in planned.rows:
        reason, at = customer.last
        # One below the other on a phone, where a line would be cut off.
        with st.container(horizontal=not is_phone(), vertical_alignment="center", gap="xsmall"):
            st.checkbox(plain(customer.name), key=key_of(customer), width="stretch")
            label = f"{REASONS[reason]} {short_day(at)}"
            st.page_link("customers/one.py", label=label, icon=":material/person:", query_params={"id": str(customer.id)})
    count = len(ticked())
    label = f"Erase {counted(count, 'customer')}" if count else "Erase ticked customers"
    if st.button(f":red[{label}]", icon=":material/delete:", disabled=not count):
        dialog.open("erase_old", tuple(ticked()))


def page_links() -> tuple[Link, ...]:
    first = (Link("First", "retention", icon="first_page", looks="button"),) if after else ()
    following = address("retention", after=planned.next)
    return first + ((Link("Next", following, icon="navigate_next", looks="button"),) if planned.next else ())


def erase(customer_ids: tuple[UUID, ...]) -> None:
    st.markdown(
        f"This permanently deletes **{counted(len(customer_ids), 'customer')}** with their bookings and texts. "
        "They won't be told. It cannot be undone."
    )
    fields = Fields(forms.token("erase_old"))
    if save_or_cancel("Erase", destroys=True):
        with fields.checked():
            erased, kept = erase_one_by_one(customer_ids)
            dialog.close()
            why = f". Kept, because of a visit or contact since: {', '.join(kept)}" if kept else ""
            toast(f"{counted(erased, 'customer')} erased{why}")
            st.rerun()


def erase_one_by_one(customer_ids: tuple[UUID, ...]) -> tuple[int, list[str]]:
    """How many were erased, and the names of those who were kept."""
    erased, kept = 0, list[str]()
    progress = st.progress(0.0, "Erasing…")
    read, write = partial(reading_at_length, actor()), partial(transaction, actor())
    steps = retention.erase_in_steps(read, write, customer_ids, months=months, now=now())
    for number, done in enumerate(steps, start=1):
        erased, kept = erased + done.erased, [*kept, *done.kept]
        progress.progress(number / len(customer_ids), f"{erased} erased")
    return erased, kept


def edit_months(_about: None) -> None:
    fields = Fields(forms.token("months"))
    fields.number(SETTING, "Months without a visit or contact", months)
    if save_or_cancel():
        with fields.checked():
            with transaction(actor()) as session:
                choices.save(session, SETTING, str(fields[SETTING] or ""), now=now())
                entry = acts.last_entry(session)
            dialog.close()
            toast("Saved", undo=entry)
            st.rerun()


back_link("data/home.py", "Data")
st.title("Retention", anchor=False)
st.markdown(
    f"Customers without a visit or contact for **{counted(months, 'month')}**, that is, since before {day(planned.before)}. "
    "Never those with upcoming bookings, a place on a waitlist or an open request. No one is erased unless you do it."
)
if may(Permission.SETTINGS) and st.button("Change the number of months", icon=":material/edit:"):
    dialog.open("months")
if planned.total:
    is_more = planned.total > retention.MOST_COUNTED
    st.caption(f"More than {retention.MOST_COUNTED:,} customers" if is_more else counted(planned.total, "customer"))
    draw_rows()
    draw_board([Section(links=page_links())], key="retention_pages")
else:
    st.info("No customers to erase.", icon=":material/check:")
dialog.draw({"erase_old": ("Erase these customers?", erase), "months": ("How long to keep customers", edit_months)})
