"""What must hold of e-mails after a storm: each is taken at most once, and what is recorded of it is true."""

from collections import Counter
from collections.abc import Mapping, Sequence

from db.models import Message
from venue.messages.states import State


def check(messages: Sequence[Message], taken: Mapping[str, int]) -> Counter[str]:
    """The number of messages in each state. `taken` says, by id, how often the mail server took one."""
    for message in messages:
        times, said = taken[str(message.id)], f"{message.state} {message.reason}"
        assert times <= 1, f"sent twice: {said}"
        if message.state == State.SENT:
            assert times == 1, f"counts as sent and is not: {said}"
        elif message.state == State.FAILED:
            assert times == 0, f"counts as not sent and was: {said}"
        else:
            assert (message.state, message.next_step_at) == (State.UNSURE, None), f"lost: {said}"
    states = Counter(message.state for message in messages)
    assert min(states[state] for state in (State.SENT, State.UNSURE, State.FAILED)) > 0, states
    return states
