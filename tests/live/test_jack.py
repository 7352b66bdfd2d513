"""Live on JACK: what leaves the ports is what `render` makes of the session log, to the bit, and onsets keep their timetags."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from .rig import Recording, Server, align, have_jack, jackd, lateness, render, replay

pytestmark = [pytest.mark.jack, pytest.mark.skipif(not have_jack(), reason="jackd is not installed")]

ALL = ("tidal-drums", "tidal-busses", "strudel-drums", "vortex-drums", "sardine-drums", "superdirtpy-drums", "liblo-oscsend")
SETTLE = float(os.environ.get("PHONON_OSC_SETTLE", "6"))  # seconds the clock is given


def play(folder: Path, period: int, captures: tuple[str, ...]) -> dict[str, float]:
    """Replay captures into a server on JACK; compare its ports with its log. Figures for people and for the test."""
    with jackd(period):
        server = Server(folder)
        recording = Recording(folder)
        time.sleep(SETTLE)
        for thread in [replay(name, server) for name in captures]:
            thread.join()
        time.sleep(2.5)
        status = server.status()
        recorded = recording.finish()
        assert server.stop() == 0
    rendered = render(server.session, folder / "rendered.wav")
    line, good = recorded.timeline()
    shift = align(line, rendered)
    first, last = max(0, -shift), min(len(line), len(rendered) - shift)
    a, b, use = line[first:last], rendered[first + shift : last + shift], good[first:last]
    wrong = np.any(a != b, axis=1) & use
    off = np.abs(lateness(server.session, 48000.0))
    return {
        "period": period,
        "frames": int(use.sum()),
        "excluded": int((~use).sum()),
        "xruns": len(recorded.xruns),
        "differing": int(wrong.sum()),
        "events": int(len(off)),
        "median": float(np.median(off)),
        "p99": float(np.percentile(off, 99)),
        "worst": float(off.max()),
        "played": int(status["played"]),  # type: ignore[call-overload]
        "peak": float(np.abs(a).max()),
    }


@pytest.mark.parametrize("period", [64, 256, 1024])
@pytest.mark.timeout(180)
def test_ports_equal_the_render_of_the_log(period: int, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    figures = play(tmp_path, period, ALL)
    record_property("figures", figures)
    assert figures["played"] >= 370 and figures["peak"] > 0.05
    assert figures["excluded"] < 0.05 * figures["frames"], "too many xruns to say anything"
    assert figures["differing"] == 0
    assert figures["median"] <= 1.0, "samples"
    assert figures["p99"] <= 0.0005 * 48000


def main() -> None:
    """Every capture alone at every period: the figures of the acceptance list."""
    import json
    import sys
    import tempfile

    for period in (64, 256, 1024):
        for name in sys.argv[1:] or ALL:
            with tempfile.TemporaryDirectory() as folder:
                sys.stdout.write(json.dumps({"capture": name, **play(Path(folder), period, (name,))}) + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
