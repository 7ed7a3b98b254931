"""What may go wrong with a backup."""

from db.session import DatabaseUnavailable

ANOTHER_RESTORES = "Another process is restoring a backup"


class BackupProblem(DatabaseUnavailable):
    """A backup cannot be made, read or restored. str() is a sentence for the administrator."""


class CannotCreateDatabase(BackupProblem):
    """The user of the database server may not create databases."""
