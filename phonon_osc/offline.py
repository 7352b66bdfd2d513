"""One offline run of a studio: computes the sound block by block, with the actions at their frames, until it knows where to end."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonon_osc.engine.audio.tables import BLOCK, MAX_PERIOD, RING_HEAD, RING_TAIL
from phonon_osc.engine.link import HELD
from phonon_osc.errors import PhononError, UsageError
from phonon_osc.inputs import InputFile
from phonon_osc.recording import open_wav
from phonon_osc.stems import SIDES, Stems
from phonon_osc.studio import Studio

log = logging.getLogger(__name__)

Action = tuple[int, Callable[[], object]]  # the frame of the block before which it is carried out, and what to do
Advance = Callable[[float, float], None]  # reports progress: seconds rendered, seconds expected

GRID = 8192  # frames between two checks whether everything has ended
LONGEST_WAIT = 600.0  # seconds to wait, after the last event, until voices have ended and echoes have faded
SILENT = 1e-5  # level that counts as silence: 100 dB below full scale
QUIET = 4.5  # seconds of silence after which no echo can follow: the longest echo of an orbit takes 4 s
MIN_PERIOD = 16


@dataclass(frozen=True)
class Options:
    """How to render. ``period``: frames per call of the process function, or ``"vary"`` for a different number in each call."""

    samples: Sequence[str] = ()
    sample_memory: int | None = None  # bytes; None: a share of the machine's memory
    rate: float = 48000.0
    voices: int = 1024
    lanes: int | None = None
    period: int | str = 1024
    limiter: bool = True
    input: Path | None = None  # sound file for the audio inputs
    stems: Path | None = None  # folder that gets a file for each orbit
    seconds: float | None = None  # exact length; None: until all is silent, at least ``tail`` after the last voice
    cycles: float | None = None  # length in cycles
    cps: float | None = None  # cycles per second; None: taken from the score
    tail: float = 2.0


@dataclass(frozen=True)
class Result:
    """Figures of a render. ``audio`` is (frames, outputs) float32, or None if the sound was written to a file."""

    frames: int
    rate: float
    events: int  # `/dirt/play` events played
    started: int  # voices and nodes that began to sound
    voices_peak: int
    late: int
    refused: int
    malformed: int
    peak: float
    rms: float
    finite: bool
    elapsed: float  # seconds of computing
    audio: NDArray[np.float32] | None = None

    @property
    def seconds(self) -> float:
        return self.frames / self.rate

    @property
    def realtime(self) -> float:
        """Seconds of sound per second of computing."""
        return self.seconds / self.elapsed if self.elapsed > 0 else 0.0

    def figures(self) -> dict[str, Any]:
        return {
            "seconds": round(self.seconds, 6),
            "frames": self.frames,
            "rate": self.rate,
            "events": self.events,
            "started": self.started,
            "voices_peak": self.voices_peak,
            "late": self.late,
            "refused": self.refused,
            "malformed": self.malformed,
            "peak": round(self.peak, 6),
            "rms": round(self.rms, 6),
            "finite": self.finite,
            "elapsed": round(self.elapsed, 3),
            "realtime": round(self.realtime, 2),
        }


class Run:
    """One run of a studio through a list of actions, which are in the order of their frames."""

    def __init__(
        self,
        studio: Studio,
        actions: list[Action],
        options: Options,
        *,
        end: int | None,
        last: int,
        advance: Advance | None = None,
        given: InputFile | None = None,
    ) -> None:
        self.studio, self.engine = studio, studio.engine
        self._given, self._stems = given, options.stems
        self._actions, self._next = actions, 0
        self._period = _periods(options.period)
        self._end, self._last, self._advance = end, last, advance
        self._tail = round(options.tail * self.engine.rate)
        self._voices_peak = 0
        self._voices_end: int | None = None  # frame at which all voices were found to have ended
        self._silent_from = 0  # frame after the last one that was louder than SILENT
        self._kept_back: list[NDArray[np.float32]] = []  # silent parts that may not belong into the file

    def write(self, out: Path | None, events: Callable[[], int]) -> Result:
        """Render everything, to a file or into the result. ``events`` is asked for their number afterwards. An error leaves no file."""
        rate = self.engine.rate
        parts: list[NDArray[np.float32]] = []
        frames, peak, energy, finite = 0, 0.0, 0.0, True
        began = time.perf_counter()
        stems: AbstractContextManager[Stems | None] = nullcontext() if self._stems is None else Stems(self._stems, rate)
        file: AbstractContextManager[Any] = nullcontext() if out is None else open_wav(out, rate)
        try:
            with file as wav, stems as split:
                for part in self._parts():
                    if split is not None:
                        part = split.write(part)
                    if wav is None:
                        parts.append(part)
                    else:
                        wav.write(part)
                    frames += len(part)
                    finite = finite and bool(np.isfinite(part).all())
                    peak = max(peak, float(np.abs(part).max(initial=0.0)))
                    energy += float(np.square(part, dtype=np.float64).sum())
        except PhononError:
            if out is not None and out.is_file():  # not /dev/null
                out.unlink()
            raise
        channels = self.engine.sizes.outputs if self._stems is None else SIDES
        audio = np.concatenate(parts) if parts else np.zeros((0, channels), np.float32)
        e = self.engine.tables
        return Result(
            frames=frames,
            rate=rate,
            events=events(),
            started=e.slabs.counts.started,
            voices_peak=self._voices_peak,
            late=e.queue.late,
            refused=e.slabs.counts.refused + self.engine.link.refused,
            malformed=self.studio.counters.malformed,
            peak=peak,
            rms=(energy / max(1, frames * channels)) ** 0.5,
            finite=finite,
            elapsed=time.perf_counter() - began,
            audio=audio if out is None else None,
        )

    def _parts(self) -> Iterator[NDArray[np.float32]]:
        """The sound in pieces of ``GRID`` frames, the last one shorter."""
        at = 0
        while self._end is None or at < self._end:
            size = GRID if self._end is None else min(GRID, self._end - at)
            part = self._part(size)
            at += size
            if self._end is None:
                yield from self._until_silent(at, part)
            else:
                yield part
            if self._advance is not None:
                total = self._end or max(at, self._last + self._tail)
                self._advance(at / self.engine.rate, total / self.engine.rate)

    def _until_silent(self, at: int, part: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        """Decide whether the file ends, now that it is rendered up to frame ``at``. Yields the parts that certainly belong into it.

        It ends ``tail`` after the last voice or where the last echo has faded, whichever is later. An echo can follow silence, so
        silent parts are kept back until an echo follows or until the end is known.
        """
        loud = np.flatnonzero(np.abs(part).max(axis=1) > SILENT)
        if len(loud):
            self._silent_from = at - len(part) + int(loud[-1]) + 1
        too_long = at > self._last + LONGEST_WAIT * self.engine.rate
        if self._voices_end is None and (self._voices_ended(at) or too_long):
            self._voices_end = at
        if self._voices_end is None:
            yield part
            return
        self._kept_back.append(part)
        least = self._voices_end + self._tail
        if self.engine.tables.slabs.counts.nodes:  # nodes would sound for ever
            self._end = least
        elif at - self._silent_from >= QUIET * self.engine.rate:
            self._end = max(least, self._silent_from)
        elif too_long:
            text = "something still sounds %.0f s after the last event, so the file ends here; --seconds sets another length"
            log.warning(text, LONGEST_WAIT)
            self._end = max(least, at)
        if self._end is not None:
            yield from self._release(at - self._end)
        elif at <= least:
            yield from self._release(0)
        elif len(loud):
            yield from self._release(at - self._silent_from)

    def _release(self, beyond: int) -> Iterator[NDArray[np.float32]]:
        """Yield the parts kept back, except their last ``beyond`` frames, which stay kept back."""
        parts, self._kept_back = self._kept_back, []
        left = sum(map(len, parts)) - max(beyond, 0)
        for part in parts:
            if left > 0:
                yield part[:left]
            if left < len(part):
                self._kept_back.append(part[max(left, 0) :])
            left -= len(part)

    def _part(self, size: int) -> NDArray[np.float32]:
        out = np.empty((size, self.engine.sizes.outputs), np.float32)
        done = 0
        while done < size:
            self._carry_out_due()
            n = min(size - done, next(self._period), self._until_next())
            if self._given is not None:
                self._given.feed(self.engine, n)
            self.engine.render(out[done : done + n])
            self.engine.poll()
            self._voices_peak = max(self._voices_peak, self.engine.tables.slabs.counts.active)
            done += n
        return out

    def _carry_out_due(self) -> None:
        """Carry out the actions that are due before the end of the next block, as far as the queue has room."""
        reached = self.engine.frame + BLOCK
        while self._next < len(self._actions) and self._actions[self._next][0] < reached:
            if self.engine.link.waiting >= HELD // 2:
                return
            self._actions[self._next][1]()
            self._next += 1

    def _until_next(self) -> int:
        """Frames that can be rendered before the next action: up to the beginning of a block, at least one."""
        e = self.engine.tables
        if self.engine.link.waiting:
            return int(e.device.carry) + BLOCK
        if self._next == len(self._actions):
            return MAX_PERIOD
        block = self._actions[self._next][0] // BLOCK * BLOCK
        return int(max(block - e.device.out_frame, e.device.carry + BLOCK))

    def _voices_ended(self, at: int) -> bool:
        """Whether the score is over and all voices of events have ended. The file does not wait for nodes, which sound for ever."""
        e, link = self.engine.tables, self.engine.link
        queued = e.queue.heap_count or link.waiting or link.shared[RING_HEAD] != link.shared[RING_TAIL]
        if self._next < len(self._actions) or queued or at < self._last:
            return False
        counts = e.slabs.counts
        return bool(counts.lanes_taken <= counts.nodes)


def _periods(period: int | str) -> Iterator[int]:
    """The number of frames of each call."""
    if period == "vary":
        chance = random.Random(1)
        while True:
            yield chance.choice((chance.randint(MIN_PERIOD, 300), chance.randint(MIN_PERIOD, MAX_PERIOD)))
    if not isinstance(period, int) or not MIN_PERIOD <= period <= MAX_PERIOD:
        raise UsageError(f"period {period}: takes {MIN_PERIOD} to {MAX_PERIOD} frames, or vary")
    while True:
        yield period
