"""A browser in words, from the header it sends. The header is not trusted: it is for people to recognise."""

LONGEST = 400
UNKNOWN = "Unknown browser"
# In this order: many name others as well.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def described(user_agent: str) -> str:
    """Like "Chrome on Android"."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return " on ".join(part for part in (browser or (system and "Browser"), system) if part) or UNKNOWN


def cleaned(user_agent: str) -> str:
    """The header as it is stored: printable and not too long."""
    return "".join(letter for letter in user_agent[:LONGEST] if letter.isprintable())
