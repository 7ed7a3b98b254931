"""What a screen shows when its subject does not exist."""

from typing import NamedTuple

import streamlit as st


class Subject(NamedTuple):
    name: str
    list_page: str
    list_title: str


CUSTOMER = Subject("Customer", "customers/list.py", "Customers")
EVENT = Subject("Event", "events/list.py", "Events")
REQUEST = Subject("Request", "data/requests.py", "Requests")
MESSAGE = Subject("Text", "messages/list.py", "Messages")
CAMPAIGN = Subject("Bulk text", "campaigns/list.py", "Bulk texts")
IMPORT = Subject("Import", "imports/list.py", "Imports")
CONVERSATION = Subject("Conversation", "messages/list.py", "Messages")
JOURNAL = Subject("Record", "journal/list.py", "Journal entries")
# The subject of each screen, by its address.
SUBJECTS = {
    "customer": CUSTOMER,
    "edit_customer": CUSTOMER,
    "merge": CUSTOMER,
    "event": EVENT,
    "add_event": EVENT,
    "edit_event": EVENT,
    "door_list": EVENT,
    "message": MESSAGE,
    "conversation": CONVERSATION,
    "journal": JOURNAL,
    "request": REQUEST,
    "campaign": CAMPAIGN,
    "edit_campaign": CAMPAIGN,
    "import": IMPORT,
}


def show_not_found(subject: Subject) -> None:
    st.title(f"{subject.name} not found", anchor=False)
    st.markdown("It may have been deleted, or the link is incomplete or mistyped.")
    st.page_link(subject.list_page, label=f"All {subject.list_title.lower()}", icon=":material/arrow_back:")
