"""The promises of every kind, tested on all kinds."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import harness
import planted
from dsp.compile import ALLOWED, CompileError, compile_kind, undefined_symbols
from dsp.kind import Kind, Unit, kinds
from dsp.lanes import LANES, WIDTHS
from dsp.load import gather, kind_job
from harness import Compiled, Twin, render, twin
from signals import constants, inputs, moving, sounds, wild

pytestmark = pytest.mark.timeout(900)  # the first test after a change compiles every kind at every width

KINDS = kinds()
FRAMES = 160  # two and a half blocks: spans end on the grid and off it
TOLERANCE = (
    5e-4  # share of a lane's own peak: compiled code fuses multiply-adds, and recursion accumulates the differences
)
STEP_SHARE = 0.02  # share of the rows that may differ more if a kind is tagged "stepped": rounding decides where its output jumps
NEAR = 0.02  # how far from its defaults a kind tagged "chaotic" is compared: further away, rounding changes everything

each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
# Kinds tagged "engine" cannot be used in definitions: only the engine calls them, and it counts their rows.
each_sounding = pytest.mark.parametrize(
    "kind", [k for k in KINDS.values() if "engine" not in k.tags], ids=lambda k: k.name
)


@pytest.fixture(scope="session", autouse=True)
def machine_code() -> dict[str, bytes]:
    """All kinds at all widths: compiled together in parallel, or taken from the cache."""
    wanted = [(name, width) for name in KINDS for width in WIDTHS]
    harness.load(wanted)
    return gather(kind_job(name, width) for name, width in wanted)


def leftovers() -> np.ndarray:
    return np.random.default_rng(4).uniform(-0.5, 0.5, 4099).astype(np.float32)


def both_ways(kind: Kind, frames: int = FRAMES) -> list[dict[str, Any]]:
    """Arguments for two runs: constant parameters with old lanes, and moving parameters with new lanes."""
    common = {"inputs": inputs(kind, frames), "buffers": sounds()}
    return [
        {**common, "params": constants(kind), "start_age": 1 << 20, "junk": leftovers()},
        {**common, "params": moving(kind, frames)},
    ]


def assert_same_bits(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> None:
    for name in a:
        differing = np.flatnonzero((a[name].view(np.int32) != b[name].view(np.int32)).any(0))
        assert not len(differing), f"{name} differs in lanes {differing}"


def assert_alike(kind: Kind, a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> None:
    for name in a:
        level = np.maximum(np.abs(b[name]).max(0), 1e-3)
        off = ~(np.abs(a[name] - b[name]) <= TOLERANCE * level)
        share = off.mean(0) if "stepped" in kind.tags else off.any(0)
        lanes = np.flatnonzero(share > (STEP_SHARE if "stepped" in kind.tags else 0))
        assert not len(lanes), (
            f"{name} differs in lanes {lanes} by up to {np.nanmax(np.abs(a[name] - b[name]) / level)}"
        )


def tame(kind: Kind, how: dict[str, Any]) -> dict[str, Any]:
    """Arguments as from ``runs``, but near the defaults if the kind is chaotic."""
    if "chaotic" not in kind.tags:
        return how
    default = {name: param.default for name, param in kind.params.items()}
    near = {name: (default[name] + NEAR * (v - default[name])).astype(np.float32) for name, v in how["params"].items()}
    return {**how, "params": near}


# --- one kernel, two readings --------------------------------------------------------------------------------------
@each_kind
def test_compiled_code_does_what_the_python_kernel_does(kind: Kind) -> None:
    for how in both_ways(kind):
        how = tame(kind, how)
        assert_alike(kind, render(kind.name, FRAMES, **how), twin(kind.name, FRAMES, **how))


@each_kind
def test_a_moving_parameter_that_stands_still_is_a_constant(kind: Kind) -> None:
    still = tame(kind, both_ways(kind)[0])
    written_out = {name: np.tile(row, (FRAMES, 1)) for name, row in still["params"].items()}
    assert_alike(
        kind, render(kind.name, FRAMES, **{**still, "params": written_out}), render(kind.name, FRAMES, **still)
    )


# --- the same bits -------------------------------------------------------------------------------------------------
@each_kind
def test_all_widths_give_the_same_bits(kind: Kind) -> None:
    for how in both_ways(kind):
        wide = render(kind.name, FRAMES, width=16, **how)
        for width in (4, 8, 32):
            assert_same_bits(wide, render(kind.name, FRAMES, width=width, **how))


@each_sounding
@pytest.mark.parametrize("splits", [(1,), (7,), (13, 51), (50,), (63, 1)], ids=str)
def test_splitting_a_block_changes_no_bit(kind: Kind, splits: tuple[int, ...]) -> None:
    for how in both_ways(kind):
        assert_same_bits(render(kind.name, FRAMES, **how), render(kind.name, FRAMES, splits=splits, **how))


@pytest.mark.parametrize("kind", [k for k in KINDS.values() if k.per_lane], ids=lambda k: k.name)
def test_plain_numbers_forget_their_double_precision_at_every_row(kind: Kind) -> None:
    """State is single precision. A kernel that carries more from row to row loses it where a block is split, and it shows only later."""
    how = {"inputs": inputs(kind, 4000), "params": constants(kind), "buffers": sounds()}
    assert_same_bits(render(kind.name, 4000, **how), render(kind.name, 4000, splits=(13, 51), **how))


@each_sounding
def test_a_lane_taken_again_is_like_a_new_one(kind: Kind) -> None:
    run = both_ways(kind)[1]
    buffers = run.pop("buffers")
    used = Compiled(kind.name, buffers=buffers)
    used.run(100, inputs=inputs(kind, 100, seed=9), params=wild(kind, 100))
    used.restart()
    assert_same_bits(Compiled(kind.name, buffers=buffers).run(FRAMES, **run), used.run(FRAMES, **run))


@each_kind
def test_lanes_do_not_hear_each_other(kind: Kind) -> None:
    how = both_ways(kind)[1]
    lane = 11
    others = np.arange(LANES) != lane
    changed = {name: np.where(others, np.nan, v).astype(np.float32) for name, v in {**how["params"]}.items()}
    noisy = {name: np.where(others, 1e9, v).astype(np.float32) for name, v in how["inputs"].items()}
    a = render(kind.name, FRAMES, **how)
    b = render(kind.name, FRAMES, **{**how, "params": changed, "inputs": noisy})
    if kind.bus:  # lane 11 of orbit 0 adds to column 11 of orbit 0; lane 27 of orbit 1 does not
        assert_same_bits(
            {k: v[:, lane : lane + 1] for k, v in a.items()}, {k: v[:, lane : lane + 1] for k, v in b.items()}
        )
        return
    assert_same_bits({k: v[:, lane] for k, v in a.items()}, {k: v[:, lane] for k, v in b.items()})


# --- control rate --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", [k for k in KINDS.values() if not k.memory and not k.bus], ids=lambda k: k.name)
def test_control_rate_is_one_row_per_block(kind: Kind) -> None:
    """Kinds with memory are left out: their rings count frames, but at control rate only one frame of 64 is written."""
    blocks = 40
    run = {"inputs": inputs(kind, blocks), "params": constants(kind)}
    run = tame(kind, run)
    wide = Compiled(kind.name, control=True, buffers=sounds()).run(blocks, **run)
    assert_same_bits(wide, Compiled(kind.name, 8, control=True, buffers=sounds()).run(blocks, **run))
    assert_alike(kind, wide, Twin(kind.name, control=True, buffers=sounds()).run(blocks, **run))


# --- nothing breaks it ---------------------------------------------------------------------------------------------
def audible(outs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """All outputs except the peaks of a bus, since those must report values that are not finite."""
    return {name: rows for name, rows in outs.items() if name != "peak"}


@each_sounding
def test_extreme_parameters_leave_the_output_finite(kind: Kind) -> None:
    frames = 640
    machine = Compiled(kind.name, buffers=sounds())
    rough = machine.run(frames, inputs=inputs(kind, frames), params=wild(kind, frames))
    calm = machine.run(frames, inputs=inputs(kind, frames))
    for outs, when in ((rough, "during"), (calm, "after")):
        for name, rows in audible(outs).items():
            lanes = np.flatnonzero(~np.isfinite(rows).all(0))
            assert not len(lanes), f"{name} is not finite in lanes {lanes} {when} wild parameters"


@pytest.mark.parametrize("kind", [k for k in KINDS.values() if k.lines], ids=lambda k: k.name)
@pytest.mark.parametrize("width", WIDTHS)
def test_interleaved_memory_gives_the_same_bits(kind: Kind, width: int) -> None:
    how = {"inputs": inputs(kind, 8000), "params": constants(kind)}
    apart = Compiled(kind.name, width, rate=8000.0).run(8000, **how)
    together = Compiled(kind.name, width, rate=8000.0, interleaved=True).run(8000, **how)
    assert all(np.array_equal(together[name], rows) and rows.any() for name, rows in apart.items())


@pytest.mark.parametrize("kind", [k for k in KINDS.values() if k.memory], ids=lambda k: k.name)
@pytest.mark.parametrize("value", [math.nan, math.inf, 3e38], ids=str)
def test_bad_input_does_not_stay_in_a_delay_line(kind: Kind, value: float) -> None:
    bad = {name: rows.copy() for name, rows in inputs(kind, 64).items()}
    for rows in bad.values():
        rows[40:50] = value
    machine = Compiled(kind.name, rate=8000.0)
    machine.run(64, inputs=bad, params=constants(kind))
    for name, rows in machine.run(4000, inputs=inputs(kind, 4000), params=constants(kind)).items():
        assert np.isfinite(rows).all(), f"{name} still depends on the earlier input"


@each_sounding
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 3e38, -3e38, 0.0], ids=str)
def test_one_extreme_at_a_time(kind: Kind, value: float) -> None:
    """Each parameter in turn, constant for the call, in the lane with its number; the others have their defaults."""
    params = {}
    for k, (name, param) in enumerate(kind.params.items()):
        row = np.full(LANES, param.default, np.float32)
        row[k % LANES] = value
        params[name] = row
    outs = render(kind.name, FRAMES, inputs=inputs(kind, FRAMES), params=params, buffers=sounds())
    for name, rows in audible(outs).items():
        lanes = np.flatnonzero(~np.isfinite(rows).all(0))
        assert not len(lanes), (
            f"{name} is not finite where {[list(params)[k] for k in lanes if k < len(params)]} is {value}"
        )


@each_kind
def test_no_row_is_left_unwritten(kind: Kind) -> None:
    for how in both_ways(kind):
        for name, rows in render(kind.name, FRAMES, splits=(7,), **how).items():
            assert (np.abs(rows) < 1e30).all(), f"{name} has rows that were not written"


# --- it is documented ----------------------------------------------------------------------------------------------
@each_kind
def test_documentation_is_complete(kind: Kind) -> None:
    first = kind.doc.split("\n")[0]
    assert first.endswith(".") and len(first.split()) >= 3, "the docstring begins with a sentence"
    assert len(kind.reference) > 2, "the source of the formula"
    for name, param in kind.params.items():
        assert param.doc.endswith(".") and len(param.doc) > 3, f"{name}: its doc is a sentence"
        assert param.min <= param.default <= param.max
        if name in ("freq", "cutoff", "rate_hz"):
            assert param.unit is Unit.HZ, f"{name} is a frequency"
        if name in ("time", "attack", "release", "hold"):
            assert param.unit is Unit.SECONDS, f"{name} is a time"
        for alias in param.aliases:
            assert alias not in kind.params, f"alias {alias} of {name} is a parameter itself"


# --- it is safe in the audio thread --------------------------------------------------------------------------------
def test_machine_code_calls_nothing_outside(machine_code: dict[str, bytes]) -> None:
    assert len(machine_code) >= len(KINDS)
    for symbol, code in machine_code.items():
        assert undefined_symbols(code) <= ALLOWED | {"_GLOBAL_OFFSET_TABLE_"}, symbol


@pytest.mark.parametrize(
    ("kernel", "named"),
    [
        (planted.calls_the_c_library, "sinf?"),
        (planted.calls_power, "powf?"),
        (planted.writes_to_the_terminal, "gil"),
        (planted.allocates_an_array, "np.empty|zeros"),
        (planted.allocates_a_list, "allocates_a_list"),
        (planted.takes_the_sine_of_a_row, "sin"),
        (planted.raises_an_error, "raise_or_assert"),
        (planted.asserts_something, "raise_or_assert"),
    ],
    ids=lambda v: getattr(v, "__name__", None),
)
def test_a_kernel_that_the_audio_thread_must_not_run_is_refused(kernel: Callable[..., None], named: str) -> None:
    kind = replace(KINDS["gain"], name=kernel.__name__, kernel=kernel)
    with pytest.raises(CompileError, match=named):
        compile_kind(kind, 16)
