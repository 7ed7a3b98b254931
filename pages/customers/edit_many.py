"""Edit a page of the customers' list in a table."""

import json

import pandas as pd
import streamlit as st

from pages.customers import list_page
from pages.customers.edited_rows import EditedRow
from pages.customers.list_address import rows_from
from pages.customers.lookalikes import words_about
from pages.customers.return_to_list import kept, opened_from
from pages.elements.drafts import keep_draft, restored
from pages.elements.in_view import bring_into_view
from pages.elements.toast import toast
from pages.parts import forms, page_state
from pages.parts.conflict import draw_conflict
from pages.parts.context import actor, now, reading, transaction
from pages.parts.format import plain
from pages.parts.permissions import need
from venue import acts, customers
from venue.customers.checks import FIELDS
from venue.errors import Conflict, Invalid
from venue.roles import Permission
from venue.wording import counted, typed_name

MOST_ROWS_IN_FULL = 10


def read() -> list[EditedRow]:
    """The customers of that page of the list, when editing begins and after a draft was discarded."""
    page_state.delete("table")
    size = rows_from(st.query_params.get("size"))
    with reading(actor()) as session:
        page = list_page.find(session, opened_from(), page_size=size, now=now())
    return [EditedRow.of(row) for row in page.rows]


def draw_table() -> None:
    """The table with what was typed so far. A new table is drawn only after a save, and keeps what was typed."""
    table = page_state.get("table")
    if table is None:
        cells = {label: [row.typed[name] for row in rows] for name, label in FIELDS.items()}
        table = pd.DataFrame(cells, index=[str(row.id) for row in rows], dtype="object")
        page_state.set("table", table)
    edited = st.data_editor(
        table,
        key=f"table.{forms.token('table')}.{page_state.get('put back', False)}",
        hide_index=True,
        # A longer table scrolls, so that the problems and Save below it stay on the screen.
        height="content" if len(rows) < MOST_ROWS_IN_FULL else "auto",
        alt="Customers being edited",
        column_order=dict.fromkeys(["Last name", *FIELDS.values()]),
        column_config={
            label: st.column_config.TextColumn(width="large" if label == "Notes" else None) for label in table
        },
    )
    for row in rows:
        row.type_over(edited.loc[str(row.id)])


def put_back_draft() -> None:
    """Restore the rows typed in before a refresh: once, and before the table is drawn.

    They save over the versions that staff had seen, so that another person's change since is asked about.
    """
    typed = restored("table", "typed")
    if typed:
        kept = [EditedRow.of_draft(who, row) for who, row in json.loads(typed).items()]
        by_id = {row.id: row for row in rows} | {row.id: row for row in kept}
        # Also those that are on another page of the list by now.
        rows[:] = by_id.values()
        page_state.delete("table")


def keep_typed_rows() -> None:
    typed = {str(row.id): row.to_keep for row in rows if row.changed}
    st.session_state[f"{forms.token('table')}.typed"] = json.dumps(typed) if typed else ""
    keep_draft("table", draft, initial={"typed": ""})


def draw_outcome() -> None:
    """The customers saved last, and the problems that stop others from being saved, cell by cell."""
    if page_state.get("saved"):
        st.success(plain(f"Saved: {', '.join(page_state.get('saved'))}"), icon=":material/check_circle:")
    for row in rows:
        for name, words in problems(row).items():
            label = f"{row.name}, {FIELDS[name].lower()} ‘{row.typed[name]}’: {words}"
            st.error(plain(label), icon=":material/error:")
        if row.gone:
            st.warning(plain(f"{row.name}: {row.gone}"), icon=":material/person_off:")


def problems(row: EditedRow) -> dict[str, str]:
    try:
        with reading(actor()) as session:
            customers.checked(session, **row.changed)
    except Invalid as invalid:
        return invalid.problems
    return {}


def ask_about_conflict(row: EditedRow, conflict: Conflict) -> None:
    left_as_saved = draw_conflict(
        row.as_shown(conflict), labels=FIELDS, key=f"conflict.{row.id}", also=row.theirs, name=row.name
    )
    if left_as_saved is None:
        return
    row.settle(conflict, left_as_saved=left_as_saved)
    if left_as_saved < set(conflict.fields):
        save([row])
    redraw_table()


def ask_about_lookalikes(row: EditedRow) -> None:
    bring_into_view(f"lookalikes.{row.id}", once_for=str(row.changed))
    with st.container(border=True):
        st.markdown(f"**Possible duplicate** of {plain(typed_name(row.typed))}:")
        for person in row.lookalikes:
            st.markdown(words_about(person))
            # In another tab, so that what is typed in the table stays.
            st.link_button(
                "Open", f"customer?id={person.id}", icon=":material/person:", key=f"open.{row.id}.{person.id}"
            )
        if st.button("Save anyway", key=f"anyway.{row.id}"):
            row.anyway = row.changed
            save([row])


def to_save() -> list[EditedRow]:
    return [row for row in rows if row.changed and not row.gone]


def save(which: list[EditedRow]) -> None:
    by_id = {row.id: row for row in to_save() if row in which}
    with transaction(actor()) as session:
        saved = customers.update_many(session, [row.change for row in by_id.values()], now=now())
        entry = acts.last_entry(session)
        current = {who: customers.get(session, who) for who in saved.conflicts}
    names, merged = [], []
    for who, customer in saved.changed.items():
        others = by_id[who].saved_as(customer)
        names.append(by_id[who].name)
        if others:
            merged.append(f"{by_id[who].name}: someone else also changed {', '.join(others).lower()}")
    for who, conflict in saved.conflicts.items():
        by_id[who].met(conflict, current[who])
    for who, people in saved.lookalikes.items():
        by_id[who].lookalikes = people
    for who, words in saved.gone.items():
        by_id[who].gone = words
    page_state.set("saved", names)
    for words in merged:
        toast(words)
    if len(saved.changed) == len(by_id) and not to_save():
        toast(f"{counted(len(saved.changed), 'customer')} saved", undo=entry)
        back()
    redraw_table()


def redraw_table() -> None:
    page_state.delete("table")
    forms.finish("table")
    forms.set_opened("table", rows)
    st.rerun()


def back() -> None:
    forms.finish("table")
    page_state.go("customers/list.py", **kept())


need(Permission.CUSTOMERS)
rows = forms.opened("table", read)
if not rows:
    toast("No customers to edit")
    back()
put_back_draft()
st.title(f"Edit {counted(len(rows), 'customer')}", anchor=False)
st.caption("Edit cells, then press Save.")
draft = st.container()
draw_table()
keep_typed_rows()
draw_outcome()
for row in rows:
    if row.conflict:
        ask_about_conflict(row, row.conflict)
    elif row.lookalikes:
        ask_about_lookalikes(row)
changed = to_save()
with st.container(horizontal=True, vertical_alignment="center"):
    saved = st.button("Save", type="primary", disabled=not changed)
    cancelled = st.button("Cancel", type="tertiary")
    st.caption(f"{counted(len(changed), 'customer')} changed" if changed else "No changes")
if cancelled:
    back()
if saved:
    save(rows)
