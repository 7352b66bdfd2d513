"""The audio thread allocates nothing. Its symbols, numba's counters and the system's page faults show it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dsp import cache
from dsp import compile as compiler
from phonon_osc.backends.choose import open_backend
from phonon_osc.engine import code
from phonon_osc.engine.voice import BusMap, Voice
from phonon_osc.studio import Studio

BLOCKS = 10_000


def dense(studio: Studio, first: int, frames: int, seed: int) -> None:
    """Send all kinds of commands: voices start, end, are stolen and choked; buses and orbits change."""
    rng = np.random.default_rng(seed)
    engine = studio.engine
    names = [n for n in engine.definitions.names() if n not in ("orbit",)]
    for frame in sorted(rng.integers(first, first + frames, frames // 100).tolist()):
        name = names[int(rng.integers(len(names)))]
        controls: dict[str, float | BusMap] = {}
        made = engine.definitions.get(name)
        assert made is not None
        for control, param in made.controls.items():
            if not control.startswith("_") and rng.random() < 0.4:
                top = min(param.max, param.default + 1000.0)
                controls[control] = (
                    float(rng.uniform(max(param.min, -1000.0), top)) if rng.random() < 0.9 else BusMap(3)
                )
        orbits = {"delay": 0.3, "delaytime": float(rng.uniform(0, 0.5)), "room": 0.2, "size": 0.5, "delayfeedback": 0.5}
        cut = int(rng.integers(-1, 2)) * int(rng.random() < 0.3)
        voice = Voice(name, controls, float(rng.uniform(0.001, 0.4)), orbit=int(rng.integers(12)), cut=cut, seed=7)
        voice.orbit_controls = dict(orbits)
        engine.play(voice, frame)
        engine.set_bus({3: float(rng.uniform(0, 1))}, frame)


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio(voices=64)


@pytest.fixture
def allocations() -> Callable[[], object]:
    """Reads numba's allocation counters. A function that allocates shows first that they count."""
    import numba
    from numba.core.runtime import _nrt_python, rtsys

    _nrt_python.memsys_enable_stats()

    @numba.njit
    def allocates(n: int) -> float:
        return np.ones(n).sum()

    allocates(3)
    before = rtsys.get_allocation_stats()
    allocates(3)
    assert rtsys.get_allocation_stats() != before, "the counters count nothing"
    return rtsys.get_allocation_stats


def test_numbas_counters_do_not_move(studio: Studio, allocations: Callable[[], object]) -> None:
    out = np.zeros((64, 2), np.float32)
    engine = studio.engine
    before, counted = None, 0
    for block in range(BLOCKS):
        if block % 250 == 0:
            dense(studio, engine.frame + 64, 250 * 64, block)
        engine.render(out)
        if block == 100:
            before = allocations()
        if block % 50 == 0:
            engine.poll()
        counted += 1
    assert counted == BLOCKS and allocations() == before
    counts = engine.tables.slabs.counts
    assert counts.started > 1000 and counts.stolen > 50 and counts.cut > 50, (counts.started, counts.stolen, counts.cut)
    assert np.isfinite(out).all()


def test_every_compiled_object_calls_nothing_foreign(studio: Studio) -> None:
    folder = cache.cache_folder()
    checked = 0
    for job in code.jobs(studio.engine.widths):
        data = cache.read_object(job.unit.filename, folder)
        assert data is not None, job.unit
        assert compiler.undefined_symbols(data) <= compiler.ALLOWED | {"_GLOBAL_OFFSET_TABLE_"}, job.unit.symbol
        checked += 1
    assert checked > 50


def faults(thread: int) -> int:
    """Minor and major page faults of a thread of this process so far."""
    fields = Path(f"/proc/self/task/{thread}/stat").read_text().rpartition(")")[2].split()
    return int(fields[7]) + int(fields[9])


def test_the_audio_thread_never_faults_after_warm_up() -> None:
    studio = Studio(voices=256)
    before = set(os.listdir("/proc/self/task"))
    backend = open_backend("null", rate=48000.0, period=64, client_name="faults", connect=False)
    studio.go_live()
    backend.start(studio.engine)
    try:
        python = {str(t.native_id) for t in threading.enumerate()}
        audio = [int(t) for t in set(os.listdir("/proc/self/task")) - before - python]
        assert audio, "no thread of the device was found"
        dense(studio, studio.engine.frame, 48000, 1)
        time.sleep(1.0)
        warm, started = {t: faults(t) for t in audio}, studio.engine.tables.slabs.counts.started
        for name in studio.engine.definitions.by_name:  # the first voice of a kind faults as little as the last
            if name != "orbit":
                studio.engine.play(Voice(name, {}, 0.02), studio.engine.frame + 960)
        for second in range(3):
            dense(studio, studio.engine.frame + 4800, 43200, 2 + second)
            for _ in range(50):
                time.sleep(0.02)
                studio.engine.poll()
        assert studio.engine.tables.slabs.counts.started - started > 200
        assert {t: faults(t) for t in audio} == warm
    finally:
        backend.stop()


def test_serving_never_imports_numba() -> None:
    """A warm start only loads machine code; the process never imports the compiler."""
    text = "import sys; from phonon_osc.studio import Studio; Studio(voices=16); sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", text], check=False).returncode == 0
