"""On a machine without a sound card, stderr shows our messages and not ALSA's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.live.rig import ROOT

PROGRAM = """
import logging, sys
from phonon_osc.backends.base import BackendError
from phonon_osc.backends.choose import open_backend
from phonon_osc.studio import Studio
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
studio = Studio(voices=64)
try:
    backend = open_backend("alsa", rate=48000.0, period=256, client_name="quiet", connect=False)
    backend.start(studio.engine)
    backend.stop()
except BackendError as error:
    print("refused:", error)
"""


def test_alsa_writes_nothing_to_stderr(tmp_path: Path) -> None:
    none = tmp_path / "asound.conf"  # a configuration in which there is no device
    none.write_text("pcm.!default { type hw card 99 }\n")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
        env={**os.environ, "ALSA_CONFIG_PATH": str(none)},
    )
    assert "refused: miniaudio" in done.stdout, done.stdout
    assert "ALSA lib" not in done.stderr, done.stderr
    if "this machine has no alsa" not in done.stdout:  # a Debian without ALSA's library has nothing to keep quiet
        assert "ALSA: " in done.stdout
