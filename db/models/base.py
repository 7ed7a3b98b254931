"""What all tables share: names of constraints, column types, checks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Index,
    MetaData,
    Text,
    text,
)
from sqlalchemy.orm import DeclarativeBase

from db.types import Id, Instant

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
NAME_LENGTH = 100
NOTES_LENGTH = 2_000
# `info` of columns that the journal leaves out: computed from others, or bookkeeping of programs.
UNRECORDED = {"recorded": False}
# `info` of columns of which the journal only says whether they have a value.
SECRET = {"secret": True}
# `info` of text columns: whether they may name or describe a customer. Access, erasure and the scan after it follow it.
PERSONAL = {"personal": True}
NOT_PERSONAL = {"personal": False}
# Personal, and says who the customer of this row is. So it never mentions another customer of the same name.
IDENTITY = {"personal": True, "identity": True}
# Sorted by bytes, so that the order is the same on both databases and independent of the server's locale.
BYTE_ORDERED = Text().with_variant(Text(collation="C"), "postgresql")


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Instant, UUID: Id, str: Text, dict[str, Any]: JSON}


def belongs_by(*columns: str) -> dict[str, Any]:
    """`info` of tables with personal columns: the columns that say which customer a row belongs to, the first that has
    a value. They hold the customer's id or number, or the id of a row that belongs to them. Without columns, the
    table's rows belong to no one, and may mention anyone."""
    return {"info": {"belongs_by": columns}}


def e164(column: str) -> str:
    """SQL, for both databases, that is true when a column holds an E.164 number: a plus, then 7 to 15 digits."""
    digits = f"substr({column}, 2)"
    only_digits = f"replace(replace(replace(replace(replace({digits},'0',''),'1',''),'2',''),'3',''),'4','')"
    only_digits = f"replace(replace(replace(replace(replace({only_digits},'5',''),'6',''),'7',''),'8',''),'9','')"
    return f"substr({column}, 1, 1) = '+' AND length({column}) BETWEEN 8 AND 16 AND {only_digits} = ''"


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """A partial index, the same on both databases: of the rows that meet the condition."""
    return Index(name, *columns, unique=unique, postgresql_where=text(where), sqlite_where=text(where))
