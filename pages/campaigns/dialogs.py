"""The dialogs of a bulk text: send it, stop it, delete a draft."""

from uuid import UUID

import streamlit as st

from pages.elements.toast import toast
from pages.parts import dialog, forms, page_state
from pages.parts.context import actor, now, transaction, venue
from pages.parts.dialog_buttons import save_or_cancel
from pages.parts.fields import Fields
from venue import campaigns
from venue.campaigns import AudienceChanged
from venue.campaigns.confirm import ID_BYTES
from venue.wording import counted

# A bulk text, its version, the ids of who gets it, and the segments of all texts.
Seen = tuple[UUID, int, bytes, int]


def _confirm(seen: Seen) -> None:
    campaign_id, version, ids, segments = seen
    if dialog.note():
        st.warning(dialog.note(), icon=":material/group:")
    count = len(ids) // ID_BYTES
    price = venue().bulk_texts.price
    cost = f", {price.of(segments)}" if price else ""
    st.markdown(
        f"**{counted(count, 'text')}** ({counted(segments, 'SMS', 'SMS')}{cost}). It cannot be undone, only stopped."
    )
    fields = Fields(forms.token("confirm"))
    fields.number("count", f"Type {count} to send them", None)
    if not save_or_cancel("Send"):
        return
    with fields.checked():
        try:
            # 10,000 take 2 seconds, and more on a busy machine.
            with st.spinner(f"Queueing {counted(count, 'text')}…"), transaction(actor()) as session:
                count_typed = fields["count"] or 0
                campaigns.confirm(session, campaign_id, version=version, ids=ids, count=count_typed, now=now())
        except AudienceChanged as changed:
            now_seen = (campaign_id, version, changed.audience.ids, changed.audience.segments)
            dialog.open("confirm", now_seen, note=str(changed))
        dialog.close()
        toast(f"{counted(count, 'text')} queued")
        st.rerun()


def _stop(campaign_id: UUID) -> None:
    st.markdown("What waits is not sent, for good. To go on later, pause it instead.")
    fields = Fields(forms.token("stop"))
    if save_or_cancel("Stop", destroys=True):
        with fields.checked():
            with transaction(actor()) as session:
                campaigns.stop(session, campaign_id, now=now())
            dialog.close()
            toast("Stopped")
            st.rerun()


def _delete(campaign_id: UUID) -> None:
    st.markdown("The draft is deleted for good.")
    fields = Fields(forms.token("delete"))
    if save_or_cancel("Delete", destroys=True):
        with fields.checked():
            with transaction(actor()) as session:
                campaigns.delete(session, campaign_id, now=now())
            dialog.close()
            toast("Draft deleted")
            page_state.go("campaigns/list.py")


DIALOGS: dict[str, tuple[dialog.Title, dialog.Content]] = {
    "confirm": ("Send this text?", _confirm),
    "stop": ("Stop this text?", _stop),
    "delete": ("Delete this draft?", _delete),
}
