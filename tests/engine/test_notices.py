"""The control side may be busy for long: what the audio thread has to tell is not lost meanwhile."""

from __future__ import annotations

import numpy as np

from phonon_osc.engine.engine import Engine
from phonon_osc.studio import Studio

from .rig import engine, render

FLOOD = 20000  # commands, more than notices fit


def flood(e: Engine, first: int, count: int) -> None:
    """Commands that are carried out while nobody takes notices."""
    out = np.zeros((64, 2), np.float32)
    for k in range(first, first + count):
        e.set_bus({3: float(k)})
        if k % 256 == 0:
            e.render(out)


def test_a_session_log_has_no_holes() -> None:
    e = engine()
    logged: list[float] = []
    e.log_commands(lambda _frame, command: logged.append(command["pairs"][0][2]), int)
    flood(e, 0, FLOOD)
    assert e.tables.queue.held_blocks > 0, "meant to be more than notices fit"
    for _ in range(200):
        render(e, 64)
    assert logged == [float(k) for k in range(FLOOD)]
    assert e.tables.queue.notices_lost == 0


def test_no_node_number_is_lost() -> None:
    e = engine()
    e.log_commands(lambda *_: None, int)
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
    assert len(e.nodes) == 0 and e.tables.queue.notices_lost == 0


def test_both_are_told() -> None:
    status = Studio(voices=16).status()
    assert status["held_blocks"] == 0 and status["notices_lost"] == 0
