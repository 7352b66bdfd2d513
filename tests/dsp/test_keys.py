"""The key of compiled code: it changes with every source that shapes the code, and with no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsp import compile as compiler


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with its own mathematics: a kind uses one module, which uses a second; nothing uses the third."""
    mathematics = tmp_path / "math"
    mathematics.mkdir()
    monkeypatch.setattr(compiler, "MATH", mathematics)
    (tmp_path / "kind.py").write_text("from dsp.math.one import a\n")
    (mathematics / "one.py").write_text("from dsp.math.two import b\n")
    (mathematics / "two.py").write_text("b = 1\n")
    (mathematics / "three.py").write_text("c = 1\n")
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "other"), [("kind.py", True), ("math/one.py", True), ("math/two.py", True), ("math/three.py", False)]
)
def test_a_key_depends_on_what_a_file_uses(files: Path, changed: str, other: bool) -> None:
    before = compiler.source_of([files / "kind.py"])
    with (files / changed).open("a") as file:
        file.write("# changed\n")
    compiler._shared.cache_clear()
    assert (compiler.source_of([files / "kind.py"]) != before) is other
