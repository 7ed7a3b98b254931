"""Staff: their accounts, where they are signed in, and the shared tablets."""

from uuid import UUID

import streamlit as st

import settings
from pages.elements.board import Act, Badge, Column, Row, Section, draw_board
from pages.elements.scroll import back_link
from pages.parts import dialog
from pages.parts.context import actor, now, reading
from pages.parts.format import near_in_short
from pages.parts.permissions import need
from pages.settings import sign_ins_shown, staff_dialogs, tablets
from venue.roles import Permission
from venue.staff import accounts, devices, sign_ins
from venue.staff.accounts import StaffRow
from venue.wording import counted

COLUMNS = (
    Column("Name", "1.2fr", "title"),
    Column("Role", "0.8fr"),
    Column("E-mail", "1.6fr"),
    Column("Signs in with", "1.4fr"),
    Column("Last used", "1.2fr", "beside"),
    Column("Actions", "2.6fr"),
)

need(Permission.ACCOUNTS)
provider = settings.load().openid
with reading(actor()) as session:
    people = accounts.listed(session)
    signed_in = sign_ins.listed(session, now=now())
    shared = devices.listed(session)


def people_section() -> Section:
    return Section(columns=COLUMNS, rows=[person_row(person) for person in people], label="Staff")


def person_row(person: StaffRow) -> Row:
    about = str(person.id)
    last = near_in_short(person.last_used_at, now()) if person.last_used_at else "Never signed in"
    if person.disabled_at:
        ways: tuple[Act, ...] = (Act("Edit", "edit", about), Act("Enable", "enable", about))
    else:
        ways = (
            Act("Edit", "edit", about),
            Act("New link", "new_link", about),
            Act("Disable", "disable", about, looks="button danger"),
        )
    if person.has_codes:
        ways = (*ways[:2], Act("Turn off app codes", "codes", about), *ways[2:])
    cells = (person.name, staff_dialogs.ROLES[person.role], person.email, signs_in_with(person), last)
    return Row("", cells, ways=ways)


def signs_in_with(person: StaffRow) -> str | Badge:
    if person.disabled_at:
        return Badge("gray", "Disabled")
    ways = [
        ("Password and app code" if person.has_codes else "Password") if person.has_password else "",
        "PIN" if person.has_pin else "",
        provider.name if provider and person.email else "",
    ]
    if not any(ways):
        return Badge("orange", "No password yet")
    return ", ".join(filter(None, ways))


def signed_in_section() -> Section:
    keep = actor().sign_in_id
    several = {row.staff_id for row in signed_in if [each.staff_id for each in signed_in].count(row.staff_id) > 1}
    rows = [sign_ins_shown.row(row, this_one=keep, everywhere=row.staff_id in several) for row in signed_in]
    return Section("Signed in now", columns=sign_ins_shown.COLUMNS, rows=rows, empty="No one is signed in.")


def act(name: str, about: str) -> None:
    if name in sign_ins_shown.ACTS:
        sign_ins_shown.act(name, UUID(about))
    else:
        dialog.open(name, UUID(about) if about else None)


back_link("settings/venue.py", "Settings")
st.title("Staff", anchor=False)
st.caption(counted(len([person for person in people if not person.disabled_at]), "active account"))
if st.button("Add staff", type="primary", icon=":material/person_add:"):
    dialog.open("add")
draw_board([people_section()], key="people_of_staff", on_act=act)
draw_board([signed_in_section()], key="signed_in", on_act=act)
if len(signed_in) > 1:
    st.button("Sign everyone out", icon=":material/logout:", on_click=dialog.open, args=("everyone",))
draw_board([tablets.section(shared)], key="tablets", on_act=act)
st.button("Add a shared tablet", icon=":material/tablet:", on_click=tablets.open_add)
dialog.draw({**staff_dialogs.DIALOGS, **tablets.DIALOGS})
