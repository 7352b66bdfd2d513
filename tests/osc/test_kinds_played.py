"""Plays every kind that makes or changes sound, from datagrams to samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dsp.kind import kinds
from phonon_osc.osc.wire import decode, encode_message
from phonon_osc.studio import Studio

SENDER = ("127.0.0.1", 40000)
SOURCES = sorted(
    k.name
    for k in kinds().values()
    if k.family in ("oscillators", "noises") and not k.ins and not k.reads_buffers and k.name != "hammer"
)
FILTERS = sorted(k.name for k in kinds().values() if k.family == "filters" and k.ins == ("x",))
SPECTRAL = sorted(k.name for k in kinds().values() if k.family == "spectral" and not k.reads_buffers)


class Player:
    """Datagrams into a studio, offline."""

    def __init__(self) -> None:
        self.studio = Studio(voices=32)

    def __call__(self, address: str, *args: Any) -> None:
        heard: list[bytes] = []
        self.studio.router.datagram(encode_message(address, *args), SENDER, 0.0, lambda data, _: heard.append(data))
        assert [decode(data).messages[0].address for data in heard] == ["/done"], (address, args, heard)

    def run(self, frames: int = 9600) -> np.ndarray:
        out = np.zeros((frames, 2), np.float32)
        self.studio.engine.render(out)
        self.studio.poll()
        return out

    def silence(self) -> None:
        self.studio.engine.panic()
        self.run(64)


@pytest.fixture(scope="module")
def studio() -> Player:
    made = Player()
    made("/buffer/alloc", "wave", 64)
    made("/buffer/write", "wave", 0, *(float(np.sin(2 * np.pi * k / 64)) for k in range(64)))
    return made


@pytest.fixture
def player(studio: Player) -> Player:
    studio.silence()
    return studio


def assert_sound(heard: np.ndarray) -> None:
    assert np.isfinite(heard).all()
    assert 1e-3 < np.abs(heard).max() <= 1.0


@pytest.mark.parametrize("kind", SOURCES)
def test_a_node_of_a_source_sounds(player: Player, kind: str) -> None:
    player("/node/new", kind, 1)
    assert_sound(player.run())


@pytest.mark.parametrize("kind", FILTERS)
def test_a_node_of_a_filter_lets_a_saw_through(player: Player, kind: str) -> None:
    player("/node/new", "saw", 1, "freq", 220.0, "amp", 0.0)
    player("/node/new", kind, 2)
    player("/node/patch", 1, 2, "x")
    assert_sound(player.run())


@pytest.mark.parametrize("kind", SPECTRAL)
def test_a_node_of_a_spectral_effect_sounds_like_what_it_is_patched_to(player: Player, kind: str) -> None:
    player("/node/new", "saw", 1, "freq", 220.0, "amp", 0.0)
    player("/node/new", kind, 2)
    player("/node/patch", 1, 2, "left")
    player.run(4096)
    assert_sound(player.run())


def test_a_written_buffer_is_an_impulse_response(player: Player) -> None:
    player("/buffer/alloc", "room", 600)
    player("/buffer/write", "room", 500, 0.5)
    player("/node/new", "impulse", 1, "freq", 10.0, "amp", 0.0)
    player("/node/new", "convolve", 2, "buffer", "room")
    player("/node/patch", 1, 2, "x")
    heard = player.run()[:, 0]
    assert np.abs(heard).argmax() == pytest.approx(4800 + 512 + 500, abs=2)
    assert (np.abs(heard[4800:]) > 0.01).sum() == 1


def test_a_string_is_plucked_again_by_its_trigger(player: Player) -> None:
    player("/node/new", "pluck", 1, "freq", 220.0, "decay", 0.1)
    assert np.abs(player.run(9600)[9000:]).max() < np.abs(player.run(2400)).max() + 0.01
    player("/node/set", 1, "trigger", 0)
    assert np.abs(player.run(9600)).max() < 0.01
    player("/node/set", 1, "trigger", 1)
    assert_sound(player.run(2400))


def test_a_written_buffer_is_a_waveform(player: Player) -> None:
    player("/node/new", "wavetable", 1, "buffer", "wave", "freq", 440.0, "amp", 0.5)
    heard = player.run(48000)[24000:, 0]
    assert np.abs(np.fft.rfft(heard * np.hanning(24000))).argmax() == 220
    assert_sound(heard)


def test_a_waveform_is_granulated(player: Player) -> None:
    player("/node/new", "grains", 1, "buffer", "wave", "size", 0.01, "density", 200.0, "pitch", 0.1)
    assert_sound(player.run())


def test_waves_modulate_each_other(player: Player) -> None:
    player("/node/new", "sine", 1, "freq", 3.0, "amp", 0.0)
    player(
        "/node/new", "lin_to_exp", 2, "in_low", -1.0, "in_high", 1.0, "out_low", 200.0, "out_high", 800.0, "amp", 0.0
    )
    player("/node/new", "fm", 3, "freq", 0.0, "index", 0.0)  # a patched signal is added
    player("/node/patch", 1, 2, "x")
    player("/node/patch", 2, 3, "freq")
    heard = player.run(32000)[16000:, 0]
    crossings = np.flatnonzero((heard[:-1] < 0) & (heard[1:] >= 0))
    pitches = 48000 / np.diff(crossings)
    assert pitches.min() == pytest.approx(200, rel=0.05)
    assert pitches.max() == pytest.approx(800, rel=0.05)
