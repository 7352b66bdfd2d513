"""Messages that record the output into files of one folder."""

from __future__ import annotations

import re

from phonon_osc.osc.native.context import Context
from phonon_osc.osc.schema import Argument, Message, Request, RequestError

_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}\.(wav|flac|ogg)")


class RecordMessages:
    def __init__(self, context: Context) -> None:
        self.context = context

    def start(self, request: Request, file: str) -> None:
        c = self.context
        if c.record_folder is None or c.start_recording is None:
            raise RequestError("recording is off; start the server with --record-dir FOLDER")
        if c.recording is not None:
            raise RequestError(f"{c.recording.path.name} is being recorded; stop it first with /record/stop")
        if not _FILE.fullmatch(file):
            raise RequestError(
                f"file is {file[:80]!r}; give a plain name that ends in .wav, .flac or .ogg, without a folder"
            )
        path = c.record_folder / file
        if path.exists():
            raise RequestError(f"{file} exists already; choose another name")
        c.recording = c.start_recording(path)
        request.done(str(path))

    def stop(self, request: Request) -> None:
        running = self.context.recording
        if running is None:
            raise RequestError("nothing is being recorded; start with /record/start")
        self.context.recording = None
        running.close()
        request.done(str(running.path), running.frames)


MESSAGES = (
    Message(
        "/record/start",
        "Records the output into a file of the folder that the server was started with (`--record-dir`).",
        (Argument("file", "text", "its name: .wav, .flac or .ogg"),),
        "/done /record/start path",
        RecordMessages.start,
        ("/record/start s take1.wav", "/record/stop"),
        ("recording is off", "a recording is under way", "the file exists already", "the name is not plain"),
    ),
    Message(
        "/record/stop",
        "Ends the recording.",
        (),
        "/done /record/stop path frames",
        RecordMessages.stop,
        ("/record/start s take2.wav", "/record/stop"),
        ("nothing is being recorded",),
    ),
)
