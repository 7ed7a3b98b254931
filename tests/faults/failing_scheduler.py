"""The real scheduler in a process of its own, which can be told to die or to freeze at one step of sending.

The steps are those between which a text could be lost or sent twice. What is patched here is patched in the child
process only; production code knows nothing of it. Waits that production counts in minutes are scaled down as well.
"""

import functools
import gc
import multiprocessing
import os
import signal
import smtplib
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from http.client import HTTPResponse
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import scheduler
import scheduler_jobs
from channels.gateway import Fault
from mail import smtp_gateway
from mail.smtp_gateway import SmtpGateway
from sms import http_once
from tests.faults import mutants
from venue.delivery import attempts, sender, status_checks
from venue.messages import mail_pauses, states
from venue.waitlist import answer_times

STEPS = (
    "before the claim's commit",
    "after the claim's commit",
    "before the request leaves",
    "before the reply is read",
    "after the reply",
    "before the record's commit",
    "after the record",
)
BEFORE_THE_RECORD = "before the record"
# The steps of an e-mail, in which the words are on their way from "DATA" to the server's reply.
EMAIL_STEPS = (
    "after the claim's commit",
    "before the words leave",
    "when half of the words have left",
    "when the words have left",
    "after the reply",
    "before the record's commit",
    "after the record",
    "before the claim's commit",
)

# Imports once what every scheduler needs, so that a storm can start hundreds of them.
_nursery = multiprocessing.get_context("forkserver")
_nursery.set_forkserver_preload(["tests.faults.failing_scheduler", "sms.twilio_gateway"])


def start(
    environ: Mapping[str, str], *, log: Path, step: str = "", until: Path | None = None, mutant: str = ""
) -> ForkServerProcess:
    """A scheduler at work. With a step it is killed there, or sends no more until a file is there."""
    process = _nursery.Process(target=_run, args=(dict(environ), log, step, until, mutant))
    process.start()
    return process


def _run(environ: dict[str, str], log: Path, step: str, until: Path | None, mutant: str) -> None:
    gc.freeze()  # What was imported before is no garbage: it need not be looked through in each process.
    os.environ.clear()
    os.environ.update(environ)
    with open(log, "ab") as written:
        for stream in (1, 2):
            os.dup2(written.fileno(), stream)
    _hasten()
    if mutant:
        _mutate(getattr(mutants, mutant))
    if step:
        _fail_at(step, functools.partial(_wait_for, until) if until else _die)
    sys.argv = ["scheduler.py"]
    scheduler.main()


def _hasten() -> None:
    states._backoff = lambda attempts: timedelta(seconds=0.3)
    states.WAIT[Fault.ACCOUNT] = timedelta(seconds=4)
    scheduler_jobs.FETCH_INBOUND = timedelta(seconds=2)
    smtp_gateway.LATER = mail_pauses.TRY_AGAIN = timedelta(seconds=1)
    answer_times.TO_ANSWER, answer_times.LEAST = timedelta(seconds=4), timedelta(0)
    answer_times._round_up = lambda instant: instant


def _mutate(decide: mutants.Decide) -> None:
    for module in (attempts, status_checks):
        setattr(module, "decide", decide)  # noqa: B010


def _fail_at(step: str, hit: Callable[[], None]) -> None:
    if step == "before the claim's commit":
        attempts.claim = _then(attempts.claim, hit, when=lambda batch: bool(batch.claims))
    elif step == "after the claim's commit":
        attempts.call = _first(hit, attempts.call)
    elif step == "before the request leaves":
        http_once._request = _then(http_once._request, hit, when=lambda request: request.startswith(b"POST"))
    elif step == "before the reply is read":
        HTTPResponse.begin = _first(hit, HTTPResponse.begin, when=lambda reply: reply._method == "POST")  # type: ignore[method-assign]
    elif step == "before the words leave":
        SmtpGateway._delivered = _first(hit, SmtpGateway._delivered)  # type: ignore[method-assign]
    elif step in ("when half of the words have left", "when the words have left"):
        share = 0.5 if "half" in step else 1.0
        smtplib.SMTP.send = _words_then(smtplib.SMTP.send, hit, share=share)  # type: ignore[method-assign]
    elif step == "after the reply":
        attempts.call = _then(attempts.call, hit)
    elif step == BEFORE_THE_RECORD:
        sender.Sender._record = _first(hit, sender.Sender._record, when=lambda each: bool(each._unrecorded))  # type: ignore[method-assign]
    elif step == "before the record's commit":
        attempts.record = _then(attempts.record, hit)
    elif step == "after the record":
        sender.Sender._record = _then(sender.Sender._record, hit, when=bool)  # type: ignore[method-assign]
    else:
        raise ValueError(f"no step is called {step!r}: there are {', '.join(STEPS)}")


def _words_then(send: Callable[..., None], hit: Callable[[], None], *, share: float) -> Callable[..., None]:
    """Send commands, and this share of the words, which are bytes."""

    def sending(server: smtplib.SMTP, said: Any) -> None:
        if not isinstance(said, bytes):
            return send(server, said)
        send(server, said[: int(len(said) * share)])
        return hit()

    return sending


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _wait_for(file: Path) -> None:
    while not file.exists():
        time.sleep(0.05)


def _first(
    hit: Callable[[], None], do: Callable[..., Any], *, when: Callable[[Any], bool] = lambda _given: True
) -> Callable[..., Any]:
    def doing(*given: Any, **named: Any) -> Any:
        if when(given[0]):
            hit()
        return do(*given, **named)

    return doing


def _then(
    do: Callable[..., Any], hit: Callable[[], None], *, when: Callable[[Any], bool] = lambda _result: True
) -> Callable[..., Any]:
    def doing(*given: Any, **named: Any) -> Any:
        result = do(*given, **named)
        if when(result):
            hit()
        return result

    return doing
