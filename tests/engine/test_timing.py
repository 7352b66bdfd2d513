"""Voices start and end exactly at their frames, for every length of the callback."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from phonon_osc.engine.voice import Voice

from .rig import engine, hit, render


@pytest.mark.parametrize("frame", [0, 1, 63, 64, 65, 100, 127, 128, 1000])
def test_onset_and_end_lie_on_their_frames(frame: int) -> None:
    e = engine()
    hit(e, frame, 0.25, 100 / 48000)
    out = render(e, 1300)
    assert np.flatnonzero(out[:, 0])[[0, -1]].tolist() == [frame, frame + 99]
    assert np.all(out[frame : frame + 100] == 0.25)


def test_voices_of_one_slab_do_not_disturb_each_other() -> None:
    e = engine()
    starts = [5, 17, 17, 60, 64, 90]
    for k, frame in enumerate(starts):
        hit(e, frame, 2.0 ** -(k + 2), (30 + 7 * k) / 48000)
    out = render(e, 256)
    want = np.zeros(256)
    for k, frame in enumerate(starts):
        want[frame : frame + 30 + 7 * k] += 2.0 ** -(k + 2)
    assert np.array_equal(out[:, 0], want.astype(np.float32))


def test_a_voice_that_starts_later_sees_a_fresh_filter() -> None:
    """A lane's state is cleared at its onset row, not at the start of the block: its filter must not run before the onset."""
    alone, together = engine(), engine()
    together.play(Voice("filtered", {"level": 0.5, "lpf": 300.0}, 1.0, orbit=1), 0)
    for e in (alone, together):
        e.play(Voice("filtered", {"level": 0.25, "lpf": 500.0}, 0.01, orbit=0), 37)
    a, b = render(alone, 512), render(together, 512)
    only_first = engine()
    only_first.play(Voice("filtered", {"level": 0.5, "lpf": 300.0}, 1.0, orbit=1), 0)
    assert np.allclose(b - render(only_first, 512), a, atol=1e-7)


def score(e) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(5)
    for frame in sorted(rng.integers(0, 6000, 150).tolist()):
        name = ("dc", "filtered", "gated")[rng.integers(3)]
        controls = {"level": float(rng.uniform(-0.02, 0.02))}
        if name == "filtered" and rng.random() < 0.7:
            controls["lpf"] = float(rng.uniform(100, 5000))
        e.play(
            Voice(
                name,
                controls,
                float(rng.uniform(0.001, 0.1)),
                orbit=int(rng.integers(12)),
                cut=int(rng.integers(-2, 3)),
            ),
            int(frame),
        )


def test_the_period_never_changes_a_bit() -> None:
    renders = []
    for period in (16, 48, 64, 100, 256, 1024, 8192):
        e = engine(voices=16)
        score(e)
        renders.append(render(e, 8192, period))
        assert e.tables.slabs.counts.stolen > 0 and e.tables.slabs.counts.cut > 0, (
            "the score is meant to steal and choke"
        )
    rng = np.random.default_rng(1)
    e = engine(voices=16)
    score(e)
    parts, left = [], 8192
    while left:
        n = min(left, int(rng.integers(1, 700)))
        parts.append(render(e, n, n))
        left -= n
    renders.append(np.concatenate(parts))
    assert np.abs(renders[0]).max() > 0.01
    for a, b in itertools.pairwise(renders):
        assert np.array_equal(a, b)


@pytest.mark.parametrize("width", [4, 8, 32])
def test_the_lane_width_never_changes_a_bit(width: int) -> None:
    reference, other = engine(voices=16, width=16), engine(voices=16, width=width)
    score(reference)
    score(other)
    assert np.array_equal(render(reference, 8192), render(other, 8192))


def test_a_late_command_is_carried_out_at_once_and_counted() -> None:
    e = engine()
    render(e, 640)
    hit(e, 100, 0.25, 0.01)
    out = render(e, 256)
    assert np.flatnonzero(out[:, 0])[0] == 0
    assert e.tables.queue.late == 1 and e.tables.queue.late_frames == 540


def test_commands_of_one_frame_keep_their_order() -> None:
    e = engine()
    node = e.new_node("dc", "x", {"level": 0.0}, frame=100)
    for level in (0.1, 0.2, 0.3):
        e.set_node(node.id, {"level": level}, 200)
    out = render(e, 1000)
    assert out[-1, 0] == np.float32(0.3)


def test_commands_may_arrive_in_any_order() -> None:
    frames = [900, 100, 500, 300, 700]
    e = engine()
    for frame in frames:
        hit(e, frame, 0.25, 10 / 48000)
    onsets = np.flatnonzero(np.diff(render(e, 1024)[:, 0], prepend=0) > 0)
    assert onsets.tolist() == sorted(frames)
