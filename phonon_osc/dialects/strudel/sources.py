"""Strudel's own sources: which definition an event plays, and the controls that only this source has."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from dsp.oscillators.warped import MODES
from phonon_osc.dialects.outcome import Dropped
from phonon_osc.dialects.strudel.envelope import Adsr, adsr
from phonon_osc.dialects.strudel.event import DEFAULT_MIDI, StrudelEvent
from phonon_osc.engine.voice import Value

NAMES = {"sin": "sine", "saw": "sawtooth", "sqr": "square", "tri": "triangle"}
WAVES = ("sine", "sawtooth", "square", "triangle", "pulse", "supersaw")
NOISES = ("white", "pink", "brown", "crackle")
ZZFX = {"z_sine": 0.0, "z_triangle": 1.0, "z_sawtooth": 2.0, "z_tan": 3.0, "z_noise": 4.0, "z_square": 0.0}
FM_WAVES = {
    "sine": 0,
    "sawtooth": 1,
    "saw": 1,
    "square": 2,
    "triangle": 3,
    "white": 4,
    "pink": 4,
    "brown": 4,
    "crackle": 4,
}
OTHERS = ("sbd", "user", "one", "bus", "bytebeat", "zzfx")  # further sources; those named in _NOT_BUILT are silent
_NOT_BUILT = {"bus": "reading a bus is not built", "bytebeat": "a formula is never executed"}
WAVETABLE = "wt_"  # begins the names of wavetables
FRAME = 2048  # points of a frame of a wavetable
WARP_MODES = {name: float(k) for k, name in enumerate(MODES)}
PARTIALS = 16
OPERATORS = 8
KICK_MIDI = 29.0
_SUPERSAW = {"unison": 5.0, "detune": 0.18, "spread": 0.6}


@dataclass(frozen=True, slots=True)
class Source:
    """``midi``: its note without a pitch. ``length``: seconds that it sounds by itself. ``shaped``: it gets the event's envelope, else
    it sounds for ``tail`` seconds after the event."""

    definition: str
    controls: dict[str, Value] = field(default_factory=dict)
    stereo: bool = False
    midi: float = DEFAULT_MIDI
    length: float | None = None
    tail: float = 0.0
    shaped: bool = True
    hold: str = ""  # a control that takes the length of the event


def find(event: StrudelEvent) -> Source | Dropped | None:
    """The source of an event; None if it is a sample, a wavetable or a synth of another family."""
    name = NAMES.get(event.name.lower(), event.name.lower())
    if name in WAVES or name == "user":
        return _oscillator(event, name)
    if name in NOISES:
        chance = event.number("density")
        return Source(name, {"density": 0.02 if chance is None else chance} if name == "crackle" else {})
    if name == "sbd":
        decay, fall, height = event.number("decay"), event.number("pdecay"), event.number("penv")
        seconds = min(max(0.5 if decay is None else decay, 0.001), 60.0)
        controls: dict[str, Value] = {
            "kick_decay": seconds,
            "kick_fall": 0.5 if fall is None else fall,
            "kick_octaves": (36.0 if height is None else height) / 12.0,
        }
        return Source("sbd", controls, midi=KICK_MIDI, length=seconds + 0.01, shaped=False)
    if name in ZZFX:
        return _zzfx(event, name)
    if name == "zzfx":
        return _zzfx_numbers(event)
    if name == "one":
        return Source("one")
    if name in _NOT_BUILT:
        return Dropped(f"{name}: {_NOT_BUILT[name]}")
    return None


def moved(event: StrudelEvent, prefix: str) -> dict[str, Value]:
    """The controls of the position (``wt``) or the warp of a wavetable: its value, and the envelope that moves it."""
    times = [event.number(f"{prefix}{part}") for part in ("attack", "decay", "sustain", "release")]
    base, depth = event.number(prefix), event.number(f"{prefix}env")
    found: dict[str, Value] = {f"{prefix}_base": min(max(base or 0.0, 0.0), 1.0)}
    if depth is None and all(time is None for time in times):
        return found
    attack, decay, sustain, release = adsr(times, _WAVETABLE)
    return found | {
        f"{prefix}_depth": 0.5 if depth is None else min(max(depth, -1.0), 1.0),
        f"{prefix}_attack": attack,
        f"{prefix}_decay": decay,
        f"{prefix}_sustain": sustain,
        f"{prefix}_release": release,
    }


def _oscillator(event: StrudelEvent, name: str) -> Source:
    controls: dict[str, Value] = {}
    stereo = name == "supersaw"
    if stereo:
        defaults = dict(_SUPERSAW)
        number = event.number("n")
        if number is not None:
            defaults["detune"] = number
        for key, default in defaults.items():
            value = event.number(key)
            controls[key] = default if value is None else value
    elif name == "pulse":
        controls |= _pulse(event)
    amplitudes = None if name in ("sine", "pulse", "supersaw") else _amplitudes(event, name)
    if amplitudes is not None:
        return Source("partials", amplitudes)
    if name == "user":
        name = "triangle"
    if _uses_fm(event) or event.number("noise"):
        controls |= _fm(event)
        return Source(f"fm.{name}", controls, stereo)
    return Source(name, controls, stereo)


def _pulse(event: StrudelEvent) -> dict[str, Value]:
    width, rate, sweep = (event.number(key) for key in ("pw", "pwrate", "pwsweep"))
    found: dict[str, Value] = {"pw": 0.5 if width is None else width}
    if rate is not None or sweep is not None:
        found |= {"pwrate": 1.0 if rate is None else rate, "pwsweep": 0.3 if sweep is None else sweep}
    return found


def _amplitudes(event: StrudelEvent, name: str) -> dict[str, Value] | None:
    """The controls of a sum of partials; None if the event asks for none."""
    wanted: tuple[float, ...] = event.lists.get("partials", ())
    if not wanted:
        count = event.number("partials")
        count = event.number("n") if count is None else count
        if count is None:
            return None
        wanted = (1.0,) * min(max(int(count), 1), PARTIALS)
    wanted = wanted[:PARTIALS]
    turns = event.lists.get("phases", ())
    found: dict[str, Value] = {}
    waves: list[tuple[float, float]] = []
    for k, factor in enumerate(wanted, 1):
        odd = k % 2 == 1
        own = {"sawtooth": 1.0 / k, "square": odd / k, "triangle": odd / k**2, "user": 1.0}[name]
        phase = (0.25 if name == "triangle" else 0.5 if name == "sawtooth" else 0.0) + (
            turns[k - 1] if k <= len(turns) else 0.0
        )
        found |= {f"a{k}": own * factor, f"p{k}": phase}
        waves.append((own * factor, phase))
    found["level"] = 1.0 / max(_peak(waves), 1e-6)
    return found


def _peak(waves: list[tuple[float, float]]) -> float:
    """The highest absolute value of a sum of partials."""
    points = 512
    return max(
        abs(sum(a * math.sin(2.0 * math.pi * (k * i / points + p)) for k, (a, p) in enumerate(waves, 1)))
        for i in range(points)
    )


def _uses_fm(event: StrudelEvent) -> bool:
    return any(event.number(f"fmi{'' if k == 1 else k}") for k in range(1, OPERATORS + 1))


def _fm(event: StrudelEvent) -> dict[str, Value]:
    found: dict[str, Value] = {}
    noise = event.number("noise")
    if noise:
        found["noise"] = min(max(noise, 0.0), 1.0)
    for k in range(1, OPERATORS + 1):
        end = "" if k == 1 else str(k)
        index = event.number(f"fmi{end}")
        if not index:
            continue
        ratio = event.number(f"fmh{end}")
        found |= {
            f"index{k}": index,
            f"ratio{k}": 1.0 if ratio is None else ratio,
            f"wave{k}": float(FM_WAVES.get(event.texts.get(f"fmwave{end}", "sine"), 0)),
        }
        names = [f"fm{part}{end}" for part in ("attack", "decay", "sustain", "release")]
        if event.has(*names):
            given = [event.number(name) for name in names]
            found |= dict(
                zip((f"attack{k}", f"decay{k}", f"sustain{k}", f"release{k}"), adsr(given, _STEADY), strict=True)
            )
            found[f"curved{k}"] = 0.0 if event.texts.get(f"fmenv{end}") == "lin" else 1.0
    return found


_WAVETABLE = Adsr(0.0, 0.5, 0.0, 0.1)
_STEADY = Adsr(0.001, 0.001, 1.0, 0.01)


def _zzfx(event: StrudelEvent, name: str) -> Source:
    def of(key: str, default: float) -> float:
        value = event.number(key)
        return default if value is None else value

    attack, decay, release = (
        max(of(key, default), 0.0) for key, default in (("attack", 0.0), ("decay", 0.0), ("release", 0.1))
    )
    controls: dict[str, Value] = {
        "zz_shape": ZZFX[name],
        "zz_curve": of("curve", 0.0 if name == "z_square" else 1.0),
        "zz_attack": attack,
        "zz_decay": decay,
        "zz_sustain": of("sustain", 0.8),
        "zz_release": release,
        "zz_slide": of("slide", 0.0),
        "zz_delta_slide": of("deltaSlide", 0.0),
        "zz_jump": of("pitchJump", 0.0),
        "zz_jump_time": of("pitchJumpTime", 0.0),
        "zz_repeat": of("lfo", 0.0),
        "zz_noise": of("znoise", 0.0),
        "zz_modulation": of("zmod", 0.0),
        "zz_crush": of("zcrush", 0.0),
        "zz_delay": min(max(of("zdelay", 0.0), 0.0), 1.0),
        "zz_tremolo": of("tremolo", 0.0),
    }
    return Source("zzfx", controls, tail=release + of("zdelay", 0.0), shaped=False, hold="zz_hold")


# ZzFX's own order of its numbers: the control each sets, and its default. None: superdough sets it from the event.
_ZZFX_NUMBERS = (
    (None, 1.0), (None, 0.05), ("freq", 220.0), ("zz_attack", 0.0), ("sustain", 0.0), ("zz_release", 0.1), ("zz_shape", 0.0),
    ("zz_curve", 1.0), ("zz_slide", 0.0), ("zz_delta_slide", 0.0), ("zz_jump", 0.0), ("zz_jump_time", 0.0), ("zz_repeat", 0.0),
    ("zz_noise", 0.0), ("zz_modulation", 0.0), ("zz_crush", 0.0), ("zz_delay", 0.0), ("zz_sustain", 1.0), ("zz_decay", 0.0),
    ("zz_tremolo", 0.0),
)  # fmt: skip


def _zzfx_numbers(event: StrudelEvent) -> Source | Dropped:
    """The source of ``s zzfx``, whose key ``zzfx`` is the list of ZzFX's twenty numbers."""
    numbers = event.lists.get("zzfx", ())
    if not numbers:
        return Dropped("zzfx needs its list of numbers: s zzfx zzfx [...]")
    values = {
        name: numbers[k] if k < len(numbers) else default
        for k, (name, default) in enumerate(_ZZFX_NUMBERS)
        if name is not None
    }
    seconds = min(max(values.pop("sustain") + values["zz_attack"] + values["zz_decay"], 0.0), 60.0)
    freq = values.pop("freq")
    values["zz_delay"] = min(max(values["zz_delay"], 0.0), 1.0)
    controls: dict[str, Value] = {**values, "zz_hold": seconds}
    tail = max(values["zz_release"], 0.0) + values["zz_delay"]
    return Source(
        "zzfx", controls, midi=69.0 + 12.0 * math.log2(max(freq, 1.0) / 440.0), length=seconds, tail=tail, shaped=False
    )
