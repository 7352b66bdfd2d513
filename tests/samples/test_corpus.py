"""Sound files with damaged headers by the thousand: none hangs the server, fills its memory, or keeps good sounds from being decoded.

Five seconds of it; ``PHONON_OSC_CORPUS_SECONDS=60`` (any number) makes it longer, and ``PHONON_OSC_CORPUS_SEED`` another corpus.
"""

from __future__ import annotations

import os
import random
import struct
import threading
import time
from pathlib import Path

import numpy as np

from phonon_osc.samples import child
from phonon_osc.samples.bank import scan
from phonon_osc.samples.decode import SampleError
from phonon_osc.samples.decoders import PATIENCE, Decoders
from tests.samples import damaged

SECONDS = float(os.environ.get("PHONON_OSC_CORPUS_SECONDS", "5"))
SEED = int(os.environ.get("PHONON_OSC_CORPUS_SEED", "1"))
BUDGET = 32 << 20  # bytes of samples
HEAD = 120  # bytes of a file that are mostly header
EXTREMES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFF8, 0xFFFFFFFF)


def originals() -> dict[str, bytes]:
    x = damaged.tone(seconds=0.3)
    found = {form.lower(): damaged.encoded(x, form) for form in ("WAV", "AIFF", "FLAC", "OGG", "MP3")}
    listed = damaged.chunk(b"LIST", b"INFOISFT" + struct.pack("<I", 4) + b"test")
    found["list.wav"] = damaged.riff(
        damaged.chunk(b"fmt ", damaged.PCM), listed, damaged.chunk(b"data", damaged.pcm16(x))
    )
    return found


def mutated(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        if not out:
            break
        at = chance.randrange(min(HEAD, len(out)) if chance.random() < 0.8 else len(out))
        kind = chance.randrange(6)
        if kind == 0:
            out[at] = chance.randrange(256)
        elif kind == 1:
            out[at] ^= 1 << chance.randrange(8)
        elif kind == 2:  # a length that wraps, or that is next to it
            order = "<I" if chance.random() < 0.5 else ">I"
            out[at : at + 4] = struct.pack(order, (chance.choice(EXTREMES) + chance.randint(-2, 2)) & 0xFFFFFFFF)
        elif kind == 3:
            out[at:at] = out[at : at + chance.randint(1, 24)]
        elif kind == 4:
            del out[at : at + chance.randint(1, 24)]
        else:
            del out[max(at, 16) :]
    return bytes(out)


def peak_bytes(pid: int) -> int:
    """The most memory that a process has had, 0 if it has gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def test_nothing_that_a_header_says_does_harm(root: Path) -> None:
    good = root / "good" / "0.wav"
    good.parent.mkdir()
    good.write_bytes(damaged.encoded(damaged.tone(), "WAV"))
    (root / "bad").mkdir()
    decoders, stop = Decoders(), threading.Event()
    tried, surprises, waits = [0, 0], list[str](), list[float]()

    def feed(number: int) -> None:
        chance, files = random.Random(f"{SEED} {number}"), originals()
        while not stop.is_set():
            kind = chance.choice(list(files))
            data = mutated(files[kind], chance)
            path = root / "bad" / f"{number}.{kind}"
            path.write_bytes(data)
            began = time.monotonic()
            try:
                found = decoders.decode(str(path), [str(root)], budget_bytes=BUDGET)
                fine = (
                    len(found.frames) >= 1 and found.frames.nbytes <= BUDGET and bool(np.isfinite(found.frames).all())
                )
            except SampleError:
                fine = True
            except Exception as error:
                fine = False
                surprises.append(repr(error))
            if time.monotonic() - began > PATIENCE + 4.0 or not fine:
                surprises.append(f"{kind} {data[:HEAD].hex()}")
            tried[number] += 1

    threads = [threading.Thread(target=feed, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    peak, end = 0, time.monotonic() + SECONDS
    try:
        while time.monotonic() < end:
            began = time.monotonic()
            assert len(decoders.decode(str(good), [str(root)], budget_bytes=BUDGET).frames) == 22_050
            waits.append(time.monotonic() - began)
            scan([str(root)])
            peak = max([peak, *(peak_bytes(process._popen.pid) for process in list(decoders._all))])
            time.sleep(0.05)
    finally:
        stop.set()
        for thread in threads:
            thread.join(2.0 * PATIENCE)
        decoders.close()
    assert not surprises, surprises[:3]
    assert not any(thread.is_alive() for thread in threads)
    assert min(tried) > 5 and len(waits) > 5, (tried, len(waits))
    assert peak < child.MARGIN + BUDGET + (128 << 20), f"{peak >> 20} MB, of which some 40 are the process itself"
    assert max(waits) < PATIENCE, "a good sound waits for none of the others' deadlines"
