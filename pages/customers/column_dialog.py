"""The dialog in which staff choose the columns of the customer list and their order."""

from functools import partial

import streamlit as st

from pages.customers import list_columns, saved_views
from pages.customers.list_address import change, here
from pages.customers.list_columns import LAST_NAME, Column
from pages.parts import dialog, forms
from pages.parts.context import actor, reading, transaction
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.format import plain
from pages.parts.shared_value import draw_shared

NAME = "columns"


def _choose(_about: None) -> None:
    with reading(actor()) as session:
        columns = list_columns.offered(session)
    # The callbacks below change this list.
    chosen: list[str] = forms.opened(NAME, _shown_now)
    names = [name for name in chosen if name in columns]
    for place, name in enumerate(names):
        _draw_chosen(name, columns[name], chosen, is_first=place == 0)
    for name in [name for name in columns if name not in names]:
        _draw_checkbox(name, columns[name], chosen, is_chosen=False)
    restore = partial(_restore, chosen)
    st.button("Restore default", type="tertiary", key="columns.default", on_click=restore)
    if save_or_cancel():
        _save(names)
        dialog.close()
        st.rerun()


def _shown_now() -> list[str]:
    with reading(actor()) as session:
        return saved_views.columns_here(session, here())


def _draw_chosen(name: str, column: Column, chosen: list[str], *, is_first: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        _draw_checkbox(name, column, chosen, is_chosen=True)
        st.button(
            "Move up",
            key=f"columns.up.{name}",
            icon=":material/arrow_upward:",
            type="tertiary",
            disabled=is_first,
            on_click=partial(_move_up, chosen, name),
        )


def _draw_checkbox(name: str, column: Column, chosen: list[str], *, is_chosen: bool) -> None:
    draw_shared(
        st.checkbox,
        plain(column.label),
        f"columns.{name}",
        is_chosen,
        partial(_set, chosen, name),
        width="stretch",
        disabled=name == LAST_NAME,
    )


def _set(chosen: list[str], name: str, is_chosen: bool) -> None:
    if is_chosen and name not in chosen:
        chosen.append(name)
    elif not is_chosen and name in chosen:
        chosen.remove(name)


def _move_up(chosen: list[str], name: str) -> None:
    place = chosen.index(name)
    if place:
        chosen[place - 1 : place + 1] = [name, chosen[place - 1]]


def _restore(chosen: list[str]) -> None:
    chosen[:] = list_columns.DEFAULT


def _save(names: list[str]) -> None:
    """For this member of staff, or as a change of the saved view that is open, until that is saved."""
    if here().saved:
        change(columns=tuple(names))
        return
    with transaction(actor()) as session:
        list_columns.choose(session, names)
    if here().columns:
        change(columns=())


DIALOGS = {NAME: ("Columns", _choose)}
