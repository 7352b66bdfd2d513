"""Lanes: taking, stealing, choking and freeing them. At the end every count is zero again."""

from __future__ import annotations

import numpy as np
import pytest

from phonon_osc.engine.audio.tables import STATE_ROWS, TRIGGERS
from phonon_osc.engine.link import QueueFull
from phonon_osc.engine.voice import Voice

from .rig import engine, hit, render


def counts(e) -> dict[str, int]:  # type: ignore[no-untyped-def]
    return {name: getattr(e.tables.slabs.counts, name) for name in ("active", "lanes_taken", "nodes")} | {
        "heap_count": e.tables.queue.heap_count
    }


def test_a_full_table_steals_the_quietest_with_a_short_fade() -> None:
    e = engine(voices=16)
    for k in range(16):
        hit(e, 0, 0.001 * (16 - k), 10.0, orbit=0)
    render(e, 4096)
    hit(e, 5000, 0.5, 10.0)
    out = render(e, 2048)[:, 0].astype(float)
    assert e.tables.slabs.counts.stolen == 1 and e.tables.slabs.counts.active == 16
    before, after = out[5000 - 4096 - 1], out[-1]
    assert np.isclose(after - before, 0.5 - 0.001, atol=1e-6), "the quietest voice (0.001) went"
    step = np.diff(out)
    step[5000 - 4096 - 1] = 0.0
    assert np.abs(step).max() < 0.001 / 100, "it was faded, not cut"


def test_releasing_voices_are_stolen_first() -> None:
    e = engine(voices=16)
    for k in range(16):
        e.new_node("gated", k + 1, {"level": 0.001 * (k + 1), "release": 5.0}, frame=0)
    render(e, 4096)
    e.set_node(16, {"gate": 0.0})
    render(e, 1024)
    hit(e, 6000, 0.5, 1.0)
    render(e, 2048)
    assert 16 not in e.patchbay.by_id and len(e.patchbay) == 15


def test_cut_groups_choke_within_their_orbit() -> None:
    e = engine()
    hit(e, 0, 0.125, 1.0, cut=1, orbit=0)
    hit(e, 0, 0.0625, 1.0, cut=1, orbit=1)
    hit(e, 0, 0.03125, 1.0, cut=2, orbit=0)
    hit(e, 500, 0.25, 1.0, cut=-1, cut_sound=7, orbit=0)
    hit(e, 1000, 0.015625, 1.0, cut=-1, cut_sound=8, orbit=0)
    hit(e, 1500, 0.0078125, 1.0, cut=-1, cut_sound=8, orbit=0)
    out = render(e, 2048)[:, 0]
    others = 0.125 + 0.0625 + 0.03125  # another sound, another orbit, another group
    assert out[499] == others
    assert out[999] == others + 0.25, "a negative group stops its own sound only"
    assert out[1499] == others + 0.25 + 0.015625
    assert out[1999] == others + 0.25 + 0.0078125, "and stops that"
    assert e.tables.slabs.counts.cut == 1


def test_a_positive_cut_stops_every_sound_of_the_group() -> None:
    e = engine()
    hit(e, 0, 0.1, 1.0, cut=3, cut_sound=1, fade=0.002)
    hit(e, 0, 0.2, 1.0, cut=-3, cut_sound=2, fade=0.002)
    hit(e, 480, 0.4, 1.0, cut=3, cut_sound=9)
    out = render(e, 1024)[:, 0]
    assert np.isclose(out[479], 0.3) and np.isclose(out[700], 0.4)
    assert np.isclose(out[480 + 48], 0.4 + 0.3 * 0.5, atol=0.01), "linear over the stopped voices' own 2 ms"


def test_everything_returns_to_zero_after_a_storm() -> None:
    e = engine(voices=16)
    rng = np.random.default_rng(2)
    for _ in range(400):
        hit(
            e,
            int(rng.integers(0, 9000)),
            0.01,
            float(rng.uniform(0.0001, 0.03)),
            orbit=int(rng.integers(12)),
            cut=int(rng.integers(-2, 3)),
        )
    render(e, 16384)
    assert counts(e) == {"active": 0, "lanes_taken": 0, "nodes": 0, "heap_count": 0}
    assert e.tables.slabs.order_count == 1, "no slab but the orbits' is bound"
    assert e.tables.queue.pool_free == e.sizes.pool


def test_not_a_number_kills_the_voice_and_nothing_else() -> None:
    e = engine()
    hit(e, 0, 0.125, 1.0, orbit=3)
    e.play(Voice("filtered", {"level": 0.25, "lpf": 500.0}, 1.0, orbit=3), 0)
    render(e, 640)
    # make the state of a filter not-a-number; no message can do this, and no kind should
    slab = next(s for s in range(1, 8) if e.tables.slabs.trigger[s * TRIGGERS])
    lane = int(e.tables.slabs.taken[slab]).bit_length() - 1
    e.tables.slabs.state.view(np.float32).reshape(-1, STATE_ROWS, 32)[slab, 0, lane] = np.nan
    out = render(e, 640)
    assert np.isfinite(out).all()
    assert np.all(out[64:, 0] == 0.125)
    assert e.tables.slabs.counts.bad_voices == 1 and e.tables.slabs.counts.active == 1


def test_the_hard_end_frees_a_lane_without_a_command() -> None:
    e = engine()
    node = e.new_node("gated", "g", {"release": 0.02}, frame=0)
    render(e, 1024)
    e.set_node(node.id, {"gate": 0.0}, 2000)
    render(e, 2048)
    assert counts(e)["nodes"] == 0 and "g" not in e.patchbay.by_id


def test_panic_silences_and_forgets() -> None:
    e = engine()
    hit(e, 0, 0.5, 60.0)
    hit(e, 20000, 0.5, 1.0)
    e.new_node("dc", "n", {"level": 0.25}, frame=0)
    e.new_node("dc", "later", {"level": 0.25}, frame=30000)
    render(e, 1024)
    e.panic()
    out = render(e, 48000)
    assert np.all(out[400:] == 0.0)
    assert counts(e) == {"active": 0, "lanes_taken": 0, "nodes": 0, "heap_count": 0}
    assert len(e.patchbay) == 0


def test_panic_is_heard_although_the_queue_is_full() -> None:
    """More voices in the future than the audio thread has places for: commands wait in the ring, and more on the control side."""
    e = engine()
    e.new_node("dc", "n", {"level": 0.25}, frame=0)
    render(e, 1024)
    with pytest.raises(QueueFull):
        for k in range(40_000):
            hit(e, 2_000_000 + k, 0.5, 1.0)
    e.poll()
    assert e.link.waiting > 1000
    e.panic()
    for _ in range(200):
        out = render(e, 256)
        e.poll()
    assert np.all(out == 0.0)
    assert counts(e) == {"active": 0, "lanes_taken": 0, "nodes": 0, "heap_count": 0} and e.link.waiting == 0
    hit(e, e.tables.device.out_frame + 500, 0.5, 1.0)
    assert np.abs(render(e, 2048)).max() > 0.3


def test_a_node_can_be_freed_although_the_queue_is_full() -> None:
    e = engine()
    e.new_node("dc", "n", {"level": 0.25}, frame=0)
    render(e, 1024)
    with pytest.raises(QueueFull):
        for k in range(40_000):
            hit(e, 2_000_000 + k, 0.5, 1.0)
    e.free_node("n")
    assert "n" not in e.patchbay.by_id
