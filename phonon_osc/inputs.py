"""Audio inputs as files: the recorded inputs of a session, kept beside its log, and files that a render hears as its input."""

from __future__ import annotations

import logging
from pathlib import Path

from dsp.lanes import BLOCK
from phonon_osc.engine.engine import Engine
from phonon_osc.errors import DataError
from phonon_osc.limits import INPUTS

log = logging.getLogger(__name__)


def inputs_of_session(session: Path) -> Path:
    """The file that has the recorded inputs of a session log."""
    return session.with_name(f"{session.name}.inputs.wav")


def session_input(session: Path, kept: str | None, given: Path | None, rate: float) -> InputFile | None:
    """The input for the render of a session: ``given``, or the file that its log names; None for silence."""
    if given is not None:
        return InputFile(given, rate)
    if kept is None:
        return None
    path = session.with_name(Path(kept).name)
    if not path.exists():
        log.warning(
            "%s: the recording of the session's inputs is missing, so they are silent; name the file with --input", path
        )
        return None
    return InputFile(path, rate)


class InputFile:
    """A sound file as the input of an engine, one channel for each audio input. After its end the inputs are silent."""

    def __init__(self, path: Path, rate: float) -> None:
        import soundfile

        try:
            self._file = soundfile.SoundFile(path)
        except (soundfile.LibsndfileError, OSError) as error:
            raise DataError(f"{path}: cannot be read as sound ({error})") from None
        self.channels = self._file.channels
        problem = None
        if self._file.samplerate != rate:
            problem = (
                f"it has {self._file.samplerate} frames per second, the render {rate:.0f}; give both the same (--rate)"
            )
        elif self.channels > INPUTS:
            problem = f"it has {self.channels} channels; there are {INPUTS} inputs"
        if problem is not None:
            self._file.close()
            raise DataError(f"{path}: {problem}")

    def feed(self, engine: Engine, frames: int) -> None:
        """Give the engine the input for its next ``frames`` frames."""
        missing = engine.tables.device.out_frame + frames + BLOCK - engine.tables.inputs.end
        if missing > 0:
            engine.feed_input(self._file.read(missing, dtype="float32", always_2d=True, fill_value=0.0))

    def close(self) -> None:
        self._file.close()
