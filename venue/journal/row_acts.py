"""The acts that are undone row by row, by `undo_rows` alone."""

from venue.acts import Act
from venue.roles import Permission

# Each with the permission that undoing it takes.
UNDOABLE: dict[Act, Permission] = {
    Act.CUSTOMER_TAGGED: Permission.CUSTOMERS,
    Act.CUSTOMER_UNTAGGED: Permission.CUSTOMERS,
    Act.TAG_ADDED: Permission.FIELDS,
    Act.TAG_CHANGED: Permission.FIELDS,
    Act.TAG_DELETED: Permission.FIELDS,
    Act.TAGS_MERGED: Permission.FIELDS,
    Act.FIELD_ADDED: Permission.FIELDS,
    Act.FIELD_CHANGED: Permission.FIELDS,
    Act.FIELD_DELETED: Permission.FIELDS,
    Act.CHOICE_ADDED: Permission.FIELDS,
    Act.CHOICE_CHANGED: Permission.FIELDS,
    Act.CHOICE_RETIRED: Permission.FIELDS,
    Act.CUSTOMERS_TAGGED: Permission.CHANGE_MANY,
    Act.CUSTOMERS_UNTAGGED: Permission.CHANGE_MANY,
    Act.CUSTOMERS_FIELD_SET: Permission.CHANGE_MANY,
    Act.CUSTOMERS_FIELD_CLEARED: Permission.CHANGE_MANY,
    Act.DUPLICATE_DECIDED: Permission.CUSTOMERS,
    Act.HOUSEHOLD_JOINED: Permission.CUSTOMERS,
    Act.HOUSEHOLD_LEFT: Permission.CUSTOMERS,
    Act.HOUSEHOLD_DECLINED: Permission.CUSTOMERS,
    Act.REWARD_GIVEN: Permission.BOOKINGS,
    Act.VIEW_SAVED: Permission.READ,
    Act.VIEW_CHANGED: Permission.READ,
    Act.VIEW_DELETED: Permission.READ,
}
