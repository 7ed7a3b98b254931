"""The uploaded file of an import, stored in parts, so that no statement carries a whole file."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import ImportPart
from db.writes import delete_where, insert_new
from venue.errors import NotFound
from venue.roles import Permission, require

PART = 1 << 20


def store(session: Session, import_id: UUID, content: BinaryIO) -> None:
    """Store a file from its start."""
    require(session, Permission.IMPORT, ask_again=False)
    content.seek(0)
    position = 0
    while part := content.read(PART):
        insert_new(session, ImportPart, [{"import_id": import_id, "position": position, "content": bytes(part)}])
        position += 1


@contextmanager
def opened(session: Session, import_id: UUID) -> Iterator[BinaryIO]:
    """The stored file, in a temporary file that only this process can read. Raises NotFound when it was deleted."""
    require(session, Permission.IMPORT, Permission.DELETE, Permission.DELIVERY, ask_again=False)
    with tempfile.TemporaryFile() as file:
        position = 0
        while (part := _part(session, import_id, position)) is not None:
            file.write(part)
            position += 1
        if not position:
            raise NotFound("The uploaded file was deleted: upload it again.")
        file.seek(0)
        yield cast("BinaryIO", file)


def delete(session: Session, import_id: UUID) -> None:
    """Delete the stored file. Deleting it again does nothing."""
    require(session, Permission.IMPORT, Permission.DELETE, Permission.DELIVERY, ask_again=False)
    delete_where(session, ImportPart, ImportPart.import_id == import_id)


def _part(session: Session, import_id: UUID, position: int) -> bytes | None:
    wanted = (ImportPart.import_id == import_id, ImportPart.position == position)
    return session.scalar(select(ImportPart.content).where(*wanted))
