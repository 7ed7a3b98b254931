"""Whether a request is one that Twilio's published OpenAPI document describes: the operations in twilio_api.json."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jsonschema import Draft4Validator, FormatChecker

API = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
FORM = "application/x-www-form-urlencoded"

formats = FormatChecker(formats=())


@formats.checks("phone-number")
def _is_e164(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\+[1-9]\d{6,14}", value) is not None


@formats.checks("uri")
def _is_address(value: object) -> bool:
    parts = urlsplit(str(value))
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "_" not in (parts.hostname or "")


@formats.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    # A day alone is accepted too, Twilio says.
    return bool(datetime.fromisoformat(str(value)))


def problem_with(method: str, target: str, *, content_type: str = "", body: str = "") -> str:
    """What the document has against a request, or nothing. `target` is path and query, `body` a form."""
    address = urlsplit(target)
    for path, operations in API["paths"].items():
        names = re.findall(r"{(\w+)}", path)
        found = re.fullmatch(re.sub(r"\\{\w+\\}", "([^/]+)", re.escape(path)), address.path)
        operation = operations.get(method.lower())
        if found and operation:
            placed = dict(zip(names, ([value] for value in found.groups()), strict=True))
            return (
                _problem(_parameters(operation, "path"), placed)
                or _problem(_parameters(operation, "query"), _fields(address.query))
                or _problem_with_body(operation.get("requestBody"), content_type, body)
            )
    return f"there is no {method} {address.path}"


def _problem_with_body(described: dict[str, Any] | None, content_type: str, body: str) -> str:
    if described is None:
        return "a body where there is none" if body else ""
    if content_type != FORM:
        return f"a body of {content_type}"
    return _problem(described["content"][FORM]["schema"], _fields(body))


def _fields(form: str) -> dict[str, list[str]]:
    return parse_qs(form, keep_blank_values=True)


def _parameters(operation: dict[str, Any], place: str) -> dict[str, Any]:
    """The parameters of a place as the schema of one object."""
    described = [each for each in operation["parameters"] if each["in"] == place]
    return {
        "type": "object",
        "properties": {each["name"]: each["schema"] for each in described},
        "additionalProperties": False,
    }


def _problem(schema: dict[str, Any], given: Mapping[str, Sequence[str]]) -> str:
    described = schema["properties"]
    typed = {name: _typed(described.get(name, {}), values) for name, values in given.items()}
    validator = Draft4Validator(schema, format_checker=formats)
    return "; ".join(f"{'.'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(typed))


def _typed(described: dict[str, Any], values: Sequence[str]) -> object:
    """Forms carry words alone: what they stand for, where they stand for it."""
    kind, value = described.get("type"), values[0]
    if kind == "array":
        return list(values)
    if len(values) > 1:
        return list(values)
    if kind == "boolean":
        return {"true": True, "false": False}.get(value, value)
    if kind in ("integer", "number") and re.fullmatch(r"-?\d+" if kind == "integer" else r"-?\d+(\.\d+)?", value):
        return int(value) if kind == "integer" else float(value)
    return value
