"""The list for the door, to print or to hold."""

import pandas as pd
import streamlit as st

from pages.parts import visit
from pages.parts.desk import actor, reading
from pages.parts.words import fill, plain, when
from venue import bookings, events

event_id = visit.subject()
with reading(actor()) as session:
    event = events.row(session, event_id)
    guests = [row for row in bookings.for_event(session, event_id) if row.seats]

st.page_link("event.py", label=plain(event.name), icon=":material/arrow_back:", query_params={"id": str(event_id)})
st.title(f"Door list: {plain(event.name)}", anchor=False)
st.markdown(f"{when(event.starts_at)} · {fill(event)}")
if not guests:
    st.caption("No bookings yet.")
else:
    st.table(
        pd.DataFrame(
            {
                "": ["✓" if row.arrived else "☐" for row in guests],
                "Name": [plain(f"{row.last_name}, {row.first_name}") for row in guests],
                "Seats": [row.seats for row in guests],
                "Notes": [plain(row.notes) for row in guests],
            }
        ),
        hide_index=True,
        border="horizontal",
        alt=f"Door list of {len(guests)} bookings",
    )
    st.caption("To print it, use the browser's own Print.")
