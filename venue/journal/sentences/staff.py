"""Sentences about staff accounts and sign-ins."""

from collections.abc import Callable

from venue.acts import Act
from venue.journal.entries import EntryRow, staff_of
from venue.journal.sentences.parts import changes, with_changes
from venue.wording import counted


def person(entry: EntryRow) -> str:
    names = {entry.staff.get(staff_of(value)) for value in entry.values} - {None}
    return " and ".join(sorted(filter(None, names))) or "a member of staff"


def _after_failures(entry: EntryRow) -> str:
    failed = entry.details.get("failed", 0)
    return f" after {counted(failed, 'failed attempt')}" if failed else ""


def _refused_sign_in(entry: EntryRow) -> str:
    if "names" in entry.details:
        failed, names = entry.details["failed"], entry.details["names"]
        return f"counted {counted(failed, 'failed sign-in')} for {counted(names, 'name')}"
    return f"was not allowed to sign in{_after_failures(entry)}"


SENTENCES: dict[str, Callable[[EntryRow], str]] = {
    Act.STAFF_ADDED: lambda entry: f"added the account of {person(entry)}",
    Act.STAFF_CHANGED: lambda entry: with_changes(f"changed the account of {person(entry)}", changes(entry, "staff")),
    Act.STAFF_DISABLED: lambda entry: f"disabled the account of {person(entry)}",
    Act.STAFF_ENABLED: lambda entry: f"enabled the account of {person(entry)}",
    Act.CODE_ISSUED: lambda _entry: "made a one-time code",
    Act.CODE_USED: lambda _entry: "used a one-time code",
    Act.CODES_VOIDED: lambda _entry: "made unused one-time codes invalid",
    Act.ACCOUNT_CHANGED: lambda entry: with_changes("changed their own account", changes(entry, "staff")),
    Act.SIGNED_IN: lambda entry: "signed in" + _after_failures(entry),
    Act.SIGNED_OUT: lambda _entry: "signed out",
    Act.SIGN_IN_REFUSED: _refused_sign_in,
    Act.SIGN_INS_ENDED: lambda entry: f"signed out {counted(entry.rows, 'browser')}",
    Act.IDENTITY_CONFIRMED: lambda _entry: "entered their password or PIN again",
    Act.DEVICE_ENROLLED: lambda _entry: "set up a shared tablet",
    Act.DEVICE_REMOVED: lambda _entry: "removed a shared tablet",
    Act.REFUSED: lambda entry: f"was not allowed to {entry.details.get('permission', 'do something')}",
}
