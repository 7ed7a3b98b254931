"""What the filters of lists have in common: conditions in the fields of a dataclass, and their names in an address."""

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from typing import Any, Self

from venue.errors import Invalid


def read_yes(typed: str) -> bool:
    if typed.casefold() not in ("true", "false"):
        raise ValueError(f"{typed} is neither true nor false")
    return typed.casefold() == "true"


def _written(value: Any) -> str:
    return "true" if value is True else str(value)


def condition(
    key: str, read: Callable[[str], Any], *, default: Any = None, write: Callable[[Any], str] = _written
) -> Any:
    """A field of a filter: its key in an address, the function that parses it there, which raises ValueError, and the
    one that writes it there."""
    return field(default=default, metadata={"key": key, "read": read, "write": write})


@dataclass(frozen=True)
class Filter:
    """Matches rows that meet all conditions that are set. Each field is made by `condition`."""

    @classmethod
    def from_query(cls, query: Mapping[str, str], *, skip_unreadable: bool = False) -> Self:
        """The filter in an address's query. Other parameters and empty ones are ignored.

        Raises Invalid for values that make no sense, unless they are to be skipped as if they were not there.
        """
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for each in fields(cls):
            typed = _typed(query, each)
            try:
                if typed:
                    values[each.name] = each.metadata["read"](typed)
            except ValueError:
                problems[each.name] = f"‘{typed}’ makes no sense for ‘{each.metadata['key']}’"
        if problems and not skip_unreadable:
            raise Invalid(**problems)
        return cls(**values)

    def to_query(self) -> dict[str, str]:
        """The filter as the query of an address: only the fields that are set."""
        in_use = self.in_use()
        return {
            each.metadata["key"]: each.metadata["write"](in_use[each.name])
            for each in fields(self)
            if each.name in in_use
        }

    def in_use(self) -> dict[str, Any]:
        """The fields that are set, by name."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if value}

    def without(self, *names: str) -> Self:
        """A copy with some fields not set."""
        unset: dict[str, Any] = {each.name: each.default for each in fields(self) if each.name in names}
        return replace(self, **unset)

    @classmethod
    def keys(cls) -> dict[str, str]:
        """The key of each field in an address, by the field's name."""
        return {each.name: each.metadata["key"] for each in fields(cls)}


def _typed(query: Mapping[str, str], each: Field[Any]) -> str:
    """The value of a field in an address's query. Links to older downloads use the field's name as the key."""
    return query.get(each.metadata["key"]) or query.get(each.name) or ""
