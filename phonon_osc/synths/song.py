"""The sources of Strudel: its sampler, its oscillators with and without FM, its noises."""

from __future__ import annotations

import functools
from collections.abc import Callable

from dsp.kind import Param, Unit, kinds
from phonon_osc.dialects.strudel.chain import PREFIX, SAMPLER, chain
from phonon_osc.engine.definition import Definition, Graph, Ref, Wire

LEVEL = 0.3  # of every oscillator, before the event's gain
ZZFX_LEVEL = 0.25
_SPEED = Param(
    1.0, -1000.0, 1000.0, Unit.RATIO, smoothing=0.0, doc="Speed of the sample, before vibrato and pitch envelope."
)
_FM = [name for name in kinds()["fm_stack"].params if name not in ("freq", "hold")]
_NOISE = Param(0.0, 0.0, 1.0, smoothing=0.0, doc="Share of pink noise.")


def _own(g: Graph, kind: str, names: dict[str, str]) -> dict[str, Ref]:
    """Controls for parameters of a kind: parameter -> name of the control."""
    params = kinds()[kind].params
    return {parameter: g.control(name, params[parameter]) for parameter, name in names.items()}


def _wave(g: Graph, name: str, freq: Ref) -> Wire | tuple[Wire, Wire]:
    if name == "supersaw":
        left, right = g.add(
            "unison_saws",
            freq=freq,
            **_own(g, "unison_saws", {"voices": "unison", "detune": "detune", "spread": "spread"}),
        )
        return left, right
    if name == "pulse":
        return g.one(
            "fed_pulse", freq=freq, **_own(g, "fed_pulse", {"width": "pw", "sweep": "pwsweep", "rate": "pwrate"})
        )
    kind = {"sine": "sine", "sawtooth": "saw", "square": "pulse", "triangle": "triangle"}[name]
    return g.one(kind, freq=freq)


def _softer(g: Graph, sound: Wire | tuple[Wire, Wire], level: float) -> Wire | tuple[Wire, Wire]:
    if isinstance(sound, Wire):
        return g.one("gain", sound, amp=level)
    return g.one("gain", sound[0], amp=level), g.one("gain", sound[1], amp=level)


@functools.cache
def oscillator(name: str, rate: float) -> Definition:
    """A plain oscillator. ``rate``: Hz."""
    g = Graph(f"{PREFIX}{name}", f"Strudel's {name}.", rate=rate)
    return chain().finish(g, _softer(g, _wave(g, name, chain().pitch(g)), LEVEL * _TRIM.get(name, 1.0)))


_TRIM = {"square": 0.848, "sawtooth": 0.848}  # the browser scales its waves so that their overshoot is at full scale


@functools.cache
def fm_oscillator(name: str, rate: float) -> Definition:
    """An oscillator whose frequency up to eight operators move, with noise mixed in. ``rate``: Hz."""
    g = Graph(f"{PREFIX}fm.{name}", f"Strudel's {name}, with FM and noise.", rate=rate)
    moved = _own(g, "fm_stack", {parameter: parameter for parameter in _FM})
    freq = g.one("fm_stack", freq=chain().pitch(g, control_rate=False), hold=chain().hold(g), **moved)
    sound = _softer(g, _wave(g, name, freq), LEVEL * _TRIM.get(name, 1.0))
    share = g.control("noise", _NOISE)
    hiss = g.one("gain", g.one("pink_kellet"), amp=LEVEL)
    sides = (sound, sound) if isinstance(sound, Wire) else sound
    left, right = (g.one("noise_mix", side, hiss, share=share) for side in sides)
    return chain().finish(g, (left, right))


@functools.cache
def partial_sum(rate: float) -> Definition:
    """A sum of up to sixteen partials. ``rate``: Hz."""
    g = Graph(f"{PREFIX}partials", "Strudel's oscillators with a choice of partials.", rate=rate)
    names = {name: name for name in kinds()["partials"].params if name != "freq"}
    sound = g.one("partials", freq=chain().pitch(g), **_own(g, "partials", names))
    return chain().finish(g, g.one("gain", sound, amp=LEVEL))


@functools.cache
def noise(name: str, rate: float) -> Definition:
    """One of Strudel's noises. ``rate``: Hz."""
    g = Graph(f"{PREFIX}{name}", f"Strudel's {name} noise.", rate=rate)
    if name == "crackle":
        density = g.control("density", Param(0.02, 0.0, 100.0, smoothing=0.0, doc="Number of clicks."))
        sound = g.one("clicks", chance=g.one("scale", density, mul=0.01, control_rate=True))
    else:
        sound = g.one({"white": "white", "pink": "pink_kellet", "brown": "brown_leaky"}[name])
    return chain().finish(g, g.one("gain", sound, amp=LEVEL))


@functools.cache
def drum(rate: float) -> Definition:
    """The synthetic bass drum. ``rate``: Hz."""
    g = Graph(f"{PREFIX}sbd", "A synthetic bass drum: a triangle that falls while it fades.", rate=rate)
    names = {"octaves": "kick_octaves", "fall": "kick_fall", "decay": "kick_decay"}
    return chain().finish(g, g.one("kick", freq=_frequency(g), **_own(g, "kick", names)))


@functools.cache
def effect(rate: float) -> Definition:
    """ZzFX. ``rate``: Hz."""
    g = Graph(f"{PREFIX}zzfx", "A sound effect of ZzFX.", rate=rate)
    names = {name: f"zz_{name}" for name in kinds()["zzfx"].params if name not in ("freq", "hold")}
    hold = g.control("zz_hold", kinds()["zzfx"].params["hold"])
    sound = g.one("zzfx", freq=_frequency(g), hold=hold, **_own(g, "zzfx", names))
    return chain().finish(g, g.one("gain", sound, amp=ZZFX_LEVEL))


def _frequency(g: Graph) -> Ref:
    return g.control("freq", kinds()["kick"].params["freq"])


@functools.cache
def sampler(rate: float) -> Definition:
    """The sampler. ``rate``: Hz."""
    g = Graph(SAMPLER, "A sample, as Strudel plays it.", rate=rate)
    names = {
        "buffer": "buffer",
        "begin": "begin",
        "loop": "loop",
        "loop_begin": "loop_begin",
        "loop_end": "loop_end",
        "wait": "wait",
    }
    speed = g.one("multiply", chain().pitch(g), g.control("speed", _SPEED), control_rate=True)
    left, right = g.add("song_sampler", rate=speed, **_own(g, "song_sampler", names))
    return chain().finish(g, (left, right))


@functools.cache
def wavetable(rate: float) -> Definition:
    """A wavetable that is read at a warped phase. Its one voice stands in the middle, 3 dB softer on each side. ``rate``: Hz."""
    g = Graph(f"{PREFIX}wavetable", "Strudel's wavetables.", rate=rate)
    place, amount = (
        g.one(
            "held_value", hold=chain().hold(g), control_rate=True,
            **_own(g, "held_value", {p: f"{prefix}_{p}" for p in kinds()["held_value"].params if p != "hold"}),
        )
        for prefix in ("wt", "warp")
    )  # fmt: skip
    phase = g.one(
        "warped_phase", freq=chain().pitch(g), amount=amount, **_own(g, "warped_phase", {"mode": "warp_mode"})
    )
    own = _own(g, "wavetable", {"buffer": "buffer", "cycles": "cycles"})
    sound = g.one("wavetable", freq=0.0, morph=place, phase=phase, **own)
    return chain().finish(g, g.one("gain", sound, amp=LEVEL * 0.5**0.5))


@functools.cache
def constant(rate: float) -> Definition:
    """A constant of 1: what ``s("one")`` is. ``rate``: Hz."""
    g = Graph(f"{PREFIX}one", "A constant.", rate=rate)
    return chain().finish(g, g.one("value", value=1.0))


WAVES = ("sine", "sawtooth", "square", "triangle", "pulse", "supersaw")


def makers(rate: float) -> dict[str, Callable[[], Definition]]:
    """Functions that make Strudel's definitions, by name in the engine. ``rate``: Hz."""
    made: dict[str, Callable[[], Definition]] = {SAMPLER: functools.partial(sampler, rate)}
    for name in WAVES:
        made[f"{PREFIX}{name}"] = functools.partial(oscillator, name, rate)
        made[f"{PREFIX}fm.{name}"] = functools.partial(fm_oscillator, name, rate)
    for name in ("white", "pink", "brown", "crackle"):
        made[f"{PREFIX}{name}"] = functools.partial(noise, name, rate)
    return made | {
        f"{PREFIX}partials": functools.partial(partial_sum, rate),
        f"{PREFIX}sbd": functools.partial(drum, rate),
        f"{PREFIX}zzfx": functools.partial(effect, rate),
        f"{PREFIX}wavetable": functools.partial(wavetable, rate),
        f"{PREFIX}one": functools.partial(constant, rate),
    }
