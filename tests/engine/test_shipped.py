"""Kernels that a wheel brings along: they sound like compiled ones, and nothing is compiled or imported for them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from dsp import shipped
from dsp.compile import Unit, default_widths
from dsp.load import gather
from dsp.shipped import Contents, Shipped, files
from dsp.target import CLASSES, cpu_class, x86_class
from phonon_osc.engine import ship
from phonon_osc.engine.code import jobs

ROOT = Path(__file__).resolve().parents[2]
SCORE = ROOT / "tests" / "data" / "captures" / "tidal-melodic.jsonl"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kernels of this machine's class, linked from those that the cache has compiled for this machine."""
    target = cpu_class()
    assert target is not None
    made = tmp_path_factory.mktemp("shipped")
    wanted = jobs(default_widths())
    library, contents = files(target, made)
    ship._link(target, gather(wanted), library)
    sources = {job.unit.symbol: job.unit.source for job in wanted}
    Contents(hashlib.sha256(library.read_bytes()).hexdigest(), sources).write(contents)
    return made


def render(out: Path, **settings: str) -> str:
    """Render the score in a process of its own. Returns the modules that it has imported, and its messages."""
    code = (
        "import sys; from phonon_osc.cli import main; code = main(sys.argv[1:]); "
        "print('imported', sorted(m for m in sys.modules if m in ('numba', 'llvmlite'))); sys.exit(code)"
    )
    command = [sys.executable, "-c", code, "render", str(SCORE), str(out), "--seconds", "3"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_a_render_with_shipped_kernels_is_the_same_and_compiles_nothing(folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "cache"
    said = render(tmp_path / "shipped.wav", PHONON_OSC_SHIPPED=str(folder), PHONON_OSC_CACHE=str(empty))
    assert "imported []" in said and "compiling" not in said
    assert not empty.exists()
    said = render(tmp_path / "compiled.wav", PHONON_OSC_SHIPPED="none")
    assert "imported ['llvmlite']" in said
    one, other = (soundfile.read(tmp_path / f"{name}.wav", dtype="float32")[0] for name in ("shipped", "compiled"))
    assert abs(one).max() > 0.05 and (one == other).all()


def test_a_damaged_object_is_not_loaded(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    target = cpu_class()
    assert target is not None
    for whole, copy in zip(files(target, folder), files(target, tmp_path), strict=True):
        copy.write_bytes(whole.read_bytes())
    library = files(target, tmp_path)[0]
    data = bytearray(library.read_bytes())
    data[len(data) // 2] ^= 1
    library.write_bytes(data)
    with pytest.raises(ValueError, match="damaged"):
        Shipped(target, tmp_path)
    monkeypatch.setenv(shipped.VARIABLE, str(tmp_path))
    assert shipped.shipped.__wrapped__() is None
    assert "damaged" in caplog.text and "compiled instead" in caplog.text


def test_a_kernel_of_other_sources_is_not_used(folder: Path) -> None:
    target = cpu_class()
    assert target is not None
    found = Shipped(target, folder)
    unit = jobs(default_widths())[-1].unit
    assert found.address(unit)
    assert found.address(Unit(unit.symbol, "0" * 16)) is None
    assert found.address(Unit("no_such_kernel_16", unit.source)) is None


def test_the_class_of_a_cpu_follows_from_its_flags() -> None:
    v2 = frozenset("cx16 lahf_lm popcnt sse4_1 sse4_2 ssse3".split())
    v3 = v2 | frozenset("avx avx2 bmi1 bmi2 f16c fma abm movbe xsave".split())
    v4 = v3 | frozenset("avx512f avx512bw avx512cd avx512dq avx512vl".split())
    assert x86_class(frozenset()) is None
    assert [x86_class(flags) for flags in (v2, v3, v4)] == [CLASSES[f"x86-64-v{level}"] for level in (2, 3, 4)]
    assert x86_class(v4 - {"fma"}) == CLASSES["x86-64-v2"], "each class has all instructions of those below it"
    assert x86_class(v4 - {"avx512vl"}) == CLASSES["x86-64-v3"]
