"""A text that staff send to their own phone, to see how it arrives."""

import streamlit as st

from pages.elements.toast import toast
from pages.messages.sms_length import draw_meter
from pages.parts import dialog, forms
from pages.parts.context import actor, now, transaction, venue
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from sms import segments
from venue import messages


def draw_send_test(body: str) -> None:
    """The content of a dialog: the text, its length, and a form that sends it to a number, the last one at first."""
    with st.container(border=True):
        st.text(body)
    draw_meter(body, segments.count(body))
    token = forms.token("try")
    with st.form(f"try.{token}", border=False):
        fields = Fields(token)
        fields.phone("mobile_number", "Mobile number", st.session_state.get("my_phone", ""))
        sent = save_or_cancel("Send", form=True)
    if not sent:
        return
    with fields.checked():
        number = fields["mobile_number"]
        with transaction(actor()) as session:
            messages.text_number(session, mobile_number=number, body=body, form_token=token, now=now())
        st.session_state["my_phone"] = number
        dialog.close()
        toast("Test sent (simulated)" if venue().simulated else "Test queued")
        st.rerun()
