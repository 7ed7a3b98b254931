"""Upload a file to import."""

from uuid import UUID

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pages.imports.shown import KINDS
from pages.parts import page_state
from pages.parts.context import actor, now, transaction
from pages.parts.fields import FORM_WIDTH, Fields
from venue.imports import runs

FILE_TYPES = ["csv", "xlsx", "xls", "ods", "tsv", "txt"]


def draw_upload() -> None:
    with st.container(width=FORM_WIDTH):
        fields = Fields("upload")
        kind: str = st.segmented_control(
            "What is in the file?",
            list(KINDS),
            default="customers",
            format_func=KINDS.__getitem__,
            required=True,
            key="upload.kind",
        )
        file = st.file_uploader("File", type=FILE_TYPES, key="upload.file")
        st.caption("CSV, Excel or OpenDocument. You see what is in it before anything is imported. No text is sent.")
        pressed = st.button("Continue", type="primary", disabled=file is None, on_click=_follow_first_tap)
        if pressed and file is not None:
            with fields.checked():
                page_state.go("imports/one.py", id=upload(kind, file))


def _follow_first_tap() -> None:
    """For a tap that comes when the import's screen is already open. It leads back here, but the file is gone: open the
    import that the first tap has started."""
    started = list(st.session_state.get("imports_started", {}).values())
    if started and st.session_state.get("upload.file") is None:
        page_state.go_after_click("imports/one.py", id=started[-1])


def upload(kind: str, file: UploadedFile) -> UUID:
    """Start the import of an uploaded file, once: further taps find the one that the first has started. Two
    taps may be at work at the same time: `start` then sees by the form token that they are of the same file."""
    # Not in the page state: a tap that comes when the import's screen is already open finds that empty.
    started: dict[tuple[str, str], UUID] = st.session_state.setdefault("imports_started", {})
    upload_id = (file.file_id, kind)
    if upload_id in started:
        return started[upload_id]
    with st.spinner("Reading the file …"):
        with transaction(actor()) as session:
            import_id = runs.start(
                session, kind=kind, file_name=file.name, content=file, form_token=f"{file.file_id} {kind}", now=now()
            )
        # At once: what is drawn after this may be interrupted by the next tap.
        started[upload_id] = import_id
    return import_id
