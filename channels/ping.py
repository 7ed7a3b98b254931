"""A call to an address of the owner's choice, which raises an alarm when the calls stop (a dead man's switch)."""

import functools
import ssl
import urllib.request
from urllib.error import HTTPError, URLError

import certifi

TIMEOUT = 5.0


def ping(url: str, *, timeout: float = TIMEOUT) -> str:
    """Call the address, an http or https one. Returns what went wrong, in a few words without the address, which may
    hold a secret; an empty string if it was answered with success. `timeout` is in seconds, for each step."""
    request = urllib.request.Request(url, headers={"User-Agent": "Anchor Desk"})  # noqa: S310 # settings check it
    try:
        with urllib.request.urlopen(request, timeout=timeout, context=_tls()):  # noqa: S310 # nosec B310
            return ""
    except HTTPError as error:
        error.close()
        return f"it answered with status {error.code}"
    except URLError as error:
        reason = error.reason
        return _words(reason) if isinstance(reason, Exception) else "it cannot be reached"
    except Exception as error:
        # Whatever an address answers must not end the thread that calls it.
        return _words(error)


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, OSError) and error.strerror:
        return f"it cannot be reached ({error.strerror})"
    return f"it cannot be reached ({type(error).__name__})"


@functools.cache
def _tls() -> ssl.SSLContext:
    """TLS that trusts the machine's certificate authorities, and certifi's for machines that have none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
