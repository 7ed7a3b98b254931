"""A client without a screen: it speaks Streamlit's protocol over a real websocket and collects what would be drawn.

As a browser does, it sends the values of its widgets and the hashes of its cached messages, follows a change of screen,
updates its address, and removes what a run did not draw again.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from tests import signed_in

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


class WrongScreen(AssertionError):
    """The screen is not the expected one."""


@dataclass(frozen=True)
class Drawn:
    """An element on the screen, the fragment it belongs to, and the run that drew it."""

    element: Element
    fragment_id: str
    run: int


@dataclass
class Visitor:
    socket: ClientConnection
    address: str
    page_hash: str = ""
    query: dict[str, str] = field(default_factory=dict)
    screens: dict[str, str] = field(default_factory=dict)
    drawn: dict[tuple[int, ...], Drawn] = field(default_factory=dict)
    held: dict[str, WidgetState] = field(default_factory=dict)
    cache: dict[str, tuple[int, ForwardMsg]] = field(default_factory=dict)
    fragments: set[str] = field(default_factory=set)
    run: int = 0
    cached_runs: int = 0  # For how many script runs a message is cached, which the server may send as a hash.

    @classmethod
    async def arrive(cls, port: int, page: str, token: str = "") -> "Visitor":
        """Open a screen by its address. `token` is of the sign-in; the empty app needs none."""
        socket = await connect(
            f"ws://localhost:{port}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            origin=f"http://localhost:{port}",  # type: ignore[arg-type]
            user_agent_header=AGENT,
            additional_headers=signed_in.header(token),
            max_size=None,
            compression=None,
        )
        visitor = cls(socket, f"http://localhost:{port}")
        await visitor._run_script(page_name=page)
        return visitor

    async def leave(self) -> None:
        await self.socket.close()

    # Actions

    async def open_screen(self, name: str, **query: str) -> None:
        """Open a screen as by the navigation, or as by a link in the list."""
        await self._turn_to(self.screens[name], urlencode(query))

    async def follow(self, label: str) -> None:
        """Follow a link to another screen."""
        link = next(each for each in self.all("page_link") if each.label == label)
        await self._turn_to(link.page_script_hash, link.query_string)

    async def type_words(self, label: str, words: str) -> None:
        """Type into a search box, as after the pause that follows the last letter."""
        box = self._widget("text_input", label)
        what = box.element.text_input
        if what.HasField("query_param_key"):
            self.query.pop(what.query_param_key, None)
            self.query |= {what.query_param_key: words} if words else {}
        self.held[what.id] = WidgetState(id=what.id, string_value=words)
        await self._run_script(fragment_id=box.fragment_id, page_script_hash=self.page_hash)

    async def press(self, label: str) -> None:
        button = self._widget("button", label)
        pressed = WidgetState(id=button.element.button.id, trigger_value=True)
        await self._run_script(pressed, fragment_id=button.fragment_id, page_script_hash=self.page_hash)

    async def trigger(self, component: str, event: str, value: str) -> None:
        """Send a trigger of a component of ours."""
        drawn = self._component(component)
        events = json.dumps([{"event": event, "value": value}])
        state = WidgetState(id=_trigger_id(drawn.element.bidi_component.id), json_trigger_value=events)
        await self._run_script(state, fragment_id=drawn.fragment_id, page_script_hash=self.page_hash)

    # What is on the screen

    def all(self, kind: str) -> Iterator[Any]:
        return (getattr(each.element, kind) for each in self._of(kind))

    @property
    def title(self) -> str:
        return next((each.body for each in self.all("heading") if each.tag == "h1"), "")

    def headings(self) -> list[str]:
        """The headings of the sections on the screen's board."""
        return [each.get("heading", "") for each in self._sections()]

    def cards(self) -> list[dict[str, Any]]:
        return [card for each in self._sections() for card in each.get("cards", ())]

    def _sections(self) -> list[dict[str, Any]]:
        return [each for side in self.data("board")["sides"] for each in side]

    def data(self, component: str) -> dict[str, Any]:
        """The data of a component of ours."""
        (data,) = json.loads(self._component(component).element.bidi_component.json)
        return dict(data)

    def check_whole(self) -> None:
        """Raise WrongScreen when the screen shows an exception or an error."""
        wrong = [each.message for each in self.all("exception")]
        wrong += [each.body for each in self.all("alert") if each.format == each.ERROR]
        if wrong:
            raise WrongScreen(f"The screen says: {wrong}")

    def _of(self, kind: str) -> Iterator[Drawn]:
        return (each for each in self.drawn.values() if each.element.WhichOneof("type") == kind)

    def _widget(self, kind: str, label: str) -> Drawn:
        for each in self._of(kind):
            if getattr(each.element, kind).label == label:
                return each
        raise WrongScreen(f"No {kind} “{label}” on “{self.title}”")

    def _component(self, name: str) -> Drawn:
        for each in self._of("bidi_component"):
            if each.element.bidi_component.component_name.endswith(name):
                return each
        raise WrongScreen(f"No component {name} on “{self.title}”")

    # The protocol

    async def _turn_to(self, page_hash: str, query: str = "") -> None:
        self.query = dict(parse_qsl(query))
        self.held.clear()
        await self._run_script(page_script_hash=page_hash)

    async def _run_script(self, *pressed: WidgetState, **state: str) -> None:
        """Have the server run the script, and receive everything it draws."""
        request = BackMsg()
        script = request.rerun_script
        for name, value in {**state, "query_string": urlencode(self.query)}.items():
            setattr(script, name, value)
        script.widget_states.widgets.extend([*self.held.values(), *pressed])
        script.cached_message_hashes.extend(self.cache)
        context = script.context_info
        context.timezone, context.locale, context.url = "Europe/London", "en-GB", self.address
        await self.socket.send(request.SerializeToString())
        while not self._receive(ForwardMsg.FromString(await self.socket.recv(decode=False))):
            pass

    def _receive(self, message: ForwardMsg) -> bool:
        """Process one message; True when it was the last one of the run."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._begin_run(message)
        elif kind in ("delta", "ref_hash"):
            self._draw(message)
        elif kind == "navigation":
            self.screens = {page.page_name: page.page_script_hash for page in message.navigation.app_pages}
        elif kind == "page_info_changed":
            self.query = dict(parse_qsl(message.page_info_changed.query_string))
        elif kind == "script_finished":
            return self._end_run(message.script_finished)
        return False

    def _begin_run(self, message: ForwardMsg) -> None:
        self.run += 1
        self.fragments = set(message.metadata.run.fragment_ids)
        if self.fragments:
            return
        if message.new_session.page_script_hash != self.page_hash:
            self.held.clear()
        self.page_hash = message.new_session.page_script_hash
        self.cached_runs = message.new_session.config.max_cached_message_age

    def _draw(self, message: ForwardMsg) -> None:
        place = tuple(message.metadata.delta_path)
        if message.WhichOneof("type") == "ref_hash":
            message = self.cache[message.ref_hash][1]
        elif message.metadata.cacheable:
            self.cache[message.hash] = (self.run, message)
        delta = message.delta
        if delta.WhichOneof("type") == "new_element":
            self.drawn[place] = Drawn(delta.new_element, delta.fragment_id, self.run)

    def _end_run(self, status: int) -> bool:
        if status == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return False
        if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            raise WrongScreen("The script cannot be compiled")
        self.drawn = {
            place: each
            for place, each in self.drawn.items()
            if each.run == self.run or (self.fragments and each.fragment_id not in self.fragments)
        }
        self.cache = {name: entry for name, entry in self.cache.items() if self.run - entry[0] < self.cached_runs}
        return True


def _trigger_id(component_id: str) -> str:
    return f"$$STREAMLIT_INTERNAL_KEY_{component_id}__events"
