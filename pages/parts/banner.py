"""What everyone must know on every screen: that nothing is really sent, or that nothing is sent at all."""

import streamlit as st

from pages.parts.desk import actor, house, now, reading
from pages.parts.words import near, plain
from venue import today


def show_banner() -> None:
    with reading(actor()) as session:
        scheduler = today.scheduler_state(session, now=now())
    if house().simulated:
        st.caption(":material/science: Texts are simulated: nothing leaves this machine")
    if scheduler.paused:
        st.error(plain(f"Sending is paused. {scheduler.paused}"), icon=":material/pause_circle:")
    if not scheduler.alive:
        seen = f" It was last seen {near(scheduler.last_seen_at, now())}." if scheduler.last_seen_at else ""
        st.warning(f"The scheduler is not running: texts wait.{plain(seen)}", icon=":material/warning:")
