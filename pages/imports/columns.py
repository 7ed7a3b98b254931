"""Say which column of an uploaded file holds each field, with examples from the file."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from pages.parts import forms, page_state
from pages.parts.confirm import acting
from pages.parts.context import actor, now, reading, transaction
from pages.parts.fields import FORM_WIDTH, Fields
from pages.parts.format import plain
from venue.imports import Importer, Outcome, importer_for, runs
from venue.imports.columns import find_columns
from venue.imports.layouts import program_of
from venue.imports.runs import ImportRun
from venue.imports.shape import FileShape

FORM = "columns"
# Where the usual heading of a field is not what it is called on screens.
LABELS = {"mobile_number": "Mobile number"}
INSTEAD = {"full_name": "Instead of first and last name"}
HAVE_NUMBERS = ("customers", "bookings")
BLANK = "\u00a0"
REPAIR = "Put back the zero that Excel removed"
REPAIR_HELP = "Excel turns 07700 900123 into 7700900123. With this tick such numbers are taken, and counted."


def label(importer: Importer, field: str) -> str:
    usual = importer.names[field][0]
    # The venue's own fields keep their names.
    return LABELS.get(field) or (usual if field.startswith("field.") else usual.capitalize())


def importer_of(run: ImportRun) -> Importer:
    with reading(actor()) as session:
        return importer_for(session, run.kind)


def is_changing() -> bool:
    """Whether the columns of a checked file are being chosen again."""
    return bool(page_state.get("change_columns"))


def change() -> None:
    """For `on_click`: choose the columns of a checked file again."""
    forms.renew(FORM)
    page_state.set("change_columns", True)


def keep() -> None:
    """For `on_click`: leave the columns as they are."""
    page_state.delete("change_columns")


def draw_summary(run: ImportRun) -> None:
    """The program that wrote the file, if it is a known one, and which column holds each field."""
    importer = importer_of(run)
    found = find_columns(run.header, importer.names, required=importer.required, mapped=run.mapping)
    program = program_of(run.header)
    columns = " · ".join(f"{label(importer, field)}: {heading}" for field, heading in found.headings.items())
    remembered = "These columns are remembered for files with the same headings." if run.mapping else ""
    st.caption(plain(" ".join(filter(None, (f"From {program}." if program else "", f"{columns}.", remembered)))))


def draw_repair(run: ImportRun) -> None:
    """A tick that checks the file again. Only rows in doubt or refused show that a spreadsheet removed zeros."""
    is_doubtful = run.counts.get(Outcome.IN_DOUBT) or run.counts.get(Outcome.REFUSED)
    if run.kind in HAVE_NUMBERS and (is_doubtful or run.repairs_zeros):
        key = f"repair.{run.id}.{run.version}"
        st.checkbox(REPAIR, run.repairs_zeros, key=key, help=REPAIR_HELP, on_change=acting(_repair), args=(run, key))


def _repair(run: ImportRun, key: str) -> None:
    repairs = bool(st.session_state[key])
    with transaction(actor()) as session:
        runs.map_columns(session, run.id, mapping=run.mapping, repair_zeros=repairs, now=now())


def draw_columns(run: ImportRun) -> None:
    shape, importer = forms.opened(FORM, partial(_shape, run)), importer_of(run)
    with st.container(width=FORM_WIDTH):
        st.subheader("Which column is which?", anchor=False)
        if shape.program:
            st.markdown(f"This file is from {shape.program}.")
        if shape.missing:
            st.info(_missing(importer, shape.missing), icon=":material/view_column:")
        fields = Fields(forms.token(FORM))
        for field in importer.names:
            _draw_field(importer, shape, fields, field)
        repairs = run.kind in HAVE_NUMBERS and st.checkbox(
            REPAIR, run.repairs_zeros, key=fields.key("repair"), help=REPAIR_HELP
        )
        with st.container(horizontal=True):
            saved = st.button("Check the file", type="primary")
            if is_changing():
                st.button("Cancel", type="tertiary", on_click=keep, key="keep_columns")
    if saved:
        with fields.checked():
            with transaction(actor()) as session:
                mapping = _mapping(run, importer, shape, fields)
                runs.map_columns(session, run.id, mapping=mapping, repair_zeros=repairs, now=now())
            forms.finish(FORM)
            keep()
            st.rerun()


def _missing(importer: Importer, fields: Sequence[str]) -> str:
    *rest, last = [label(importer, field).lower() for field in fields]
    if not rest:
        return f"The column of {last} was not recognised: choose it."
    return f"The columns of {', '.join(rest)} and {last} were not recognised: choose them."


def _shape(run: ImportRun) -> FileShape:
    with reading(actor()) as session:
        return runs.shape(session, run.id)


def _draw_field(importer: Importer, shape: FileShape, fields: Fields, field: str) -> None:
    headings = list(shape.examples)
    recognised = shape.columns.get(field)
    # With a default value, Streamlit would not let the field be emptied.
    st.session_state.setdefault(fields.key(field), recognised if recognised in headings else None)
    is_required = field in importer.required
    fields.choice(
        field,
        label(importer, field) + (" (required)" if is_required else ""),
        headings,
        index=None,
        placeholder="Not in this file",
        format_func=lambda heading: _with_example(heading, shape),
        help=INSTEAD.get(field),
    )
    examples = shape.examples.get(fields[field] or "", ())
    # Always drawn: the fields below stay where they are, also under a finger.
    st.caption(plain(f"For example: {' · '.join(examples)}") if examples else BLANK)


def _with_example(heading: str, shape: FileShape) -> str:
    """A heading may say nothing of what is below it."""
    first = shape.examples[heading][:1]
    return f"{heading} ({first[0]})" if first else heading


def _mapping(run: ImportRun, importer: Importer, shape: FileShape, fields: Fields) -> dict[str, str]:
    """What was chosen. A recognised column is left out: of several columns with numbers all are then looked at.
    An empty heading leaves a recognised field out."""
    mapping = {}
    for field in importer.names:
        heading = fields[field] or ""
        if field in run.mapping or heading != (shape.columns.get(field) or ""):
            mapping[field] = heading
    return mapping
