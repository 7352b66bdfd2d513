"""Messages about buffers: sound in memory that nodes read."""

from __future__ import annotations

import asyncio

import numpy as np

from phonon_osc.engine.buffers import CLIENT_BYTES, CLIENT_SAMPLES, LONGEST, silent_frames
from phonon_osc.errors import PhononError
from phonon_osc.osc.native.context import ClientBuffer, Context, remedy
from phonon_osc.osc.schema import Argument, Message, Request, RequestError
from phonon_osc.samples.decode import SampleError
from phonon_osc.samples.library import Entry

NAME = Argument("name", "name", "its name, for the control `buffer` of a node")


class BufferMessages:
    def __init__(self, context: Context) -> None:
        self.context, self.engine = context, context.engine

    def check_name(self, name: str) -> None:
        if name in self.context.buffers:
            raise RequestError(f"there is a buffer {name!r} already; free it or choose another name")
        if len(self.context.buffers) >= CLIENT_SAMPLES:
            raise RequestError(f"there are {CLIENT_SAMPLES} buffers; free some")

    def check_memory(self, frames: int) -> None:
        """Raise RequestError if a buffer of ``frames`` exceeds the memory for clients. Loaded buffers count like made ones."""
        used = sum(8 * b.frames for b in self.context.buffers.values())
        if used + 8 * frames > CLIENT_BYTES:
            raise RequestError(
                f"{frames} frames: {(CLIENT_BYTES - used) // 8} are left of the {CLIENT_BYTES >> 20} MB for buffers; free some"
            )

    def load(self, request: Request, name: str, sound: str, n: float) -> None:
        self.check_name(name)
        entry = self.context.library.find(sound, n)
        if entry is None:
            known = self.context.library.names()
            raise RequestError(
                f"there is no sound {sound!r}; {remedy(sound, known, 'phonon-osc samples list shows them')}"
            )
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.hold_sample(request, name, entry, None)
            return
        task = loop.create_task(self.context.library.ensure(entry))
        task.add_done_callback(lambda done: self.hold_sample(request, name, entry, done))

    def hold_sample(self, request: Request, name: str, entry: Entry, done: asyncio.Task[object] | None) -> None:
        """Make the decoded sound a buffer of this client, and answer."""
        try:
            sample = self.context.library.load(entry) if done is None else self.context.library.loaded(entry)
            if done is not None:
                done.result()
            if sample is None:
                raise RequestError(f"{entry} could not be loaded; try again")
            self.check_name(name)
            self.check_memory(sample.frames)
            described = self.context.library.describe(sample.id) or {}
            description = {**described, "held": sample.frames, "rate": sample.rate}
            number = self.engine.buffers.add(self.engine.buffers.frames(sample.id), sample.rate, description)
        except (SampleError, PhononError, RequestError) as error:
            request.fail(str(error))
            return
        self.context.buffers[name] = ClientBuffer(number, sample.frames, sample.rate, str(entry))
        request.done(name, number, sample.frames, sample.rate)

    def alloc(self, request: Request, name: str, frames: int) -> None:
        self.check_name(name)
        self.check_memory(frames)
        description = {"held": frames, "rate": self.engine.rate}
        number = self.engine.buffers.add(silent_frames(frames), self.engine.rate, description)
        self.context.buffers[name] = ClientBuffer(number, frames, self.engine.rate, "client")
        request.done(name, number, frames, self.engine.rate)

    def write(self, request: Request, name: str, at: int, values: list[float]) -> None:
        buffer = self.context.buffer(name)
        if buffer.source != "client":
            raise RequestError(
                f"{name!r} holds a sample, which other clients may play; make a buffer to write to with /buffer/alloc"
            )
        if at + len(values) > buffer.frames:
            raise RequestError(
                f"{len(values)} values from frame {at} on go beyond the {buffer.frames} frames of {name!r}"
            )
        limited = np.clip(np.array(values, np.float32), -1e6, 1e6)
        self.engine.write_buffer(buffer.number, at, limited, request.frame)
        request.done(name, len(values))

    def info(self, request: Request, name: str) -> None:
        b = self.context.buffer(name)
        request.reply("/buffer/info/reply", name, b.number, b.frames, b.rate, b.source)

    def free(self, request: Request, name: str) -> None:
        self.engine.free_buffer(self.context.buffer(name).number)
        del self.context.buffers[name]
        request.done(name)


MESSAGES = (
    Message(
        "/buffer/load",
        "Loads a sound into memory, from the sample folders with which the server was started or from the built-in kit. It takes a name, "
        "not a path. All buffers together may hold 256 MB.",
        (
            NAME,
            Argument("sound", "text", "as in a dirt event's s"),
            Argument("n", "number", "which sound of that name", 0.0),
        ),
        "/done /buffer/load name number frames rate",
        BufferMessages.load,
        ("/buffer/load ssi kick bd 0", "/sync", "/node/new siss sampler 1 buffer kick"),
        ("there is no such sound", "it cannot be decoded", "the name is in use", "memory is used up"),
        asynchronous=True,
    ),
    Message(
        "/buffer/alloc",
        "Makes a silent buffer of two channels, for example to write a wave table into.",
        (NAME, Argument("frames", "int", "its length", unit="frames", low=1, high=LONGEST)),
        "/done /buffer/alloc name number frames rate",
        BufferMessages.alloc,
        ("/buffer/alloc si table 8",),
        ("the name is in use", "memory is used up"),
    ),
    Message(
        "/buffer/write",
        "Writes values into both channels, from a frame on. In a bundle, it writes at the bundle's time.",
        (
            NAME,
            Argument("at", "int", "first frame", unit="frames", low=0, high=LONGEST),
            Argument("values", "numbers", "one per frame"),
        ),
        "/done /buffer/write name how-many",
        BufferMessages.write,
        ("/buffer/alloc si table 8", "/buffer/write siffff table 0 0 0.7 1 0.7"),
        ("there is no such buffer", "values go beyond its end", "it holds a sample"),
    ),
    Message(
        "/buffer/info",
        "Answers with number, length, rate and origin.",
        (NAME,),
        "/buffer/info/reply name number frames rate source",
        BufferMessages.info,
        ("/buffer/alloc si table 8", "/buffer/info s table"),
        ("there is no such buffer",),
    ),
    Message(
        "/buffer/free",
        "Frees a buffer. Nodes that play it become silent.",
        (NAME,),
        "/done /buffer/free name",
        BufferMessages.free,
        ("/buffer/alloc si table 8", "/buffer/free s table"),
        ("there is no such buffer",),
    ),
)
