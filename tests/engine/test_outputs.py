"""More than two output channels: renders, backends and recordings have as many channels as the engine."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phonon_osc.backends.base import BackendError
from phonon_osc.backends.miniaudio import MiniaudioBackend
from phonon_osc.engine.audio.process import USER_DATA
from phonon_osc.engine.engine import Engine
from phonon_osc.errors import UsageError
from phonon_osc.recording import Recorder

from .rig import engine, hit

CHANNELS = 4
FRAMES = 1024
OFFSET = 17  # frame of the onsets, which is not at the beginning of a block
LEVELS = (0.25, 0.5)  # levels of the voices on orbits 0 and 1


def four(seconds: float = 0.01, **options: object) -> Engine:
    """Orbit 0 plays into channels 1 and 2, orbit 1 into 3 and 4."""
    e = engine(outputs=CHANNELS, **options)
    e.tables.outputs.route[1] = 2
    for orbit, level in enumerate(LEVELS):
        hit(e, OFFSET, level, seconds, orbit=orbit)
    return e


def alone(orbit: int) -> np.ndarray:
    """The sound of one of the two voices, on an engine with two outputs."""
    e, out = engine(), np.zeros((FRAMES, 2), np.float32)
    hit(e, OFFSET, LEVELS[orbit], orbit=orbit)
    e.render(out)
    return out


def rendered(e: Engine, period: int = FRAMES) -> np.ndarray:
    out = np.zeros((FRAMES, CHANNELS), np.float32)
    for at in range(0, FRAMES, period):
        e.render(out[at : at + period])
    return out


@pytest.fixture(scope="module")
def expected() -> np.ndarray:
    both = np.concatenate([alone(0), alone(1)], axis=1)
    assert both.any(axis=0).all()
    return both


@pytest.mark.parametrize("period", [FRAMES, 64, 50])
def test_each_orbit_is_heard_only_on_its_channels(expected: np.ndarray, period: int) -> None:
    assert np.array_equal(rendered(four(), period), expected)


def test_a_block_of_another_width_is_refused() -> None:
    with pytest.raises(UsageError, match=r"\(frames, 4\).*\(64, 2\)"):
        four().render(np.zeros((64, 2), np.float32))


def test_the_number_of_channels_has_limits() -> None:
    for outputs in (1, 65):
        with pytest.raises(UsageError, match=f"outputs: {outputs} is not between 2 and 64"):
            engine(outputs=outputs)


def test_the_guard_turns_all_channels_down_alike() -> None:
    e = engine(outputs=CHANNELS)
    e.tables.outputs.route[1] = 2
    hit(e, 0, 0.5, 0.1, orbit=0)
    hit(e, 0, 2.0, 0.1, orbit=1)
    out = rendered(e)
    assert np.abs(out).max() <= 1.0
    assert np.allclose(out[64:, 0], 0.25 * out[64:, 2]) and (out[64:, 2] > 0.9).all()
    assert e.tables.meters.output_peak > 0.9


class FakeJack:
    """Stands in for the functions of libjack that the process callback calls, with its own buffers."""

    def __init__(self, e: Engine) -> None:
        self.buffers = np.zeros((CHANNELS, FRAMES), np.float32)
        self._time = 0
        types = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)
        self._functions = types(self._buffer), types(lambda _client, _unused: self._time)
        device = e.tables.device
        device.port_buffer, device.jack_frame_time = (ctypes.cast(f, ctypes.c_void_p).value for f in self._functions)
        device.ports[:] = np.arange(CHANNELS) + 100
        self._call = e.code.function("process_jack", 2)
        self._engine = e

    def _buffer(self, port: int, frames: int) -> int:
        return int(self.buffers[port - 100].ctypes.data)

    def cycle(self, frames: int) -> np.ndarray:
        self._call(frames, self._engine.tables.address)
        self._time += frames
        return self.buffers[:, :frames].T.copy()


def test_jack_gets_a_port_for_each(expected: np.ndarray) -> None:
    fake = FakeJack(four())
    assert np.array_equal(np.concatenate([fake.cycle(256) for _ in range(FRAMES // 256)]), expected)


def test_interleaved_frames_have_all_channels(expected: np.ndarray) -> None:
    e, out = four(), np.zeros((FRAMES, CHANNELS), np.float32)
    device = np.zeros(16, np.int64)
    device[USER_DATA // 8] = e.tables.address
    e.code.function("process_interleaved", 4)(device.ctypes.data, out.ctypes.data, 0, FRAMES)
    assert np.array_equal(out, expected)


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "out.wav"


def test_a_recording_has_all_channels(expected: np.ndarray, path: Path) -> None:
    e = four(tap_seconds=2.0)
    recorder = Recorder(e, path)
    rendered(e)
    recorder.close(FRAMES)
    recorded, _ = soundfile.read(path, dtype="float32")
    assert np.array_equal(recorded, expected)


def test_the_null_device_plays_all_channels(path: Path) -> None:
    e = four(seconds=60.0, tap_seconds=4.0)
    recorder = Recorder(e, path)
    backend = MiniaudioBackend(system="null", outputs=CHANNELS)
    backend.start(e)
    until = time.monotonic() + 20.0
    while e.tables.device.out_frame < FRAMES and time.monotonic() < until:
        time.sleep(0.01)
    backend.stop()
    recorder.close(e.tables.device.out_frame)
    recorded, _ = soundfile.read(path, dtype="float32")
    assert recorded.shape == (e.tables.device.out_frame, CHANNELS) and len(recorded) >= FRAMES
    assert np.array_equal(recorded[OFFSET:], np.tile(np.repeat(np.float32(LEVELS), 2), (len(recorded) - OFFSET, 1)))


def test_a_backend_of_another_width_is_refused() -> None:
    backend = MiniaudioBackend(system="null")
    with pytest.raises(BackendError, match="opened with 2 outputs and 0 inputs, the engine with 4 and 0"):
        backend.start(four())
    backend.stop()
