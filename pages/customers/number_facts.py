"""Details of a customer and their number: whether texts arrive, when they were added."""

from pages.elements.board import Section
from pages.parts.context import now
from pages.parts.format import near, when
from venue.messages.numbers import NumberDetails
from venue.rows import StoredCustomerRow
from venue.wording import counted

OUTCOMES = {"refused": "refused by Twilio", "undelivered": "not delivered"}


def known_section(customer: StoredCustomerRow, known: NumberDetails) -> Section:
    """Details at the side. Why the number cannot be texted is shown at the top of the screen instead."""
    facts = {
        **({} if known.cannot_text else {"Texts": "Can be texted"}),
        **_of_the_last_text(known),
        "Added": when(customer.created_at),
        "Last changed": when(customer.updated_at),
    }
    return Section("Details", facts=tuple(facts.items()))


def _of_the_last_text(known: NumberDetails) -> dict[str, str]:
    facts = {}
    if known.opted_out_at:
        facts["Texts stopped by staff" if known.opted_out_by else "Texted STOP"] = near(known.opted_out_at, now())
    if known.last_outcome and known.last_outcome_at:
        outcome = OUTCOMES.get(known.last_outcome, known.last_outcome)
        facts["Last text"] = f"{near(known.last_outcome_at, now())}: {outcome}"
    if known.failures_in_a_row:
        facts["Failed in a row"] = counted(known.failures_in_a_row, "text")
    return facts
