"""Sends commands to the audio thread. It counts them and, for a session log, remembers them until they are carried out."""

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
from phonon_osc.engine.ready import ReadyVoice, Start
from phonon_osc.limits import BUFFERS

Order = tuple[Command, int, Definition | None]  # command, frame, definition of the voice or node that it is for
ReadyOrder = tuple[ReadyVoice, int, int, float | None]  # a voice that is ready, frame, seed, timetag of its event


@dataclass(frozen=True, slots=True)
class Sent:
    """A command that was sent. ``sample``: the journal's description of the sample ``buffer`` (0: none) when it was sent."""

    command: Command | Release
    definition: Definition | None
    buffer: int
    sample: Any


class Journal(Protocol):
    """Writes down what an engine does, so that it can be rendered later. A session log is a journal."""

    def describe(self, buffer: int) -> Any:
        """A description of a sample that a command names. It is taken now, since another sample may get the number later."""

    def carried_out(self, frame: int, late: int, sent: Sent) -> None:
        """Write down a command that was carried out at ``frame``, ``late`` frames after it was due."""

    def changed(self, frame: int, change: Change) -> None:
        """Write down a change that the control side made when ``frame`` frames had been played."""


class Sender:
    """Sends commands. All commands of one change are sent, or none."""

    def __init__(self, link: Link, definitions: Definitions, buffers: Buffers) -> None:
        self._link, self._definitions, self._buffers = link, definitions, buffers
        self._sent: dict[int, Sent] = {}  # sequence number -> command; only used with a journal
        self.journal: Journal | None = None

    def send(self, *orders: Order, always: bool = False, ready: ReadyOrder | None = None) -> int:
        """Send the commands of one change: all, or with QueueFull none. Returns the first's sequence number.

        ``always``: see ``Link.send``. ``ready``: start this voice instead, with less work.
        """
        if ready is not None:
            return self._start(*ready)
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

    def _start(self, ready: ReadyVoice, frame: int, seed: int, at: float | None) -> int:
        """Send the command of a voice that is ready; ``send`` for the most frequent command."""
        sequence = self._link.send_one(Start(ready, frame, seed))
        self._definitions.count_voice(ready.place)
        if ready.buffer:
            self._buffers.use(ready.buffer)
        if self.journal is not None:
            command = ready.command(self._definitions.key(ready.definition.name), seed, at)
            sample = self.journal.describe(ready.buffer) if ready.buffer else None
            self._sent[sequence] = Sent(command, ready.definition, ready.buffer, sample)
        return sequence

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

    def journal_release(self, sequence: int, release: Release) -> None:
        """The command with this number releases a sample. The journal gets ``release`` with the frame at which that happens."""
        if self.journal is not None:
            self._sent[sequence] = Sent(release, None, 0, None)

    def executed(self, notice: Notice) -> None:
        """Handle the notice that a command was carried out."""
        sent = self._sent.pop(notice.subject, None)
        if sent is not None and self.journal is not None:
            late = notice.frame - notice.value if notice.value != NOW else 0
            self.journal.carried_out(notice.frame, late, sent)
            if isinstance(sent.command, Panic):  # earlier commands that still waited are never carried out
                self._sent = {number: other for number, other in self._sent.items() if number > notice.subject}
