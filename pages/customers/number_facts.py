"""What is known of a customer and of their number: whether texts arrive, what they agreed to, since when."""

from typing import Any

from pages.elements.board import Section
from pages.parts.context import now
from pages.parts.format import counted, near, when
from venue.messages.numbers import Known

CONSENT = {"yes": "Yes", "no": "No", "not asked": "Not asked yet"}
OUTCOMES = {"refused": "was refused by the provider", "undelivered": "did not arrive", "failed": "failed"}


def known_section(customer: Any, known: Known) -> Section:
    """Why it cannot be texted is said above everything else on the screen."""
    said = {
        **({} if known.cannot_text else {"Texts": "Can be texted"}),
        **_of_the_last_text(known),
        "Agreed to news and offers": CONSENT[known.marketing_consent],
        "Added": when(customer.created_at),
        "Last changed": when(customer.updated_at),
    }
    return Section("What is known", facts=tuple(said.items()))


def _of_the_last_text(known: Known) -> dict[str, str]:
    said = {}
    if known.opted_out_at:
        said["Texts stopped by staff" if known.opted_out_by else "Texted STOP"] = near(known.opted_out_at, now())
    if known.last_outcome and known.last_outcome_at:
        outcome = OUTCOMES.get(known.last_outcome, f"was {known.last_outcome}")
        said["Last text"] = f"{near(known.last_outcome_at, now())}: {outcome}"
    if known.failures_in_a_row:
        said["Not arrived"] = f"{counted(known.failures_in_a_row, 'text')} in a row"
    return said
