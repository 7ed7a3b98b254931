"""The e-mail address of a customer, which is optional."""

from email_validator import EmailNotValidError, validate_email

# RFC 5321, 4.5.3.1.3: a path has at most 256 characters, with its two angle brackets.
LONGEST = 254
NOT_AN_ADDRESS = "This is not an e-mail address. One looks like sam@example.com"


def normalise(typed: str) -> str:
    """The address as it is stored: its domain in lower case, what is before it as typed; empty without one.

    Raises ValueError with a sentence for staff. Whether the domain exists is not looked up. Letters other than A to Z
    before the "@" are refused: many mail servers cannot send to such addresses (SMTPUTF8).
    """
    written = typed.strip()
    if not written:
        return ""
    try:
        address = validate_email(written, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError:
        raise ValueError(NOT_AN_ADDRESS) from None
    if len(address) > LONGEST:
        raise ValueError(NOT_AN_ADDRESS)
    return str(address)
