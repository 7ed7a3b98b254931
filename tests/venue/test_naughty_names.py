"""Names that break programs: kept as typed or refused with words, found again, and never taken for anything else."""

import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.makers import NOW, a_number
from venue import customers, names
from venue.errors import Invalid

NAUGHTY: list[str] = json.loads((Path(__file__).parents[1] / "naughty_names.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAUGHTY, ids=ascii)
def test_a_name_is_kept_and_found_or_refused_with_words(session: Session, name: str) -> None:
    fields = {"first_name": name, "last_name": name, "mobile_number": a_number()}
    if names.problem(names.clean(name), "Name"):
        with pytest.raises(Invalid) as refused:
            customers.add(session, **fields, now=NOW, add_anyway=True)
        assert set(refused.value.problems) == {"first_name", "last_name"}
        return
    customer = customers.add(session, **fields, now=NOW, add_anyway=True)
    session.refresh(customer)
    assert customer.first_name == customer.last_name == names.clean(name)
    assert names.match(customer.name, name)
    if any(letter.isalpha() for letter in name):  # Anything else is looked for among the numbers.
        assert customer.id in {row.id for row in customers.search(session, name, page_size=100).rows}
