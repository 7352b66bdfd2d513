"""Decoding in processes of its own: a file that hangs or kills its decoder harms nobody else."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phonon_osc.cli import main
from phonon_osc.osc.wire import encode_message
from phonon_osc.samples import child
from phonon_osc.samples.decode import SampleError, decode
from phonon_osc.samples.decoders import MOST, PROCESSES, Decoders
from tests.samples import damaged
from tests.samples.live import serving

Write = Callable[..., Path]
LONG = 30.0  # seconds, for machines that are busy; a deadline is CPU time


@pytest.fixture
def decoders() -> Iterator[Decoders]:
    made = Decoders()
    yield made
    made.close()


@pytest.fixture
def bad(root: Path) -> Path:
    """Two files on which libsndfile never returns, and a good one beside them."""
    for name in ("bad/0.wav", "bad/1.wav"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(damaged.endless())
    (root / "good").mkdir()
    soundfile.write(root / "good" / "0.wav", damaged.tone(), damaged.RATE)
    return root


# --- one process -----------------------------------------------------------------------------------------------------
def test_frames_are_those_of_decoding_here(data: Path, decoders: Decoders) -> None:
    for path in sorted(data.glob("*/*.wav")):
        there, here = decoders.decode(str(path), [str(data)], budget_bytes=1 << 30), decode(path, [str(data)])
        np.testing.assert_array_equal(there.frames, here.frames)
        assert (there.rate, there.channels, there.root_note) == (here.rate, here.channels, here.root_note)
        assert there.frames.flags["C_CONTIGUOUS"] and there.frames.dtype == np.float32


def test_a_start_has_no_process_and_one_user_has_one(data: Path) -> None:
    decoders = Decoders()
    assert not decoders._all
    for _ in range(3):
        decoders.decode(str(data / "tone" / "tone0_440.wav"), [str(data)], budget_bytes=1 << 30)
    assert len(decoders._all) == 1
    (process,) = decoders._all
    decoders.close()
    assert process.exit_code(0.0) is not None


def test_a_sample_that_is_kept_holds_no_file_open(data: Path, decoders: Decoders) -> None:
    path = str(data / "tone" / "tone0_440.wav")
    kept = [decoders.decode(path, [str(data)], budget_bytes=1 << 30)]
    before = len(os.listdir("/proc/self/fd"))
    kept += [decoders.decode(path, [str(data)], budget_bytes=1 << 30) for _ in range(50)]
    assert len(os.listdir("/proc/self/fd")) == before and len(kept) == 51


def test_what_cannot_be_decoded_is_told_with_its_reason(root: Path, write: Write, decoders: Decoders) -> None:
    (root / "x.wav").write_bytes(b"RIFF no sound")
    with pytest.raises(SampleError, match="cannot be decoded"):
        decoders.decode(str(root / "x.wav"), [str(root)], budget_bytes=1 << 30)
    with pytest.raises(SampleError, match="raise --sample-memory"):
        decoders.decode(str(write("x/a.wav")), [str(root)], budget_bytes=100)
    assert len(decoders._all) == 1, "the process goes on"


def test_a_file_that_hangs_its_decoder_is_named_within_its_deadline(bad: Path, decoders: Decoders) -> None:
    decoders.warm()
    began = os.times()
    with pytest.raises(SampleError, match=r"0\.wav.*run without an end.*damaged"):
        decoders.decode(str(bad / "bad" / "0.wav"), [str(bad)], budget_bytes=1 << 30)
    spent = os.times().children_user + os.times().children_system - began.children_user - began.children_system
    assert spent < child.DEADLINE + 2.0, "seconds of computing, its start included"
    assert len(decoders.decode(str(bad / "good" / "0.wav"), [str(bad)], budget_bytes=1 << 30).frames) == 22_050


def test_good_files_are_decoded_while_all_kept_processes_hang(bad: Path, decoders: Decoders) -> None:
    errors: list[SampleError] = []

    def hang(n: int) -> None:
        try:
            decoders.decode(str(bad / "bad" / f"{n}.wav"), [str(bad)], budget_bytes=1 << 30)
        except SampleError as error:
            errors.append(error)

    threads = [threading.Thread(target=hang, args=(n,)) for n in range(PROCESSES)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    decoders.decode(str(bad / "good" / "0.wav"), [str(bad)], budget_bytes=1 << 30)
    assert not errors, "before the others have come to their deadline"
    for thread in threads:
        thread.join(LONG)
    assert len(errors) == PROCESSES <= MOST
    decoders.decode(str(bad / "good" / "0.wav"), [str(bad)], budget_bytes=1 << 30)
    assert len(decoders._all) <= PROCESSES, "those beyond are ended"


def test_a_process_that_was_killed_is_replaced(bad: Path, decoders: Decoders) -> None:
    path = str(bad / "good" / "0.wav")
    decoders.decode(path, [str(bad)], budget_bytes=1 << 30)
    (process,) = decoders._all
    process._popen.kill()
    process._popen.wait()
    assert len(decoders.decode(path, [str(bad)], budget_bytes=1 << 30).frames) == 22_050


def test_giving_up_takes_no_time(bad: Path, decoders: Decoders) -> None:
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began = time.monotonic()
    with pytest.raises(SampleError, match="the server is stopping"):
        decoders.decode(str(bad / "bad" / "0.wav"), [str(bad)], budget_bytes=1 << 30, stopped=stop.is_set)
    assert time.monotonic() - began < 1.5 and not decoders._all


def test_memory_of_a_decoder_is_limited() -> None:
    """In a process of its own, as the limit stays."""
    code = (
        "import numpy as np\nfrom phonon_osc.samples import child\n"
        "memory = child._Memory()\nmemory.frames(1000)[:] = 1.0\nnp.ones(child.MARGIN // 16)\n"
        "try:\n    np.ones(child.MARGIN // 4)\nexcept MemoryError:\n    print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY, "of the decoder alone"


def test_no_decoder_outlives_a_server_that_was_killed(bad: Path) -> None:
    """Not even one that hangs: its timer is the kernel's."""
    code = (
        "import sys, threading\nfrom phonon_osc.samples.decoders import Decoders\n"
        "d = Decoders()\nd.decode(sys.argv[1] + '/good/0.wav', [sys.argv[1]], budget_bytes=1 << 30)\n"
        "threading.Thread(target=d.decode, args=(sys.argv[1] + '/bad/0.wav', [sys.argv[1]]), kwargs={'budget_bytes': 1 << 30}).start()\n"
        "d.warm()\nprint(*(p._popen.pid for p in d._all), flush=True)\nthreading.Event().wait()"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(bad)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        parent.send_signal(signal.SIGKILL)
    assert pids
    end = time.monotonic() + LONG
    while any(Path(f"/proc/{pid}/statm").exists() and Path(f"/proc/{pid}/statm").read_text()[0] != "0" for pid in pids):
        assert time.monotonic() < end, pids
        time.sleep(0.05)


# --- through the front door ------------------------------------------------------------------------------------------
async def test_a_server_plays_records_and_ends_at_once_while_files_hang(tmp_path: Path, bad: Path) -> None:
    take = tmp_path / "takes" / "a.wav"
    async with serving(tmp_path, bad, record=None, record_dir=take.parent) as live:
        for n in (0.0, 1.0):
            live.play(None, s="bad", n=n)
        await asyncio.sleep(0.1)
        live.send(encode_message("/record/start", "a.wav"))
        await live.until(lambda _: take.exists(), LONG)
        live.play(None, s="good")
        status = await live.until(lambda status: status["started"] == 1, LONG)
        assert status["unreadable_samples"] == 0, "the two still hang"
        await asyncio.sleep(0.3)
        began = time.monotonic()
    assert time.monotonic() - began < 3.0, "all the rest of a server's end included"
    assert np.abs(soundfile.read(take)[0]).max() > 0.05


async def test_files_that_hang_are_named_and_counted_once(
    tmp_path: Path, bad: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(tmp_path, bad) as live:
        for _ in range(3):
            live.play(None, s="bad", n=0.0)
        await live.until(lambda status: status["unreadable_samples"] == 3, LONG)
        live.play(None, s="bad", n=0.0)
        await live.until(lambda status: status["unreadable_samples"] == 4, LONG)
        live.play(None, s="good")
        await live.until(lambda status: status["started"] == 1, LONG)
    assert caplog.text.count("run without an end") == 1


def test_listing_names_what_hangs(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["samples", "list", "bad", "--samples", str(bad)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3 and all("run without an end" in line for line in lines[1:])


def test_a_render_goes_on_without_what_hangs(bad: Path) -> None:
    from phonon_osc.rendering import Options, render_datagrams
    from phonon_osc.scores import Datagram

    packets = [Datagram(encode_message("/dirt/play", "s", name), 1000.0) for name in ("bad", "good")]
    found = render_datagrams(packets, Options(samples=[str(bad)]), start=1000.0).audio
    assert found is not None and np.abs(found).max() > 0.05
