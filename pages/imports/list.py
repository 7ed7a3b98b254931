"""Imports: upload a file, and all imports so far."""

import streamlit as st

from pages.elements.board import Badge, Column, Row, Section, address, draw_board
from pages.elements.scroll import back_link
from pages.imports import upload
from pages.imports.shown import KINDS, STATES
from pages.parts.context import actor, now, reading, watching
from pages.parts.format import near_in_short
from pages.parts.permissions import need
from venue.imports import runs
from venue.imports.runs import ImportRun
from venue.roles import Permission

COLUMNS = (
    Column("File", "2fr", "title"),
    Column("What", "1fr"),
    Column("Uploaded", "1.2fr", "beside"),
    Column("By", "1fr", "beside"),
    Column("Status", "1.2fr"),
)


def draw_list() -> None:
    with watching(), reading(actor()) as session:
        listed = runs.listed(session)
    section = Section(
        "Imports",
        columns=COLUMNS,
        rows=[row(run) for run in listed],
        empty="No imports yet. Choose a file above to begin.",
    )
    draw_board([section], key="imports")


def row(run: ImportRun) -> Row:
    uploaded = near_in_short(run.created_at, now())
    return Row(address("import", id=run.id), (run.file_name, KINDS[run.kind], uploaded, run.actor, status(run)))


def status(run: ImportRun) -> Badge:
    badge = STATES[run.state]
    return badge._replace(words=f"{badge.words}, {run.progress:.0%}") if run.is_at_work and run.progress else badge


need(Permission.IMPORT)
back_link("data/home.py", "Data")
st.title("Import", anchor=False)
upload.draw_upload()
with reading(actor()) as session:
    is_at_work = bool(runs.at_work(session))
st.fragment(draw_list, run_every=2 if is_at_work else None)()
