"""The dialogs about accounts of staff."""

from typing import Any
from uuid import UUID

import streamlit as st

from pages.elements.drafts import keep_draft
from pages.elements.toast import toast
from pages.parts import dialog, forms, page_state
from pages.parts.conflict import Editing
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import close_button, save_or_cancel
from pages.parts.fields import Fields
from pages.parts.format import plain
from pages.parts.full_address import full_address
from pages.parts.qr_code import draw_qr_code
from venue.errors import Conflict
from venue.roles import Role
from venue.staff import accounts, codes, sign_ins
from venue.staff.accounts import FIELDS, StaffRow
from venue.staff.codes import Purpose

ROLES = {Role.VIEWER: "Viewer", Role.STAFF: "Staff", Role.MANAGER: "Manager"}
MAY = {
    Role.VIEWER: "Sees everything but full phone numbers, and changes nothing",
    Role.STAFF: "Customers, bookings, events and texts",
    Role.MANAGER: "Everything, also deleting, exports, templates and staff",
}
LINK = "link"  # The name in the page state of a link that is shown once.


def add(_about: None) -> None:
    draft = st.container()
    fields = Fields(forms.token("add"))
    _draw_fields(fields)
    keep_draft("add", draft)
    st.caption("Next you get a link with which they choose their own password.")
    if save_or_cancel():
        with fields.checked():
            with transaction(actor()) as session:
                person = accounts.add(session, **fields, now=now())
                name, staff_id = person.name, person.id
                code = codes.issue(session, Purpose.PASSWORD, staff_id=staff_id, now=now())
            toast(f"{name} added")
            _show_link(staff_id, code)


def edit(staff_id: UUID) -> None:
    """Name, role and e-mail, with the version that was read when the dialog opened."""
    person = forms.opened("edit", lambda: _person(staff_id))
    editing = Editing("edit", FIELDS, was=_stored(person), read=lambda: _stored(_person(staff_id)))
    question = st.container()
    draft = st.container()
    fields = Fields(forms.token("edit"))
    _draw_fields(fields, person)
    keep_draft("edit", draft)
    if save_or_cancel():
        editing.begin_saving()
        _change(fields, editing, person, person.version)
    with question:
        version = editing.draw(yours=editing.changed(fields))
    if version is not None:
        _change(fields, editing, person, version)


def _change(fields: Fields, editing: Editing, person: StaffRow, version: int) -> None:
    changed = editing.changed(fields)
    with fields.checked():
        try:
            with transaction(actor()) as session:
                accounts.update(session, person.id, version=version, was=_stored(person), now=now(), **changed)
        except Conflict as conflict:
            editing.meet(conflict)
        _done("Saved" + editing.also_changed(changed))


def _draw_fields(fields: Fields, person: StaffRow | None = None) -> None:
    roles = list(ROLES)
    fields.text("name", FIELDS["name"], person.name if person else "")
    fields.radio(
        "role",
        FIELDS["role"],
        [role.value for role in roles],
        index=roles.index(person.role if person else Role.STAFF),
        format_func=lambda role: ROLES[Role(role)],
        captions=[MAY[role] for role in roles],
    )
    fields.text("email", FIELDS["email"], person.email if person else "", placeholder="Optional")


def new_link(staff_id: UUID) -> None:
    st.markdown("They choose a new password with it. Until then their old password works; earlier links do not.")
    fields = Fields("new_link")
    if save_or_cancel("Create link"):
        with fields.checked():
            with transaction(actor()) as session:
                code = codes.issue(session, Purpose.PASSWORD, staff_id=staff_id, now=now())
            _show_link(staff_id, code)


def _show_link(staff_id: UUID, code: str) -> None:
    dialog.close()
    page_state.set(LINK, (staff_id, code))
    dialog.open("link", staff_id)


def show_link(staff_id: UUID) -> None:
    of, code = page_state.get(LINK, (None, ""))
    if of != staff_id:
        st.info("A link is shown only once. Create a new one if it is lost.")
        close_button()
        return
    st.markdown(
        f"Send this link to {plain(_person(staff_id).name)}, or open it on their own device. "
        "It works once, within 24 hours. **It is not shown again.**"
    )
    link = f"{full_address('choose-password')}#{code}"
    st.code(link, language=None, wrap_lines=True)
    st.caption("Or let them scan it with their phone:")
    draw_qr_code(link, "The link as a QR code")
    if st.button("Done", type="primary", key="dialog.done"):
        page_state.delete(LINK)
        dialog.close()
        st.rerun()


def disable(staff_id: UUID) -> None:
    name = plain(_person(staff_id).name)
    st.markdown(f"{name} is signed out everywhere at once and can no longer sign in. You can enable the account again.")
    fields = Fields("disable")
    if save_or_cancel("Disable", destroys=True):
        with fields.checked():
            with transaction(actor()) as session:
                accounts.disable(session, staff_id, now=now())
            _done("Disabled and signed out")


def enable(staff_id: UUID) -> None:
    st.markdown("They can sign in again, with their old password and PIN.")
    fields = Fields("enable")
    if save_or_cancel("Enable"):
        with fields.checked():
            with transaction(actor()) as session:
                accounts.enable(session, staff_id, now=now())
            _done("Enabled")


def turn_off_codes(staff_id: UUID) -> None:
    st.markdown("For a lost phone: they sign in with their password alone, until they set up an app again.")
    fields = Fields("codes")
    if save_or_cancel("Turn off", destroys=True):
        with fields.checked():
            with transaction(actor()) as session:
                accounts.turn_off_codes(session, staff_id, now=now())
            _done("App codes turned off")


def everyone(_about: None) -> None:
    st.markdown("All staff are signed out on all devices at once, except you in this browser. Nothing saved is lost.")
    fields = Fields("everyone")
    if save_or_cancel("Sign everyone out", destroys=True):
        with fields.checked():
            with transaction(actor()) as session:
                count = sign_ins.end_everyone(session, keep=actor().sign_in_id, now=now())
            _done(f"{count} signed out")


def _done(words: str) -> None:
    dialog.close()
    toast(words)
    st.rerun()


def _person(staff_id: UUID) -> StaffRow:
    with reading(actor()) as session:
        return accounts.get(session, staff_id)


def _stored(person: StaffRow) -> dict[str, str]:
    return {"name": person.name, "role": person.role.value, "email": person.email}


def _title(what: str) -> Any:
    return lambda staff_id: f"{what}: {_person(staff_id).name}"


DIALOGS: dict[str, tuple[Any, Any]] = {
    "add": ("Add staff", add),
    "edit": (_title("Edit"), edit),
    "new_link": (_title("New password link"), new_link),
    "link": (_title("Password link"), show_link),
    "disable": (_title("Disable account"), disable),
    "enable": (_title("Enable account"), enable),
    "codes": (_title("Turn off app codes"), turn_off_codes),
    "everyone": ("Sign everyone out?", everyone),
}
