"""The sounds in memory. They keep within a budget: the least recently played make room, but never one that is being played."""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from phonon_osc.engine.link import QueueFull
from phonon_osc.errors import UsageError
from phonon_osc.samples.bank import State
from phonon_osc.samples.decode import Decoded, SampleError
from phonon_osc.samples.table import Entry

MOST_SOUNDS = 15_000  # fewer than the engine has numbers for: some are on their way out

Description = Mapping[str, str | int]


class Buffers(Protocol):
    """What holds the samples for the audio thread (``engine.buffers``)."""

    def add(self, frames: NDArray[np.float32], rate: float) -> int: ...
    def idle(self, number: int) -> bool: ...
    def drop(self, number: int) -> None: ...


class NoRoom(SampleError):
    """A sample for which there is no memory now; there may be later."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A loaded sound: ``id`` is the engine's buffer, ``frames`` its length at ``rate`` Hz, ``key`` that of its entry.

    ``root_note`` is the MIDI note that the file says it sounds, ``map_note`` the one that a map of notes gives it, or None.
    """

    id: int
    name: str
    n: int
    frames: int
    rate: float
    key: int
    root_note: float | None
    map_note: float | None = None
    channels: int = 1


@dataclass(slots=True, eq=False)
class Sound:
    """A decoded sound; ``sample`` is there once the engine knows it. ``state`` is that of its file before it was read."""

    entry: Entry
    decoded: Decoded
    state: State | None
    sample: Sample | None = None
    check: int | None = field(default=None)  # of what is in memory, for session logs

    def __post_init__(self) -> None:
        if self.entry.path is not None:  # the kit is the same everywhere
            self.check = zlib.crc32(self.decoded.frames.data)

    @property
    def nbytes(self) -> int:
        return int(self.decoded.frames.nbytes)


class Store:
    """All sounds in memory. ``hold`` and ``replace`` may be called in any thread, the rest by the control side only."""

    def __init__(self, buffers: Buffers, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self.used_bytes = 0  # without those that the audio thread has still to give back
        self.evicted = 0
        self._buffers = buffers
        self._lock = threading.Lock()
        self._sounds: OrderedDict[int, Sound] = OrderedDict()  # by key of the entry, the least recently played first
        self._replaced: list[Sound] = []
        self._descriptions: dict[int, Description] = {}

    def __len__(self) -> int:
        return len(self._sounds)

    def get(self, key: int) -> Sound | None:
        """The sound of an entry, by the entry's key."""
        return self._sounds.get(key)

    def sounds(self) -> list[Sound]:
        with self._lock:
            return list(self._sounds.values())

    def hold(self, sound: Sound) -> None:
        """Keep a sound that has just been decoded."""
        with self._lock:
            self._hold(sound)

    def _hold(self, sound: Sound) -> None:
        self._sounds[sound.entry.key] = sound
        self.used_bytes += sound.nbytes

    def replace(self, sound: Sound) -> None:
        """The sound's file has changed: what plays it now plays it to the end, and whoever plays it next loads the new one."""
        with self._lock:
            if self._sounds.get(sound.entry.key) is sound:
                del self._sounds[sound.entry.key]
                self._replaced.append(sound)

    def sample(self, sound: Sound) -> Sample:
        """The sound as the engine knows it, from now on the most recently played. Raises NoRoom."""
        with self._lock:
            known = self._sounds.get(sound.entry.key)
            if known is not None:
                sound = known
            elif (
                sound in self._replaced
            ):  # before anybody could play it: once is right, next time it is found out again
                self._replaced.remove(sound)
                self._sounds[sound.entry.key] = sound
            else:  # evicted before anybody could play it
                self._hold(sound)
            self._sounds.move_to_end(sound.entry.key)
        if sound.sample is None:
            self._publish(sound)
        assert sound.sample is not None
        return sound.sample

    def _publish(self, sound: Sound) -> None:
        if not self._make_room(sound):
            self._drop(sound)
            used = f"the {self.budget_bytes / 1e6:.0f} MB of sample memory are all in use by what sounds or is to sound"
            raise NoRoom(str(sound.entry), used, "raise --sample-memory")
        decoded, entry = sound.decoded, sound.entry
        try:
            number = self._buffers.add(decoded.frames, decoded.rate)
        except (QueueFull, UsageError) as error:
            self._drop(sound)
            raise NoRoom(str(entry), str(error), "send less at a time") from None
        frames = len(decoded.frames)
        sound.sample = Sample(
            number,
            entry.name,
            entry.n,
            frames,
            decoded.rate,
            entry.key,
            decoded.root_note,
            entry.note,
            decoded.channels,
        )
        self._descriptions[number] = _describe(sound)

    def _make_room(self, wanted: Sound) -> bool:
        """Free the least recently played sounds until the budget is kept. False if all others are in use."""
        self.release_replaced()
        while self.used_bytes > self.budget_bytes or len(self._sounds) > MOST_SOUNDS:
            idle = next((sound for sound in self.sounds() if sound is not wanted and self._idle(sound)), None)
            if idle is None or not self._drop(idle):
                return False
            self.evicted += 1
        return True

    def release_replaced(self) -> None:
        """Free replaced sounds that nobody plays any more. To be called now and then."""
        for sound in [sound for sound in self._replaced if self._idle(sound)]:
            if not self._drop(sound):
                return

    def _idle(self, sound: Sound) -> bool:
        return sound.sample is None or self._buffers.idle(sound.sample.id)

    def _drop(self, sound: Sound) -> bool:
        """Give its memory back; False if the engine takes no commands at the moment: then ``release_replaced`` will."""
        with self._lock:  # first out of reach of `replace`
            if self._sounds.get(sound.entry.key) is sound:
                del self._sounds[sound.entry.key]
            else:
                self._replaced.remove(sound)
            if sound.sample is not None:
                try:
                    self._buffers.drop(sound.sample.id)
                except QueueFull:
                    self._replaced.append(sound)
                    return False
                del self._descriptions[sound.sample.id]
            self.used_bytes -= sound.nbytes
        return True

    def describe(self, sample_id: int) -> Description | None:
        """What a session log says of a buffer; None for one that is not held."""
        return self._descriptions.get(sample_id)


def _describe(sound: Sound) -> Description:
    entry = sound.entry
    if entry.path is None:
        return {"kit": entry.name, "n": entry.n}
    return {"path": entry.path, "name": entry.name, "n": entry.n, "check": sound.check or 0}
