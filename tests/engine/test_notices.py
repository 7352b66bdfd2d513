"""The control side may be busy for a long time. No notice of the audio thread is lost meanwhile."""

from __future__ import annotations

import numpy as np

from phonon_osc.engine.changes import Change, Release
from phonon_osc.engine.commands import Command, SetBuses
from phonon_osc.engine.engine import Engine
from phonon_osc.engine.sending import Sent
from phonon_osc.studio import Studio

from .rig import engine, render

FLOOD = 20000  # commands; there is not room for so many notices


class Log(list[Command]):
    """A journal that collects the commands."""

    def describe(self, buffer: int) -> None:
        """This test has no samples."""

    def carried_out(self, frame: int, late: int, sent: Sent) -> None:
        assert not isinstance(sent.command, Release)
        self.append(sent.command)

    def changed(self, frame: int, change: Change) -> None:
        """This test changes no definitions."""


def flood(e: Engine, first: int, count: int) -> None:
    """Send commands, which are carried out while nobody reads notices."""
    out = np.zeros((64, 2), np.float32)
    for k in range(first, first + count):
        e.set_bus({3: float(k)})
        if k % 256 == 0:
            e.render(out)


def test_a_session_log_has_no_holes() -> None:
    e = engine()
    log = Log()
    e.keep_journal(log)
    flood(e, 0, FLOOD)
    assert e.tables.queue.held_blocks > 0, "the test needs more commands than there is room for notices"
    for _ in range(200):
        render(e, 64)
    assert log == [SetBuses(((3, 0, float(k)),)) for k in range(FLOOD)]
    assert e.tables.queue.notices_lost == 0


def test_no_node_number_is_lost() -> None:
    e = engine()
    e.keep_journal(Log())
    for k in range(60):
        e.new_node("gated", k, {"release": 1.0}, frame=0)
    render(e, 64)
    for k in range(60):
        e.set_node(k, {"gate": 0.0})
    flood(e, 0, FLOOD)
    assert e.tables.queue.held_blocks > 0 and e.tables.slabs.counts.nodes == 60
    e.render(np.zeros((96000, 2), np.float32))
    assert e.tables.slabs.counts.nodes == 0, "they end while commands are held back"
    for _ in range(200):
        render(e, 64)
    assert len(e.patchbay) == 0 and e.tables.queue.notices_lost == 0


def test_status_shows_held_blocks_and_lost_notices() -> None:
    status = Studio(voices=16).status()
    assert status["held_blocks"] == 0 and status["notices_lost"] == 0
