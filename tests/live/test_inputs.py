"""Audio inputs on JACK: one server plays into another, is heard in the same cycle, and the session log renders to the same bits."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from .rig import Recording, Server, align, jackd, render

pytestmark = pytest.mark.needs("jackd")


@pytest.mark.timeout(120)
def test_what_comes_in_is_heard_in_the_same_cycle_and_renders_again(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("source", "heard")]
    for folder in folders:
        folder.mkdir()
    with jackd(256):
        source = Server(folders[0], "--client-name", "source", "--no-connect")
        heard = Server(folders[1], "--client-name", "heard", "--no-connect", "--inputs", "2")
        for number in (1, 2):
            subprocess.run(["jack_connect", f"source:out_{number}", f"heard:in_{number}"], check=True)
        recording = Recording(tmp_path, ports=("source:out_1", "heard:out_1"))
        assert heard.ask("/node/new", "audio_in", "mic", "channel", 2, "amp", 1.0)[0] == "/done"
        assert source.ask("/node/new", "white", "noise", "amp", 0.3)[0] == "/done"
        time.sleep(1.5)
        assert source.ask("/node/set", "noise", "amp", 0.1)[0] == "/done"
        time.sleep(0.5)
        status = heard.status()
        recorded = recording.finish()
        assert heard.stop() == 0
        assert source.stop() == 0
    assert (status["inputs"], status["input_delay_frames"], status["bad_samples"]) == (2, 0, 0)
    line, good = recorded.timeline()
    played, out = line[good, 0], line[good, 1]
    assert np.abs(played).max() > 0.05
    assert np.allclose(out, played * np.sqrt(0.5), atol=1e-6), "heard late, or changed"
    rendered = render(heard.session, tmp_path / "rendered.wav")
    shift = align(np.repeat(line[:, 1:], 2, axis=1), rendered, good)
    first, last = max(0, -shift), min(len(line), len(rendered) - shift)
    differing = (line[first:last, 1] != rendered[first + shift : last + shift, 0]) & good[first:last]
    assert not differing.any()
    assert np.abs(rendered).max() > 0.05
