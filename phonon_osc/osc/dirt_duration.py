"""How long an event sounds, which part of its sample and how fast (reference superdirt.md 3, step by step)."""

from __future__ import annotations

from dataclasses import dataclass

from phonon_osc.osc.dirt_event import Event, number, tempo, text

LONGEST = 3600.0  # seconds: no event holds its lane for longer
_FADE_SHARE = 0.19098  # a fade takes at most this part of the event
_SHORTEST_FRAMES = 8.0  # an event whose plateau is shorter than this is not worth starting
_STILL = 1e-9  # playback speeds below it count as standing still
_UNITS = {"r": "r", "rate": "r", "c": "c", "s": "s"}


@dataclass(frozen=True, slots=True)
class Dropped:
    """The event makes no sound, and is not an error of its sound's name."""

    reason: str


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: ``duration`` = ``fade_in`` + ``plateau`` + ``fade_out``. The plateau is SuperDirt's `sustain`."""

    duration: float
    fade_in: float
    plateau: float
    fade_out: float
    begin: float  # 0..1 of the sample: where playing starts
    end: float  # where it is heading, below ``begin`` if it runs backwards
    speed: float  # signed as sent
    end_speed: float


def timing(event: Event, *, natural: float | None, sample_rate: float) -> Timing | Dropped:
    """Compute the timing of an event. ``natural``: seconds its whole sample lasts at its pitch, None for synths."""
    begin, end, speed = _window(event)
    unit = _UNITS.get(text(event, "unit") or "r")
    if unit is None:
        return Dropped(f"unit {text(event, 'unit')!r} is none of r, c, s")
    if unit == "c":
        speed *= tempo(event) * (1.0 if natural is None else natural)
    end_speed = speed * (1.0 + _or(event, "accelerate", 0.0))
    average = (abs(speed) + abs(end_speed)) / 2.0
    if abs(speed) < _STILL:
        return Dropped("speed is 0: it would never move")
    duration = _duration(event, _window_seconds(natural, abs(end - begin), average, unit))
    fade_out = min(max(_or(event, "fadeTime", 0.001), 0.0), _FADE_SHARE * min(duration, LONGEST))
    fade_in = fade_out if begin != 0.0 else 0.0
    duration = min(duration * _or(event, "timescale", 1.0), LONGEST)
    plateau = duration - fade_out - fade_in
    if plateau < _SHORTEST_FRAMES / sample_rate:
        return Dropped(f"too short: {plateau:.6g} s between its fades")
    return Timing(duration, fade_in, plateau, fade_out, begin, end, speed, end_speed)


def delta_of(event: Event) -> float:
    """The length in seconds that the pattern gives the event."""
    return _or(event, "delta", _or(event, "dur", 1.0))


def _window(event: Event) -> tuple[float, float, float]:
    begin, end = (min(max(_or(event, key, default), 0.0), 1.0) for key, default in (("begin", 0.0), ("end", 1.0)))
    speed = _or(event, "speed", 1.0)
    return (end, begin, speed) if speed < 0.0 else (begin, end, speed)


def _window_seconds(natural: float | None, length: float, average: float, unit: str) -> float | None:
    if natural is None:
        return None
    return length if unit == "s" else natural * length / average


def _duration(event: Event, window: float | None) -> float:
    """Steps 6 and 7. A sample never rings past its window, however often that is repeated."""
    repeats = abs(_or(event, "loop", 1.0))
    sustain, legato = number(event, "sustain"), number(event, "legato")
    natural = (delta_of(event) if window is None else window) * repeats
    if sustain is not None:
        duration = sustain
    elif legato is not None:
        duration = legato * delta_of(event)
    else:
        duration = natural
    return max(duration if window is None else min(duration, natural), 0.0)


def _or(event: Event, key: str, default: float) -> float:
    value = number(event, key)
    return default if value is None else value
