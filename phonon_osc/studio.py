"""An engine with everything that it needs to play: definitions, samples, dialects. Serving and rendering use the same."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dsp.kind import kinds
from dsp.load import Progress
from phonon_osc import __version__, stems
from phonon_osc.bugs import Bugs
from phonon_osc.counters import SoundCounters
from phonon_osc.defs import Folder
from phonon_osc.dialects.orbits import orbit_definition
from phonon_osc.dialects.player import PLAYS, Player
from phonon_osc.dialects.superdirt.chain import SAMPLER
from phonon_osc.engine.engine import Engine
from phonon_osc.engine.nodes import Node
from phonon_osc.lastlines import LastLines
from phonon_osc.osc.counters import OscCounters
from phonon_osc.osc.due import Due, LiveDue
from phonon_osc.osc.native import Context, owners
from phonon_osc.osc.router import Router
from phonon_osc.osc.schema import PROTOCOL
from phonon_osc.ratelog import RateLimited
from phonon_osc.samples.bank import default_roots
from phonon_osc.samples.library import Library
from phonon_osc.sounds.filler import Filler
from phonon_osc.sounds.table import SoundTable
from phonon_osc.sounds.waiting import WaitingRoom
from phonon_osc.synths import builtin

log = logging.getLogger(__name__)


class Studio:
    """Engine, sample library, sound table and message router, connected to each other."""

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
        latest: float = math.inf,
        split: bool = False,
    ) -> None:
        self.limiter = limiter
        self.latest = latest  # seconds by which a live sound may be late
        self._filler: Filler | None = None
        self.more_status: Callable[[], dict[str, Any]] = dict  # gives the server's part of status()
        self.roots = [*default_roots(), *samples]
        makers = builtin.makers(rate)
        self.engine = Engine(
            orbit_definition(rate),
            rate=rate,
            voices=voices,
            width=width,
            limiter=limiter,
            tap_seconds=tap_seconds,
            inputs=inputs,
            outputs=stems.CHANNELS if split else stems.SIDES,
            first_kinds=makers[SAMPLER]().always_used,
            progress=progress,
        )
        if split:  # each orbit plays to channels of its own
            self.engine.tables.outputs.route[:] = stems.ROUTE
        self.engine.definitions.promise(makers)
        self.library = Library(self.roots, buffers=self.engine.buffers, budget_bytes=sample_memory, watch=watch)
        if watch:
            self.engine.buffers.dispose = self.library.dispose
        self.sounds = SoundTable(self.library, rate)
        self.counters = OscCounters()
        self.warn = RateLimited(log)
        self.bugs = Bugs(log)
        self.missed = SoundCounters()
        self.waiting = WaitingRoom(self.engine, self.library, self.missed, self.warn, self.bugs)
        self.player = Player(self.engine, self.sounds, self.waiting, self.counters, self.missed, self.warn, bus_port)
        self.lines = LastLines() if lines is None else lines
        self.context = Context(self.engine, self.library, self.status, self.lines, self.sounds.define)
        self._owners = owners(self.context)
        self.folder = Folder(defs, self.context.define, self.context.forget) if defs is not None else None
        if self.folder is not None:
            self.folder.load()
            if watch:
                self.folder.watch()
        self.engine.started = self._started
        self.engine.ended = self._ended
        self.router = self.route(LiveDue(self.engine.clock, self.counters, self.warn))

    def route(self, due: Due) -> Router:
        """Make the studio's router. ``due`` finds the frame at which a message is due."""
        self.router = Router(due, self.counters, self.warn, self.bugs)
        self.router.add(self.player.handlers, PLAYS)
        for owner, messages in self._owners:
            self.router.add_messages(messages, owner)
        return self.router

    def _started(self, node: Node, _frame: int) -> None:
        with self.bugs.contained("telling that a node started"):
            self.context.listeners.tell("/notify/started", node.id)

    def _ended(self, node: Node, _frame: int) -> None:
        with self.bugs.contained("telling that a node ended"):
            self.context.node_ended(node)
            self.context.listeners.tell("/notify/ended", node.id)

    def go_live(self) -> None:
        """From now on, take time from the backend."""
        self.engine.go_live()
        self.route(LiveDue(self.engine.clock, self.counters, self.warn))
        self.router.latest = self.latest

    def fill_kernels(self) -> None:
        """Load all kernels from now on in a thread of their own, first those of the effects of an event. It compiles what is missing.

        Events that need a kernel sooner wait for it. Without this, a kernel is loaded where it is needed, which takes its time.
        """
        chain = self.engine.definitions.get(SAMPLER)
        assert chain is not None
        self._filler = Filler(self.engine.code, list(dict.fromkeys([*chain.kernels, *kinds()])))
        self.engine.code.background = self._filler
        self.waiting.kernels = self._filler.wait
        self._filler.start()

    def status(self) -> dict[str, Any]:
        """The figures of /status and `phonon-osc status`."""
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
            "played": self.player.played,
            "unplayable": self.player.unplayable + self.waiting.lost,
            **self.missed.as_dict(),
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
            "kernels_left": 0 if self._filler is None else self._filler.left,
            "bugs": self.bugs.count,
            **{f"osc_{name}": value for name, value in self.counters.as_dict().items()},
            **self.more_status(),
        }

    def reload(self) -> None:
        """Look at the folders of samples and definitions now, and not when it is their turn. Any thread."""
        self.library.look()
        if self.folder is not None:
            self.folder.look()

    def poll(self) -> bool:
        """Handle notices of the audio thread since the last call, and changed files. True if there may soon be more to do."""
        busy = False
        with self.bugs.contained("reading the audio thread's notices"):
            busy = bool(self.engine.poll())
        with self.bugs.contained("releasing samples"):
            self.library.release_unused()
        if self.folder is not None:
            with self.bugs.contained("reading the folder of definitions"):
                busy = self.folder.publish() or busy
        if len(self.context.listeners):
            with self.bugs.contained("answering /notify"):
                self.context.listeners.underruns(self.engine.tables.device.xruns)
                self.context.listeners.warnings(list(self.lines.since()))
        return busy

    def close(self) -> None:
        if self._filler is not None:
            self._filler.close()
        if self.folder is not None:
            self.folder.close()
        self.library.close()
