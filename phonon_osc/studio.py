"""An engine with everything that makes it play: definitions, samples, dialects. The same for serving and for rendering."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dsp.load import Progress
from phonon_osc import __version__
from phonon_osc.defs import Folder
from phonon_osc.engine.engine import Engine
from phonon_osc.engine.nodes import Node
from phonon_osc.lastlines import LastLines
from phonon_osc.osc.counters import OscCounters
from phonon_osc.osc.dirt import Dirt
from phonon_osc.osc.due import Due, LiveDue
from phonon_osc.osc.native import Context, owners
from phonon_osc.osc.router import Router
from phonon_osc.osc.schema import PROTOCOL
from phonon_osc.osc.sounds import SoundTable
from phonon_osc.ratelog import RateLimited
from phonon_osc.samples.bank import default_roots
from phonon_osc.samples.library import Library
from phonon_osc.synths import builtin
from phonon_osc.synths.orbit import orbit_definition

log = logging.getLogger(__name__)

LOOK = 1.0  # seconds between looks at the folder of definitions


class Studio:
    """Engine, sample library, sound table and message router, wired up."""

    def __init__(
        self,
        *,
        rate: float = 48000.0,
        voices: int = 1024,
        width: int | None = None,
        limiter: bool = True,
        samples: Sequence[str] = (),
        sample_memory: int | None = None,
        watch: bool = False,
        tap_seconds: float = 0.0,
        inputs: int = 0,
        bus_port: int = 57110,
        progress: Progress | None = None,
        lines: LastLines | None = None,
        defs: Path | None = None,
    ) -> None:
        self.limiter = limiter
        self.more_status: Callable[[], dict[str, Any]] = dict  # what a server adds to status()
        self.roots = [*default_roots(), *samples]
        self.engine = Engine(
            orbit_definition(rate),
            rate=rate,
            voices=voices,
            width=width,
            limiter=limiter,
            tap_seconds=tap_seconds,
            inputs=inputs,
            progress=progress,
        )
        self.engine.definitions.promise(builtin.makers(rate))
        self.library = Library(self.roots, buffers=self.engine.buffers, budget_bytes=sample_memory, watch=watch)
        if watch:
            self.engine.buffers.dispose = self.library.dispose
        self.sounds = SoundTable(self.library, rate)
        self.counters = OscCounters()
        self.warn = RateLimited(log)
        self.dirt = Dirt(self.engine, self.sounds, self.counters, self.warn, bus_port)
        self.lines = LastLines() if lines is None else lines
        self.context = Context(self.engine, self.library, self.status, self.lines, self.sounds.define)
        self._owners = owners(self.context)
        self._folder = Folder(defs, self.context.define, self.context.forget) if defs is not None else None
        if self._folder is not None:
            self._folder.look()
        self._looked = time.monotonic()
        self.engine.started = lambda node, frame: self.context.listeners.tell("/notify/started", node.id)
        self.engine.ended = self._ended
        self.router = self.route(LiveDue(self.engine.clock, self.counters, self.warn))

    def route(self, due: Due) -> Router:
        """A router for messages that are due by ``due``; it becomes the studio's."""
        self.router = Router(due, self.counters, self.warn)
        self.router.add(self.dirt.handlers)
        for owner, messages in self._owners:
            self.router.add_messages(messages, owner)
        return self.router

    def _ended(self, node: Node, _frame: int) -> None:
        self.context.node_ended(node)
        self.context.listeners.tell("/notify/ended", node.id)

    def go_live(self) -> None:
        """Time comes from the backend from now on."""
        self.engine.live()
        self.route(LiveDue(self.engine.clock, self.counters, self.warn))

    def status(self) -> dict[str, Any]:
        """What /status and `phonon-osc status` tell."""
        e = self.engine.tables
        device, counts = e.device, e.slabs.counts
        return {
            "version": __version__,
            "protocol": PROTOCOL,
            "voices": counts.active,
            "max_voices": e.slabs.voices,
            "nodes": counts.nodes,
            **self.context.counts(),
            "rate": e.clock.rate,
            "inputs": e.inputs.channels,
            "input_delay_frames": e.inputs.delay,
            "lanes": e.work.wide,
            "load": round(device.load, 4),
            "load_peak": round(device.load_peak, 4),
            "cycles": device.cycles,
            "frames": device.out_frame,
            "played": self.dirt.played,
            "unplayable": self.dirt.unplayable + self.dirt.waiting.lost,
            **self.dirt.missed.as_dict(),
            "started": counts.started,
            "stolen": counts.stolen,
            "cut": counts.cut,
            "refused": counts.refused,
            "stale": counts.stale,
            "late": e.queue.late,
            "worst_late_ms": round(1000.0 * e.queue.late_frames / e.clock.rate, 3),
            "xruns": device.xruns,
            "skipped_frames": device.skipped,
            "overruns": device.overruns,
            "held_blocks": e.queue.held_blocks,
            "notices_lost": e.queue.notices_lost,
            "clock_resets": e.clock.resets,
            "bad_voices": counts.bad_voices,
            "bad_orbits": counts.bad_orbits,
            "bad_samples": e.outputs.bad_samples,
            "peak": round(e.meters.output_peak, 4),
            **self.library.status(),
            "memory_bytes": self.engine.memory.nbytes,
            "warnings": self.lines.count,
            **{f"osc_{name}": value for name, value in self.counters.as_dict().items()},
            **self.more_status(),
        }

    def poll(self) -> bool:
        """Hear what the audio thread tells, and act on it; whether it told anything."""
        told = self.engine.poll()
        self.library.tend()
        if self._folder is not None and time.monotonic() - self._looked > LOOK:
            self._folder.look()
            self._looked = time.monotonic()
        if len(self.context.listeners):
            self.context.listeners.underruns(self.engine.tables.device.xruns)
            self.context.listeners.warnings(list(self.lines.since()))
        return bool(told)

    def close(self) -> None:
        self.library.close()
