"""A column "Consent" in a file proves nothing: it is ignored (docs/decisions/0036-consent.md)."""

import io

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Consent
from tests.makers import NOW
from venue import imports


def test_a_column_of_consents_is_ignored(session: Session) -> None:
    file = b"First Name,Last Name,Mobile,Consent,Marketing consent\nAnn,Lee,07700 900901,Yes,yes\n"
    report = imports.CUSTOMERS.take(session, imports.CUSTOMERS.open(io.BytesIO(file)), now=NOW)
    assert report.counts["new"] == 1
    assert session.scalars(select(Consent)).all() == []
