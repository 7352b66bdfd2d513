"""The controls of the chain's effects and of the orbit, from the keys of an event (docs/strudel.md)."""

from __future__ import annotations

import functools
import math

from dsp.filters.song import VOWELS
from phonon_osc.dialects.parameters import Table
from phonon_osc.dialects.strudel.chain import user_parameters
from phonon_osc.dialects.strudel.envelope import FILTER, adsr
from phonon_osc.dialects.strudel.event import StrudelEvent
from phonon_osc.dialects.superdirt.effects import Effects
from phonon_osc.engine.voice import Value
from phonon_osc.limits import ORBITS

SHAPES = {"tri": 0, "triangle": 0, "sine": 1, "ramp": 2, "saw": 3, "square": 4}
CURVES = ("scurve", "soft", "hard", "cubic", "diode", "asym", "fold", "sinefold", "chebyshev")
SLOPES = {"12db": 0.0, "24db": 1.0, "ladder": 2.0}
DELAY_CYCLES, DELAY_FEEDBACK = 3.0 / 16.0, 0.5
ROOM_SECONDS, ROOM_FADE, ROOM_LOW_PASS, ROOM_DIM = 2.0, 0.1, 15000.0, 1000.0
COMPRESSOR_DELAY = 0.006  # seconds
_FILTERS = (("lp", "cutoff", "resonance"), ("hp", "hcutoff", "hresonance"), ("bp", "bandf", "bandq"))


def controls(
    event: StrudelEvent, rate: float, cps: float, end: float, gain: float, stereo: bool, level: float
) -> tuple[dict[str, Value], float]:
    """The controls of the chain, and the seconds by which the sound ends later.

    ``end``: seconds until the event's release is over. ``gain``: of the event. ``level``: of everything, behind the effects.
    """
    found: dict[str, Value] = {}
    ahead = 0.0
    time = (event.number("cycle") or 0.0) / cps
    given = event.given
    if "transient" in given or "transsustain" in given:
        found |= {
            "transient_strike": _of(event, "transient", 0.0),
            "transient_body": _of(event, "transsustain", 0.0),
        }
    effective = _has_effect(event)
    if effective:  # effects that distort hear the gain of the event
        found |= _matrix("gain", gain, 0.0, 0.0, gain)
    for prefix, cutoff, q in _FILTERS:
        if cutoff in given:
            found |= _filter(event, prefix, cutoff, q, rate, cps, time)
    vowel = event.texts.get("vowel")
    if vowel in VOWELS:
        found["vowel_vowel"] = float(VOWELS.index(vowel))
    if "coarse" in given:
        found["coarse_period"] = _of(event, "coarse", 1.0)
    if "crush" in given:
        found["crush_bits"] = _of(event, "crush", 16.0)
    if "shape" in given:
        found |= {"shape_amount": _of(event, "shape", 0.0), "shape_volume": _of(event, "shapevol", 1.0)}
    if "distort" in given:
        found |= {
            "distort_amount": _of(event, "distort", 0.0),
            "distort_volume": _of(event, "distortvol", 1.0),
            "distort_curve": _named(event.texts.get("distorttype"), CURVES),
        }
    if "tremolo" in given or "tremolosync" in given:
        found |= _tremolo(event, cps, time, end)
    if "compressor" in given:
        found |= {
            "compressor_threshold": _of(event, "compressor", -3.0),
            "compressor_ratio": _of(event, "compressorRatio", 10.0),
            "compressor_knee": _of(event, "compressorKnee", 10.0),
            "compressor_attack": _of(event, "compressorAttack", 0.005),
            "compressor_release": _of(event, "compressorRelease", 0.05),
        }
        ahead = COMPRESSOR_DELAY
    if "phaserrate" in given and _of(event, "phaserdepth", 0.75) > 0.0:
        found |= {
            "phaser_rate": _of(event, "phaserrate", 1.0),
            "phaser_depth": _of(event, "phaserdepth", 0.75),
            "phaser_centre": _of(event, "phasercenter", 1000.0),
            "phaser_sweep": _of(event, "phasersweep", 2000.0),
            "phaser_phase": (time * _of(event, "phaserrate", 1.0)) % 1.0,
        }
    after = level * _of(event, "postgain", 1.0) * (1.0 if effective else gain)
    pan = event.number("pan")
    if pan is not None:
        found |= _place(min(max(pan, 0.0), 1.0), stereo)
    if effective:
        found |= _matrix("post", after, 0.0, 0.0, after)
    else:
        found["env_amp"] = after
    by_user, _ = user_effects().controls(event, rate, end)
    found |= by_user
    stretch = event.number("stretch")
    if stretch is not None:
        found["stretch"] = min(max(1.0 + (stretch if stretch >= 0.0 else 0.25 * stretch), 0.0), 4.0)
    return found, ahead


# Events with one of these keys depend on where they are in the song, or differ each time.
WITH_PHASE = frozenset(
    "tremolo tremolosync phaserrate duckorbit".split()
    + [
        f"{prefix}{part}"
        for prefix in ("lp", "hp", "bp")
        for part in ("rate", "sync", "depth", "depthfrequency", "shape", "skew", "dc")
    ]
)
_EFFECTS = frozenset(
    """transient transsustain crush shape distort compressor coarse cutoff hcutoff bandf tremolo tremolosync phaserrate""".split()
)


@functools.cache
def user_effects() -> Effects:
    """The effects that the user has added."""
    return Effects(Table(user_parameters()))


def _has_effect(event: StrudelEvent) -> bool:
    return not _EFFECTS.isdisjoint(event.given) or "vowel" in event.texts


def _of(event: StrudelEvent, key: str, default: float) -> float:
    value = event.number(key)
    return default if value is None else value


def _named(word: str | None, names: tuple[str, ...]) -> float:
    """The number of a word; a number stays, within the list. The first, if it is none of them."""
    if word is None:
        return 0.0
    if word in names:
        return float(names.index(word))
    try:
        return float(int(float(word)) % len(names))
    except ValueError:
        return 0.0


def _shape(event: StrudelEvent, key: str) -> float | None:
    word = event.texts.get(key)
    if word is None:
        return None
    if word in SHAPES:
        return float(SHAPES[word])
    try:
        return float(int(float(word)) % 5)
    except ValueError:
        return 0.0


def _matrix(step: str, ll: float, rl: float, lr: float, rr: float) -> dict[str, Value]:
    return {
        f"{step}_left_to_left": ll,
        f"{step}_right_to_left": rl,
        f"{step}_left_to_right": lr,
        f"{step}_right_to_right": rr,
    }


def _place(pan: float, stereo: bool) -> dict[str, Value]:
    """The browser's panning: equal power for one channel, the far side folded into the near one for two."""
    if not stereo:
        return _matrix("place", math.cos(0.5 * math.pi * pan), 0.0, 0.0, math.sin(0.5 * math.pi * pan))
    p = 2.0 * pan - 1.0
    angle = 0.5 * math.pi * (p + 1.0 if p <= 0.0 else p)
    if p <= 0.0:
        return _matrix("place", 1.0, math.cos(angle), 0.0, math.sin(angle))
    return _matrix("place", math.cos(angle), 0.0, math.sin(angle), 1.0)


def _slope(event: StrudelEvent) -> float:
    word = event.texts.get("ftype")
    if word in SLOPES:
        return SLOPES[word]
    try:
        number = int(float(word or 0.0)) % 3
    except ValueError:
        return 0.0
    return 1.0 if number == 2 else 0.0


def _filter(
    event: StrudelEvent, prefix: str, cutoff: str, q: str, rate: float, cps: float, time: float
) -> dict[str, Value]:
    corner = min(max(_of(event, cutoff, 1000.0), 0.0), rate / 2.0)
    found: dict[str, Value] = {f"{prefix}_cutoff": corner, f"{prefix}_q": _of(event, q, 1.0)}
    slope = _slope(event)
    if slope:
        found |= {f"{prefix}_slope": slope, f"{prefix}_drive": _of(event, "drive", 0.69)}
    names = [f"{prefix}{part}" for part in ("attack", "decay", "sustain", "release")]
    if event.has(f"{prefix}env", *names):
        attack, decay, sustain, release = adsr((event.number(name) for name in names), FILTER)
        found |= {
            f"{prefix}_octaves": _of(event, f"{prefix}env", 1.0),
            f"{prefix}_anchor": _of(event, "fanchor", 0.0),
            f"{prefix}_attack": attack,
            f"{prefix}_decay": decay,
            f"{prefix}_sustain": sustain,
            f"{prefix}_release": release,
        }
    if event.has(*(f"{prefix}{part}" for part in ("rate", "sync", "depth", "depthfrequency", "shape", "skew", "dc"))):
        sync = event.number(f"{prefix}sync")
        hertz = _of(event, f"{prefix}rate", cps if sync is None else sync * cps)
        depth = event.number(f"{prefix}depthfrequency")
        found |= {
            f"{prefix}_lfo_rate": hertz,
            f"{prefix}_lfo_depth": _of(event, f"{prefix}depth", 1.0) * corner if depth is None else depth,
            f"{prefix}_lfo_shape": _shape(event, f"{prefix}shape") or 0.0,
            f"{prefix}_lfo_skew": _of(event, f"{prefix}skew", 0.5),
            f"{prefix}_lfo_dc": _of(event, f"{prefix}dc", -0.5),
            f"{prefix}_lfo_phase": (time * hertz) % 1.0,
        }
    return found


def _tremolo(event: StrudelEvent, cps: float, time: float, end: float) -> dict[str, Value]:
    sync = event.number("tremolosync")
    hertz = _of(event, "tremolo", 1.0) if sync is None else sync * cps
    shape = _shape(event, "tremoloshape")
    return {
        "tremolo_rate": hertz,
        "tremolo_depth": _of(event, "tremolodepth", 1.0),
        "tremolo_phase": (time * hertz + _of(event, "tremolophase", 0.0)) % 1.0,
        "tremolo_shape": shape or 0.0,
        "tremolo_skew": _of(event, "tremoloskew", 1.0 if shape is None else 0.5),
        "tremolo_end": end,
    }


def orbit(event: StrudelEvent, cps: float) -> dict[str, Value | None]:
    """The controls of the orbit; None if the event does not have the key. SuperDirt's own effects of the orbit are off."""
    found: dict[str, Value | None] = {"delay": 0.0, "room": 0.0, "leslie": None}
    delay, feedback = event.number("delay"), event.number("delayfeedback")
    seconds = event.number("delaytime")
    if seconds is None:
        seconds = _of(event, "delaysync", DELAY_CYCLES) / cps
    dry = event.number("dry")
    if (delay and seconds > 0.0) or dry is not None:
        found |= {
            "song_delay": max(delay or 0.0, 0.0),
            "song_delaytime": seconds,
            "song_delayfeedback": DELAY_FEEDBACK if feedback is None else feedback,
            "song_dry": 1.0 if dry is None else max(dry, 0.0),
        }
    room = event.number("room")
    if room:
        found |= _room(event, room)
    djf = event.number("djf")
    if djf is not None:
        found["song_djf"] = djf
    return found


def _room(event: StrudelEvent, send: float) -> dict[str, Value | None]:
    """The reverb. The browser scales its noise to one energy, so a fade-in makes the rest louder."""
    seconds = min(max(_of(event, "roomsize", ROOM_SECONDS), 0.05), 60.0)
    fade = min(max(_of(event, "roomfade", ROOM_FADE), 0.0), 2.0)
    bright, dark = (
        min(max(_of(event, key, default), 50.0), 20000.0)
        for key, default in (("roomlp", ROOM_LOW_PASS), ("roomdim", ROOM_DIM))
    )
    a = 2.0 * math.log(1000.0) / seconds  # of the energy
    faded = math.exp(-a * fade) / a
    if fade > 0.0:
        faded += (2.0 / a**3 - math.exp(-a * fade) * (fade * fade / a + 2.0 * fade / a**2 + 2.0 / a**3)) / (fade * fade)
    crossover = math.sqrt(bright * dark)
    return {
        "song_room": max(send, 0.0),
        "song_roomsize": seconds,
        "song_roomhigh": seconds * min(max((bright - crossover) / max(bright - dark, 1.0), 0.1), 1.0)
        if dark < bright
        else seconds,
        "song_roomcrossover": crossover,
        "song_roomfade": fade,
        "song_roomlevel": min(math.sqrt(1.0 / a / max(faded, 1e-9)), 20.0),
    }


def ducked(event: StrudelEvent, seed: int) -> dict[int, dict[str, Value]]:
    """The controls of the other orbits that this event turns down."""
    orbits = event.lists.get("duckorbit") or ([event.given["duckorbit"]] if "duckorbit" in event.given else [])
    found: dict[int, dict[str, Value]] = {}
    for k, number in enumerate(orbits):
        if not isinstance(number, float):
            continue
        found[int(number) % ORBITS] = {
            "duck_trigger": float(1 + (seed & 0xFFFFF)),  # another number than before starts it
            "duck_depth": _item(event, "duckdepth", k, 1.0),
            "duck_onset": _item(event, "duckonset", k, 0.0),
            "duck_attack": max(_item(event, "duckattack", k, 0.1), 0.002),
        }
    return found


def _item(event: StrudelEvent, key: str, k: int, default: float) -> float:
    values = event.lists.get(key)
    return values[min(k, len(values) - 1)] if values else _of(event, key, default)
