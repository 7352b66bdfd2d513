"""Plate and feedback delay network, compared with their block diagrams computed sample by sample, and their decay times."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import hadamard
from scipy.signal import butter, sosfilt

from dsp.lanes import LANES
from harness import Compiled, render


def impulse(frames: int, fs: float, kind: str, **params: object) -> list[np.ndarray]:
    """Impulse response of both channels to both inputs at once, without the direct sound."""
    x = np.zeros((frames, LANES), np.float32)
    x[0] = 1.0
    out = render(kind, frames, rate=fs, inputs={"left": x, "right": x}, params={"mix": 1.0, **params})
    return [rows[:, 0].astype(np.float64) for rows in out.values()]


def decay_time(y: np.ndarray, rate: float, low: float, high: float) -> float:
    """Seconds for 60 dB, from the slope of the remaining energy between -5 and -35 dB (Schroeder)."""
    band = sosfilt(butter(4, (low, high), "bandpass", fs=rate, output="sos"), y)
    energy = np.cumsum(band[::-1] ** 2)[::-1]
    level = 10 * np.log10(energy / energy[0])
    part = np.flatnonzero((level < -5) & (level > -35))
    return float(-60 / (np.polyfit(part / rate, level[part], 1)[0]))


class Line:
    """A delay line that is read by the age of a sample."""

    def __init__(self) -> None:
        self.past: list[float] = []

    def ago(self, frames: int) -> float:
        return self.past[-frames] if frames <= len(self.past) else 0.0

    def allpass(self, x: float, frames: int, k: float) -> float:
        old = self.ago(frames)
        self.past.append(x + k * old)
        return old - k * self.past[-1]


# --- plate ---------------------------------------------------------------------------------------------------------
PLATE_RATE = 29761.0  # at this rate all lengths are those of the paper


def plate(frames: int, decay: float, damp: float, bandwidth: float) -> list[np.ndarray]:
    """Figure 1 of the paper, without the modulation of its two all-passes."""
    names = ("i1", "i2", "i3", "i4", "a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4")
    line = {name: Line() for name in names}
    turn = 10 ** (-3 * 21589 / PLATE_RATE / decay / 4)
    narrow = min(max(turn + 0.15, 0.25), 0.5)
    low, damped, fed = 0.0, [0.0, 0.0], [0.0, 0.0]
    left, right = np.zeros(frames), np.zeros(frames)
    for t in range(frames):
        low += bandwidth * (float(t == 0) - low)
        x = low
        for name, length, k in (("i1", 142, 0.75), ("i2", 107, 0.75), ("i3", 379, 0.625), ("i4", 277, 0.625)):
            x = line[name].allpass(x, length, k)
        new = []
        for side, (s, lengths) in enumerate((("a", (672, 4453, 1800, 3720)), ("b", (908, 4217, 2656, 3163)))):
            u = line[s + "1"].allpass(x + fed[1 - side], lengths[0], -0.7)
            late = line[s + "2"].ago(lengths[1])
            line[s + "2"].past.append(u)
            damped[side] = late + damp * (damped[side] - late)
            v = line[s + "3"].allpass(turn * damped[side], lengths[2], narrow)
            new.append(turn * line[s + "4"].ago(lengths[3]))
            line[s + "4"].past.append(v)
        fed = new
        tap = {name: (lambda k, line=line[name]: line.ago(k + 1)) for name in names}  # this frame is already written
        left[t] = 0.6 * (
            tap["b2"](266)
            + tap["b2"](2974)
            - tap["b3"](1913)
            + tap["b4"](1996)
            - tap["a2"](1990)
            - tap["a3"](187)
            - tap["a4"](1066)
        )
        right[t] = 0.6 * (
            tap["a2"](353)
            + tap["a2"](3627)
            - tap["a3"](1228)
            + tap["a4"](2673)
            - tap["b2"](2111)
            - tap["b3"](335)
            - tap["b4"](121)
        )
    return [left, right]


def test_the_plate_is_dattorros() -> None:
    params = {"decay": 1.5, "damp": 0.3, "bandwidth": 0.9}
    got = impulse(14000, PLATE_RATE, "plate", depth=0.0, diffusion=1.0, **params)
    for y, want in zip(got, plate(14000, **params), strict=True):
        assert np.abs(want).max() > 0.05
        assert y == pytest.approx(want, abs=2e-5)


@pytest.mark.parametrize("decay", [0.6, 1.5])
def test_the_plate_decays_in_its_time(decay: float) -> None:
    y, _ = impulse(int(1.2 * decay * 16000), 16000.0, "plate", decay=decay, damp=0.0, bandwidth=1.0)
    assert decay_time(y, 16000.0, 200, 6000) == pytest.approx(decay, rel=0.12)


def test_damping_shortens_the_treble_of_the_plate() -> None:
    y, _ = impulse(24000, 16000.0, "plate", decay=1.5, damp=0.4)
    assert decay_time(y, 16000.0, 100, 300) == pytest.approx(1.5, rel=0.15)
    lost = -40 * np.log10(abs(0.6 / (1 - 0.4 * np.exp(-2j * np.pi * 4500 / 16000))))  # dB per turn, from two one-poles
    assert decay_time(y, 16000.0, 4000, 5000) == pytest.approx(60 / (60 / 1.5 + lost / (21589 / PLATE_RATE)), rel=0.1)


def test_the_predelay_moves_everything() -> None:
    at_once, later = (impulse(4000, 16000.0, "plate", depth=0.0, predelay=p)[0] for p in (0.0, 0.05))
    assert later[800:] == pytest.approx(at_once[:-800], abs=1e-6) and not later[:800].any()


def test_the_swing_moves_the_tail_of_the_plate() -> None:
    still, moving = (impulse(16000, 16000.0, "plate", depth=d, rate=1.0)[0] for d in (0.0, 1.0))
    assert np.corrcoef(still[8000:], moving[8000:])[0, 1] < 0.7
    assert moving.std() == pytest.approx(still.std(), rel=0.2)


# --- feedback delay network ----------------------------------------------------------------------------------------
SECONDS = np.array([0.0411, 0.0463, 0.0531, 0.0599, 0.0673, 0.0757, 0.0829, 0.0907])


def network(
    frames: int, rate: float, size: float, decay: float, high_decay: float, crossover: float
) -> list[np.ndarray]:
    lengths = np.floor(np.float32(SECONDS * size) * np.float32(rate) + 0.5).astype(int)
    low, high = (10 ** (-3 * SECONDS * size / t) for t in (decay, high_decay))
    g = np.tan(np.pi * crossover / rate)
    diffusers = [Line() for _ in range(4)]
    lines, z, out = np.zeros((frames, 8)), np.zeros(8), np.zeros((frames, 2))
    signs = np.array([1, 1, -1, -1, 1, 1, -1, -1])
    for t in range(frames):
        v = np.array([lines[t - k, j] if t >= k else 0.0 for j, k in enumerate(lengths)])
        step = g / (1 + g) * (v - z)
        bass = z + step
        z = bass + step
        v = high * v + (low - high) * bass
        out[t] = (signs * v)[0::2].sum(), (signs * v)[1::2].sum()
        enters = []
        for k, (first, second) in enumerate(((0.0047, 0.0083), (0.0053, 0.0077))):
            x = diffusers[2 * k].allpass(0.5 * float(t == 0), int(first * rate), 0.6)
            enters.append(diffusers[2 * k + 1].allpass(x, int(second * rate), 0.6))
        lines[t] = hadamard(8) @ v / np.sqrt(8) + signs * np.tile(enters, 4)
    return list(out.T)


def test_the_network_is_its_block_diagram() -> None:
    params = {"size": 0.7, "decay": 1.2, "high_decay": 0.4, "crossover": 1500.0}
    for y, want in zip(impulse(4000, 8000.0, "fdn", depth=0.0, **params), network(4000, 8000.0, **params), strict=True):
        assert np.abs(want).max() > 0.05
        assert y == pytest.approx(want, abs=2e-5)


@pytest.mark.parametrize(("size", "decay", "high_decay"), [(0.5, 1.0, 0.4), (1.5, 1.5, 1.5), (1.0, 0.6, 1.2)])
def test_the_network_decays_in_its_times(size: float, decay: float, high_decay: float) -> None:
    frames = int(1.2 * max(decay, high_decay) * 16000)
    y, _ = impulse(frames, 16000.0, "fdn", size=size, decay=decay, high_decay=high_decay, crossover=1500.0, depth=0.0)
    assert decay_time(y, 16000.0, 100, 400) == pytest.approx(decay, rel=0.12)
    assert decay_time(y, 16000.0, 5000, 7500) == pytest.approx(high_decay, rel=0.2)


def test_a_frozen_network_sounds_on_and_lets_nothing_in() -> None:
    rng = np.random.default_rng(1)
    machine = Compiled("fdn", rate=8000.0)
    noise = rng.normal(0, 0.3, (4000, LANES)).astype(np.float32)
    machine.run(4000, inputs={"left": noise, "right": noise}, params={"mix": 1.0})
    levels = []
    for loud in (0.0, 1.0, 0.0, 0.0):
        out = machine.run(8000, inputs={"left": loud * noise[:1].repeat(8000, 0)}, params={"mix": 1.0, "freeze": 1.0})
        levels.append(out["left_out"].std(0) + out["right_out"].std(0))
    assert levels[-1] == pytest.approx(levels[0], rel=0.1)
    assert levels[0].min() > 0.05


def test_the_channels_of_both_reverbs_differ() -> None:
    for kind in ("plate", "fdn"):
        left, right = impulse(16000, 16000.0, kind)
        assert abs(np.corrcoef(left[2000:], right[2000:])[0, 1]) < 0.2
