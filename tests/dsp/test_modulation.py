"""Modulation effects, compared with their formulas: levels, delays, notches, shifted spectra."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import butter, freqz, hilbert, welch

from dsp.lanes import LANES
from harness import render
from spectra import amplitude, decibel

RATE = 48000.0


def rows(x: np.ndarray) -> np.ndarray:
    return np.tile(np.float32(x)[:, None], (1, LANES))


def sine(freq: float, frames: int, level: float = 1.0) -> np.ndarray:
    return level * np.sin(2 * np.pi * freq * np.arange(frames) / RATE)


def run(kind: str, x: np.ndarray, out: str = "y", **params: object) -> np.ndarray:
    return render(kind, len(x), inputs={"x": rows(x)}, params=params)[out][:, 0].astype(np.float64)


def impulse(frames: int) -> np.ndarray:
    x = np.zeros(frames)
    x[0] = 1.0
    return x


def pitch_curve(y: np.ndarray) -> np.ndarray:
    """Instantaneous frequency in Hz; the ends are cut off."""
    turn = np.unwrap(np.angle(hilbert(y)))
    return (np.diff(turn) * RATE / (2 * np.pi))[4000:-4000]


# --- levels --------------------------------------------------------------------------------------------------------
T = np.arange(9600) / RATE


@pytest.mark.parametrize("depth", [0.0, 0.7, 1.0])
def test_tremolo_is_the_formula(depth: float) -> None:
    y = run("tremolo", np.ones(9600), rate=6.0, depth=depth)
    d = depth / 2
    assert y == pytest.approx(1 - d + d * np.cos(2 * np.pi * 6 * T), abs=2e-5)


def test_tremolo_can_start_anywhere() -> None:
    y = run("tremolo", np.ones(9600), rate=6.0, depth=1.0, phase=0.5)
    assert y == pytest.approx(0.5 - 0.5 * np.cos(2 * np.pi * 6 * T), abs=2e-5)


def test_ring_gives_sum_and_difference() -> None:
    y = run("ring", sine(1000, 9600), freq=300.0)
    assert [amplitude(y, f) for f in (700, 1000, 1300)] == pytest.approx([0.5, 0.0, 0.5], abs=1e-3)
    both = run("ring", sine(1000, 9600), freq=300.0, amount=0.5, dry=1.0)
    assert both == pytest.approx(sine(1000, 9600) * (1 + 0.5 * np.sin(2 * np.pi * 300 * T)), abs=5e-5)


@pytest.mark.parametrize(
    ("freq", "sweep", "first", "last"), [(300, 900, 300, 1200), (2000, -5000, 2000, 20), (5, 3, 20, 20)]
)
def test_the_carrier_of_ring_goes_evenly_in_octaves_for_a_second(
    freq: float, sweep: float, first: float, last: float
) -> None:
    y = run("ring", np.ones(50000), freq=freq, sweep=sweep)
    hertz = first * (last / first) ** np.minimum(np.arange(50000) / RATE, 1.0)
    cycles = np.concatenate([[0.0], np.cumsum(hertz[:-1])]) / RATE
    assert y == pytest.approx(np.sin(2 * np.pi * cycles), abs=5e-3)


def test_lanes_of_ring_that_do_not_sweep_are_as_without_those_that_do() -> None:
    x = {"x": rows(np.ones(640))}
    freq = np.linspace(0.0, 900.0, LANES)  # also below 20 Hz
    still = render("ring", 640, inputs=x, params={"freq": freq})["y"]
    mixed = render("ring", 640, inputs=x, params={"freq": freq, "sweep": np.where(np.arange(LANES) % 2, 500.0, 0.0)})[
        "y"
    ]
    assert np.array_equal(mixed[:, ::2], still[:, ::2]) and not np.array_equal(mixed[:, 1::2], still[:, 1::2])


def test_auto_pan_keeps_the_power() -> None:
    out = render("auto_pan", 9600, inputs={"x": 1.0}, params={"rate": 10.0})
    left, right = out["left"][:, 0], out["right"][:, 0]
    assert left**2 + right**2 == pytest.approx(np.ones(9600), abs=1e-5)
    angle = (1 + np.sin(2 * np.pi * 10 * T)) * np.pi / 4
    assert left == pytest.approx(np.cos(angle), abs=2e-5)


# --- short delays --------------------------------------------------------------------------------------------------
def test_chorus_adds_four_gliding_copies() -> None:
    mean, depth, rate, freq = 0.012, 0.003, 2.0, 220.0
    out = render(
        "chorus",
        9600,
        inputs={"x": rows(sine(freq, 9600))},
        params={"delay": mean, "depth": depth, "rate": rate, "mix": 0.4},
    )
    for side, turn in (("left", np.sin), ("right", np.cos)):
        swing = depth * turn(2 * np.pi * rate * T)
        voices = sum(np.sin(2 * np.pi * freq * (T - mean - way)) for way in (swing, -swing)) / np.sqrt(2)
        want = 0.6 * sine(freq, 9600) + 0.4 * voices
        assert out[side][1000:, 0] == pytest.approx(want[1000:], abs=1e-3)


@pytest.mark.parametrize(("rate", "depth"), [(0.0, 1.0), (2.0, 0.7), (9.0, 0.25)])
def test_the_phaser_of_superdirt_adds_a_delay_that_parabolas_move(rate: float, depth: float) -> None:
    x = np.convolve(np.random.default_rng(5).standard_normal(24000), np.hanning(32) / 16)[:24000]
    now = np.arange(24000)
    cycle = (rate * now / RATE) % 1.0  # top at 0, bottom at 0.5
    wave = np.where(np.abs(cycle - 0.5) > 0.25, 1 - 16 * np.minimum(cycle, 1 - cycle) ** 2, 16 * (cycle - 0.5) ** 2 - 1)
    late = np.interp(now - RATE * (0.0094 + 0.0006 * wave), now, x, left=0.0)
    y = run("dirt_phaser", x, rate=rate, depth=depth)
    assert y == pytest.approx(x + depth * late, abs=2e-3)


def test_a_flanger_that_stands_still_is_a_comb() -> None:
    y = run("flanger", impulse(1000), rate=0.0, delay=96 / RATE, sweep=0.0, feedback=0.5, level=0.8)
    echoes = {k: round(float(y[k]), 4) for k in np.flatnonzero(np.abs(y) > 0.03)}
    assert echoes == {0: 1.0, 96: 0.8, 192: 0.4, 288: 0.2, 384: 0.1, 480: 0.05}


def test_the_flanger_sweeps_from_its_longest_delay() -> None:
    x = np.linspace(0, 1, 9600)  # the output for a ramp shows the delay
    y = run("flanger", x, rate=10.0, delay=0.002, sweep=0.006, level=1.0)
    late = (2 * x - y) * 9599 / RATE
    a = 4 * np.abs((10 * T + 0.5) % 1 - 0.5)
    parabola = np.where(a < 1, 1 - a**2, (2 - a) ** 2 - 1)
    assert late[500:] == pytest.approx(0.002 + 0.003 * (1 + parabola)[500:], abs=3e-5)


@pytest.mark.parametrize("depth", [0.25, 1.0, 2.0])
def test_vibrato_is_as_deep_as_it_says(depth: float) -> None:
    freq = pitch_curve(run("vibrato", sine(1000, 24000), rate=6.0, depth=depth)[2400:])
    assert 12 * np.log2(freq.max() / 1000) == pytest.approx(depth, abs=0.01)
    assert 1000 - freq.min() == pytest.approx(freq.max() - 1000, rel=0.03)


@pytest.mark.parametrize(("freq", "width"), [(60.0, 0.0), (900.0, 1.0), (3000.0, 0.5)])
def test_leslie_is_horn_and_drum(freq: float, width: float) -> None:
    frames, rate, size = 14400, 5.0, 0.4
    x = rows(sine(freq, frames))
    params = {"amount": 0.9, "rate": rate, "size": size, "width": width}
    out = render("leslie", frames, inputs={"left": x, "right": x}, params=params)
    t = np.arange(frames) / RATE
    _, response = freqz(*butter(2, 800, "highpass", fs=RATE), worN=[freq], fs=RATE)
    way = size * (0.5 + 0.5 * np.sin(2 * np.pi * rate * t))
    high = np.imag(response[0] * np.exp(2j * np.pi * freq * (t - np.maximum(way / 343, 1 / RATE)))) * (1 - way)
    low = np.imag((1 - response[0]) * np.exp(2j * np.pi * freq * t))
    low = low * (1 - 1.3 * size * (0.5 + 0.5 * np.sin(2 * np.pi * 0.8 * rate * t)))
    drum, horn = (np.pi / 4 * (1 + far * np.cos(2 * np.pi * r * t)) for far, r in ((0.2, 0.8 * rate), (0.4, rate)))
    for name, own, other in (("left_out", np.cos, np.sin), ("right_out", np.sin, np.cos)):
        wet = sum(s * ((1 + width) * own(a) + (1 - width) * other(a)) for s, a in ((low, drum), (high, horn)))
        want = 0.1 * sine(freq, frames) + 1.2 * 0.9 * wet
        assert out[name][2000:, 0] == pytest.approx(want[2000:], abs=4e-3)


def test_the_horn_of_a_leslie_takes_its_time() -> None:
    speeds = np.where(np.arange(48000) < 4800, 1.0, 20.0)
    x = rows(np.ones(48000))
    out = render(
        "leslie", 48000, inputs={"left": x, "right": x}, params={"amount": 1.0, "rate": rows(speeds), "size": 1 / 1.3}
    )
    level = out["left_out"][:, 0].astype(float) + out["right_out"][:, 0]  # 0 Hz is all in the drum: 1 - (1 + sin) / 2
    t = np.arange(48000) / RATE
    speed = np.where(t < 0.1, 0.8, 16 + (0.8 - 16) * 1000 ** (-(t - 0.1) / 20))
    swing = 0.5 - 0.5 * np.sin(2 * np.pi * np.cumsum(speed) / RATE)
    assert np.corrcoef(level[4000:], swing[4000:])[0, 1] > 0.99


# --- phaser --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("stages", "feedback"), [(2, 0.0), (4, 0.5), (12, -0.7)])
def test_a_phaser_that_stands_still_has_the_response_of_its_chain(stages: int, feedback: float) -> None:
    y = run("phaser", impulse(16384), rate=0.0, center=700.0, stages=stages, feedback=feedback, mix=0.5)
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(16384))
    g = np.tan(np.pi * 700 / RATE)
    a = (g - 1) / (g + 1)
    chain = ((a + z) / (1 + a * z)) ** stages
    wet = chain / (1 - feedback * z * chain)
    assert np.abs(np.fft.rfft(y) - (0.5 + 0.5 * wet)).max() < 1e-3


def test_the_phaser_sweeps_two_octaves_to_either_side() -> None:
    noise = np.random.default_rng(1).uniform(-1, 1, 48000)
    y = run("phaser", noise, rate=1.0, depth=1.0, center=800.0, stages=2, feedback=0.0)
    for at, notch in ((12000, 3200.0), (36000, 200.0)):  # after a quarter and after three quarters of a turn
        part = slice(at - 600, at + 600)
        ratio = np.abs(np.fft.rfft(y[part] * np.hanning(1200))) / np.abs(np.fft.rfft(noise[part] * np.hanning(1200)))
        freqs = np.fft.rfftfreq(1200, 1 / RATE)
        near = (freqs > notch / 1.6) & (freqs < notch * 1.6)
        assert ratio[near].min() < 0.25
        assert freqs[near][np.argmin(ratio[near])] == pytest.approx(notch, rel=0.3)


# --- shifts --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("freq", [100.0, 1000.0, 12000.0])
@pytest.mark.parametrize("shift", [150.0, -70.0, 3000.0])
def test_freq_shift_moves_one_sideband_only(freq: float, shift: float) -> None:
    y = run("freq_shift", sine(freq, 12000), shift=shift)[2400:]
    wanted, other = abs(freq + shift), abs(freq - shift)
    assert amplitude(y, wanted) == pytest.approx(1.0, abs=0.02)
    assert decibel(amplitude(y, other)) < -36
    assert decibel(amplitude(y, freq)) < -36


@pytest.mark.parametrize("params", [{"ratio": 1.5}, {"semitones": -12.0}, {"ratio": 2.0, "semitones": -5.0}])
def test_pitch_shift_multiplies_the_pitch(params: dict[str, float]) -> None:
    ratio = params.get("ratio", 1.0) * 2 ** (params.get("semitones", 0.0) / 12)
    grid = 4 / (abs(ratio - 1) * 0.1)  # Hz; four grains of 0.1 s have the same phase at these frequencies
    freq = grid * round(440 / grid)
    y = run("pitch_shift", sine(freq, 24000), window=0.1, scatter=0.0, **params)[9600:]
    assert amplitude(y, freq * ratio) > 0.95
    assert amplitude(y, freq) < 0.02


def test_pitch_shift_by_nothing_is_the_sound_a_frame_late() -> None:
    x = np.random.default_rng(2).uniform(-1, 1, 6000)
    assert run("pitch_shift", x, scatter=0.0)[1:] == pytest.approx(x[:-1], abs=1e-5)


def test_pitch_shift_can_wait_for_whole_windows_and_scatter_its_grains() -> None:
    x = sine(440, 24000)
    y = run("pitch_shift", x, ratio=1.5, window=0.18, scatter=0.0, fade_in=1.0)
    assert np.abs(y[: int(0.074 * RATE)]).max() < 1e-3 < np.abs(y[: int(0.09 * RATE)]).max()
    out = render("pitch_shift", 24000, inputs={"x": rows(x)}, params={"scatter": 0.05})["y"]
    assert np.abs(out[12000:, 0] - out[12000:, 1]).max() > 0.1  # random numbers differ between voices


# --- vocoder -------------------------------------------------------------------------------------------------------
CENTERS = 100.0 * 100.0 ** (np.arange(16) / 15)


def vocoded(modulator: np.ndarray, carrier: np.ndarray, **params: object) -> np.ndarray:
    inputs = {"modulator": rows(modulator), "carrier": rows(carrier)}
    return render("vocoder", len(carrier), inputs=inputs, params=params)["y"][:, 0].astype(np.float64)


@pytest.mark.parametrize("band", [2, 7, 12])
def test_vocoder_lets_the_carrier_through_where_the_modulator_sounds(band: int) -> None:
    frames = 24000
    carrier = np.random.default_rng(3).normal(0, 0.2, frames)
    y = vocoded(sine(CENTERS[band], frames, 0.5), carrier)[12000:]
    freqs, power = welch(y, RATE, nperseg=4096)
    levels = 10 * np.log10([power[(freqs > f / 1.15) & (freqs < f * 1.15)].mean() for f in CENTERS])
    assert np.argmax(levels) == band
    others = np.delete(levels, [band - 1, band, band + 1])
    assert others.max() < levels[band] - 20


def test_vocoder_follows_the_level_of_the_modulator_and_moves_formants() -> None:
    frames = 12000
    carrier = sum(sine(f, frames, 0.1) for f in CENTERS)
    quiet, loud = (vocoded(sine(CENTERS[7], frames, level), carrier)[4800:] for level in (0.1, 0.4))
    assert loud == pytest.approx(4 * quiet, rel=1e-3, abs=1e-5)
    moved = vocoded(sine(CENTERS[7], frames, 0.4), carrier, formants=12 * np.log2(CENTERS[9] / CENTERS[7]))[4800:]
    assert amplitude(loud, CENTERS[7]) == pytest.approx(amplitude(moved, CENTERS[9]), rel=0.05)
    assert amplitude(moved, CENTERS[9]) > 5 * amplitude(moved, CENTERS[7])
