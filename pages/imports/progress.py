"""How far an import is: on its own screen, and in a line at the top of all others."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from pages.imports.shown import STATES
from pages.parts.context import actor, now, reading, watching
from pages.parts.format import plain
from venue.delivery import schedulers
from venue.imports import runs
from venue.imports.runs import ImportRun

EVERY_SECONDS = 1
IN_A_LINE_EVERY_SECONDS = 3


def draw_progress(run: ImportRun) -> None:
    """The progress of an import at work. The screen is drawn again when the work has ended."""
    st.fragment(_draw, run_every=EVERY_SECONDS)(run)


def _draw(started: ImportRun) -> None:
    with watching(), reading(actor()) as session:
        run = runs.get(session, started.id)
        is_alive = schedulers.state(session, now=now()).alive
    if run.state is not started.state:
        st.rerun()
    st.progress(run.progress, text=_doing(run))
    if not is_alive:
        st.warning("The scheduler is stopped. It goes on with this when it runs again.", icon=":material/warning:")


def draw_lines(screen: str) -> None:
    """A line for each import at work, at the top of every screen that does not show it itself."""
    if screen != "imports":
        shown = st.query_params.get("id") if screen == "import" else None
        others = [run for run in st.session_state["imports_at_work"] if str(run.id) != shown]
        if others:
            st.fragment(_draw_lines, run_every=IN_A_LINE_EVERY_SECONDS)([run.id for run in others])


def _draw_lines(ids: Sequence[UUID]) -> None:
    for import_id in ids:
        with watching(), reading(actor()) as session:
            run = runs.get(session, import_id)
        st.page_link(
            "imports/one.py", label=plain(_line(run)), query_params={"id": str(run.id)}, icon=":material/upload_file:"
        )


def _line(run: ImportRun) -> str:
    return f"{run.file_name}: {_doing(run) or STATES[run.state].words}"


def _doing(run: ImportRun) -> str:
    """Without a percentage at the beginning, and while the rows are stored, which is one step."""
    return f"{run.doing} · {run.progress:.0%}" if run.is_at_work and 0 < run.progress < 1 else run.doing
