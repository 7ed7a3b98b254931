"""What stops for a fault of the account, and how it goes on."""

from sqlalchemy import select

from db.models import Message, Pause
from tests.fakes.gateway import FakeGateway
from tests.makers import (
    MANAGER,
    seconds,
)
from tests.venue.worker import Worker, a_text, refused
from venue.house import House


def test_an_accounts_fault_pauses_everything_and_uses_nothing_up(house: House) -> None:
    for _ in range(3):
        a_text(house)
    worker = Worker(house, FakeGateway(refused("20003"), refused("20003")))
    worker.deliver_all()
    assert len(worker.gateway.sent) == 1, "nobody else is tried while it is paused"
    with house.reading(MANAGER) as session:
        pause = session.scalars(select(Pause)).one()
        assert pause.error_code == "20003"
        assert "credentials" in pause.reason
        assert set(session.scalars(select(Message.state).where(Message.kind == "confirmation"))) == {"planned"}
    worker.wait(seconds(60))
    worker.deliver_all()
    assert len(worker.gateway.sent) == 2
    worker.wait(seconds(60))
    worker.deliver_all()
    with house.reading(MANAGER) as session:
        assert session.scalars(select(Pause)).all() == []
        assert list(session.scalars(select(Message.state).where(Message.kind == "confirmation"))) == ["sent"] * 3
    assert len({outgoing.to for outgoing in worker.gateway.sent}) == 3


def test_another_account_is_not_paused(house: House) -> None:
    a_text(house)
    Worker(house, FakeGateway(refused("20003"))).deliver()
    mended = FakeGateway()
    mended.account = "another +447700900998"
    assert Worker(house, mended).deliver() is True
    assert len(mended.sent) == 1
