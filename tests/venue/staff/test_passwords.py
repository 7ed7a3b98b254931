"""Which passwords, PINs, names and e-mail addresses are accepted."""

import pytest
from argon2 import PasswordHasher

from venue.staff import browsers, names, passwords, tokens

ACCEPTED = (
    "three cosy armchairs",
    "Tr0ub4dor&3x",
    "пароль-для-паба",
    "    spaces    count    ",
    "😀😃😄😁😆🙂🙃😉😊😇",
    "x" * 96 + "abcd" + "y" * 100,
)
REFUSED = {
    "": "at least 10 characters",
    "nine char": "at least 10 characters",
    "x" * 100 + "abcdefghij" * 10 + "y": "at most 200 characters",
    "aaaaaaaaaaaa": "too easy",
    "1212121212": "too easy",
    "1234567890": "too easy",
    "Password2026!": "too easy",
    "P a s s w o r d 1": "too easy",
    "qwertyuiop": "too easy",
    "Liverpool99!": "too easy",
    "TheAnchor2026": "too easy",
    "2026Password": "too easy",
    "Sam Sampson 1": "Your name",
    "samsampson99": "Your name",
}


@pytest.mark.parametrize("password", ACCEPTED)
def test_a_good_password_is_accepted(password: str) -> None:
    assert passwords.problem(password, name="Sam Sampson") is None


@pytest.mark.parametrize(("password", "why"), REFUSED.items())
def test_a_bad_password_is_refused_with_the_reason(password: str, why: str) -> None:
    assert why in (passwords.problem(password, name="Sam Sampson") or "")


@pytest.mark.parametrize("pin", ["2741", "90210", "31415926", "1233"])
def test_a_good_pin_is_accepted(pin: str) -> None:
    assert passwords.pin_problem(pin) is None


@pytest.mark.parametrize(
    "pin",
    [
        "",
        "123",
        "274",
        "123456789",
        "27 41",
        "274a",
        "２７４１",
        "1234",
        "0000",
        "12345678",
        "9876",
        "1212",
        "2580",
        "7890",
    ],
)
def test_a_bad_pin_is_refused(pin: str) -> None:
    assert passwords.pin_problem(pin)


def test_a_hash_is_argon2id_with_the_parameters_that_owasp_recommends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    stored = passwords.hashed("three cosy armchairs")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.hashed("three cosy armchairs") != stored
    assert passwords.matches("three cosy armchairs", stored)
    assert not passwords.matches("three cosy armchair", stored)


@pytest.mark.parametrize(
    ("stored", "typed"), [("caffè e cornetto", "caffe\u0300 e cornetto"), ("\ud800 alone here", "\ud800 alone here")]
)
def test_a_password_matches_however_it_is_encoded(stored: str, typed: str) -> None:
    assert passwords.matches(typed, passwords.hashed(stored))


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"])
@pytest.mark.parametrize("secret", ["", "three cosy armchairs", "x" * 1_000_000])
def test_nothing_matches_an_account_without_a_password(secret: str, stored: str | None) -> None:
    assert not passwords.matches(secret, stored)


def test_a_password_longer_than_is_accepted_never_matches() -> None:
    long = "abcdefghij" * 20
    assert passwords.matches(long, passwords.hashed(long))
    assert not passwords.matches(long + "k", passwords.hashed(long))


def test_a_hash_with_other_parameters_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = passwords.hashed("three cosy armchairs")
    assert passwords.rehashed("three cosy armchairs", stored) is None
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    again = passwords.rehashed("three cosy armchairs", stored)
    assert again is not None
    assert "m=16,t=2" in again
    assert passwords.matches("three cosy armchairs", again)


@pytest.mark.parametrize("typed", ["  SAM   o'neil ", "Sam O'Neil", "ｓａｍ Ｏ'Neil", "sam\u00a0o'neil"])
def test_names_that_read_the_same_are_the_same(typed: str) -> None:
    assert names.key(typed) == "sam o'neil"


@pytest.mark.parametrize("typed", ["", "  ", "\x00", "Sam\x00", "Sam\ud800", "x" * 101, "\u2028"])
def test_a_bad_name_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"[Nn]ame"):
        names.checked_name(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "sam",
        "sam@",
        "@example.com",
        "sam@example",
        "sam @example.com",
        "a@b@c.de",
        "s\x00@example.com",
        "ſam@example.com",
        "sam@example。com",
    ],
)
def test_a_bad_email_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="e-mail"):
        names.checked_email(typed)


def test_codes_are_typed_in_any_case_with_or_without_hyphens() -> None:
    code = tokens.new_code()
    assert len(code) == 19
    assert tokens.code_hash(code) == tokens.code_hash(f" {code.lower().replace('-', ' ')}\n")
    assert tokens.code_hash(code) != tokens.code_hash(tokens.new_code())


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605 Version/17 Safari/605", "Safari on Mac"),
        ("curl/8.0", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_described_in_words(user_agent: str, words: str) -> None:
    assert browsers.described(user_agent) == words
    assert browsers.cleaned(f"{user_agent}\x00\n" + "x" * 1000).startswith(user_agent)
