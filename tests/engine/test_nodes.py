"""Nodes: setting, patching, routing and freeing them, and addressing them after their end."""

from __future__ import annotations

import numpy as np
import pytest

from phonon_osc.engine.nodes import NodeError
from phonon_osc.engine.voice import BusMap

from .rig import engine, render


def test_a_change_arrives_as_a_ramp_of_the_controls_smoothing() -> None:
    e = engine()
    e.new_node("dc", 1, {"level": 0.0}, frame=0)
    e.set_node(1, {"level": 0.48}, 100)
    out = render(e, 1024)[:, 0]
    assert np.all(out[:101] == 0.0)
    assert np.allclose(np.diff(out[100:581]), 0.48 / 480, atol=1e-6)
    assert np.all(out[580:] == np.float32(0.48))


def test_aliases_name_the_same_control() -> None:
    e = engine()
    e.new_node("dc", 1, {"lvl": 0.125}, frame=0)
    assert render(e, 64)[0, 0] == 0.125


def test_set_and_free_reach_a_node_that_has_not_started() -> None:
    e = engine()
    e.new_node("dc", 1, {"level": 0.25}, frame=1000)
    e.set_node(1, {"level": 0.5})
    e.new_node("dc", 2, {"level": 0.25}, frame=1000)
    e.free_node(2, fade=0.0)
    out = render(e, 2048)[:, 0]
    assert np.all(out[:1000] == 0.0) and out[2000] == 0.5


def test_a_patch_adds_the_source_without_delay_and_takes_it_off_its_orbit() -> None:
    e = engine()
    e.new_node("dc", "mod", {"level": 0.125}, frame=0)
    e.new_node("dc", "car", {"level": 0.25}, frame=0)
    assert e.patch("mod", "car", "level", 2.0) is False
    out = render(e, 512)[:, 0]
    assert np.all(out[128:] == 0.5)
    e.set_node("mod", {"level": 0.25}, 1000)
    out = render(e, 2048)[:, 0]
    ramp = np.flatnonzero(np.diff(out))
    assert ramp[0] == 1000 - 512, "the change is heard at its own frame: the source runs before the target"


def test_order_follows_patches_whatever_the_order_of_making() -> None:
    """a into b into c sounds the same, whichever patch is made first."""
    renders = []
    for first, second in ((("b", "c"), ("a", "b")), (("a", "b"), ("b", "c"))):
        e = engine()
        for name in "cba":
            e.new_node("dc", name, {"level": 0.0625}, frame=0)
        e.patch(*first, "level", frame=64)
        e.patch(*second, "level", frame=64)
        e.set_node("a", {"level": 0.25}, 1000)
        renders.append(render(e, 2048)[:, 0])
    assert np.array_equal(*renders)
    assert np.flatnonzero(np.diff(renders[0][900:]))[0] == 100 and renders[0][-1] == 0.375


def test_a_cycle_runs_with_one_block_of_delay_and_says_so() -> None:
    e = engine()
    e.new_node("dc", "a", {"level": 0.25}, frame=0)
    e.new_node("dc", "b", {"level": 0.0}, frame=0)
    assert e.patch("a", "b", "level", 0.5) is False
    assert e.patch("b", "a", "level", 0.5) is True
    e.route_node("a", 0)
    out = render(e, 6400)[:, 0]
    assert np.isfinite(out).all()
    assert np.isclose(out[-1], 0.25 / (1 - 0.25), atol=1e-5), "the fixed point of the loop"


def test_freeing_a_source_leaves_silence() -> None:
    e = engine()
    e.new_node("dc", "mod", {"level": 0.5}, frame=0)
    e.new_node("dc", "car", {"level": 0.125}, frame=0)
    e.patch("mod", "car", "level")
    render(e, 1024)
    e.free_node("mod")
    out = render(e, 2048)[:, 0]
    assert out[-1] == 0.125
    for _ in range(40):  # other voices use the lane again; they must not be heard through the old patch
        e.new_node("dc", -1, {"level": 0.001})
    render(e, 512)
    e.route_node("car", 5)
    assert e.tables.slabs.edges.source.reshape(-1).max() < 32 * 100


def test_patching_is_free_of_clicks() -> None:
    e = engine()
    e.new_node("dc", "mod", {"level": 0.5}, frame=0)
    e.new_node("dc", "car", {"level": 0.125}, frame=0)
    e.route_node("mod", -1, 0)
    render(e, 1024)
    e.patch("mod", "car", "level", 1.0, frame=1500)
    out = render(e, 2048)[:, 0].astype(float)
    assert np.abs(np.diff(out)).max() <= 0.5 / 64 + 1e-6


def test_orbit_minus_one_is_heard_nowhere() -> None:
    e = engine()
    e.new_node("dc", 1, {"level": 0.5}, orbit=-1, frame=0)
    assert np.all(render(e, 512) == 0.0)
    e.route_node(1, 4)
    assert render(e, 512)[-1, 0] == 0.5


def test_a_bus_moves_a_control_within_a_block() -> None:
    e = engine()
    e.set_bus({7: 0.25}, 0)
    e.new_node("dc", 1, {"level": BusMap(7)}, frame=10)
    out = render(e, 512)[:, 0]
    assert np.all(out[10:] == 0.25)
    e.set_bus({7: 0.5}, 640)
    out = render(e, 512)[:, 0]
    assert out[0] == 0.25 and np.all(out[192:] == 0.5)
    assert np.abs(np.diff(out)).max() < 0.25 / 60, "a ramp over the block, no step"
    e.set_node(1, {"level": 0.125}, 2000)
    e.set_bus({7: 1.0}, 2000)
    assert render(e, 2048)[-1, 0] == 0.125, "a value takes the control off its bus"


def test_ended_and_unknown_nodes_are_refused() -> None:
    e = engine()
    e.new_node("dc", 5, frame=0)
    with pytest.raises(NodeError, match="node 5 is there already"):
        e.new_node("dc", 5)
    with pytest.raises(NodeError, match="no control 'nope'"):
        e.set_node(5, {"nope": 1.0})
    with pytest.raises(NodeError, match="no definition 'tuba'"):
        e.new_node("tuba")
    e.free_node(5)
    render(e, 1024)
    with pytest.raises(NodeError, match="no node 5"):
        e.set_node(5, {"level": 0.1})
    with pytest.raises(NodeError, match="no node 5"):
        e.free_node(5)


def test_a_freed_id_is_free_at_once() -> None:
    e = engine()
    e.new_node("dc", 5, {"level": 0.25}, frame=0)
    render(e, 512)
    e.free_node(5)
    with pytest.raises(NodeError, match="no node 5"):
        e.free_node(5)
    e.new_node("dc", 5, {"level": 0.5})
    assert render(e, 1024)[-1, 0] == 0.5, "the new one sounds, the old one has faded"
    e.free_node(5, e.tables.device.out_frame + 48000)
    e.set_node(5, {"level": 0.125})
    assert render(e, 4096)[-1, 0] == 0.125, "freed in a second from now: until then it can be addressed"


def test_what_is_sent_after_a_panic_sounds() -> None:
    e = engine()
    e.new_node("dc", "old", {"level": 0.5}, frame=0)
    render(e, 512)
    e.panic()
    e.new_node("dc", "old", {"level": 0.25})
    e.new_node("dc", "new", {"level": 0.125}, frame=2000)
    out = render(e, 4096)
    assert out[-1, 0] == 0.375 and set(e.patchbay.by_id) == {"old", "new"}
