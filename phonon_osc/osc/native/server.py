"""Messages about the server itself."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from phonon_osc import __version__
from phonon_osc.engine.audio import tables as t
from phonon_osc.lastlines import KEPT
from phonon_osc.osc.native.context import Context
from phonon_osc.osc.native.notify import LONGEST
from phonon_osc.osc.schema import PROTOCOL, Argument, Message, Request, RequestError

PIECE = 8000  # characters of JSON in one answer


class Server:
    def __init__(self, context: Context) -> None:
        self.context, self.engine = context, context.engine

    def version(self, request: Request) -> None:
        request.reply("/version/reply", "phonon-osc", __version__, PROTOCOL)

    def status(self, request: Request) -> None:
        flat = [part for pair in self.context.status().items() for part in pair]
        request.reply("/status/reply", *flat)

    def status_log(self, request: Request, since: int) -> None:
        flat = [value for line in self.context.lines.since(since) for value in line]
        request.reply("/status/log/reply", self.context.lines.count, *flat)

    def meters(self, request: Request) -> None:
        e = self.engine.tables
        peaks = [e.meters.output_peak, *e.meters.orbit_peak.tolist()]
        *orbits, output = e.meters.high.reshape(2, t.METERS).max(axis=0).tolist()
        flat = [value for pair in zip(peaks, [output, *orbits], strict=True) for value in pair]
        request.reply("/meters/reply", *flat)

    def sync(self, request: Request, token: Any) -> None:
        """Answer when everything sent before has reached the audio thread."""
        target = int(self.engine.tables.queue.shared[t.RING_TAIL]) + self.engine.link.waiting
        args = () if token is None else (token,)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # offline no command is ever waiting
            request.reply("/sync/reply", *args)
            return

        def check(tries: int) -> None:
            if self.engine.link.shared[t.RING_HEAD] >= target:
                request.reply("/sync/reply", *args)
            elif tries:
                loop.call_later(0.002, check, tries - 1)
            else:
                request.reply("/fail", "/sync", "audio is not running, so commands wait; see /status")

        check(1000)

    def notify(self, request: Request, on: int, seconds: float) -> None:
        key = (*request.sender, request.reply_port)
        if on:
            self.context.listeners.add(key, request.reply, seconds)
        else:
            self.context.listeners.remove(key)
        request.done(int(bool(on)), seconds if on else 0.0)

    def panic(self, request: Request) -> None:
        self.engine.panic()
        request.done()

    def quit(self, request: Request) -> None:
        if self.context.quit is None:
            raise RequestError("this server may not be stopped from outside; start it with --allow-quit")
        request.done()
        self.context.quit()

    def dump(self, request: Request) -> None:
        """Everything that clients made, as JSON in pieces."""
        text = json.dumps(self._graph(), separators=(",", ":"))
        pieces = [text[k : k + PIECE] for k in range(0, len(text), PIECE)]
        for number, piece in enumerate(pieces):
            request.reply("/dump/reply", number, len(pieces), piece)

    def _graph(self) -> dict[str, Any]:
        c = self.context
        return {
            "nodes": [
                {
                    "id": node.id,
                    "definition": node.definition.name,
                    "orbit": node.orbit,
                    "group": c.group_of(node.id),
                    "controls": self.engine.node_controls(node),
                    "patches": [
                        {"from": p.source.id, "outlet": p.outlet, "to": p.control, "amount": p.amount}
                        for p in node.inputs.values()
                    ],
                }
                for node in self.engine.patchbay.by_id.values()
            ],
            "groups": {name: sorted(members, key=str) for name, members in c.groups.items()},
            "buses": {name: self.engine.bus_value(number) for name, number in c.buses.items()},
            "audio_buses": sorted(c.audio_buses),
            "definitions": sorted(c.instruments),
            "buffers": {name: b.number for name, b in c.buffers.items()},
        }


MESSAGES = (
    Message(
        "/version",
        "Answers with the name and version of the server and the version of this protocol.",
        (),
        "/version/reply name version protocol",
        Server.version,
        ("/version",),
    ),
    Message(
        "/status",
        "Answers with voices, load and counters.",
        (),
        "/status/reply key value ...",
        Server.status,
        ("/status",),
    ),
    Message(
        "/status/log",
        f"Answers with the last warnings and errors of the server's log, {KEPT} lines at most. The reply starts with the "
        "newest line's number, which is also `warnings` in `/status`. Each line has its number, Unix time in seconds, level and text.",
        (Argument("since", "int", "only lines with higher numbers", 0),),
        "/status/log/reply last [number time level text] ...",
        Server.status_log,
        ("/status/log i 0",),
    ),
    Message(
        "/meters",
        f"Answers with two peaks of the output and of each of the {t.ORBITS} orbits, where 1 is full scale: level falls by 10 dB in 0.3 s; "
        "high is the highest sample of at least the last half second, so a client that asks twice a second misses no peak.",
        (),
        f"/meters/reply level high, of the output; then level high of orbits 0 to {t.ORBITS - 1}: {2 + 2 * t.ORBITS} numbers",
        Server.meters,
        ("/meters",),
    ),
    Message(
        "/sync",
        "Answers when all messages sent before have reached the audio thread.",
        (Argument("token", "any", "sent back", None),),
        "/sync/reply token",
        Server.sync,
        ("/sync i 7",),
        ("audio is not running",),
        asynchronous=True,
    ),
    Message(
        "/notify",
        "For `seconds`, sends notifications to the port that gets the answer: `/notify/started id` and `/notify/ended id` of nodes, "
        "`/notify/underrun count`, `/notify/log level text`. Send it again to prolong them.",
        (
            Argument("on", "int", "1: start; 0: stop", 1, "", 0, 1),
            Argument("seconds", "number", "how long", 60.0, "s", 1, LONGEST),
        ),
        "/done /notify on seconds",
        Server.notify,
        ("/notify if 1 60",),
        ("too many clients",),
    ),
    Message(
        "/panic",
        "Silences everything within 5 ms and drops all scheduled events and messages.",
        (),
        "/done /panic",
        Server.panic,
        ("/panic",),
    ),
    Message(
        "/dump",
        "Answers with all that clients have made, as JSON: nodes with their controls and patches, groups, named buses, definitions and "
        "buffers. Long texts are split into several answers: join them.",
        (),
        "/dump/reply piece pieces json",
        Server.dump,
        ("/dump",),
    ),
    Message(
        "/quit",
        "Ends the server, if it was started with `--allow-quit`.",
        (),
        "/done /quit",
        Server.quit,
        (),
        ("not allowed",),
    ),
)
