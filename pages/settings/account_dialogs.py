"""The dialogs about the own account. What is typed here is secret: none of it is kept as a draft."""

from typing import Any

import streamlit as st

from pages.elements.toast import toast
from pages.parts import confirm, dialog, forms
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from pages.parts.qr_code import draw_qr_code
from venue.staff import accounts, own
from venue.staff.own import NewCodes


def change_password(_about: None) -> None:
    with st.form(f"password.{forms.token('password')}", border=False):
        fields = Fields(forms.token("password"))
        fields.secret("old", "Present password", autocomplete="current-password")
        fields.secret("new", "New password", autocomplete="new-password")
        st.caption("At least 10 characters. You are signed out on your other devices.")
        saved = save_or_cancel(form=True)
    if saved:
        with fields.checked():
            own.change_password(lambda: transaction(actor()), **fields, now=now())
            _done("Password changed")


def set_pin(_about: None) -> None:
    with st.form(f"pin.{forms.token('pin')}", border=False):
        fields = Fields(forms.token("pin"))
        fields.secret("pin", "PIN", autocomplete="off")
        st.caption("4 to 8 digits, for shared tablets only: on other devices you enter your password.")
        saved = save_or_cancel(form=True)
    if saved:
        with fields.checked():
            own.set_pin(lambda: transaction(actor()), pin=fields["pin"], now=now())
            _done("PIN set")


def remove_pin(_about: None) -> None:
    st.markdown("Your name is no longer shown on shared tablets. You can still sign in there with your password.")
    fields = Fields("remove_pin")
    if save_or_cancel("Remove PIN", destroys=True):
        with fields.checked():
            with transaction(actor()) as session:
                own.remove_pin(session, now=now())
            _done("PIN removed")


def change_email(_about: None) -> None:
    with reading(actor()) as session:
        stored = accounts.get(session, _own_id()).email
    with st.form(f"email.{forms.token('email')}", border=False):
        fields = Fields(forms.token("email"))
        fields.text("email", "E-mail", stored, placeholder="Optional")
        saved = save_or_cancel(form=True)
    if saved:
        with fields.checked():
            with transaction(actor()) as session:
                own.set_email(session, email=fields["email"], now=now())
            _done("E-mail saved")


def set_up_app(_about: None) -> None:
    """The secret stays the same while the dialog is open, and is stored when a first code has shown that the app has
    it."""
    new = forms.opened("app", _new_codes)
    st.markdown("1. Scan this with an authenticator app, such as Google Authenticator, Aegis or 1Password.")
    draw_qr_code(new.address, "The key for the app as a QR code")
    with st.expander("Type it instead"):
        st.code(_in_fours(new.secret), language=None, wrap_lines=True)
    st.markdown("2. Enter the six-digit code that the app shows.")
    with st.form(f"app.{forms.token('app')}", border=False):
        fields = Fields(forms.token("app"))
        fields.text("code", "Code", max_chars=7)
        st.caption("From then on you need your password and a code. If you lose the phone, a manager can turn it off.")
        saved = save_or_cancel("Turn on", form=True)
    if saved:
        with fields.checked():
            with transaction(actor()) as session:
                own.confirm_codes(session, secret=new.secret, code=fields["code"], now=now())
            _done("App codes are on")


def turn_off_app(_about: None) -> None:
    st.markdown("You then sign in with your password alone.")
    fields = Fields("no_app")
    if save_or_cancel("Turn off", destroys=True):
        with fields.checked():
            with transaction(actor()) as session:
                own.stop_codes(session, now=now())
            _done("App codes are off")


def _new_codes() -> NewCodes:
    with transaction(actor()) as session:
        codes = own.new_codes(session)
    confirm.forget()  # If the password was asked for: that answer does not press this dialog's button.
    return codes


def _in_fours(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _own_id() -> Any:
    return actor().staff_id


def _done(words: str) -> None:
    dialog.close()
    toast(words)
    st.rerun()


DIALOGS: dict[str, tuple[Any, Any]] = {
    "password": ("Change password", change_password),
    "pin": ("PIN for shared tablets", set_pin),
    "remove_pin": ("Remove PIN", remove_pin),
    "email": ("Change e-mail", change_email),
    "app": ("Set up an authenticator app", set_up_app),
    "no_app": ("Turn off the authenticator app", turn_off_app),
}
