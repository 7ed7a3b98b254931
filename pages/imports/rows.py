"""The rows of a checked or imported file that need attention: those in doubt are decided here."""

from uuid import UUID

import streamlit as st

from pages.elements.board import Act, Column, Link, Row, Section, address, draw_board
from pages.imports.shown import OUTCOMES
from pages.parts import page_state
from pages.parts.confirm import acting
from pages.parts.context import actor, now, reading, transaction
from pages.parts.device import is_phone
from venue.imports import Outcome, runs
from venue.imports.runs import Decision, ImportRowView, ImportRun

ON_A_PAGE = 50
VIEWS = (Outcome.IN_DOUBT, Outcome.REFUSED, Outcome.CHANGED, Outcome.NEW)
BY_WORDS = {OUTCOMES[outcome]: outcome for outcome in VIEWS}
COLUMNS = (
    Column("Line", "6rem", "title"),
    Column("Row", "minmax(9rem, 1.5fr)"),
    Column("Value", "minmax(7rem, 1fr)"),
    Column("What to know", "minmax(10rem, 1.8fr)"),
)
COLUMNS_TO_DECIDE = (*COLUMNS, Column("Decision", "14rem"))
CHOICES = {Decision.ADD: "Add anyway", Decision.SKIP: "Leave out"}


def draw_rows(run: ImportRun) -> None:
    with reading(actor()) as session:
        notes = {outcome: runs.count_rows(session, run.id, outcome=outcome) for outcome in VIEWS}
    views = [words for words, outcome in BY_WORDS.items() if notes[outcome]]
    if not views:
        return
    chosen = st.segmented_control(
        "Rows to look at",
        views,
        default=views[0],
        required=True,
        key="rows",
        bind="query-params",
        on_change=_first_page,
        width="stretch" if is_phone() else "content",
        wrap=is_phone(),
    )
    outcome = BY_WORDS[chosen]
    _draw_all_at_once(run, outcome)
    _draw_page(run, outcome)
    if outcome is not Outcome.NEW and notes[outcome] < run.counts.get(outcome, 0):
        st.caption(f"Only the first {notes[outcome]:,} of {run.counts[outcome]:,} rows are kept here.")
    if outcome is Outcome.REFUSED:
        _draw_downloads(run)


def _first_page() -> None:
    st.query_params.pop("after", None)


def _draw_all_at_once(run: ImportRun, outcome: Outcome) -> None:
    if outcome is not Outcome.IN_DOUBT or not run.may_run:
        return
    with reading(actor()) as session:
        lines = runs.lines_to_decide(session, run.id)
    if len(lines) < 2:
        return
    with st.container(horizontal=True):
        for decision, words in ((Decision.ADD, f"Add all {len(lines):,} anyway"), (Decision.SKIP, "Leave all out")):
            st.button(words, on_click=acting(_decide_all), args=(run.id, decision), key=f"all.{decision}")


def _draw_page(run: ImportRun, outcome: Outcome) -> None:
    with reading(actor()) as session:
        found = runs.rows_of(session, run.id, outcome=outcome, after=_after(), limit=ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    is_open = outcome is Outcome.IN_DOUBT and run.may_run
    section = Section(
        columns=COLUMNS_TO_DECIDE if is_open else COLUMNS,
        rows=[_row(row, is_open=is_open) for row in shown],
        label=OUTCOMES[outcome],
        links=_page_links(run.id, shown[-1].id if len(found) > ON_A_PAGE else None),
    )
    draw_board([section], key="import_rows", on_act=_decide)


def _after() -> int | None:
    typed = st.query_params.get("after", "")
    return int(typed) if typed.isdecimal() and len(typed) < 18 else None


def _page_links(import_id: UUID, last: int | None) -> tuple[Link, ...]:
    here = {name: value for name, value in st.query_params.items() if name != "after"}
    links = []
    if _after() is not None:
        links.append(Link("First", address("import", **here), icon="first_page", looks="button"))
    if last is not None:
        links.append(Link("Next", address("import", **here, after=last), icon="navigate_next", looks="button"))
    return tuple(links)


def _row(row: ImportRowView, *, is_open: bool) -> Row:
    whole = " · ".join(filter(None, (" ".join(cell.split()) for cell in row.cells)))
    value = ": ".join(filter(None, (row.column, row.value)))
    cells = (f"Line {row.line:,}", whole, value, row.reason)
    if not is_open:
        return Row("", cells)
    return Row("", cells, ways=_choices(row)) if row.may_add else Row("", (*cells, "Correct it in the file"))


def _choices(row: ImportRowView) -> tuple[Act, ...]:
    return tuple(_choice(row, decision, words) for decision, words in CHOICES.items())


def _choice(row: ImportRowView, decision: Decision, words: str) -> Act:
    # Both icons are equally wide, so that the next button stays under the finger.
    if row.decision is decision:
        return Act(words, decision.value, str(row.line), icon="radio_button_checked", looks="button chosen")
    return Act(words, decision.value, str(row.line), icon="radio_button_unchecked")


def _decide(name: str, about: str) -> None:
    with transaction(actor()) as session:
        runs.decide(session, page_state.subject(), lines={int(about): name}, now=now())


def _decide_all(import_id: UUID, decision: Decision) -> None:
    with transaction(actor()) as session:
        lines = runs.lines_to_decide(session, import_id)
        runs.decide(session, import_id, lines=dict.fromkeys(lines, decision.value), now=now())


def _draw_downloads(run: ImportRun) -> None:
    st.caption("Correct these rows in a copy and import it: the column “What is wrong” is ignored.")
    with st.container(horizontal=True):
        st.link_button("Download CSV", f"/download/refused.csv?import_id={run.id}", icon=":material/download:")
        st.link_button("Download Excel", f"/download/refused.xlsx?import_id={run.id}", icon=":material/download:")
