"""How long an event sounds, and which part of its sample plays at which speed (docs/dirt.md, Timing)."""

from __future__ import annotations

from dataclasses import dataclass

from phonon_osc.dialects.outcome import Dropped
from phonon_osc.dialects.superdirt.event import DirtEvent

LONGEST = 3600.0  # seconds: no event holds its lane for longer
FADE_SHARE = 0.19098  # a fade takes at most this share of the event
SHORTEST_FRAMES = 8.0  # an event with a shorter plateau is dropped
_STILL = 1e-9  # playback speeds below it count as standing still
_UNITS = {"r": "r", "rate": "r", "c": "c", "s": "s"}


@dataclass(frozen=True, slots=True)
class Timing:
    """Times in seconds: ``duration`` = ``fade_in`` + ``plateau`` + ``fade_out``. SuperDirt calls the plateau `sustain`."""

    duration: float
    fade_in: float
    plateau: float
    fade_out: float
    begin: float  # where playing starts, 0..1 of the sample
    end: float  # where playing ends; below ``begin`` if the sample plays backwards
    speed: float  # with the sign as sent
    end_speed: float


def timing(event: DirtEvent, *, natural: float | None, sample_rate: float) -> Timing | Dropped:
    """Compute the timing of an event. ``natural``: seconds that its whole sample lasts at its pitch, None for synths."""
    begin, end, speed = event.begin, event.end, event.speed
    if speed < 0.0:
        begin, end = end, begin
    unit = _UNITS.get(event.unit or "r")
    if unit is None:
        return Dropped(f"unit {event.unit!r} is not r, c or s")
    if unit == "c":
        speed *= event.tempo * (1.0 if natural is None else natural)
    end_speed = speed * (1.0 + event.accelerate)
    average = (abs(speed) + abs(end_speed)) / 2.0
    if abs(speed) < _STILL:
        return Dropped("speed is 0: it would never move")
    duration = _duration(event, _window_seconds(natural, abs(end - begin), average, unit))
    fade_out = min(event.fadeTime, FADE_SHARE * min(duration, LONGEST))
    fade_in = fade_out if begin != 0.0 else 0.0
    duration = min(duration * event.timescale, LONGEST)
    plateau = duration - fade_out - fade_in
    if plateau < SHORTEST_FRAMES / sample_rate:
        return Dropped(f"too short: {plateau:.6g} s between its fades")
    return Timing(duration, fade_in, plateau, fade_out, begin, end, speed, end_speed)


def _window_seconds(natural: float | None, length: float, average: float, unit: str) -> float | None:
    if natural is None:
        return None
    return length if unit == "s" else natural * length / average


def _duration(event: DirtEvent, window: float | None) -> float:
    """Seconds that the event asks for. A sample never lasts longer than its window; ``loop`` repeats that only if no length is given."""
    if event.sustain is not None:
        duration = event.sustain
    elif event.legato is not None:
        duration = event.legato * event.length
    else:
        return max((event.length if window is None else window) * abs(event.loop), 0.0)
    return max(duration if window is None else min(duration, window), 0.0)
