"""strudel.json of a cloned collection, multi-samples by pitch, and names in every spelling of Unicode."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from phonon_osc.osc.wire import encode_message
from phonon_osc.rendering import Options, render_datagrams
from phonon_osc.samples.bank import Index, scan
from phonon_osc.samples.strudel import Listed, read_map
from phonon_osc.scores import Datagram
from tests.samples import damaged

Write = Callable[..., Path]


def put_map(root: Path, data: object) -> None:
    (root / "strudel.json").write_text(json.dumps(data))


def play(root: Path, *pairs: str | float) -> NDArray[np.float32]:
    packet = encode_message("/dirt/play", *pairs)
    found = render_datagrams(
        [Datagram(packet, 1000.0)], Options(samples=[str(root)], limiter=False, seconds=1.0), start=1000.0
    )
    assert found.audio is not None
    return found.audio


def pitch(sound: NDArray[np.float32]) -> float:
    part = sound[2_000:12_000, 0].astype(np.float64)
    return float(np.argmax(np.abs(np.fft.rfft(part * np.hanning(len(part)), 1 << 18))) * 48_000.0 / (1 << 18))


# --- where the files are -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("https://raw.githubusercontent.com/someone/pack/master/extra/", "acid/01.wav"),
        ("https://raw.githubusercontent.com/someone/pack/master/", "extra/acid/01.wav"),
        ("github:someone/pack/master/extra", "acid/01.wav"),
        ("extra/", "acid/01.wav"),
        ("", "https://example.org/pack/extra/acid/01.wav?raw=true"),
        ("", "extra/acid/0%31.wav"),
        ("https://example.org/pack", "/extra/acid/01.wav"),
        ("https://example.org/elsewhere/", "extra/acid/01.wav"),
    ],
)
def test_a_cloned_collection_finds_its_files(root: Path, write: Write, base: str, path: str) -> None:
    there = write("extra/acid/01.wav")
    put_map(root, {"_base": base, "acid": [path]})
    assert scan([str(root)])["acid"] == [str(there)]


def test_the_longest_end_of_an_address_wins(root: Path, write: Write) -> None:
    write("acid/01.wav")
    there = write("extra/acid/01.wav")
    put_map(root, {"_base": "https://example.org/pack/extra/", "mine": ["acid/01.wav"]})
    assert scan([str(root)])["mine"] == [str(there)]


def test_a_name_may_have_a_base_of_its_own(root: Path, write: Write) -> None:
    first, second = write("one/a.wav"), write("two/a.wav")
    put_map(root, {"_base": "https://x.org/one/", "p": {"_base": "https://x.org/two/", "c4": "a.wav"}, "q": ["a.wav"]})
    found = scan([str(root)])
    assert found["p"] == [str(second)] and found["q"] == [str(first)]


def test_a_file_is_found_in_another_spelling_of_its_letters(root: Path, write: Write) -> None:
    there = write(unicodedata.normalize("NFD", "deep/größe.wav"))
    put_map(root, {"x": [unicodedata.normalize("NFC", "deep/größe.wav")], "y": ["deep/gr%C3%B6%C3%9Fe.wav"]})
    found = scan([str(root)])
    assert found["x"] == found["y"] == [str(there)]


def test_an_address_that_is_not_here_is_left_out_in_silence(
    root: Path, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    write("a/b.wav")
    put_map(root, {"x": ["https://example.org/far/away.wav", "a/b.wav"], "y": ["github:user/repo"]})
    index = Index([str(root)])
    index.update()
    assert [Path(path).name for path in index.banks["x"]] == ["b.wav"] and "y" not in index.banks
    assert not caplog.records


@pytest.mark.parametrize(
    "path", ["https://x.org/../../secret.wav", "github:a/../secret.wav", "%2e%2e/secret.wav", "..%2fsecret.wav"]
)
def test_no_address_leads_out_of_the_folder(root: Path, write: Write, tmp_path: Path, path: str) -> None:
    write("secret.wav", base=tmp_path)
    put_map(root, {"x": [path]})
    assert "x" not in scan([str(root)])


def test_a_map_may_begin_with_a_byte_order_mark(root: Path) -> None:
    path = root / "strudel.json"
    path.write_bytes(b'\xef\xbb\xbf{"a": "b.wav"}')
    assert read_map(path) == {"a": [Listed("", "b.wav")]}


# --- notes -------------------------------------------------------------------------------------------------------------
def test_notes_are_put_in_order_of_pitch(root: Path) -> None:
    path = root / "strudel.json"
    path.write_text(
        json.dumps({"p": {"c4": "c.wav", "Cs-1": "low.wav", "odd": "odd.wav", "bb3": "b.wav", "48": "n.wav"}})
    )
    assert [(file.path, file.note) for file in read_map(path)["p"]] == [
        ("low.wav", 1.0),
        ("n.wav", 48.0),
        ("b.wav", 58.0),
        ("c.wav", 60.0),
        ("odd.wav", None),
    ]


@pytest.fixture
def piano(root: Path, write: Write) -> Path:
    """Two notes, an octave and a half apart, the lower one in two takes; each file sounds the note it is for."""
    for name, hz in (("c3", 130.813), ("c3b", 130.813), ("g4", 391.995)):
        write(f"files/{name}.wav", damaged.tone(hz, 0.8, 48_000), 48_000)
    put_map(root, {"_base": "https://example.org/files/", "grand": {"g4": "g4.wav", "c3": ["c3.wav", "c3b.wav"]}})
    return root


@pytest.mark.parametrize(
    ("note", "file"),
    [(48.0, "c3.wav"), (50.0, "c3.wav"), (55.0, "c3.wav"), (64.0, "g4.wav"), (67.0, "g4.wav"), (90.0, "g4.wav")],
)
def test_the_nearest_note_of_a_map_is_played_in_tune(piano: Path, note: float, file: str) -> None:
    """Packets in, sound out: the pitch that the event asks for."""
    heard = pitch(play(piano, "s", "grand", "midinote", note))
    assert heard == pytest.approx(440.0 * 2.0 ** ((note - 69.0) / 12.0), rel=0.002)
    index = Index([str(piano)])
    index.update()
    from phonon_osc.samples.table import Keys, Table

    entry = Table(index.banks, Keys(), notes=index.notes).find("grand", 0.0, None, note)
    assert entry is not None and entry.path is not None and Path(entry.path).name == file


def test_n_counts_among_the_takes_of_a_note(piano: Path) -> None:
    from phonon_osc.samples.table import Keys, Table

    index = Index([str(piano)])
    index.update()
    table = Table(index.banks, Keys(), notes=index.notes)
    named = [Path(str(entry.path)).name for n in range(3) if (entry := table.find("grand", n, None, 49.0)) is not None]
    assert named == ["c3.wav", "c3b.wav", "c3.wav"]


def test_without_a_pitch_n_counts_all_files_and_nothing_is_repitched(piano: Path) -> None:
    assert pitch(play(piano, "s", "grand", "n", 2.0)) == pytest.approx(391.995, rel=0.002)


def test_a_folder_without_a_map_is_repitched_from_60_as_ever(root: Path, write: Write) -> None:
    write("plain/a.wav", damaged.tone(440.0, 0.8, 48_000), 48_000)
    assert pitch(play(root, "s", "plain", "midinote", 67.0)) == pytest.approx(440.0 * 2.0 ** (7 / 12), rel=0.002)


# --- names -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("folder", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ["NFC", "NFD"])
def test_an_accent_is_an_accent(root: Path, write: Write, folder: str, typed: str) -> None:
    write(unicodedata.normalize(folder, "größe") + "/a.wav", damaged.tone(600.0), damaged.RATE)  # type: ignore[arg-type]
    heard = play(root, "s", unicodedata.normalize(typed, "größe"))  # type: ignore[arg-type]
    assert pitch(heard) == pytest.approx(600.0, rel=0.01)
