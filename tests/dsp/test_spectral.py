"""The spectral kinds, compared with the same effect on whole frames with NumPy's transform; and the promises of every kind at low
sample rates, where frames are short enough for many of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dsp.kind import kinds
from dsp.math.noise import uniform
from harness import Compiled, Twin, Value, render
from signals import constants, inputs, moving, sounds, wild
from spectra import amplitude, band_level, cents, decibel, pitch

RATE = 8000.0
SIZE = 256  # size of frames at that rate
HALF, HOP = SIZE // 2, SIZE // 2
LATE = SIZE + HOP
SMALL_RATE = 2000.0  # frames of 64 points
KINDS = [k for k in kinds().values() if k.family == "spectral"]
PASSING = {  # parameters for which a kind changes nothing
    "brick": {"low": 0.0, "high": 0.0},
    "spectral_comb": {"amount": 0.0},
    "spectral_gate": {"reduction": 0.0},
    "scramble": {"amount": 0.0},
    "freeze": {"frozen": 0.0},
}

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
Process = Callable[[np.ndarray], np.ndarray]  # the bins of a frame, 0 .. HALF


def noise(frames: int, level: float = 0.4) -> dict[str, Value]:
    rng = np.random.default_rng(1)
    return {side: rng.uniform(-level, level, (frames, 32)).astype(np.float32) for side in ("left", "right")}


def sine(frames: int, freq: float, rate: float = RATE, level: float = 0.5) -> np.ndarray:
    wave = level * np.sin(2 * np.pi * freq / rate * np.arange(frames))
    return np.repeat(wave[:, None], 32, 1).astype(np.float32)


def by_frames(x: np.ndarray, process: Process) -> np.ndarray:
    """The output of one channel."""
    window = np.sin(np.pi * np.arange(SIZE) / SIZE)
    padded = np.concatenate([np.zeros(HOP), x.astype(float)])
    out = np.zeros(len(x) + 2 * SIZE)
    for k in range(len(x) // HOP):
        spectrum = process(np.fft.rfft(window * padded[k * HOP : k * HOP + SIZE]))
        out[(k + 2) * HOP : (k + 2) * HOP + SIZE] += window * np.fft.irfft(spectrum)
    return out[: len(x)]


def between(process: Process) -> Process:
    """Apply a function to all bins except 0 Hz and half the rate."""
    return lambda z: np.concatenate([z[:1], process(z)[1:HALF], z[HALF:]])


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """The error in dB, relative to the expected signal."""
    return decibel(float(np.abs(a - b).max() / np.abs(b).max()))


def assert_frames(
    kind: str, params: dict[str, Any], process: Process, then: Process = lambda y: y, least: float = -95.0
) -> None:
    frames = 12 * HOP
    given = noise(frames)
    heard = render(kind, frames, rate=RATE, inputs=given, params=params)
    for side in ("left", "right"):
        wanted = then(by_frames(given[side][:, 3], process))
        assert difference(heard[f"{side}_out"][:, 3], wanted) < least, side


# --- frames, there and back -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", PASSING)
def test_what_is_not_changed_comes_out_as_it_went_in(kind: str) -> None:
    given = noise(20 * HOP)
    heard = render(kind, 20 * HOP, rate=RATE, inputs=given, params=PASSING[kind])
    for side in ("left", "right"):
        assert difference(heard[f"{side}_out"][LATE:], given[side][:-LATE]) < -120.0
        assert np.abs(heard[f"{side}_out"][:LATE]).max() < 1e-6


@pytest.mark.parametrize(("rate", "size"), [(44100.0, 2048), (48000.0, 2048), (96000.0, 4096), (192000.0, 4096)])
def test_frames_are_as_long_as_said(rate: float, size: int) -> None:
    given = noise(3 * size)
    heard = render("brick", 3 * size, rate=rate, inputs=given)
    assert difference(heard["right_out"][size * 3 // 2 :], given["right"][: -size * 3 // 2]) < -120.0


def test_sides_do_not_hear_each_other() -> None:
    given = noise(12 * HOP)
    heard = render("smear", 12 * HOP, rate=RATE, inputs={"left": given["left"]})
    assert np.abs(heard["left_out"]).max() > 0.1
    assert np.abs(heard["right_out"]).max() < 1e-6


# --- each kind -----------------------------------------------------------------------------------------------------
def test_beyond_the_brick_walls_nothing_is_left() -> None:
    frames = 48000
    y = render("brick", frames, inputs=noise(frames), params={"low": 0.25, "high": 0.5})["left_out"][9000:, 0]
    windowed = y * np.hanning(len(y))
    low, high = 0.6 * 0.25 * 24000, 0.5 * 24000
    inside = band_level(windowed, low + 100, high - 100)
    for begin, end in ((20, low - 500), (high + 500, 23900)):
        assert band_level(windowed, begin, end) < inside - 60
    assert inside == pytest.approx(
        band_level(noise(frames)["left"][9000:, 0] * np.hanning(len(y)), low + 100, high - 100), abs=0.5
    )


def test_the_comb_has_its_teeth() -> None:
    amount = 0.125  # 32 teeth of 32 bins, of which 28 are kept: the windows of two frames spread across the gaps
    on, off = [20, 5 * 32 + 14], [30, 6 * 32 - 2]
    for bins, least, most in ((on, -0.1, 0.1), (off, -200.0, -40.0)):
        for k in bins:
            x = sine(24000, k * 48000 / 2048, 48000.0)
            y = render("spectral_comb", 24000, inputs={"left": x}, params={"amount": amount})["left_out"][9000:, 0]
            assert least < decibel(amplitude(y, k * 48000 / 2048) / 0.5) < most, k


def test_smear_averages_magnitudes() -> None:
    wide = round(64**0.4)

    @between
    def process(z: np.ndarray) -> np.ndarray:
        sums = [np.abs(z[max(k - wide, 0) : min(k + wide + 1, HALF)]).sum() for k in range(HALF + 1)]
        means = np.asarray(sums) / (2 * wide + 1)  # bins beyond the ends count as silent ones
        return means * z / np.abs(z)

    assert_frames("smear", {"amount": 0.4}, process)


def test_bins_move_where_they_should() -> None:
    def process(z: np.ndarray) -> np.ndarray:
        out = np.zeros(4 * SIZE, complex)
        for k in range(1, HALF):
            place = 1.3 * k + 2.75
            low = int(place)
            out[low] += (1 - (place - low)) * z[k]
            out[low + 1] += (place - low) * z[k]
        out[HALF] = 0.0
        return out[: HALF + 1]

    assert_frames("bin_shift", {"stretch": 1.3, "shift": 2.75}, process)


@pytest.mark.parametrize(
    ("params", "factor", "more"),
    [({"shift": -8.0}, 1, -8), ({"amount": 0.5}, 2.005, 5 + 1 - 2.005), ({"stretch": 2.0}, 2, 0)],
)
def test_a_sine_moves_to_its_bin(params: dict[str, float], factor: float, more: float) -> None:
    width = 48000 / 2048
    x = sine(48000, 40 * width, 48000.0)
    y = render("bin_shift", 48000, inputs={"left": x}, params=params)["left_out"][9000:, 0]
    spectrum = np.abs(np.fft.rfft(y * np.hanning(len(y))))
    assert np.fft.rfftfreq(len(y), 1 / 48000)[spectrum.argmax()] / width == pytest.approx(
        40 * factor + more, abs=1.5
    )  # one line per 2 bins


def test_scrambled_bins_sound_like_others() -> None:
    seed, amount, reach = 77, 0.6, 0.4
    salted = np.int32(seed) ^ np.int32(0x1234567)
    k = np.arange(HALF)
    draws = [uniform(salted + 4 * k.astype(np.int32) + place) for place in (2, 3)]  # of the right channel
    low, top = np.maximum(k - reach * HALF, 1), np.minimum(k + reach * HALF, HALF)
    other = np.minimum(low + (top - low) * (0.5 + 0.5 * draws[1]), HALF - 1).astype(int)
    source = np.where(draws[0] < 2 * amount - 1, other, k)
    assert 0.45 < (source != k).mean() < 0.75
    process = between(lambda z: np.append(z[source], 0.0))
    frames = 12 * HOP
    x = noise(frames)["right"]
    how = {
        "rate": RATE,
        "inputs": {"right": x},
        "params": {"amount": amount, "reach": reach},
        "seed": np.full(32, seed),
    }
    heard = render("scramble", frames, **how)["right_out"]
    assert difference(heard[:, 3], by_frames(x[:, 3], process)) < -95.0
    assert np.abs(render("scramble", frames, **{**how, "seed": 5})["right_out"] - heard).max() > 0.1


def test_what_is_frozen_stays_when_the_input_stops() -> None:
    frames, freq = 96000, 1234.5
    x = sine(frames, freq, 48000.0)
    x[20000:] = 0.0
    frozen = np.zeros((frames, 32), np.float32)
    frozen[15000:] = 1.0
    y = render("freeze", frames, inputs={"left": x}, params={"frozen": frozen})["left_out"][:, 0]
    for begin in (24000, 72000):
        part = y[begin : begin + 16384]
        assert abs(cents(pitch(part, freq), freq)) < 5.0
        assert decibel(amplitude(part, freq) / 0.5) == pytest.approx(0.0, abs=1.0)


def test_frozen_from_the_start_holds_what_is_heard_first_and_lets_go() -> None:
    frames, freq = 96000, 700.0
    x = sine(frames, freq, 48000.0)
    x[4 * 1024 :] = 0.0
    frozen = np.ones((frames, 32), np.float32)
    frozen[60000:] = 0.0
    y = render("freeze", frames, inputs={"right": x}, params={"frozen": frozen})["right_out"][:, 0]
    assert decibel(amplitude(y[40000:56384], freq) / 0.5) == pytest.approx(0.0, abs=1.0)
    assert np.abs(y[66000:]).max() < 1e-6


def test_the_conformer_maps_bins() -> None:
    p, q = 0.01 + 1.99 * 0.3, 0.01 + 9.99 * 0.1

    def process(z: np.ndarray) -> np.ndarray:
        """The map as scsynth computes it: the imaginary part takes the finished real part."""
        u, v = 1 - (z.real * p + z.imag * q), z.real * q - z.imag * p
        re = (z.real - p) * u + (z.imag - q) * v
        return np.asarray((re + 1j * ((z.imag - q) * u - re * v)) / np.maximum(u * u + v * v, 1e-3))

    assert_frames(
        "conformer",
        {"real": 0.3, "imag": 0.1},
        between(process),
        np.tanh,
        least=-80.0,  # near the pole, single precision is visible
    )


def test_silence_in_the_conformer_stays_silence() -> None:
    y = render("conformer", 2000, rate=RATE, params={"real": 0.5, "imag": 0.5})
    assert not y["left_out"].any() and not y["right_out"].any()


def test_enhance_adds_partials_to_every_bin() -> None:
    amount = 0.2
    partials, ratio, strength = 4, 1 + 4 * amount, 0.99 * amount

    @between
    def process(z: np.ndarray) -> np.ndarray:
        magnitudes = np.abs(z)
        for k in range(1, HALF):
            for p in range(1, partials + 1):
                to = 1 + int((k - 1) * ratio * p)
                if to < HALF:
                    magnitudes[to] += strength / p * np.abs(z[k])
        return magnitudes * z / np.abs(z)

    assert_frames("enhance", {"amount": amount}, process, np.tanh)


def test_the_gate_takes_the_noise_between_the_tones() -> None:
    frames, freq = 96000, 3000.0
    x = sine(frames, freq, 48000.0, 0.3)
    x += np.random.default_rng(1).normal(0.0, 0.001, x.shape).astype(np.float32)
    params = {"threshold": -50.0, "reduction": 40.0, "release": 0.02}
    y = render("spectral_gate", frames, inputs={"left": x}, params=params)["left_out"][24000:, 0]
    windows = np.hanning(len(y))
    for low, high in ((200, 1000), (8000, 23000)):
        fell = band_level(x[24000:, 0] * windows, low, high) - band_level(y * windows, low, high)
        assert fell == pytest.approx(40.0, abs=3.0)
    assert decibel(amplitude(y, freq) / 0.3) == pytest.approx(0.0, abs=0.1)


# --- the promises of every kind, over many frames --------------------------------------------------------------------
@each_kind
def test_every_width_and_every_split_give_the_same_bits(kind: Any) -> None:
    frames = 700
    for params in (constants(kind), moving(kind, frames)):
        how = {"rate": SMALL_RATE, "inputs": inputs(kind, frames), "params": params, "buffers": sounds()}
        whole = render(kind.name, frames, **how)
        assert any(rows.any() for rows in whole.values())
        for width, splits in ((8, None), (32, (1,)), (16, (13, 51)), (4, (7,))):
            other = render(kind.name, frames, width=width, splits=splits, **how)
            assert all(np.array_equal(rows, other[name]) for name, rows in whole.items())


@each_kind
def test_the_python_kernel_does_the_same(kind: Any) -> None:
    frames = 800 if kind.reads_buffers else 176
    how = {"rate": SMALL_RATE, "buffers": sounds()}
    run = {"inputs": inputs(kind, frames), "params": constants(kind)}
    python = Twin(kind.name, **how)
    lane = 1
    python.groups, python.states, python.lines = (
        part[lane : lane + 1] for part in (python.groups, python.states, python.lines)
    )
    wanted = python.run(frames, **run)
    for name, rows in Compiled(kind.name, **how).run(frames, **run).items():
        assert difference(rows[:, lane], wanted[name][:, lane]) < -70.0, name


@each_kind
def test_nothing_of_an_earlier_voice_is_heard(kind: Any) -> None:
    how = {"inputs": inputs(kind, 700), "params": constants(kind)}
    used = Compiled(kind.name, rate=SMALL_RATE, buffers=sounds())
    used.run(333, inputs=inputs(kind, 333, seed=9), params=wild(kind, 333))
    used.restart()
    fresh = Compiled(kind.name, rate=SMALL_RATE, buffers=sounds()).run(700, **how)
    assert all(np.array_equal(rows, fresh[name]) for name, rows in used.run(700, **how).items())


@each_kind
@pytest.mark.parametrize("value", [np.nan, np.inf, -3e38], ids=str)
def test_bad_numbers_pass_and_are_forgotten(kind: Any, value: float) -> None:
    machine = Compiled(kind.name, rate=SMALL_RATE, buffers=sounds())
    bad = {name: rows.copy() for name, rows in inputs(kind, 600).items()}
    for rows in bad.values():
        rows[100:140] = value
    outs = [machine.run(600, inputs=bad, params=wild(kind, 600)), machine.run(600, inputs=inputs(kind, 600))]
    assert all(np.isfinite(rows).all() for out in outs for rows in out.values())
    if kind.name in PASSING:
        given = inputs(kind, 600)
        calm = machine.run(600, inputs=given, params=PASSING[kind.name])
        assert difference(calm["left_out"][300:], given["left"][300 - 96 : -96]) < -100.0
