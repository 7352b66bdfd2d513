"""Recordings of real front ends, rendered offline: every event sounds at its frame, and periods and lane widths change no bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from phonon_osc.engine.audio.tables import RING_HEAD
from phonon_osc.osc.due import RecordedDue
from phonon_osc.osc.wire import decode, ntp_to_unix
from phonon_osc.rendering import Options, Result, render_file
from phonon_osc.scores import Datagram, read_recording
from phonon_osc.studio import Studio

CAPTURES = Path(__file__).parent / "data" / "captures"
NAMES = (
    "tidal-drums",
    "tidal-busses",
    "strudel-drums",
    "vortex-drums",
    "sardine-drums",
    "superdirtpy-drums",
    "liblo-oscsend",
)
# these recordings have, on purpose, an event without arguments, an unknown sound ("b") and odd pairs
SILENT = {"liblo-oscsend": 3}
RATE = 48000


def rendered(name: str, **options: object) -> Result:
    return render_file(CAPTURES / f"{name}.jsonl", None, Options(**options))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_every_event_sounds(name: str) -> None:
    result = rendered(name)
    plays = sum(
        message.address in ("/dirt/play", "/play2")
        for datagram in read_recording(CAPTURES / f"{name}.jsonl")
        for message in decode(datagram.data).messages
    )
    assert result.events >= plays - SILENT.get(name, 0) and result.started == result.events
    assert result.finite and 0.05 < result.peak < 1.0, "neither silent nor clipped"
    assert result.late == 0 and result.refused == 0 and result.malformed == 0


def events(name: str) -> list[tuple[Datagram, int | None]]:
    return [
        (datagram, message.timetag)
        for datagram in read_recording(CAPTURES / f"{name}.jsonl")
        for message in decode(datagram.data).messages
        if message.address in ("/dirt/play", "/play2")
    ]


@pytest.fixture(scope="module")
def studio() -> Studio:
    made = Studio(voices=64)
    made.library.preload_kit()
    return made


def settle(studio: Studio) -> None:
    """Silence everything, and reset the effects of the orbits."""
    studio.engine.panic()
    scrap = np.zeros((4096, 2), np.float32)
    studio.engine.render(scrap)
    studio.engine.poll()
    assert studio.engine.tables.slabs.counts.lanes_taken == 0


@pytest.mark.parametrize("name", NAMES)
def test_each_event_alone_begins_at_its_timetags_frame(name: str, studio: Studio) -> None:
    engine, checked, off = studio.engine, 0, []
    for datagram, timetag in events(name):
        settle(studio)
        at = datagram.arrival if timetag is None else ntp_to_unix(timetag, datagram.arrival)
        zero = at - (engine.tables.device.out_frame + 1000.3) / RATE  # between two frames, like real timetags
        router = studio.route(RecordedDue(RATE, zero))
        before = engine.tables.slabs.counts.started
        router.datagram(datagram.data, datagram.sender, datagram.arrival, lambda *_: None)
        first = engine.tables.device.out_frame
        out = np.zeros((6000, 2), np.float32)
        engine.render(out)
        engine.poll()
        if engine.tables.slabs.counts.started == before:
            continue  # one of SILENT
        heard = np.flatnonzero(np.any(out != 0.0, axis=1))
        assert len(heard), datagram.data
        off.append(first + heard[0] - (at - zero) * RATE)
        checked += 1
    assert checked >= len(events(name)) - SILENT.get(name, 0)
    assert np.abs(off).max() <= 1.0, "frames"


def test_nothing_that_is_free_to_choose_changes_a_bit() -> None:
    """Periods (powers of two, others, changing ones), lane widths and repetition give the same bits."""
    name = "tidal-busses"
    reference = rendered(name, seconds=9.0).audio
    assert reference is not None and np.abs(reference).max() > 0.05
    variants: list[dict[str, object]] = [{"period": p} for p in (16, 48, 64, 100, 256, 1024, 8192)]
    variants += [{"period": "vary"}, {"lanes": 4}, {"lanes": 16}, {"lanes": 32, "period": 100}, {}]
    for variant in variants:
        again = rendered(name, seconds=9.0, **variant).audio
        assert again is not None and np.array_equal(reference, again), variant


def test_a_full_ring_holds_commands_back_and_loses_none(studio: Studio) -> None:
    """More commands at once than the ring holds: the rest waits."""
    settle(studio)
    head = studio.engine.link.shared[RING_HEAD]
    for _ in range(3000):
        studio.engine.set_bus({1: 0.5})
    assert studio.engine.link.waiting > 0
    scrap = np.zeros((64, 2), np.float32)
    for _ in range(200):
        studio.engine.render(scrap)
        studio.engine.poll()
    assert studio.engine.link.waiting == 0
    assert studio.engine.link.shared[RING_HEAD] - head == 3000
