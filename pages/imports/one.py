"""One import: choose its columns, look at what it will do, import it, and undo it."""

from uuid import UUID

import streamlit as st

from pages.elements.scroll import back_link
from pages.imports import columns, dialogs
from pages.imports.progress import draw_progress
from pages.imports.rows import draw_rows
from pages.imports.shown import KINDS, STATES, counts, has_work, plan, result
from pages.parts import dialog, page_state
from pages.parts.confirm import acting
from pages.parts.context import actor, now, reading, transaction
from pages.parts.format import day, near, plain
from pages.parts.permissions import need
from venue.imports import runs
from venue.imports.runs import ImportRun, ImportState
from venue.roles import Permission

NO_TEXT = "No text is sent now."
BEST_WHEN_CLOSED = (
    " While this many rows are stored, for up to a minute, nothing else can be saved: best outside opening hours."
)


def draw_uploaded(run: ImportRun) -> None:
    columns.draw_columns(run)
    _draw_cancel(run)


def draw_at_work(run: ImportRun) -> None:
    draw_progress(run)
    st.caption("This goes on when you close this page or open another screen.")
    if run.may_cancel:
        _draw_cancel(run)


def draw_checked(run: ImportRun) -> None:
    if run.problem:
        st.error(plain(run.problem), icon=":material/error:")
    if columns.is_changing() or not run.may_run:
        columns.draw_columns(run)
        _draw_cancel(run)
        return
    st.markdown(counts(run))
    st.markdown(f"**{plan(run)}**")
    if has_work(run):
        with reading(actor()) as session:
            blocks_others = runs.blocks_others(session, run)
        st.caption(NO_TEXT + (BEST_WHEN_CLOSED if blocks_others else ""))
    with st.container(horizontal=True):
        if has_work(run):
            st.button("Import", type="primary", on_click=acting(_run), args=(run.id, run.version))
        st.button("Change columns", on_click=columns.change, icon=":material/view_column:")
        _draw_cancel(run)
    columns.draw_summary(run)
    columns.draw_repair(run)
    draw_rows(run)


def draw_done(run: ImportRun) -> None:
    if run.problem:
        st.warning(plain(run.problem), icon=":material/warning:")
    st.success(result(run), icon=":material/check_circle:")
    st.markdown(counts(run))
    if run.may_undo_until and run.may_undo_until > now():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Undo this import", icon=":material/undo:", on_click=dialog.open, args=("undo_import", run.id))
            st.caption(f"Possible until {day(run.may_undo_until)}")
    draw_rows(run)


def draw_ended(run: ImportRun) -> None:
    """Cancelled or undone."""
    was = "undone" if run.state is ImportState.UNDONE else "cancelled: nothing was imported"
    when = f" ({near(run.finished_at, now())})" if run.finished_at else ""
    st.info(f"This import was {was}{when}.", icon=":material/info:")
    if run.problem:
        st.warning(plain(run.problem), icon=":material/warning:")
    st.page_link("imports/list.py", label="Import another file", icon=":material/upload_file:")


def _draw_cancel(run: ImportRun) -> None:
    st.button(
        "Cancel import", type="tertiary", on_click=dialog.open, args=("cancel_import", run.id), key="cancel_import"
    )


def _run(import_id: UUID, version: int) -> None:
    with transaction(actor()) as session:
        runs.run(session, import_id, version=version, now=now())


DRAW = {
    ImportState.UPLOADED: draw_uploaded,
    ImportState.CHECKING: draw_at_work,
    ImportState.CHECKED: draw_checked,
    ImportState.RUNNING: draw_at_work,
    ImportState.DONE: draw_done,
    ImportState.FAILED: draw_checked,
    ImportState.CANCELLED: draw_ended,
    ImportState.UNDOING: draw_at_work,
    ImportState.UNDONE: draw_ended,
}

need(Permission.IMPORT)
if "id" not in st.query_params:
    page_state.go("imports/list.py")
with reading(actor()) as session:
    shown = runs.get(session, page_state.subject())
back_link("imports/list.py", "Import")
st.title(plain(shown.file_name), anchor=False)
st.markdown(f"{KINDS[shown.kind]} {STATES[shown.state].markdown}")
st.caption(f"Uploaded {near(shown.created_at, now())} · {plain(shown.actor)}")
DRAW[shown.state](shown)
dialog.draw(dialogs.DIALOGS)
