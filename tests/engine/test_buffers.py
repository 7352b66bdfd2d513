"""Samples in the engine: exact counts say whether one is in use, and memory is freed only when the audio thread no longer reads it."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from dsp.kind import Param
from phonon_osc.engine.commands import NOW
from phonon_osc.engine.definition import Definition, Graph
from phonon_osc.engine.engine import Engine
from phonon_osc.engine.voice import BusMap, Voice
from phonon_osc.errors import UsageError
from phonon_osc.limits import BUFFERS

from . import rig
from .rig import render


def player(name: str = "player") -> Definition:
    """Plays a sample unchanged."""
    g = Graph(name)
    buffer = g.control("buffer", Param(0.0, 0.0, 1e6, smoothing=0.0))
    rate = g.control("rate", Param(1.0, -8.0, 8.0, smoothing=0.0))
    g.out(*g.add("sampler", buffer=buffer, rate_start=rate, rate_end=rate))
    return g.build()


def engine(voices: int = 64) -> Engine:
    made = rig.engine(voices)
    made.add_definition(player())
    return made


def level(value: float, frames: int = 8000) -> np.ndarray:
    return np.full((frames, 2), value, np.float32)


def play(e: Engine, number: int, frame: int = NOW, seconds: float = 0.01, **words: object) -> None:
    e.play(Voice("player", {"buffer": float(number)}, seconds, **words), frame)  # type: ignore[arg-type]


def test_a_sample_can_be_played_by_a_command_sent_right_after_it() -> None:
    e = engine()
    number = e.buffers.add(level(0.25), 48000.0)
    play(e, number, 10)
    out = render(e, 1024)[:, 0]
    assert np.flatnonzero(out)[[0, -1]].tolist() == [10, 489] and np.all(out[10:490] == 0.25)


def test_idle_means_neither_waiting_nor_sounding() -> None:
    e = engine()
    number = e.buffers.add(level(0.25), 48000.0)
    assert e.buffers.idle(number)
    play(e, number, 5000)
    assert not e.buffers.idle(number), "sent"
    render(e, 4096)
    assert not e.buffers.idle(number), "waiting"
    render(e, 1024)
    assert not e.buffers.idle(number), "sounding"
    render(e, 1024)
    assert e.buffers.idle(number)


def test_memory_is_freed_when_the_audio_thread_has_confirmed() -> None:
    e = engine()
    frames = level(0.25)
    kept = weakref.ref(frames)
    number = e.buffers.add(frames, 48000.0)
    del frames
    render(e, 64)
    e.buffers.drop(number)
    e.poll()
    gc.collect()
    assert kept() is not None and len(e.buffers) == 1, "no block was computed since"
    render(e, 64)
    assert kept() is None and len(e.buffers) == 0


def test_a_dropped_sample_and_its_number_are_silent_until_the_number_is_used_again() -> None:
    """A node may follow a bus to any number, so the engine cannot know which nodes will play a number."""
    e = engine()
    number = e.buffers.add(level(0.25, 1 << 20), 48000.0)
    e.set_bus({3: float(number)})
    e.new_node("player", "p", {"buffer": BusMap(3)}, frame=0)
    assert np.all(render(e, 4096)[64:, 0] == 0.25)
    assert e.buffers.idle(number)
    e.buffers.drop(number)
    assert np.all(render(e, 8192) == 0.0)
    for _ in range(BUFFERS):
        if e.buffers.add(level(0.5, 1), 48000.0) == number:
            break
        render(e, 64)
    assert np.all(render(e, 1024)[64:, 0] == 0.5)


def test_every_end_of_a_command_releases_its_sample() -> None:
    """Its voice ended, was stolen, choked, moved by a patch, set to another sample or freed, or a panic forgot the command."""
    e = engine(voices=16)
    a, b = e.buffers.add(level(0.25, 99999), 48000.0), e.buffers.add(level(0.5, 99999), 48000.0)
    rng = np.random.default_rng(3)
    for _ in range(300):
        play(e, a, int(rng.integers(0, 20000)), float(rng.uniform(0.0, 0.1)), cut=int(rng.integers(-1, 2)))
    e.new_node("player", 1, {"buffer": float(a)}, frame=0)
    e.new_node("dc", 2, {"level": 0.0}, frame=0)
    render(e, 1024)
    e.patch(2, 1, "rate")  # one deeper
    render(e, 1024)
    assert not e.buffers.idle(a) and e.buffers.idle(b)
    e.set_node(1, {"buffer": float(b)})
    render(e, 26000)
    assert e.tables.slabs.counts.stolen > 0 and e.tables.slabs.counts.cut > 0
    assert e.buffers.idle(a) and not e.buffers.idle(b)
    e.free_node(1)
    play(e, a, e.frame + 500000)
    play(e, b, e.frame + 5000)
    render(e, 1024)
    assert not e.buffers.idle(a) and not e.buffers.idle(b)
    e.panic()
    render(e, 8192)
    assert e.buffers.idle(a) and e.buffers.idle(b)


def test_a_command_for_a_node_that_has_ended_releases_its_sample() -> None:
    e = engine()
    number = e.buffers.add(level(0.25), 48000.0)
    e.new_node("player", 1, {}, frame=0)
    render(e, 256)
    e.free_node(1, 10000, fade=0.001)
    e.set_node(1, {"buffer": float(number)}, 48000)
    assert not e.buffers.idle(number)
    render(e, 64000)
    assert e.tables.slabs.counts.stale == 1 and e.buffers.idle(number)


def test_refused_voices_release_their_samples() -> None:
    """There are more definitions than slabs, so voices are refused. None of them keeps its sample."""
    e = engine(voices=16)
    for k in range(e.sizes.slabs):
        e.add_definition(player(f"player{k}"))
    number = e.buffers.add(level(0.25, 99999), 48000.0)
    for k in range(e.sizes.slabs):
        for _ in range(2):
            e.new_node(f"player{k}", controls={"buffer": float(number)}, frame=0)
    render(e, 256)
    assert e.tables.slabs.counts.refused > 0
    e.panic()
    render(e, 4096)
    assert e.buffers.idle(number)


def test_made_up_numbers_do_nothing() -> None:
    e = engine()
    for number in (1, 5, BUFFERS - 1, BUFFERS, 1_000_000):
        play(e, number)
    assert np.all(render(e, 4096) == 0.0)
    assert all(e.buffers.idle(n) for n in range(BUFFERS))


def test_a_number_that_a_node_made_up_stays_silent_while_it_plays() -> None:
    e = engine()
    e.new_node("player", 1, {"buffer": 1.0}, frame=0)
    numbers = [e.buffers.add(level(0.5), 48000.0) for _ in range(3)]
    assert 1 not in numbers and np.all(render(e, 4096) == 0.0)
    e.free_node(1)
    render(e, 1024)
    assert e.buffers._free[0] == 1


def test_numbers_run_out_with_an_error_that_says_so() -> None:
    e = engine()
    short = level(0.1, 1)
    for _ in range(BUFFERS - 1):
        e.buffers.add(short, 48000.0)
        if e.link.waiting:
            render(e, 64)
    with pytest.raises(UsageError, match=f"more than {BUFFERS - 1} samples"):
        e.buffers.add(short, 48000.0)
    with pytest.raises(UsageError, match="float32"):
        e.buffers.add(np.zeros((3, 1), np.float32), 48000.0)


def test_many_samples_that_come_and_go_are_never_confused() -> None:
    """Every number is used many times. Each voice plays the sample that its command named."""
    e = engine()
    rng = np.random.default_rng(5)
    held: list[int] = []
    values: dict[int, float] = {}
    out, expected = [], []
    for block in range(400):
        value = 2.0 ** -int(rng.integers(2, 12))
        frames = level(value, int(rng.integers(64, 5000)))
        number = e.buffers.add(frames, 48000.0)
        values[number] = value
        held.append(number)
        chosen = held[int(rng.integers(len(held)))]
        play(e, chosen, e.frame, 64 / 48000)
        expected.append(values[chosen])
        if block % 7 == 0:
            scrap = np.zeros((64, 2), np.float32)
            e.render(scrap)  # no poll yet: commands wait in the ring while others are dropped
        else:
            out.append(render(e, 64, 64)[:, 0])
            assert np.all(out[-1] == np.float32(expected[-1])), block
        for old in list(held[:-3]):
            if e.buffers.idle(old):
                e.buffers.drop(old)
                held.remove(old)
    render(e, 128)
    assert len(e.buffers) == len(held) <= 6
