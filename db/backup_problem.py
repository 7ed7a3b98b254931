"""What may go wrong with a backup."""

from db.session import DatabaseUnavailable


class BackupProblem(DatabaseUnavailable):
    """A backup cannot be made, read or restored. str() is a sentence for the administrator."""


class CannotCreateDatabase(BackupProblem):
    """The user of the database server may not create databases."""
