"""The examples of CONTRIBUTING.md work as they are printed."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from dsp.compile import compile_kind
from dsp.kind import REGISTRY, kinds
from tests.defs.rig import Client

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
IMPORTS = "from typing import Any\nfrom dsp.kind import Param, Unit, kind\nfrom dsp.lanes import fmax, fmin\n"


def example(heading: str) -> str:
    """The first code block under a heading."""
    (section,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    found = re.search(r"^```\w*\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_the_filter_compiles(tmp_path: Path) -> None:
    file = tmp_path / "my_filter.py"
    file.write_text(IMPORTS + example("Add a filter"))
    known = set(kinds())
    spec = importlib.util.spec_from_file_location("contributed.my_filter", file)
    assert spec is not None and spec.loader is not None
    try:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
        assert compile_kind(REGISTRY["my_filter"], 16)
    finally:
        for name in set(REGISTRY) - known:
            del REGISTRY[name]


def test_the_record_is_one_of_the_table() -> None:
    records = ROOT / "phonon_osc" / "dialects" / "superdirt" / "records" / "effects.py"
    assert example("Add an effect key").strip() in records.read_text()


def test_the_synth_sounds() -> None:
    client = Client()
    try:
        client.define("buzz", example("Add a synth"))
        sound = client.event("buzz", "note", 0.0)
        assert 0.01 < np.abs(sound).max() < 1.0
    finally:
        client.studio.close()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:dsp|phonon_osc|tests|bench)/[\w./]+)`", TEXT))))
def test_every_path_is_there(path: str) -> None:
    assert (ROOT / path).exists()
