"""Fields of customers that the venue makes itself, and the values that customers have in them."""

from venue.fields.choices import add_choice, rename_choice, retire_choice
from venue.fields.edit import add, delete, move, update
from venue.fields.find import ListColumn, Value, count, get, list_columns, listed, named, shown, values_of
from venue.fields.kinds import ChoiceRow, FieldRow, Kind, Stored, format_value, key_of
from venue.fields.values import Edits, Values, checked, checked_for, edits, put

__all__ = [
    "ChoiceRow",
    "Edits",
    "FieldRow",
    "Kind",
    "ListColumn",
    "Stored",
    "Value",
    "Values",
    "add",
    "add_choice",
    "checked",
    "checked_for",
    "count",
    "delete",
    "edits",
    "format_value",
    "get",
    "key_of",
    "list_columns",
    "listed",
    "move",
    "named",
    "put",
    "rename_choice",
    "retire_choice",
    "shown",
    "update",
    "values_of",
]
