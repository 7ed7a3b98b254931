"""Choosing a password with a one-time code: the first manager, a new account, and one whose password is lost."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from db.locks import one_at_a_time
from db.models import Staff
from db.session import Transaction
from venue.acts import Act, act
from venue.errors import Invalid
from venue.roles import Permission, require
from venue.staff import begin, codes, names, passwords, sign_ins, throttle
from venue.staff.begin import HOURS, Browser, CodeNeeded, SignedIn
from venue.staff.codes import Purpose


def set_up(
    transaction: Transaction,
    *,
    code: str,
    name: str,
    password: str,
    device_token: str,
    user_agent: str,
    now: datetime,
    hours: float = HOURS,
) -> SignedIn:
    """Add the first manager, with the code that the terminal shows, and sign them in. Raises Invalid by `code`, `name`
    and `password`."""
    with transaction() as session:
        require(session, Permission.SIGN_IN)
        _check_set_up(session, code=code, name=name, password=password, now=now)
    password_hash = passwords.hashed(password)
    browser = Browser(device_token, user_agent, hours)
    with transaction() as session:
        staff_id = uuid4()
        begin.act_as(session, name=names.checked_name(name), staff_id=staff_id)
        return _set_up(session, staff_id, code, names.checked_name(name), password_hash, browser=browser, now=now)


def choose_password(
    transaction: Transaction,
    *,
    code: str,
    password: str,
    totp: str = "",
    device_token: str,
    user_agent: str,
    now: datetime,
    hours: float = HOURS,
) -> SignedIn:
    """Choose a password with a one-time code, and sign in; the person's other sign-ins end. Raises Invalid by `code`
    and `password`, and CodeNeeded as `with_password` does: the one-time code is then still good."""
    with transaction() as session:
        require(session, Permission.SIGN_IN)
        _check_choice(session, code=code, password=password, totp=totp, now=now)
    password_hash = passwords.hashed(password)
    browser = Browser(device_token, user_agent, hours)
    with transaction() as session:
        staff_id = codes.check(session, Purpose.PASSWORD, code, now=now).staff_id
        staff = begin.locked(session, staff_id) if staff_id else None
        if staff is None:
            raise Invalid(code=codes.NOT_GOOD)
        begin.check_code(session, staff, totp, now=now)
        begin.act_as(session, name=staff.name, staff_id=staff.id)
        return _choose(session, staff, code, password_hash, browser=browser, now=now)


@act(Act.STAFF_ADDED)
def _set_up(
    session: Session, staff_id: UUID, code: str, name: str, password_hash: str, *, browser: Browser, now: datetime
) -> SignedIn:
    one_at_a_time(session, "staff accounts")
    codes.use(session, Purpose.SET_UP, code, now=now)
    if codes.has_accounts(session):
        raise Invalid(code="The first manager was added already. Sign in")
    staff = begin.new_manager(session, staff_id=staff_id, name=name, password_hash=password_hash, now=now)
    return begin.begin(session, staff, method="code", browser=browser, now=now)


@act(Act.ACCOUNT_CHANGED)
def _choose(
    session: Session, staff: Staff, code: str, password_hash: str, *, browser: Browser, now: datetime
) -> SignedIn:
    codes.use(session, Purpose.PASSWORD, code, now=now)
    staff.password_hash, staff.updated_at = password_hash, now
    session.flush()
    throttle.forget_name(session, staff.name_key)
    sign_ins.end_all_of(session, staff.id, now=now)
    return begin.begin(session, staff, method="code", browser=browser, now=now)


def _check_set_up(session: Session, *, code: str, name: str, password: str, now: datetime) -> None:
    """Raises Invalid with every problem, before anything is hashed."""
    problems: dict[str, str] = {}
    try:
        codes.check(session, Purpose.SET_UP, code, now=now)
    except Invalid as invalid:
        problems |= invalid.problems
    try:
        names.checked_name(name)
    except ValueError as problem:
        problems["name"] = str(problem)
    if problem_of_password := passwords.problem(password, name=name):
        problems["password"] = problem_of_password
    if problems:
        raise Invalid(**problems)


def _check_choice(session: Session, *, code: str, password: str, totp: str, now: datetime) -> None:
    """Counts an attempt when a code from the person's app is given. Raises Invalid with every problem, before anything
    is hashed."""
    staff_id = codes.check(session, Purpose.PASSWORD, code, now=now).staff_id
    staff = session.get(Staff, staff_id) if staff_id else None
    if staff is None or staff.disabled_at:
        raise Invalid(code=codes.NOT_GOOD)
    if problem := passwords.problem(password, name=staff.name):
        raise Invalid(password=problem)
    if staff.totp_secret and totp and not throttle.count_from_elsewhere(session, staff.name_key, now=now).may_try:
        raise CodeNeeded("Too many wrong codes: wait 15 minutes")
