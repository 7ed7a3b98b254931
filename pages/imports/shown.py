"""Imports as they are written on screens."""

from pages.elements.board import Badge
from venue.imports import Outcome
from venue.imports.runs import Decision, ImportRun, ImportState
from venue.wording import counted

KINDS = {"customers": "Customers", "events": "Events", "bookings": "Bookings"}
NOUNS = {"customers": "customer", "events": "event", "bookings": "booking"}
STATES = {
    ImportState.UPLOADED: Badge("orange", "Choose the columns"),
    ImportState.CHECKING: Badge("blue", "Being checked"),
    ImportState.CHECKED: Badge("orange", "Not imported yet"),
    ImportState.RUNNING: Badge("blue", "Being imported"),
    ImportState.DONE: Badge("green", "Imported"),
    ImportState.FAILED: Badge("red", "Not imported"),
    ImportState.CANCELLED: Badge("gray", "Cancelled"),
    ImportState.UNDOING: Badge("blue", "Being undone"),
    ImportState.UNDONE: Badge("gray", "Undone"),
}
OUTCOMES = {
    Outcome.NEW: "New",
    Outcome.CHANGED: "Changed",
    Outcome.UNCHANGED: "Unchanged",
    Outcome.IN_DOUBT: "In doubt",
    Outcome.REFUSED: "Refused",
}


_NOTHING = "There is nothing to import: no row is new or changed."
_ONLY_DOUBT = "There is nothing to import, unless you add rows in doubt."


def counts(run: ImportRun) -> str:
    """The rows by outcome, without those of which there are none."""
    parts = [
        f"**{run.counts[outcome]:,}** {words.lower()}" for outcome, words in OUTCOMES.items() if run.counts.get(outcome)
    ]
    return " · ".join(parts) or "No rows"


def added(run: ImportRun) -> int:
    """How many rows an import adds: new ones, and those in doubt that staff add anyway."""
    anyway = sum(decision is Decision.ADD for decision in run.decisions.values())
    return run.counts.get(Outcome.NEW, 0) + anyway


def has_work(run: ImportRun) -> bool:
    """Whether importing a checked file changes anything."""
    return bool(added(run) or run.counts.get(Outcome.CHANGED))


def plan(run: ImportRun) -> str:
    """What importing a checked file will do, in sentences."""
    if not has_work(run):
        return (_ONLY_DOUBT if run.counts.get(Outcome.IN_DOUBT) else _NOTHING) + _left_out(run)
    return (
        f"This will {_doing(run, added(run), 'add', 'change')}."
        + _left_out(run)
        + _repaired(run)
        + _reminders(run, "will be ")
    )


def result(run: ImportRun) -> str:
    """What a finished import did, in sentences."""
    new, changed = run.counts.get(Outcome.NEW, 0), run.counts.get(Outcome.CHANGED, 0)
    if not new and not changed:
        return "Nothing was imported: no row was new or changed."
    return f"{_doing(run, new, 'Added', 'changed').capitalize()}." + _repaired(run) + _reminders(run, "")


def _doing(run: ImportRun, new: int, add: str, change: str) -> str:
    changed, noun = run.counts.get(Outcome.CHANGED, 0), NOUNS[run.kind]
    if not new:
        return f"{change} {counted(changed, noun)}"
    return f"{add} {counted(new, noun)}" + (f" and {change} {changed:,}" if changed else "")


def _left_out(run: ImportRun) -> str:
    """The rows in doubt that are not added, and the refused ones."""
    anyway = sum(decision is Decision.ADD for decision in run.decisions.values())
    doubt, refused = run.counts.get(Outcome.IN_DOUBT, 0) - anyway, run.counts.get(Outcome.REFUSED, 0)
    parts = [f"{doubt:,} in doubt"] * (doubt > 0) + [f"{refused:,} refused"] * (refused > 0)
    return f" Left out: {' and '.join(parts)}." if parts else ""


def _repaired(run: ImportRun) -> str:
    return f" {counted(run.repaired, 'number')} with the zero put back." if run.repaired else ""


def _reminders(run: ImportRun, will: str) -> str:
    if not run.reminders:
        return ""
    soon = f", {run.reminders_soon:,} of them within 24 hours" if run.reminders_soon else ""
    return f" {counted(run.reminders, 'reminder')} {will}scheduled{soon}."
