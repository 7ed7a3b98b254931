"""Your account: password, PIN, app codes, e-mail address, and where you are signed in."""

from uuid import UUID

import streamlit as st

from pages.elements.board import Act, Column, Row, Section, draw_board
from pages.elements.scroll import back_link
from pages.parts import dialog
from pages.parts.confirm import acting
from pages.parts.context import actor, now, reading
from pages.parts.format import plain
from pages.settings import account_dialogs, sign_ins_shown
from pages.settings.staff_dialogs import ROLES
from venue.errors import NotAllowed
from venue.staff import accounts, sign_ins
from venue.staff.accounts import StaffRow

COLUMNS = (Column("Sign-in", "1.2fr", "title"), Column("Status", "2fr"), Column("Actions", "2fr"))

me = actor()
if me.staff_id is None:
    raise NotAllowed("You are not signed in with an account")
with reading(me) as session:
    account = accounts.get(session, me.staff_id)
    signed_in = sign_ins.listed(session, now=now(), staff_id=me.staff_id)


def ways_section(account: StaffRow) -> Section:
    rows = [password_row(account), pin_row(account), app_row(account), email_row(account)]
    return Section(columns=COLUMNS, rows=rows, label="How you sign in")


def password_row(account: StaffRow) -> Row:
    if not account.has_password:
        return Row("", ("Password", "Not set. A manager can give you a link to choose one."))
    return Row("", ("Password", "Set"), ways=(Act("Change password", "password"),))


def pin_row(account: StaffRow) -> Row:
    if not account.has_pin:
        return Row("", ("PIN for shared tablets", "Not set"), ways=(Act("Set a PIN", "pin"),))
    ways = (Act("Change PIN", "pin"), Act("Remove PIN", "remove_pin", looks="button danger"))
    return Row("", ("PIN for shared tablets", "Set"), ways=ways)


def app_row(account: StaffRow) -> Row:
    if not account.has_codes:
        return Row("", ("Authenticator app", "Off"), ways=(Act("Set up app", "app"),))
    ways = (Act("Turn off", "no_app", looks="button danger"),)
    return Row("", ("Authenticator app", "On: you enter its code besides the password"), ways=ways)


def email_row(account: StaffRow) -> Row:
    return Row("", ("E-mail", account.email or "Not set"), ways=(Act("Change e-mail", "email"),))


def signed_in_section() -> Section:
    rows = [sign_ins_shown.own_row(row, this_one=me.sign_in_id) for row in signed_in]
    return Section("Where you are signed in", columns=sign_ins_shown.OWN_COLUMNS, rows=rows)


def act(name: str, about: str) -> None:
    if name in sign_ins_shown.ACTS:
        sign_ins_shown.act(name, UUID(about))
    else:
        dialog.open(name)


back_link("settings/venue.py", "Settings")
st.title("Your account", anchor=False)
st.caption(plain(f"{account.name} · {ROLES[account.role]}"))
draw_board([ways_section(account)], key="ways", on_act=act)
draw_board([signed_in_section()], key="own_sign_ins", on_act=act)
if len(signed_in) > 1:
    st.button(
        "Sign out everywhere else",
        icon=":material/logout:",
        on_click=acting(sign_ins_shown.act),
        args=("end_all_of", me.staff_id),
    )
dialog.draw(account_dialogs.DIALOGS)
