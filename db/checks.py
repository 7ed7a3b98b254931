"""Checks that were added after the tables: constraints on PostgreSQL, triggers on SQLite, with the same effect.

SQLite cannot add a constraint without copying the table and everything that refers to it. It also stores any type of
value in any column, so its triggers check types too.
"""

_NAMES = ("first_name", "last_name")
# Ranges of characters that names must not contain: control characters, and all spaces but the plain one, including
# those without width (venue/customers/names.py).
_INVISIBLE = [
    (0x01, 0x1F),
    (0x7F, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200B),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x2060),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
]
_INVISIBLE_SQLITE = " || ".join(f"char({first}) || '-' || char({last})" for first, last in _INVISIBLE)
_INVISIBLE_POSTGRESQL = "[" + "".join(rf"\u{first:04x}-\u{last:04x}" for first, last in _INVISIBLE) + "]"
_VERSIONED = ("customers", "events", "bookings")


def create(dialect: str) -> list[str]:
    """The statements for the migration that adds the checks."""
    return _for_postgresql() if dialect == "postgresql" else _for_sqlite()


def _for_postgresql() -> list[str]:
    names = {f"{name}_seen": f"{name} !~ '{_INVISIBLE_POSTGRESQL}' AND {name} NOT LIKE '%  %'" for name in _NAMES}
    number = {"mobile_number_country": "substr(mobile_number, 2, 1) <> '0'"}
    checks = [("customers", name, allowed) for name, allowed in (names | number).items()]
    checks += [(table, "version", "version > 0") for table in _VERSIONED]
    return [
        # NOT VALID: existing rows are not checked until they change. SQLite's triggers behave the same way.
        f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({allowed}) NOT VALID"
        for table, name, allowed in checks
    ]


def _for_sqlite() -> list[str]:
    invisible = f"'*[' || {_INVISIBLE_SQLITE} || ']*'"
    allowed = {("customers", "mobile_number"): ["substr({0}, 2, 1) <> '0'", "instr({0}, char(0)) = 0"]}
    for name in _NAMES:
        allowed["customers", name] = [f"{{0}} NOT GLOB {invisible}", "{0} NOT LIKE '%  %'", "instr({0}, char(0)) = 0"]
    for table in _VERSIONED:
        allowed[table, "version"] = ["typeof({0}) = 'integer'", "{0} > 0"]
    allowed["bookings", "seats"] = ["typeof({0}) = 'integer'"]
    return [
        f"CREATE TRIGGER guard_{table}_{column}_{'insert' if when == 'INSERT' else 'update'} BEFORE {when} ON {table} "
        f"WHEN NOT ({' AND '.join(conditions).format(f'new.{column}')}) "
        f"BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: ck_{table}_{column}'); END"
        for (table, column), conditions in allowed.items()
        for when in ("INSERT", f"UPDATE OF {column}")
    ]
