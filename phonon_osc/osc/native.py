"""The node protocol: nodes are made, set, patched and freed by messages that anything can send."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from typing import Any

from phonon_osc import __version__
from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.engine import Engine
from phonon_osc.engine.nodes import NodeId
from phonon_osc.engine.voice import BusMap, Value
from phonon_osc.lastlines import KEPT, LastLines
from phonon_osc.osc.schema import PROTOCOL, Argument, Message, Request, RequestError
from phonon_osc.osc.wire import Value as Wire

log = logging.getLogger(__name__)

ID = Argument("id", "id", "number or name of a node")
PAIRS = Argument(
    "control value ...", "name, number", "pairs of a control's name and its value, or c7 for control bus 7", True
)


class Native:
    """Handlers of the native messages. ``status`` gives the pairs of /status, which others add to; ``lines`` the log's last lines."""

    def __init__(self, engine: Engine, status: Callable[[], dict[str, Any]], lines: LastLines) -> None:
        self.engine, self._status, self._lines = engine, status, lines

    # --- the server ------------------------------------------------------------------------------------------------
    def version(self, request: Request) -> None:
        request.reply("/version/reply", "phonon-osc", __version__, PROTOCOL)

    def status(self, request: Request) -> None:
        flat: list[Any] = []
        for key, value in self._status().items():
            flat += [key, value]
        request.reply("/status/reply", *flat)

    def status_log(self, request: Request) -> None:
        since = _number(list(request.args), 0, "since", 0.0)
        flat = [value for line in self._lines.since(int(since)) for value in line]
        request.reply("/status/log/reply", self._lines.count, *flat)

    def meters(self, request: Request) -> None:
        e = self.engine.tables
        peaks = [e.master_peak, *e.orbit_peak.tolist()]
        *orbits, output = e.meter_high.reshape(2, t.METERS).max(axis=0).tolist()
        flat = [value for pair in zip(peaks, [output, *orbits], strict=True) for value in pair]
        request.reply("/meters/reply", *flat)

    def sync(self, request: Request) -> None:
        """Answer when everything sent before has reached the audio thread."""
        target = int(self.engine.tables.shared[t.RING_TAIL]) + self.engine.link.waiting
        args = request.args[:1]
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # offline nothing is ever on its way
            request.reply("/sync/reply", *args)
            return

        def check(tries: int) -> None:
            if self.engine.link.shared[t.RING_HEAD] >= target:
                request.reply("/sync/reply", *args)
            elif tries:
                loop.call_later(0.002, check, tries - 1)
            else:
                request.reply("/fail", "/sync", "audio is not running: nothing takes commands; see /status")

        check(1000)

    def panic(self, request: Request) -> None:
        self.engine.panic()
        request.reply("/done", "/panic")

    # --- nodes -----------------------------------------------------------------------------------------------------
    def node_new(self, request: Request) -> None:
        args = list(request.args)
        name = _text(args, 0, "definition")
        if name not in self.engine.definitions or name == "orbit":
            known = ", ".join(sorted(d for d in self.engine.definitions if d != "orbit"))
            raise RequestError(f"there is no definition {name!r}; there are {known}")
        rest, node_id = args[1:], _id(args[1:], 0, -1)
        pairs = _pairs(rest[1:], self.engine)
        orbit = pairs.pop("orbit", 0.0)
        if isinstance(orbit, BusMap):
            raise RequestError("orbit: takes a number from 0 to 11, or -1 for none")
        node = self.engine.new_node(name, node_id, pairs, orbit=int(orbit), frame=request.frame)
        request.reply("/done", "/node/new", node.id)

    def node_set(self, request: Request) -> None:
        node_id = _id(list(request.args), 0, None)
        pairs = _pairs(request.args[1:], self.engine)
        if not pairs:
            raise RequestError("no control was given; send pairs such as: freq 330")
        orbit = pairs.pop("orbit", None)
        if isinstance(orbit, float):
            self.engine.route_node(node_id, int(orbit), request.frame)
        if pairs:
            self.engine.set_node(node_id, pairs, request.frame)
        request.reply("/done", "/node/set", node_id)

    def node_patch(self, request: Request) -> None:
        args = list(request.args)
        source, target = _id(args, 0, None), _id(args, 1, None)
        control = _text(args, 2, "control")
        amount = _number(args, 3, "amount", 1.0)
        outlet = int(_number(args, 4, "outlet", 0.0))
        cycle = self.engine.patch(source, target, control, amount, outlet=outlet, frame=request.frame)
        request.reply("/done", "/node/patch", source, target, "delay" if cycle else "direct", t.BLOCK if cycle else 0)

    def node_free(self, request: Request) -> None:
        args = list(request.args)
        node_id = _id(args, 0, None)
        self.engine.free_node(node_id, request.frame, fade=min(max(_number(args, 1, "fade", 0.005), 0.0), 600.0))
        request.reply("/done", "/node/free", node_id)


MESSAGES: tuple[Message, ...] = (
    Message(
        "/version", "Which server this is.", (), "/version/reply name version protocol", "/version", Native.version
    ),
    Message("/status", "Voices, load, counters.", (), "/status/reply key value ...", "/status", Native.status),
    Message(
        "/status/log",
        f"The last lines of the server's log of level warning and above, {KEPT} at most. The first number answered is that of the last "
        "line there has been, which `/status` tells as `warnings`; each line is its number, Unix time in seconds, level and text.",
        (Argument("since", "int", "only lines with higher numbers; default 0", True),),
        "/status/log/reply last [number time level text] ...",
        "/status/log i 0",
        Native.status_log,
    ),
    Message(
        "/meters",
        "Peaks of the output and of the 12 orbits, where 1 is full scale. A level falls by 10 dB in 0.3 s; high is the highest sample of "
        "the last half second at least, so whoever asks twice a second misses none.",
        (),
        "/meters/reply level high, of the output; then level high of orbits 0 to 11: 26 numbers",
        "/meters",
        Native.meters,
    ),
    Message(
        "/sync",
        "Answers when everything sent before has reached the audio thread.",
        (Argument("token", "any", "sent back", True),),
        "/sync/reply token",
        "/sync i 7",
        Native.sync,
    ),
    Message(
        "/panic",
        "Silences everything within 5 ms and forgets what is scheduled.",
        (),
        "/done /panic",
        "/panic",
        Native.panic,
    ),
    Message(
        "/node/new",
        "Makes a node that sounds until it is freed.",
        (
            Argument("definition", "name", "which instrument or kind; `phonon-osc kinds` lists them"),
            Argument("id", "id", "number or name to call it by; -1: the server chooses and the reply tells", True),
            PAIRS,
        ),
        "/done /node/new id",
        "/node/new sisfsi sine 1 freq 330 orbit 2",
        Native.node_new,
    ),
    Message(
        "/node/set",
        "Sets controls; each arrives within its own smoothing time.",
        (ID, PAIRS),
        "/done /node/set id",
        "/node/set isf 1 freq 440",
        Native.node_set,
    ),
    Message(
        "/node/patch",
        "Adds amount times an outlet of one node to a control of another, at audio rate. The source leaves its orbit.",
        (
            Argument("source", "id", "node whose outlet is used"),
            Argument("target", "id", "node whose control is moved"),
            Argument("control", "name", "control of the target"),
            Argument("amount", "float", "factor, default 1", True),
            Argument("outlet", "int", "0 left, 1 right; default 0", True),
        ),
        "/done /node/patch source target direct 0, or delay 64 when it closes a cycle",
        "/node/patch iisf 2 1 freq 100",
        Native.node_patch,
    ),
    Message(
        "/node/free",
        "Fades a node out and frees it.",
        (ID, Argument("fade", "float", "seconds, default 0.005", True)),
        "/done /node/free id",
        "/node/free i 1",
        Native.node_free,
    ),
)


# --- arguments -----------------------------------------------------------------------------------------------------
def _text(args: list[Wire], at: int, name: str) -> str:
    if at >= len(args):
        raise RequestError(f"{name} is missing (argument {at + 1})")
    if not isinstance(args[at], str):
        raise RequestError(f"{name} is {args[at]!r}; it has to be a string (argument {at + 1})")
    return str(args[at])


def _number(args: list[Wire], at: int, name: str, default: float) -> float:
    if at >= len(args):
        return default
    value = args[at]
    if isinstance(value, bool) or isinstance(value, int | float):
        if math.isfinite(value):
            return float(value)
    raise RequestError(f"{name} is {value!r}; it has to be a finite number (argument {at + 1})")


def _id(args: list[Wire], at: int, default: NodeId | None) -> NodeId:
    if at >= len(args):
        if default is None:
            raise RequestError(f"the node's id is missing (argument {at + 1})")
        return default
    value = args[at]
    if isinstance(value, float) and value.is_integer():  # Pure Data and others send every number as a float
        value = int(value)
    if isinstance(value, str) and 0 < len(value) <= 64:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise RequestError(
        f"{value!r} is not a node id; ids are whole numbers or names of up to 64 characters (argument {at + 1})"
    )


def _pairs(args: Any, engine: Engine) -> dict[str, Value]:
    args = list(args)
    if len(args) % 2:
        raise RequestError(f"controls come in pairs of name and value; {args[-1]!r} has no partner")
    found: dict[str, Value] = {}
    for k in range(0, len(args), 2):
        name, raw = args[k], args[k + 1]
        if not isinstance(name, str):
            raise RequestError(f"{name!r} is where a control's name was expected")
        if isinstance(raw, bool):
            raw = float(raw)
        if not isinstance(raw, int | float | str) or (not isinstance(raw, str) and not math.isfinite(raw)):
            raise RequestError(f"{name}: {raw!r} is not a finite number, nor a bus such as c7")
        value = engine.map_of(raw)
        if value is None:
            raise RequestError(f"{name}: {raw!r} is not a number, nor a bus from c0 to c{t.BUSES - 1}")
        found[name] = value
    return found
