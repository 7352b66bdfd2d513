"""The server. It starts sockets, backend and studio in an order that loses no packet, and stops them without a click."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from phonon_osc import inputs, notify
from phonon_osc.backends.base import Backend, BackendError
from phonon_osc.backends.bounded import CLOSING, bounded
from phonon_osc.backends.choose import open_backend
from phonon_osc.backends.keeper import Keeper
from phonon_osc.defs import default_folder
from phonon_osc.dialects.registry import dialects
from phonon_osc.errors import DataError, PortInUse, TemporaryError
from phonon_osc.lastlines import LastLines
from phonon_osc.limits import ORBITS
from phonon_osc.osc import websocket
from phonon_osc.osc.fairqueue import Address
from phonon_osc.osc.router import Send
from phonon_osc.osc.udp import LOOPBACK, UdpServer
from phonon_osc.osc.websocket import WebSocketCounters, WebSocketServer
from phonon_osc.osc.wire import Message, encode_message
from phonon_osc.progress import ProgressBar
from phonon_osc.recording import INPUT, Recorder
from phonon_osc.session import Header, SessionWriter
from phonon_osc.stems import stem_name
from phonon_osc.studio import Studio
from phonon_osc.synths import builtin

log = logging.getLogger(__name__)

TURN = 0.004  # seconds of work on one packet; what is left of it waits until other senders had their turn
POLL_BUSY, POLL_IDLE = 0.005, 0.05  # seconds between polls: with and without something to do
TAP_SECONDS = 10.0  # seconds of sound that are kept for a recorder that waits for its disk
FADE_SECONDS = 0.02  # seconds that are played after "silence everything" before the backend stops
FADE_PATIENCE = 0.5  # seconds to wait for that if no audio runs
STALLED = 1.0  # seconds without a call of the process function until a warning


@dataclass(frozen=True)
class ServeOptions:
    """The options of ``phonon-osc serve``."""

    port: int = 57120
    bus_port: int = 57110
    bind: str = "127.0.0.1"
    ws_port: int = 0  # 0: no WebSocket
    ws_origin: Sequence[str] = ()
    allow: Sequence[str] = ()
    backend: str = "auto"
    rate: float = 48000.0
    period: int = 256
    voices: int = 1024
    lanes: int | None = None
    inputs: int = 0
    outputs: str = "stereo"  # or "orbits": two channels for each
    samples: Sequence[str] = ()
    sample_memory: int | None = None  # bytes
    preload: Sequence[str] = ()  # names, or "all"
    limiter: bool = True
    late: float = 0.5  # seconds
    connect: bool = True
    client_name: str = "phonon-osc"
    record: Path | None = None
    record_dir: Path | None = None
    defs: Path | None = None
    allow_quit: bool = False
    log: Path | None = None
    quiet: bool = False


def serve(options: ServeOptions) -> None:
    """Run until SIGTERM or SIGINT. Raises PhononError if something that it needs is missing."""
    server = Server(options)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C until the loop runs
    try:
        server.open()
        asyncio.run(server.run())
    finally:
        server.close()
    if server.again:
        os.execv(sys.executable, [sys.executable, "-m", "phonon_osc", *sys.argv[1:]])
    if server.hung:
        logging.shutdown()
        os._exit(0)  # a thread that never comes back would hold the interpreter's end


class Server:
    """Everything that a running server consists of, and its loop."""

    def __init__(self, options: ServeOptions) -> None:
        self.options = options
        self._studio: Studio | None = None
        self._backend: Backend | None = None
        self._session: SessionWriter | None = None
        self._recorders: list[Recorder] = []
        self._main = self._socket(options.port)
        self._buses: UdpServer | None = None
        self._web: WebSocketServer | None = None
        self._stop = asyncio.Event()
        self._watch = _Watch()
        self._longest_stall = 0.0  # seconds by which the event loop was late
        self._began = time.monotonic()
        self._keeper: Keeper | None = None
        self.hung = False  # a thread is still inside a sound library
        self.again = False  # the process has to start again: the rate has changed
        self._lines = LastLines()
        logging.getLogger().addHandler(self._lines)

    # --- start -----------------------------------------------------------------------------------------------------
    def open(self) -> None:
        """Take ports, device and memory. As soon as the ports are taken, the system queues packets of clients."""
        o = self.options
        self._main.bind()
        self._open_buses()
        self._warn_if_exposed()
        self._backend = self._open_backend(o.backend, o.rate)
        with ProgressBar("compiling kernels", quiet=o.quiet) as bar:
            self._studio = studio = Studio(
                rate=self._backend.rate,
                voices=o.voices,
                width=o.lanes,
                limiter=o.limiter,
                samples=o.samples,
                sample_memory=o.sample_memory,
                watch=True,
                inputs=o.inputs,
                tap_seconds=TAP_SECONDS if o.record or o.record_dir or (o.inputs and o.log) else 0.0,
                bus_port=(self._buses or self._main).address[1],
                progress=bar.update,
                lines=self._lines,
                defs=o.defs or default_folder(),
                latest=o.late,
                split=o.outputs == "orbits",
            )
        studio.more_status = self._status
        studio.context.quit = self._stop.set if o.allow_quit else None
        if o.record_dir is not None and o.record is None:
            self._let_clients_record(studio, o.record_dir)
        threading.Thread(target=self._preload, args=(studio, o.preload), name="preload", daemon=True).start()
        self._open_files(studio)
        studio.go_live()
        studio.fill_kernels()

    def _open_backend(self, choice: str, rate: float) -> Backend:
        o = self.options
        return open_backend(
            choice,
            rate=rate,
            period=o.period,
            client_name=o.client_name,
            connect=o.connect,
            inputs=o.inputs,
            outputs=_ports(o.outputs == "orbits"),
        )

    def _socket(self, port: int) -> UdpServer:
        return UdpServer(
            self._datagram, self.options.bind, port, allow=(*LOOPBACK, *self.options.allow), resume=self._resume
        )

    def _open_buses(self) -> None:
        """Take scsynth's port, to which Tidal sends its control buses. If that fails, everything else still works."""
        buses = UdpServer(
            self._bus_datagram,
            self.options.bind,
            self.options.bus_port,
            allow=(*LOOPBACK, *self.options.allow),
            resume=self._bus_resume,
        )
        try:
            buses.bind()
        except PortInUse as error:
            log.warning("control buses (/c_set) do not work: %s (--bus-port chooses the port)", error)
        else:
            self._buses = buses

    def _warn_if_exposed(self) -> None:
        if self._main.exposed and not self.options.allow:
            log.warning(
                "listening on %s, but only this machine is heard; --allow 192.168.1.0/24 lets others in",
                self.options.bind,
            )
        elif self._main.exposed:
            log.warning(
                "open to the network: %s may play on %s port %d", ", ".join(self.options.allow), *self._main.address
            )

    def _preload(self, studio: Studio, names: Sequence[str]) -> None:
        began = time.monotonic()
        count = studio.library.preload_kit()
        log.debug("%d sounds of the kit are in memory after %.2f s", count, time.monotonic() - began)
        if names:
            count = studio.library.preload(None if "all" in names else names)
            log.info("%d samples are in memory after %.1f s", count, time.monotonic() - began)

    def _open_files(self, studio: Studio) -> None:
        """Begin the recording and the session log before the backend starts, so that they contain frame 0."""
        o = self.options
        if o.record is not None:
            self._recorders.append(Recorder(studio.engine, o.record))
        if o.log is not None:
            folders = [str(Path(folder).resolve()) for folder in o.samples]
            orbits = studio.engine.orbit_definition.fingerprint
            header = Header(studio.engine.rate, o.voices, o.limiter, orbits, folders)
            if o.inputs:
                heard = inputs.inputs_of_session(o.log)
                self._recorders.append(Recorder(studio.engine, heard, INPUT))
                header.inputs = heard.name
            try:
                self._session = SessionWriter(o.log, header, studio.engine, studio.library)
                for instrument in studio.context.instruments.values():
                    self._session.changed(0, studio.context.definition_change(instrument))
            except OSError as error:
                raise DataError(f"{o.log}: cannot be written ({error.strerror})") from None

    @staticmethod
    def _let_clients_record(studio: Studio, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(
                f"{folder}: recordings cannot be kept there ({error.strerror}); choose another folder"
            ) from None
        studio.context.record_folder = folder.resolve()
        studio.context.start_recording = lambda path: Recorder(studio.engine, path)

    # --- running ---------------------------------------------------------------------------------------------------
    async def run(self) -> None:
        """Play until SIGTERM, SIGINT or ``/quit``, then fade out."""
        assert self._studio is not None and self._backend is not None
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        loop.set_exception_handler(self._callback_failed)
        self._backend = self._started(self._backend, self._studio)
        self._main.start()
        if self._buses is not None:
            self._buses.start()
        await self._open_web(self._studio)
        gc.collect()
        gc.freeze()
        self._announce(self._studio, self._backend)
        self._greet()
        self._keep(self._backend, self._studio)
        await self._poll(self._studio)
        notify.notify_systemd("STOPPING=1")
        log.info("stopping")
        await self._fade(self._studio)

    def _keep(self, backend: Backend, studio: Studio) -> None:
        """Bring a JACK client back whenever its server comes back. A silent dummy device never goes away."""
        if backend.name != "jack":
            return
        loop = asyncio.get_running_loop()

        def rate_changed(_rate: float) -> None:
            self.again = True
            loop.call_soon_threadsafe(self._stop.set)

        self._keeper = Keeper(
            backend, studio.engine, lambda: self._open_backend("jack", studio.engine.rate), rate_changed
        )
        self._keeper.start()

    def _reload(self) -> None:
        """SIGHUP: look at the folders of samples and definitions now. Nothing that sounds is touched."""
        studio = self._studio
        assert studio is not None
        notify.notify_systemd(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

        with studio.bugs.contained("reloading"):
            studio.reload()
        notify.notify_systemd("READY=1")
        log.info("SIGHUP: the folders of samples and definitions are read again")

    async def _open_web(self, studio: Studio) -> None:
        """Listen to browsers. If that fails, everything else still works."""
        if self.options.ws_port == 0:
            return
        strudel = dialects()["strudel"]
        web = WebSocketServer(
            self._main.admit,
            self.options.ws_port,
            origins=self.options.ws_origin,
            opened=lambda sender: studio.player.recogniser.shake_hands(sender, strudel),
        )
        if await web.start():
            self._web = web

    def _callback_failed(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Count an exception of a callback or task of the event loop. The loop and the server go on."""
        assert self._studio is not None
        error = context.get("exception")
        self._studio.bugs.caught("running a callback", error or RuntimeError(context["message"]))

    def _started(self, backend: Backend, studio: Studio) -> Backend:
        """Start the backend and return the one that plays. With ``auto``, a silent null device replaces a device that does not start."""
        try:
            bounded(lambda: backend.start(studio.engine), backend.detail)
            return backend
        except BackendError as error:
            if self.options.backend != "auto":
                raise
            self._leave(backend)
            log.warning("%s", error)
            log.warning("nothing will be heard: playing to a silent dummy device")
        null = self._open_backend("null", studio.engine.rate)
        null.start(studio.engine)
        return null

    def _announce(self, studio: Studio, backend: Backend) -> None:
        notify.notify_systemd("READY=1")
        host, port = self._main.address
        buses = f", buses on {self._buses.address[1]}" if self._buses is not None else ""
        log.info(
            "ready: OSC on %s port %d%s; %s; %d voices in %d lanes, %.0f MB",
            host,
            port,
            buses,
            backend.detail,
            studio.engine.sizes.voices,
            studio.engine.widths[1],
            studio.engine.memory.nbytes / 1e6,
        )
        sounds = studio.library.status()
        log.info(
            "samples: %d names, %d files of your own; `phonon-osc samples where` shows their folders",
            sounds["samples"],
            sounds["sample_files"],
        )

    def _greet(self) -> None:
        """Tell front ends of this machine that the server is there (again): Tidal then shakes hands as at its own start."""
        host = ip_address(self._main.address[0])
        if host.version == 6 or not (host.is_loopback or host.is_unspecified):
            return
        for dialect in dialects().values():
            for greeting in dialect.greetings:
                self._main.send(encode_message(greeting.address), ("127.0.0.1", greeting.port))

    def _datagram(self, data: bytes, sender: Address, arrival: float) -> Sequence[Message]:
        assert self._studio is not None
        return self._studio.router.datagram(data, sender, arrival, self._answerer(sender), TURN)

    def _resume(self, rest: Sequence[Message], sender: Address, arrival: float) -> Sequence[Message]:
        assert self._studio is not None
        return self._studio.router.resume(rest, sender, arrival, self._answerer(sender), TURN)

    def _answerer(self, sender: Address) -> Send:
        return _nobody if sender[0].startswith(websocket.PREFIX) else self._main.send

    def _bus_datagram(self, data: bytes, sender: Address, arrival: float) -> Sequence[Message]:
        assert self._studio is not None and self._buses is not None
        return self._studio.router.datagram(data, sender, arrival, self._buses.send, TURN)

    def _bus_resume(self, rest: Sequence[Message], sender: Address, arrival: float) -> Sequence[Message]:
        assert self._studio is not None and self._buses is not None
        return self._studio.router.resume(rest, sender, arrival, self._buses.send, TURN)

    async def _poll(self, studio: Studio) -> None:
        """Until the server stops: poll the studio, and read built-in definitions while there is nothing else to do."""
        unread = builtin.read_all(studio.engine.rate)
        while not self._stop.is_set():
            busy = self._poll_once(studio)
            if not busy:  # one definition takes some milliseconds; later, no event has to wait for its synth to be read
                with studio.bugs.contained("reading a built-in definition"):
                    next(unread, None)
            with studio.bugs.contained("watching the backend"):
                self._watch.check(studio.engine.tables.device.cycles)
                studio.router.silent = self._watch.stalled
                if self._keeper is not None:
                    self._keeper.tell(self._watch.stalled)
                    self._backend = self._keeper.backend
            pause = POLL_BUSY if busy else POLL_IDLE
            before = time.monotonic()
            await asyncio.sleep(pause)
            self._longest_stall = max(self._longest_stall, time.monotonic() - before - pause)

    @staticmethod
    def _poll_once(studio: Studio) -> bool:
        """Poll the studio. True if there may soon be more to do. Never raises."""
        busy = False
        with studio.bugs.contained("polling"):
            engine = studio.engine
            busy = bool(studio.poll() or engine.link.waiting or engine.tables.slabs.counts.active)
        return busy

    async def _fade(self, studio: Studio) -> None:
        """Let everything fall silent while the backend still plays."""
        if self._web is not None:
            await self._web.close()
        self._main.close()
        if self._buses is not None:
            self._buses.close()
        try:
            studio.engine.panic()
        except TemporaryError as error:
            log.warning("the end is not faded out: %s", error)
            return
        e = studio.engine.tables
        target = e.device.out_frame + round(FADE_SECONDS * e.clock.rate)
        until = time.monotonic() + FADE_PATIENCE
        while e.device.out_frame < target and time.monotonic() < until:
            self._poll_once(studio)
            await asyncio.sleep(POLL_BUSY)

    def _status(self) -> dict[str, Any]:
        """The server's part of /status."""
        backend, udp = self._backend, self._main.counters
        web = WebSocketCounters() if self._web is None else self._web.counters
        return {
            "pid": os.getpid(),
            "uptime": round(time.monotonic() - self._began, 1),
            "backend": backend.detail if backend else "none",
            "audio_stalled": self._watch.stalled,
            "audio_restarts": 0 if self._keeper is None else self._keeper.restarts,
            "loop_stall_ms": round(1000.0 * self._longest_stall, 2),
            "exposed": self._main.exposed,
            **{f"udp_{name}": value for name, value in udp.as_dict().items()},
            **{f"ws_{name}": value for name, value in web.as_dict().items()},
        }

    # --- end -------------------------------------------------------------------------------------------------------
    def close(self) -> None:
        """Stop and close everything. The backend stops first, since only then the last frame is known. Safe after a failed ``open``."""
        self._main.close()
        if self._buses is not None:
            self._buses.close()
        if self._keeper is not None:
            self._keeper.close()
        if self._backend is not None:
            self._leave(self._backend)
        logging.getLogger().removeHandler(self._lines)
        studio = self._studio
        if studio is None:
            return
        self._poll_once(studio)
        frames = studio.engine.tables.device.out_frame
        # each file is closed, even if closing another one fails
        if self._session is not None:
            with studio.bugs.contained("closing the session log"):
                self._session.close(frames)
        for recorder in self._recorders:
            with studio.bugs.contained(f"closing {recorder.path}"):
                recorder.close(frames)
        if studio.context.recording is not None:
            with studio.bugs.contained("closing a client's recording"):
                studio.context.recording.close()
        studio.close()

    def _leave(self, backend: Backend) -> None:
        """Stop a backend; if its library hangs, go on without it."""
        try:
            bounded(backend.stop, backend.detail, CLOSING)
        except BackendError as error:
            self.hung = True
            log.warning("%s", error)


def _ports(split: bool) -> list[str]:
    """Names of the output ports: one pair, or a pair for each orbit."""
    if not split:
        return ["out_1", "out_2"]
    return [f"{stem_name(orbit)}_{side}" for orbit in range(ORBITS) for side in ("l", "r")]


def _nobody(data: bytes, to: Address) -> bool:
    """Drop an answer: a browser reads none."""
    return False


class _Watch:
    """Logs when the backend stops calling the process function, and feeds systemd's watchdog while the backend calls it."""

    def __init__(self) -> None:
        self.stalled = False
        self._cycles = -1
        self._moved = self._fed = time.monotonic()
        self._every = notify.watchdog_seconds()

    def check(self, cycles: int) -> None:
        """Compare ``cycles``, the number of calls of the process function so far, with the last one."""
        now = time.monotonic()
        if cycles != self._cycles:
            self._cycles, self._moved = cycles, now
            if self.stalled:
                log.warning("audio runs again")
            self.stalled = False
        elif not self.stalled and now - self._moved > STALLED:
            self.stalled = True
            log.warning(
                "audio has stopped: the backend has not asked for sound for %.0f s; is the sound server gone?", STALLED
            )
        if self._every is not None and not self.stalled and now - self._fed >= self._every:
            self._fed = now
            notify.notify_systemd("WATCHDOG=1")
