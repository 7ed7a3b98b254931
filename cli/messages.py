"""`manage.py messages` and `manage.py reminders`."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

import click
from sqlalchemy.orm import Session

from cli.common import JSON, day, open_venue, plain_errors, plain_value, print_json_array
from cli.exporting import FORMAT, OUTPUT, run_export
from scheduler import instant
from sms.texts import Kind
from venue import acts, clock, exports
from venue.acts import Act
from venue.errors import Invalid
from venue.messages import log, planning, rescheduling
from venue.messages.channels import Channel
from venue.messages.filters import MessageFilter
from venue.messages.states import State
from venue.replies import answers, proposals
from venue.replies.proposal import Proposal
from venue.roles import COMMAND_LINE

FIELDS = (
    "id", "direction", "kind", "state", "cause", "reason", "mobile_number", "channel", "email", "customer_id",
    "booking_id", "event_id",
    "event_name", "event_starts_at", "due_at", "useful_until", "body", "encoding", "segments", "provider_id",
    "error_code", "created_at", "sent_at", "final_at",
)  # fmt: skip


@click.group("messages")
def messages() -> None:
    """List and export the texts."""


@messages.command("list")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="Only texts of this kind.")
@click.option("--state", type=click.Choice([state.value for state in State]), help="Only texts in this state.")
@click.option("--since", callback=instant, metavar="INSTANT", help="Only texts created since.")
@JSON
def list_messages(kind: str | None, state: str | None, since: datetime | None, as_json: bool) -> None:
    """List every text, oldest first: sent, scheduled and received ones, with their state."""
    with plain_errors(), open_venue().reading_at_length(COMMAND_LINE) as session:
        rows = log.every(
            session,
            MessageFilter(kind=Kind(kind) if kind else None, state=State(state) if state else None, since=since),
        )
        if as_json:
            print_json_array(_as_json(row) for row in rows)
            return
        for row in rows:
            when = row.sent_at or row.due_at or row.created_at
            text = row.reason or row.body or ""
            to = row.email or "by e-mail" if row.goes_by == Channel.EMAIL else row.mobile_number or "-"
            click.echo(f"{when:%Y-%m-%d %H:%M} {row.kind:16} {row.state:11} {to:16} {text}")


@messages.command("replies")
@JSON
def list_replies(as_json: bool) -> None:
    """List the unanswered replies, oldest first, each with what it seems to mean and the act that staff are offered."""
    with plain_errors(), open_venue().reading(COMMAND_LINE) as session:
        rows = log.every(session, MessageFilter(kind=Kind.INBOUND, state=State.RECEIVED, waiting=True)).all()
        proposed = proposals.for_replies(session, [row.id for row in rows], now=clock.now())
        if as_json:
            print_json_array(_reply_as_json(row, proposed.get(row.id)) for row in rows)
            return
        for row in rows:
            click.echo(f"{row.created_at:%Y-%m-%d %H:%M} {row.mobile_number or '-':16} {row.body} ({row.id})")
            if row.id in proposed:
                click.echo(f"  {_in_words(proposed[row.id])}")


@messages.command("act-on-reply")
@click.argument("message_id", type=click.UUID, metavar="REPLY")
@click.option("--in-doubt", is_flag=True, help="Also if the reply may mean something else.")
def act_on_reply(message_id: UUID, in_doubt: bool) -> None:
    """Do what a reply asks for, as `messages replies` lists it, and mark it as done. The customer is texted about a
    cancelled booking and about changed seats. `journal undo` undoes it."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        now = clock.now()
        proposal = proposals.for_replies(session, [message_id], now=now).get(message_id)
        if proposal is None or not proposal.label:
            why_not = _in_words(proposal) if proposal else "It is not an unanswered reply that asks for something"
            raise Invalid(message_id=why_not.removesuffix("."))
        if not (proposal.is_certain or in_doubt):
            raise Invalid(message_id=f"{proposal.words} Read it, and add --in-doubt to do that")
        answers.carry_out(session, proposal, now=now)
        entry_id = acts.last_entry(session)
    click.echo(f"{proposal.label}: done (journal entry {entry_id})")


@messages.command("export")
@OUTPUT
@FORMAT
@click.option("--search", "words", default="", help="Only texts of customers who match, as on the screen.")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="Only texts of this kind.")
@click.option("--state", type=click.Choice([state.value for state in State]), help="Only texts in this state.")
@click.option("--since", callback=instant, metavar="INSTANT", help="Only texts created since.")
@click.option("--on", callback=day, metavar="DAY", help="Only those sent or due on this day.")
def export_messages(
    output: BinaryIO, typed_format: str | None, kind: str | None, state: str | None, **more: Any
) -> None:
    """Export texts, latest first, as the list on screen shows them. With several options, all of them must match."""
    where = MessageFilter(kind=Kind(kind) if kind else None, state=State(state) if state else None, **more)

    def listed(session: Session) -> exports.Export:
        return exports.message_list(session, where)

    run_export(output, typed_format, Act.TEXTS_EXPORTED, listed, filters=sorted(where.in_use()))


def _as_json(row: Any) -> dict[str, Any]:
    # By which channel it goes: what is stored is decided when it is sent.
    return {**{name: plain_value(getattr(row, name)) for name in FIELDS}, "channel": row.goes_by}


def _reply_as_json(row: Any, proposal: Proposal | None) -> dict[str, Any]:
    found = None
    if proposal is not None:
        found = {name: plain_value(value) for name, value in asdict(proposal).items() if name != "message_id"}
    return {**_as_json(row), "proposal": found}


def _in_words(proposal: Proposal) -> str:
    act = f"[{proposal.label}{'' if proposal.is_certain else '?'}]" if proposal.label else ""
    return " ".join(filter(None, (proposal.words, proposal.problem, act)))


@click.group("reminders")
def reminders() -> None:
    """Schedule reminders."""


@reminders.command("plan")
@click.option("--at", callback=instant, metavar="INSTANT", help="As if it were this instant; now by default.")
@JSON
def plan_reminders(at: datetime | None, as_json: bool) -> None:
    """Schedule every missing reminder of the upcoming events. Running it again adds nothing."""
    now = at or clock.now()
    with plain_errors():
        venue, total, planned = open_venue(), 0, 1
        while planned:
            with venue.transaction(COMMAND_LINE) as session:
                planned = planning.sweep(session, now=now).reminders
            total += planned
        with venue.transaction(COMMAND_LINE) as session:
            moved = rescheduling.follow_settings(session, now=now)
    words = f"{total} reminders planned" + (f", {moved} moved by changed settings" if moved else "")
    click.echo(json.dumps({"planned": total, "moved": moved}) if as_json else words)
