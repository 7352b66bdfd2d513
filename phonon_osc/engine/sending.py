"""Commands on their way to the audio thread: they are counted and, for a session log, remembered until they are carried out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.buffers import Buffers
from phonon_osc.engine.changes import Change, Release
from phonon_osc.engine.commands import NOW, Command, NewNode, Panic, Play, Record, SetNode, WriteBuffer, named_sample
from phonon_osc.engine.definition import Definition
from phonon_osc.engine.definitions import Definitions
from phonon_osc.engine.link import Link, Notice
from phonon_osc.limits import BUFFERS

Order = tuple[
    Command, int, Definition | None
]  # what, at which frame, the definition of the voice or node that it is for


@dataclass(frozen=True, slots=True)
class Sent:
    """A command on its way. ``sample`` is what the journal said of the sample ``buffer`` (0: none) when the command was sent."""

    command: Command | Release
    definition: Definition | None
    buffer: int
    sample: Any


class Journal(Protocol):
    """Writes down what an engine does, so that it can be rendered later: a session log."""

    def describe(self, buffer: int) -> Any:
        """What to keep of a sample that a command names: later its number may stand for another."""

    def carried_out(self, frame: int, late: int, sent: Sent) -> None:
        """The audio thread has carried out a command at ``frame``, ``late`` frames after it was due."""

    def changed(self, frame: int, change: Change) -> None:
        """The control side has changed a definition, when ``frame`` frames had been played."""


class Sender:
    """Sends commands: what belongs to one change goes whole or not at all."""

    def __init__(self, link: Link, definitions: Definitions, buffers: Buffers) -> None:
        self._link, self._definitions, self._buffers = link, definitions, buffers
        self._sent: dict[int, Sent] = {}  # by sequence number; only with a journal
        self.journal: Journal | None = None

    def send(self, *orders: Order, always: bool = False) -> int:
        """Send the commands of one change: all, or with QueueFull none. The sequence number of the first. ``always``: see ``Link.send``."""
        records = [self._record(*order) for order in orders]
        first = self._link.send(records, always=always)
        for sequence, (record, (command, _, definition)) in enumerate(zip(records, orders, strict=True), first):
            if record.op == t.OP_NEW:
                self._definitions.count_voice(record.words[t.DEFINITION])
            if record.buffer:
                self._buffers.use(record.buffer)
            if self.journal is not None:
                sample = self.journal.describe(record.buffer) if record.buffer else None
                self._sent[sequence] = Sent(command, definition, record.buffer, sample)
        return first

    def _record(self, command: Command, frame: int, d: Definition | None) -> Record:
        if isinstance(command, Play | NewNode):
            assert d is not None
            place = self._definitions.place(d.name)
            return command.record(frame, place, named_sample(d, command.controls, BUFFERS))
        if isinstance(command, SetNode):
            assert d is not None
            return command.record(frame, named_sample(d, command.controls, BUFFERS))
        if isinstance(command, WriteBuffer):
            return command.record(frame, self._buffers.frames(command.buffer).ctypes.data)
        return command.record(frame)

    def follow(self, sequence: int, release: Release) -> None:
        """The command of this sequence number let a sample go: the journal is to have it with the frame at which that happened."""
        if self.journal is not None:
            self._sent[sequence] = Sent(release, None, 0, None)

    def executed(self, notice: Notice) -> None:
        """The audio thread has carried out a command."""
        sent = self._sent.pop(notice.subject, None)
        if sent is not None and self.journal is not None:
            late = notice.frame - notice.value if notice.value != NOW else 0
            self.journal.carried_out(notice.frame, late, sent)
            if isinstance(sent.command, Panic):  # what was sent before it and still waited is never carried out
                self._sent = {number: other for number, other in self._sent.items() if number > notice.subject}
