"""The notices at the top of every screen: test mode, and which texts are not being sent and why."""

import streamlit as st

from pages.parts.context import actor, is_demo, now, reading, venue
from pages.parts.format import near, plain, with_full_stop
from pages.parts.permissions import may
from venue.backups import records
from venue.backups.records import BackupStatus
from venue.delivery import schedulers
from venue.delivery.after_restore import Guard, Phase
from venue.delivery.schedulers import SchedulerState
from venue.imports import runs
from venue.messages import needs_call
from venue.roles import Permission


def read_state() -> int:
    """Read once what every screen shows around its content. Returns how many texts need attention."""
    with reading(actor()) as session:
        st.session_state["scheduler"] = schedulers.state(session, now=now())
        st.session_state["imports_at_work"] = runs.at_work(session) if may(Permission.IMPORT) else ()
        st.session_state["backups"] = records.status(session, now=now()) if may(Permission.SETTINGS) else None
        return needs_call.needing_attention(session, now=now())


def show_banner() -> None:
    scheduler = scheduler_now()
    if venue().simulated:
        st.caption(":material/science: Test mode: no texts are sent")
    if is_demo():
        st.caption(":material/person: Demo: everyone who opens this is signed in as Demo manager, without a password")
    if scheduler.guard is not None:
        _restored(scheduler.guard)
    for paused in scheduler.paused:
        since = near(paused.since, now())
        st.error(plain(f"{paused.what} since {since}. {paused.reason}"), icon=":material/pause_circle:")
    if scheduler.limit:
        st.error(plain(f"{scheduler.limit}."), icon=":material/pause_circle:")
    for words in scheduler.clocks:
        st.warning(plain(f"{words}."), icon=":material/schedule:")
    if not scheduler.alive:
        seen = f" It last ran {near(scheduler.last_seen_at, now())}." if scheduler.last_seen_at else ""
        st.warning(f"Texts aren't being sent: the scheduler is stopped.{seen}", icon=":material/warning:")
    backups = backups_now()
    if backups is not None and backups.alarm:
        st.error(plain(with_full_stop(backups.alarm)), icon=":material/backup:")


def backups_now() -> BackupStatus | None:
    """As `read_state` read them for this run of the screen; None for those who are not managers."""
    status: BackupStatus | None = st.session_state["backups"]
    return status


def scheduler_now() -> SchedulerState:
    """As `read_state` read it for this run of the screen."""
    state: SchedulerState = st.session_state["scheduler"]
    return state


def _restored(guard: Guard) -> None:
    since = near(guard.since, now())
    if guard.phase is Phase.ASKING:
        st.warning(
            plain(f"No texts are being sent yet: checking with Twilio what was sent since {since}. {guard.problem}"),
            icon=":material/hourglass_top:",
        )
        return
    st.error(
        plain(
            f"Sending is paused: this looks like a restored backup. Twilio sent texts after {since} that "
            "are not in it. Nothing is lost. A manager needs to review this before texts are sent again."
        ),
        icon=":material/settings_backup_restore:",
    )
    st.page_link(
        "messages/list.py",
        label="Review and resume sending",
        icon=":material/sms:",
        query_params={"texts": "Restored"},
    )
