"""The built-in synths as texts: a copy has the same sound, and changes are audible."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dsp.kind import kinds
from phonon_osc.osc.due import RecordedDue
from phonon_osc.osc.wire import encode_bundle, encode_message, unix_to_ntp
from phonon_osc.studio import Studio
from phonon_osc.synths import builtin
from tests.live.rig import ROOT

from .rig import SENDER, Client, loudest

ZERO = 1.7e9
SYNTHS = sorted(builtin.synths())


@pytest.fixture(scope="module")
def twins() -> Iterator[tuple[Client, Client]]:
    """Two servers at the same frame, since the noises of an event depend on its message and its frame."""
    made = Client(Studio(voices=64, inputs=2)), Client(Studio(voices=64, inputs=2))
    for client in made:
        client.studio.route(RecordedDue(48000, ZERO))
    yield made
    for client in made:
        client.studio.close()


def event(client: Client, name: str) -> np.ndarray:
    """One second of sound with the event at a timetag."""
    frame = int(client.studio.engine.tables.device.out_frame)
    pairs = ("s", name, "sustain", 0.3, "note", 3.0, "orbit", 0, "lpf", 6000.0)
    packet = encode_bundle(unix_to_ntp(ZERO + (frame + 4800) / 48000), [encode_message("/dirt/play", *pairs)])
    client.studio.router.datagram(packet, SENDER, ZERO + frame / 48000, lambda *answer: None)
    return client.run(48000)


@pytest.mark.parametrize("name", SYNTHS)
def test_a_text_sent_back_has_the_same_bits(twins: tuple[Client, Client], name: str) -> None:
    """It keeps its name, since another name makes another event with other noises."""
    original, copied = twins
    address, (_, text) = copied("/def/get", name)
    assert address == "/def/get/reply"
    copied.define(name, str(text))
    one, other = event(original, name), event(copied, name)
    assert one.any() and np.array_equal(one, other)
    copied("/def/free", name)
    assert np.array_equal(event(original, name), event(copied, name)), "the original is back"


@pytest.fixture(scope="module")
def nodes() -> Iterator[tuple[Client, Client]]:
    """Two servers that make the same number of nodes, since the noises of a node depend on its number."""
    made = Client(Studio(voices=64, inputs=2)), Client(Studio(voices=64, inputs=2))
    yield made
    for client in made:
        client.studio.close()


@pytest.mark.parametrize("name", SYNTHS)
def test_a_text_under_another_name_has_the_same_bits(nodes: tuple[Client, Client], name: str) -> None:
    original, copied = nodes
    copied.define("copy", str(copied("/def/get", name)[1][1]))
    one, other = original.node(f"dirt.{name}", frames=24000), copied.node("copy", frames=24000)
    assert one.any() and np.array_equal(one, other)


def test_names_of_parts_are_no_kinds() -> None:
    assert not (set(builtin.files()) - builtin.synths()) & kinds().keys()


def test_aliases_are_those_of_the_texts() -> None:
    found = {alias: name for name in SYNTHS for alias in builtin.instrument(name, 48000.0).aliases}
    assert builtin.aliases() == found
    assert not found.keys() & builtin.synths()


@pytest.mark.parametrize("name", ["sine", "gm_flute"])
def test_a_copy_takes_the_place_of_the_original_for_events(name: str) -> None:
    """Also if the name is that of a kind (for nodes it still means the kind), and also by its aliases."""
    client = Client()
    client.define(name, "alias other; octave: 2; voice (sine (pitch * octave)) * 0.3")
    assert loudest(client.event(name, "freq", 300)) == pytest.approx(600.0, abs=5.0)
    assert loudest(client.event("other", "freq", 300)) == pytest.approx(600.0, abs=5.0)
    assert loudest(client.event("sin", "freq", 300)) == pytest.approx(600.0 if name == "sine" else 300.0, abs=5.0)
    assert loudest(client.node("sine", "freq", 300.0, frames=9600)) == pytest.approx(300.0, abs=2.0)
    assert client("/def/get", name)[1][1].startswith("alias other")  # type: ignore[union-attr]
    assert client("/def/free", name)[0] == "/done"
    assert loudest(client.event(name, "freq", 300)) == pytest.approx(300.0, abs=5.0)
    assert not client.event("other", "freq", 300).any()
    assert "place" in client.refused("sine", "out (saw 3)")
    assert client("/def/free", name)[0] == "/fail"
    client.studio.close()


def test_a_text_that_becomes_no_voice_gives_the_place_back() -> None:
    client = Client()
    client.define("gm_flute", "voice (sine (pitch * 2)) * 0.3")
    client.define("gm_flute", "out (sine 700) * 0.3")
    assert loudest(client.event("gm_flute", "freq", 300)) == pytest.approx(300.0, abs=5.0)
    assert loudest(client.node("gm_flute", frames=9600)) == pytest.approx(700.0, abs=2.0)
    client.studio.close()


def test_parts_of_ones_own_are_for_texts_of_ones_own() -> None:
    """A part with the name of a built-in one is used by later definitions, but not by built-in synths."""
    client = Client()
    before = client.event("gm_flute")
    client.define("overtone", "hz: 0; ratio: 0; level: 0; outlets (sine 900) * 0.3")
    assert np.array_equal(client.event("gm_flute"), before) or loudest(client.event("gm_flute")) < 500.0
    client.define("gm_flute", str(client("/def/get", "gm_flute")[1][1]))
    assert loudest(client.event("gm_flute")) == pytest.approx(900.0, abs=5.0)
    client.studio.close()


def test_a_file_copied_into_the_folder_and_changed(tmp_path: Path) -> None:
    client = Client(Studio(voices=64, defs=tmp_path))
    file = tmp_path / "gm_flute.def"
    for octave in (2.0, 3.0, None):
        if octave is None:
            file.unlink()
        else:
            file.write_text(
                builtin.text("gm_flute").replace("blown_pitch 14", f"blown_pitch 14 pitch=(pitch * {octave})")
            )
        assert client.studio.folder is not None
        client.studio.folder.scan()
        client.studio.poll()
        assert loudest(client.event("gm_flute", "freq", 300)) == pytest.approx(300.0 * (octave or 1.0), rel=0.02)
    client.studio.close()


def test_parts_cannot_be_played_and_nodes_find_synths(twins: tuple[Client, Client]) -> None:
    _, client = twins
    address, args = client("/node/new", "plateau", 1)
    assert address == "/fail" and "part" in args[1]
    for name in ("superpiano", "piano", "dirt.superpiano"):
        assert client("/node/new", name, "p", "freq", 300.0)[0] == "/done"
        assert client.studio.engine.patchbay.node("p").definition.name == "dirt.superpiano"
        client("/node/free", "p")
        client.run()
    address, (count, *names) = client("/def/list")
    assert count == len(names) and {"superpiano", "plateau", "sine"} <= set(names)
    assert "did you mean superpiano" in client("/node/new", "superpianp", 1)[1][1]  # type: ignore[operator]


def test_unknown_words_are_told_what_parts_there_are(twins: tuple[Client, Client]) -> None:
    _, client = twins
    assert "did you mean plateau" in client.refused("x", "voice (saw pitch) * (platau 0.1)")
    assert "section" in client.refused("x", "voice sections")


def test_the_texts_are_package_data() -> None:
    """The files of a wheel besides Python: a pattern of its package includes every text, and there are no other files."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    folder = Path(builtin.__file__).parent
    packed = {file for pattern in declared["phonon_osc.synths"] for file in folder.glob(pattern)}
    assert packed == set(builtin.files().values()) and len(packed) > 60
    assert {file for file in folder.rglob("*") if file.is_file() and file.suffix not in (".py", ".pyc")} == packed
