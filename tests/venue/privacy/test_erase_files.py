"""Files that wait to be imported are deleted when someone in them is erased, or they would come back."""

import io
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Import, ImportMapping, ImportPart
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


ROW = "Zoë,Quartermaine,z@example.org,07700 900123"
FIRST_LINE = f"{ROW}\nZoe,Cooper,c@example.org,07700 900125\n"
TITLE = f"Guests of Zoë Quartermaine\n{OTHER.decode()}"
NO_HEADINGS = {
    "csv": FIRST_LINE.encode(),
    "semicolons": FIRST_LINE.replace(",", ";").encode(),
    "cp1252": FIRST_LINE.encode("cp1252"),
    "xlsx": xlsx([ROW.split(","), HEADER]),
    "title": TITLE.encode(),
    "title in xlsx": xlsx([["Guests of Zoë Quartermaine"], *(line.split(",") for line in OTHER.decode().splitlines())]),
}


@pytest.mark.parametrize("content", NO_HEADINGS.values(), ids=NO_HEADINGS)
@pytest.mark.parametrize("number", ["07700 900123", "07700 900124"])
@pytest.mark.parametrize("with_plan", [True, False])
def test_a_waiting_file_with_an_erased_customer_above_its_rows_is_deleted(
    session: Session, content: bytes, number: str, with_plan: bool
) -> None:
    customer = a_customer(session, first_name="Zoë", last_name="Quartermaine", mobile_number=number)
    waiting, other = uploaded(session, content), uploaded(session, OTHER)

    plan = privacy.erase_preview(session, customer.id)
    privacy.erase(session, customer.id, plan=plan if with_plan else None, now=NOW)

    assert plan.import_ids == [waiting]
    assert runs.get(session, waiting).state is ImportState.CANCELLED
    assert runs.get(session, other).state is ImportState.CHECKING
    stored = session.scalars(select(Import.header)).all()
    assert not [header for header in stored if "Quartermaine" in header or number in header]


def test_a_name_among_the_headings_of_an_import_that_is_over_is_erased(session: Session) -> None:
    customer = a_customer(session, first_name="Zoë", last_name="Brontë", mobile_number="07700 900124")
    import_id = uploaded(session, "Zoë Brontë,Surname,Mobile\nAnn,Lee,07700 900126\n".encode())
    runs.map_columns(session, import_id, mapping={"first_name": "Zoë Brontë"}, now=NOW)
    runs.cancel(session, import_id, now=NOW)

    privacy.erase(session, customer.id, now=NOW)

    kept = [
        *session.execute(select(Import.header, Import.mapping)).one(),
        session.scalar(select(ImportMapping.mapping)),
    ]
    assert not [each for each in kept if "Zoë" in each or "\\u00eb" in each]
    assert runs.get(session, import_id).header == ("(erased)", "Surname", "Mobile")


def uploaded(session: Session, content: bytes) -> UUID:
    return runs.start(session, kind="customers", file_name="a.csv", content=io.BytesIO(content), now=NOW)
