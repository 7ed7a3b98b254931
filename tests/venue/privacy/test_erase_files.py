"""Files that wait to be imported are deleted when someone in them is erased, or they would come back."""

import io
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import ImportPart
from tests.makers import NOW, a_customer
from tests.venue.imports.spreadsheets import xlsx
from venue import privacy
from venue.imports import runs
from venue.imports.runs import ImportState
from venue.privacy.plan import Mention

pytestmark = pytest.mark.plain_sql

HEADER = ["First name", "Last name", "Email", "Mobile"]
CSV = "First name,Last name,Email,Mobile\nZoë,Quartermaine,z@example.org,07700 900123\n".encode()
EXCEL = xlsx([HEADER, ["Zoë", "Quartermaine", "z@example.org", "07700 900124"]])
OTHER = b"First name,Last name,Email,Mobile\nZoe,Cooper,c@example.org,07700 900125\n"


@pytest.mark.parametrize("content", [CSV, CSV.decode().encode("utf-16"), EXCEL], ids=["csv", "utf-16", "xlsx"])
@pytest.mark.parametrize("with_plan", [True, False])
def test_a_waiting_file_with_an_erased_customer_is_deleted(session: Session, content: bytes, with_plan: bool) -> None:
    customer = a_customer(session, first_name="Zoë", last_name="Quartermaine", mobile_number="07700 900123")
    waiting, other = uploaded(session, content), uploaded(session, OTHER)

    plan = privacy.erase_preview(session, customer.id)
    privacy.erase(session, customer.id, plan=plan if with_plan else None, now=NOW)

    assert plan.mentions == [Mention("import_parts", "content", 1)]
    assert [(mention.words, mention.is_deleted) for mention in plan.mentions] == [("1 uploaded file", True)]
    assert runs.get(session, waiting).state is ImportState.CANCELLED
    assert "someone in it was erased" in runs.get(session, waiting).problem
    assert runs.get(session, other).state is ImportState.CHECKING
    assert session.scalar(select(func.count()).select_from(ImportPart)) == 1


def uploaded(session: Session, content: bytes) -> UUID:
    return runs.start(session, kind="customers", file_name="a.csv", content=io.BytesIO(content), now=NOW)
