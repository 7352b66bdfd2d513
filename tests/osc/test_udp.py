"""The UDP socket: every loss is counted, no exception escapes, and the event loop keeps running."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from phonon_osc.errors import ExitCode, PermissionRefused, PortInUse, UnavailableError, UsageError
from phonon_osc.osc import udp
from phonon_osc.osc.fairqueue import KNOWN_AFTER, REMEMBERED, RUSH, Address, Datagram, FairQueue
from phonon_osc.osc.udp import UdpServer
from phonon_osc.osc.wire import decode, encode_message

pytestmark = pytest.mark.timeout(20)


class Recorder:
    """A handler that keeps its datagrams and then calls a function of the test."""

    def __init__(self, then: Callable[[bytes], None] = lambda data: None) -> None:
        self.seen: list[tuple[bytes, Address, float]] = []
        self.then = then

    def __call__(self, data: bytes, sender: Address, arrival: float) -> None:
        self.seen.append((data, sender, arrival))
        self.then(data)

    async def has(self, count: int) -> None:
        for _ in range(2000):
            if len(self.seen) >= count:
                return
            await asyncio.sleep(0.002)
        pytest.fail(f"{len(self.seen)} of {count} datagrams arrived")


@pytest.fixture
def client() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock


async def test_datagrams_reach_the_handler_with_sender_and_time(client: socket.socket) -> None:
    recorder = Recorder()
    server = UdpServer(recorder, port=0)
    server.start()
    before = time.time()
    for data in (encode_message("/dirt/hello"), b"", b"x" * 65_507):
        client.sendto(data, server.address)
    await recorder.has(3)
    after = time.time()
    assert [data for data, _, _ in recorder.seen] == [encode_message("/dirt/hello"), b"", b"x" * 65_507]
    assert {sender for _, sender, _ in recorder.seen} == {client.getsockname()}
    assert all(before - 0.01 <= arrival <= after + 0.01 for _, _, arrival in recorder.seen)
    assert server.counters.as_dict() == {
        "datagrams": 3,
        "bytes": len(encode_message("/dirt/hello")) + 65_507,
        "refused": 0,
        "dropped": 0,
        "kernel_drops": 0,
        "handler_errors": 0,
        "receive_errors": 0,
        "sent": 0,
        "send_errors": 0,
    }
    server.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's time of arrival is read on Linux only")
async def test_arrival_is_when_it_came_not_when_the_loop_had_time(client: socket.socket) -> None:
    recorder = Recorder()
    server = UdpServer(recorder, port=0)
    server.bind()
    sent = time.time()
    client.sendto(b"early", server.address)
    time.sleep(0.2)
    server.start()
    await recorder.has(1)
    assert recorder.seen[0][2] - sent < 0.1
    server.close()


async def test_answers_come_from_the_port_clients_know(client: socket.socket) -> None:
    server = UdpServer(Recorder(lambda data: None), port=0)
    server.start()
    assert server.send(encode_message("/dirt/hello/reply"), client.getsockname())
    data, source = client.recvfrom(1000)
    assert source == server.address
    assert decode(data).messages[0].address == "/dirt/hello/reply"
    assert not server.send(b"x" * 70_000, client.getsockname())
    assert (server.counters.sent, server.counters.send_errors) == (1, 1)
    server.close()
    assert not server.send(b"x", client.getsockname())


async def test_handler_exceptions_are_counted_and_stay_inside(
    client: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(data: bytes) -> None:
        if data != b"good":
            raise RecursionError(f"\x1b[31m{data!r}\nforged line")

    recorder = Recorder(fail)
    server = UdpServer(recorder, port=0)
    server.start()
    for turn in range(40):
        client.sendto(b"good" if turn % 2 else b"bad\xff", server.address)
    await recorder.has(40)
    await asyncio.sleep(0)
    assert server.counters.handler_errors == 20
    server.close()
    lines = [record.getMessage() for record in caplog.records if record.name == udp.__name__]
    bugs = [line for line in lines if line.startswith("bug: RecursionError")]
    assert 1 <= len(bugs) <= 10  # five per second, and the test may span two seconds
    assert all("test_udp.py:" in line for line in bugs)
    assert all(line.isascii() and line.isprintable() for line in lines)
    assert any(line.startswith("held back") for line in lines)


async def test_only_senders_on_the_allow_list_are_handled(client: socket.socket) -> None:
    recorder = Recorder()
    server = UdpServer(recorder, port=0, allow=["192.168.7.0/24", "127.0.0.2"])
    server.start()
    client.sendto(b"stranger", server.address)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as friend:
        friend.bind(("127.0.0.2", 0))
        friend.sendto(b"friend", server.address)
    await recorder.has(1)
    assert [data for data, _, _ in recorder.seen] == [b"friend"]
    assert server.counters.refused == 1
    server.close()


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:10.0.0.1", False),
        ("10.0.0.1", False),
        ("fe80::1%lo", False),
    ],
)
def test_loopback_alone_is_allowed_by_default(host: str, allowed: bool) -> None:
    queue = FairQueue()
    server = UdpServer(Recorder(), queue=queue)
    server._admit(b"data", (host, 1000), 0.0)
    assert bool(queue) == allowed
    assert server.counters.refused == (not allowed)


async def test_a_slow_handler_does_not_stall_the_loop(client: socket.socket) -> None:
    recorder = Recorder(lambda data: time.sleep(0.001))
    server = UdpServer(recorder, port=0, budget_s=0.005)
    server.bind()
    for _ in range(150):
        client.sendto(b"work", server.address)
    server.start()
    gaps = []
    while len(recorder.seen) < 150:
        began, done = time.monotonic(), len(recorder.seen)
        await asyncio.sleep(0)
        gaps.append((time.monotonic() - began, len(recorder.seen) - done))
    assert max(done for _, done in gaps) <= 5  # datagrams of 1 ms each, in a budget of 5 ms
    assert sorted(gap for gap, _ in gaps)[len(gaps) // 2] < 0.02
    assert server.counters.datagrams == 150
    server.close()


async def test_a_flood_from_one_port_does_not_delay_another(client: socket.socket) -> None:
    recorder = Recorder(lambda data: time.sleep(0.0002))
    server = UdpServer(recorder, port=0, budget_s=0.05)
    server.bind()
    for turn in range(150):
        client.sendto(b"flood %d" % turn, server.address)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.sendto(b"single", server.address)
    server.start()
    await recorder.has(151)
    order = [data for data, _, _ in recorder.seen]
    assert order.index(b"single") <= 1
    order.remove(b"single")
    assert order == [b"flood %d" % turn for turn in range(150)]
    server.close()


async def test_too_many_waiting_are_dropped_and_counted(client: socket.socket) -> None:
    recorder = Recorder()
    server = UdpServer(recorder, port=0, queue=FairQueue(per_sender=10 * (256 + 4)), budget_s=0.05)
    server.bind()
    for turn in range(100):
        client.sendto(b"%04d" % turn, server.address)
    server.start()
    await recorder.has(10)
    assert [data for data, _, _ in recorder.seen] == [b"%04d" % turn for turn in range(10)]
    assert server.counters.dropped == 90
    client.sendto(b"next", server.address)
    await recorder.has(11)
    server.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells its drops on Linux only")
async def test_what_the_kernel_dropped_is_counted(client: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(udp, "_WANTED_RECEIVE_BUFFER", 4096)
    recorder = Recorder()
    server = UdpServer(recorder, port=0)
    server.bind()
    for _ in range(100):
        client.sendto(b"x" * 500, server.address)
    server.start()
    await recorder.has(1)
    await asyncio.sleep(0.02)
    client.sendto(b"after", server.address)
    await recorder.has(server.counters.datagrams + 1)
    assert server.counters.kernel_drops == 101 - server.counters.datagrams > 50
    server.close()


async def test_a_burst_of_ten_thousand_is_handled_or_counted(client: socket.socket) -> None:
    recorder = Recorder()
    server = UdpServer(recorder, port=0)
    server.start()
    packet = encode_message("/dirt/play", "s", "bd")
    for _ in range(100):
        for _ in range(100):
            client.sendto(packet, server.address)
        await asyncio.sleep(0)
    client.sendto(b"last", server.address)
    while not recorder.seen or recorder.seen[-1][0] != b"last":
        await asyncio.sleep(0.005)
    counters = server.counters
    assert len(recorder.seen) + counters.kernel_drops + counters.dropped == 10_001
    assert len(recorder.seen) > 5_000
    server.close()


async def test_closing_inside_the_handler_ends_at_once(client: socket.socket) -> None:
    recorder = Recorder(lambda data: server.close())
    server = UdpServer(recorder, port=0, budget_s=0.05)
    server.bind()
    for _ in range(5):
        client.sendto(b"quit", server.address)
    server.start()
    await recorder.has(1)
    await asyncio.sleep(0.02)
    assert len(recorder.seen) == 1
    server.close()


def test_port_in_use_names_the_owner() -> None:
    code = "import socket, sys; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('127.0.0.1', 0)); "
    code += "print(s.getsockname()[1], flush=True); sys.stdin.read()"
    owner = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    try:
        port = int(owner.stdout.readline())
        with pytest.raises(PortInUse, match=f"port {port} ") as caught:
            UdpServer(Recorder(), port=port).bind()
    finally:
        owner.communicate()
    assert caught.value.exit_code is ExitCode.UNAVAILABLE
    assert caught.value.port == port
    if sys.platform == "linux":
        assert f"pid {owner.pid} (" in str(caught.value)
        assert "import socket" in str(caught.value)
    UdpServer(Recorder(), port=port).bind()


@pytest.mark.parametrize(
    ("host", "port"), [("192.0.2.1", 0), ("no such host", 0), ("a" * 300, 0), ("127.0.0.1", 65_536), ("127.0.0.1", -1)]
)
def test_addresses_that_make_no_sense(host: str, port: int) -> None:
    with pytest.raises(UsageError, match=r"listen|port"):
        UdpServer(Recorder(), host, port).bind()


def test_an_allow_list_that_makes_no_sense() -> None:
    with pytest.raises(UsageError, match="no network"):
        UdpServer(Recorder(), allow=["10.0.0.0/99"])


def test_errors_of_the_system_become_ours() -> None:
    refused = udp._bind_error("127.0.0.1", 80, OSError(errno.EACCES, "Permission denied"))
    assert isinstance(refused, PermissionRefused)
    assert refused.exit_code is ExitCode.NO_PERMISSION
    assert isinstance(udp._bind_error("127.0.0.1", 80, OSError(errno.ENOMEM, "no memory")), UnavailableError)


def test_a_small_receive_buffer_is_reported(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    server = UdpServer(Recorder(), port=0)
    monkeypatch.setattr(udp, "_WANTED_RECEIVE_BUFFER", 65_536)
    with caplog.at_level(logging.WARNING):
        server.bind()
    assert server.receive_buffer == 65_536
    assert "receive buffer of 64 KiB" in caplog.text
    server.close()


def test_exposed_says_whether_other_machines_can_reach_the_port() -> None:
    for host, exposed in (("127.0.0.1", False), ("0.0.0.0", True), ("localhost", False)):
        server = UdpServer(Recorder(), host, 0)
        server.bind()
        assert server.exposed is exposed
        server.close()


def test_fair_queue_takes_turns_and_is_bounded() -> None:
    queue = FairQueue(per_sender=3 * 257, in_all=8 * 257)  # of which new senders may take half
    put = [
        queue.put(Datagram(data, ("h", port), 0.0))
        for data, port in ((b"1", 1), (b"2", 1), (b"3", 1), (b"4", 1), (b"a", 2), (b"b", 2))
    ]
    assert put == [True, True, True, False, True, False]  # refused: the fourth datagram of one sender, the fifth of all
    assert [queue.take().data for _ in range(4)] == [b"1", b"a", b"2", b"3"]
    assert not queue
    with pytest.raises(IndexError):
        queue.take()
    assert queue.put(Datagram(b"x" * (4 * 257 - 256), ("h", 3), 0.0)) is False
    assert all(
        queue.put(Datagram(b"y", ("h", port), 0.0)) for port in range(4)
    )  # the earlier datagrams no longer count


def test_a_sender_that_always_has_something_waiting_is_never_shut_out() -> None:
    queue = FairQueue(per_sender=2 * 257)
    assert queue.put(Datagram(b"0", ("h", 1), 0.0))
    for _ in range(10):
        assert queue.put(Datagram(b"1", ("h", 1), 0.0))
        queue.take()


def test_a_new_port_for_every_message_leaves_nothing_behind() -> None:
    queue = FairQueue()
    for port in range(5000):
        queue.put(Datagram(b"x", ("127.0.0.1", port), 0.0))
        queue.take()
    assert not queue._lines
    assert not queue._turns[True] and not queue._turns[False]
    assert len(queue._new) <= REMEMBERED and not queue._known


def test_a_known_sender_is_served_before_a_crowd_of_new_ones() -> None:
    """Of three thousand ports that go on and on few become known; who was there before is served first."""
    queue = FairQueue()
    old = ("h", 1)
    queue.put(Datagram(b"old", old, 0.0))
    queue.take()
    for turn in range(4):
        for port in range(10, 3010):
            queue.put(Datagram(b"flood", ("h", port), KNOWN_AFTER + turn))
        queue.put(Datagram(b"old", old, KNOWN_AFTER + turn))
        assert b"old" in [queue.take().data for _ in range(2 * RUSH + 2)]
    assert old in queue._known and len(queue._known) <= RUSH + 1
    while queue:
        queue.take()
    served = []
    queue.put(Datagram(b"new", ("h", 9999), 4.0))
    for _ in range(8):
        queue.put(Datagram(b"old", old, 4.0))
        served.append(queue.take().data)
    assert served.count(b"new") == 1  # the crowd has its turns too


def test_what_is_left_of_a_packet_waits_for_its_turn() -> None:
    queue = FairQueue()
    for sender, data in ((1, b"long"), (1, b"next"), (2, b"other")):
        queue.put(Datagram(data, ("h", sender), 0.0))
    first = queue.take()
    queue.put_back(first, ["rest"])
    assert [(d.data, list(d.rest)) for d in (queue.take() for _ in range(3))] == [
        (b"other", []),
        (b"long", ["rest"]),
        (b"next", []),
    ]
    assert not queue and queue._sizes == {True: 0, False: 0}


# --- the other loopback --------------------------------------------------------------------------------------------------
@pytest.fixture
def client6() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.bind(("::1", 0))
        sock.settimeout(5)
        yield sock


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
async def test_what_localhost_means_in_ipv6_is_heard_and_answered(
    client: socket.socket, client6: socket.socket, host: str
) -> None:
    recorder = Recorder()
    server = UdpServer(recorder, host, port=0)
    server.start()
    port = server.address[1]
    client6.sendto(b"six", ("::1", port))
    client.sendto(b"four", ("127.0.0.1", port))
    await recorder.has(2)
    senders = {data: sender for data, sender, _ in recorder.seen}
    assert senders == {b"six": ("::1", client6.getsockname()[1]), b"four": client.getsockname()}
    for data, sender in senders.items():
        assert server.send(data, sender)
    client.settimeout(5)
    assert client6.recvfrom(100)[:1] == (b"six",)
    assert client.recvfrom(100)[0] == b"four"
    server.close()


async def test_a_taken_port_of_the_other_loopback_is_named_and_does_no_harm(
    client: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other:
        other.bind(("::1", 0))
        recorder = Recorder()
        server = UdpServer(recorder, port=other.getsockname()[1])
        server.start()
        client.sendto(b"four", server.address)
        await recorder.has(1)
        server.close()
    assert "is not heard" in caplog.text and "127.0.0.1" in caplog.text
