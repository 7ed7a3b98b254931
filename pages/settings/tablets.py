"""Shared tablets: add one with a code, and remove one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import streamlit as st

from pages.elements.board import Act, Column, Row, Section
from pages.elements.toast import toast
from pages.parts import dialog, forms, page_state
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import near_in_short
from pages.parts.full_address import full_address
from venue.staff import codes, devices
from venue.staff.codes import Purpose
from venue.staff.devices import DeviceRow

COLUMNS = (
    Column("Tablet", "1.2fr", "title"),
    Column("Added", "1.4fr"),
    Column("Last used", "1.4fr", "beside"),
    Column("Actions", "2.6fr"),
)
CODE = "tablet_code"  # The name in the page state of a code that is shown once.


def section(tablets: Sequence[DeviceRow]) -> Section:
    rows = [
        Row(
            "",
            (tablet.name, near_in_short(tablet.created_at, now()), near_in_short(tablet.last_used_at, now())),
            ways=(Act("Remove", "remove_tablet", str(tablet.id), looks="button danger"),),
        )
        for tablet in tablets
    ]
    return Section(
        "Shared tablets",
        columns=COLUMNS,
        rows=rows,
        empty="No shared tablets yet. On one, staff tap their name and enter a PIN.",
    )


def add(_about: None) -> None:
    """Asks for a name, then shows the code that makes a tablet a shared one."""
    if page_state.get(CODE):
        _show_code()
        return
    st.markdown("On a shared tablet staff tap their name and enter their PIN. It locks when it is not used.")
    fields = Fields(forms.token("tablet"))
    fields.text("device_name", "Name of the tablet", placeholder="Bar tablet")
    if save_or_cancel("Get a code"):
        with fields.checked():
            with transaction(actor()) as session:
                code = codes.issue(session, Purpose.TABLET, device_name=fields["device_name"], now=now())
            page_state.set(CODE, code)
            st.rerun()


def _show_code() -> None:
    st.markdown("1. On the tablet, open this address:")
    st.code(full_address("sign-in/tablet"), language=None, wrap_lines=True)
    st.markdown("2. Enter this code there, within 10 minutes:")
    st.code(page_state.get(CODE), language=None, wrap_lines=True)
    st.caption("It works once and is not shown again. Each person sets their PIN under ‘Your account’.")
    if st.button("Done", type="primary", key="dialog.done"):
        dialog.close()
        st.rerun()


def remove(device_id: UUID) -> None:
    st.markdown("Anyone on it is signed out at once, and PINs no longer work there.")
    fields = Fields("remove_tablet")
    if save_or_cancel("Remove", destroys=True):
        with fields.checked():
            with transaction(actor()) as session:
                devices.remove(session, device_id, now=now())
            dialog.close()
            toast("Tablet removed")
            st.rerun()


def open_add(_about: Any = None) -> None:
    page_state.delete(CODE)
    dialog.open("tablet")


def _title(device_id: UUID) -> str:
    with reading(actor()) as session:
        names = {tablet.id: tablet.name for tablet in devices.listed(session)}
    return f"Remove tablet: {names.get(device_id, '')}"


DIALOGS: dict[str, tuple[Any, Any]] = {"tablet": ("Add a shared tablet", add), "remove_tablet": (_title, remove)}
