"""A message changes all that it should, or answers /fail and changes nothing: with a full queue, many values, or little memory."""

from __future__ import annotations

import ctypes
import json
import mmap
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from phonon_osc.engine import link
from phonon_osc.osc.native import buffers
from phonon_osc.osc.wire import decode, encode_message
from phonon_osc.studio import Studio
from phonon_osc.synths import builtin

from .test_native_errors import Client


@pytest.fixture
def client() -> Iterator[Client]:
    studio = Studio(voices=64)
    yield Client(studio)
    studio.close()


def graph(client: Client) -> Any:
    """The whole answer to /dump."""
    return json.loads(client("/dump")[1][2])


# --- a full queue ------------------------------------------------------------------------------------------------------
def fill(client: Client, left: int = 0) -> None:
    """Fill the queue until it has room for only ``left`` commands. The audio thread takes none meanwhile."""
    engine = client.studio.engine
    while engine.link.waiting < link.HELD - left:
        engine.set_bus({900: 0.5})


WHOLE: list[tuple[tuple[Any, ...], ...]] = [
    (("/node/patch", 2, 3, "freq"),),  # moves 3 and 4, patches, and takes 2 off its orbit
    (("/node/unpatch", 3, 4),),  # ends the patch and puts 3 back on its orbit
    (("/node/set", 1, "freq", 99.0, "orbit", 3.0),),
    (("/group/set", "pads", "amp", 0.01),),
    (("/orbit/set", -1, "room", 0.5),),
    (("/buffer/write", "tab", 0, *[0.25] * 1000),),
    (("/c_set", *(float(x) for k in range(600) for x in (k, 0.5))),),
]


def test_what_ends_sound_is_never_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "HELD", 64)
    client("/group/new", "pads")
    for k in range(1, 6):
        client("/node/new", "sine", k, "freq", 100.0 * k, "group", "pads")
    client("/node/new", "sine", 6)
    client.run()
    for message in (("/node/free", 6), ("/group/free", "pads")):
        fill(client)
        assert [answer[0] for answer in send(client, *message)] == ["/done"]
        for _ in range(20):
            client.run(2048)
    assert client.studio.status()["nodes"] == 0


@pytest.mark.parametrize("messages", WHOLE, ids=[m[0][0].strip("/") for m in WHOLE])
def test_a_change_that_finds_the_queue_all_but_full_does_nothing(
    client: Client, messages: tuple[tuple[Any, ...], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "HELD", 64)
    client("/group/new", "pads")
    for k in range(1, 6):
        client("/node/new", "sine", k, "freq", 100.0 * k, "group", "pads")
    client("/node/patch", 3, 4, "freq")
    client("/buffer/alloc", "tab", 1000)
    client.run()
    before = graph(client)
    number = client.studio.context.buffers["tab"].number
    for message in messages:
        fill(client, left=1)
        answers = send(client, *message)
        assert [answer[0] for answer in answers] == ["/fail"] and "waiting" in answers[0][1][1], answers
        client.run(2048)
        assert graph(client) == before
        assert not np.any(client.studio.engine.buffers.frames(number)) and client("/bus/get", 3)[1][1] == 0.0
        assert all(answer[0] != "/fail" for answer in send(client, *message)), "with room it is done"
        client.run(2048)
        assert graph(client) != before or message[0] in ("/buffer/write", "/c_set", "/orbit/set")


def send(client: Client, address: str, *args: Any) -> list[tuple[str, tuple[Any, ...]]]:
    """Send a message that may have no answer. Returns the answers."""
    heard: list[tuple[str, tuple[Any, ...]]] = []

    def reply(data: bytes, _: object) -> None:
        message = decode(data).messages[0]
        heard.append((message.address, message.args))

    client.studio.router.datagram(encode_message(address, *args), ("127.0.0.1", 40000), 0.0, reply)
    return heard


def test_panic_gets_through_a_full_queue(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "HELD", 64)
    client("/node/new", "sine", 1)
    client.run()
    fill(client)
    assert client("/node/new", "sine", 2)[0] == "/fail"
    assert client("/panic")[0] == "/done"
    for _ in range(20):
        client.run(256)
    assert np.all(client.run(1024) == 0.0)


def test_a_patch_is_not_taken_away_before_it_is_made(client: Client) -> None:
    """A patch is scheduled by a bundle for later. If it is removed now, it does not come."""
    client("/node/new", "sine", "mod")
    client("/node/new", "sine", "tone")
    client.studio.engine.patch("mod", "tone", "freq", 100.0, frame=5000)
    assert client("/node/unpatch", "mod", "tone")[0] == "/done"
    client.run(8192)
    assert graph(client)["nodes"][1]["patches"] == []
    assert np.all(client.studio.engine.tables.slabs.edges.source == -1)


# --- more values than one record has room for -----------------------------------------------------------------------------
def test_all_controls_of_a_large_instrument_arrive(client: Client) -> None:
    """superfm has 167 controls, and its event also sets those of the orbit's effects."""
    definition = builtin.instrument("superfm", 48000.0).definition
    assert definition is not None
    names = [name for name in definition.controls if not name.startswith("_")]
    assert len(names) > 114
    wanted = {name: 0.25 * definition.controls[name].max + 0.75 * definition.controls[name].min for name in names}
    flat = [part for pair in wanted.items() for part in pair]
    assert client("/node/new", "superfm", 1, *flat)[0] == "/done"
    client.run(9600)
    assert got(client) == pytest.approx(wanted, rel=1e-6)
    other = {name: definition.controls[name].min for name in names}
    assert client("/node/set", 1, *[part for pair in other.items() for part in pair])[0] == "/done"
    client.run(96000)
    assert got(client) == pytest.approx(other, rel=1e-6, abs=1e-6)


def got(client: Client) -> dict[str, float]:
    _, (_, *flat) = client("/node/get", 1)
    return dict(zip(flat[::2], flat[1::2], strict=True))


def test_all_announced_buses_can_be_set_by_one_message(client: Client) -> None:
    flat = [part for bus in range(1024) for part in (bus, bus + 0.5)]
    assert send(client, "/c_set", *flat) == []
    client.run()
    assert [client("/bus/get", bus)[1][1] for bus in range(1024)] == [bus + 0.5 for bus in range(1024)]


# --- memory --------------------------------------------------------------------------------------------------------------
def resident(frames: np.ndarray) -> float:
    """Share of an array's pages that are in memory."""
    libc = ctypes.CDLL(None, use_errno=True)
    page = mmap.PAGESIZE
    first = frames.ctypes.data // page * page
    count = -(-(frames.ctypes.data + frames.nbytes - first) // page)
    found = (ctypes.c_ubyte * count)()
    assert libc.mincore(ctypes.c_void_p(first), ctypes.c_size_t(count * page), found) == 0
    return sum(x & 1 for x in found) / count


def test_an_allocated_buffer_faults_no_page_in_the_audio_thread(client: Client) -> None:
    assert client("/buffer/alloc", "long", 1 << 20)[0] == "/done"
    assert resident(client.studio.engine.buffers.frames(client.studio.context.buffers["long"].number)) == 1.0


def test_a_loaded_sound_counts_like_an_allocated_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffers, "CLIENT_BYTES", 500_000)
    answers = [client("/buffer/load", f"b{k}", "bd", k % 3) for k in range(50)]
    assert answers[0][0] == "/done" and answers[-1][0] == "/fail" and "free some" in answers[-1][1][1]
    held = client.studio.context.buffers
    assert sum(8 * buffer.frames for buffer in held.values()) <= 500_000
    assert client("/buffer/alloc", "more", 60_000)[0] == "/fail"
    for name in list(held):
        client("/buffer/free", name)
    assert client("/buffer/alloc", "more", 60_000)[0] == "/done"
