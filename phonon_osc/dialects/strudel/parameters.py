"""The keys of Strudel and what they mean in this dialect."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from dsp.kind import Unit
from phonon_osc.dialects.event import Reads
from phonon_osc.dialects.parameters import Parameter, Stage, Table
from phonon_osc.dialects.superdirt import parameters as superdirt
from phonon_osc.dialects.superdirt.records.others import MIDI

# Strudel has functions of these names, but its own sound engine ignores them.
SUPERDIRT_ONLY = (
    "accelerate squiz hold amp overgain lock leslie lrate lsize waveloss krush kcutoff triode ring ringf ringdf octer octersub "
    "octersubsub comb smear scram freeze real imag enhance hbrick lbrick binshift xsdelay tsdelay fshift fshiftnote fshiftphase "
    "fadeTime fadeInTime psrate psdisp tremolorate delaySend"
).split()
LISTS = frozenset(
    {"partials", "phases", "duckorbit", "duckonset", "duckattack", "duckdepth", "zzfx"}
)  # may be lists of numbers


def _all(stage: Stage, unit: Unit, *rows: tuple[str, str, str]) -> Iterable[Parameter]:
    """One record per row of key, aliases and meaning."""
    for key, aliases, doc in rows:
        yield Parameter(key, stage, doc, Reads.NUMBER, unit, aliases=tuple(aliases.split()))


def _ignored(reason: str, *keys: str) -> Iterable[Parameter]:
    return (Parameter(key, Stage.IGNORED, reason, Reads.ANY) for key in keys)


def _text(key: str, stage: Stage, doc: str, aliases: str = "") -> Parameter:
    return Parameter(key, stage, doc, Reads.TEXT, aliases=tuple(aliases.split()))


def _adsr(prefix: str, what: str, short: str) -> Iterable[Parameter]:
    times = (("attack", "a"), ("decay", "d"), ("release", "r"))
    yield from _all(
        Stage.EFFECT,
        Unit.SECONDS,
        *((f"{prefix}{t}", f"{short}{s}" if short else "", f"{t.capitalize()} of {what}.") for t, s in times),
    )
    yield from _all(
        Stage.EFFECT,
        Unit.NONE,
        (f"{prefix}sustain", f"{short}s" if short else "", f"Share of {what} until the event ends."),
    )


def _filter(
    prefix: str, cutoff: str, cutoff_aliases: str, q: str, q_aliases: str, name: str, q_doc: str
) -> Iterable[Parameter]:
    yield from _all(Stage.EFFECT, Unit.HZ, (cutoff, cutoff_aliases, f"Corner of the {name}."))
    yield from _all(Stage.EFFECT, Unit.NONE, (q, q_aliases, q_doc))
    yield from _all(
        Stage.EFFECT,
        Unit.NONE,
        (f"{prefix}env", f"{prefix}e", f"Octaves by which an envelope lifts the {name}; negative: upside down."),
    )
    yield from _adsr(prefix, f"the {name}'s envelope", prefix)
    lfo = f"the slow wave that moves the {name}"
    yield from _all(
        Stage.EFFECT, Unit.NONE,
        (f"{prefix}rate", "", f"Hertz of {lfo}."), (f"{prefix}sync", "", f"Rate of {lfo}, per cycle."),
        (f"{prefix}depth", "", f"Depth of {lfo}, as a multiple of the corner."),
        (f"{prefix}depthfrequency", "", f"Depth of {lfo}, in hertz."), (f"{prefix}skew", "", f"Skew of {lfo}."),
        (f"{prefix}dc", "", f"Offset of {lfo}."),
    )  # fmt: skip
    yield _text(f"{prefix}shape", Stage.EFFECT, f"Shape of {lfo}: tri, sine, ramp, saw, square.")


def _operators() -> Iterable[Parameter]:
    for k in range(1, 9):
        end = "" if k == 1 else str(k)
        who = f"FM operator {k}"
        yield from _all(
            Stage.SYNTH, Unit.NONE,
            (f"fmi{end}", "fm" if k == 1 else f"fm{k}", f"{who}: its swing, as a multiple of its own frequency."),
            (f"fmh{end}", "", f"{who}: its frequency, as a multiple of the pitch."),
            (f"fmattack{end}", "", f"{who}: attack."), (f"fmdecay{end}", "", f"{who}: decay."),
            (f"fmsustain{end}", "", f"{who}: sustain."), (f"fmrelease{end}", "", f"{who}: release."),
        )  # fmt: skip
        yield _text(f"fmwave{end}", Stage.SYNTH, f"{who}: sine, sawtooth, square, triangle, or a noise.")
        yield _text(f"fmenv{end}", Stage.SYNTH, f"{who}: exp or lin, the form of its envelope.")


_TIMING = (
    *_all(Stage.TIMING, Unit.HZ, ("cps", "", "Cycles per second.")),
    *_all(
        Stage.TIMING, Unit.NONE,
        ("cycle", "", "Where in the song the event begins, in cycles; slow waves take their phase from it."),
        ("delta", "", "Length of the event in seconds; it has clip in it already."),
        ("clip", "legato", "Factor of the length; a sample then ends with its event."),
    ),
    *_all(Stage.TIMING, Unit.SECONDS, ("nudge", "", "How much later a sample starts.")),
    *_ignored("The client has put it into delta already.", "duration", "dur"),
)  # fmt: skip
_SOUND = (
    Parameter("s", Stage.SOUND, "Name of the sound; name:n gives n too. Without it a note is a triangle.", Reads.NAME, aliases=("sound",)),
    Parameter("bank", Stage.SOUND, "Prefix of the sound's name.", Reads.NAME),
    *_all(
        Stage.SOUND, Unit.NONE,
        ("n", "", "Number of the sample, rounded; number of partials of an oscillator."),
        ("begin", "", "Where in the sample playing starts, 0..1; counted from the end if speed is negative."),
        ("end", "", "Where in the sample playing ends."), ("speed", "", "Rate of a sample; negative: backwards; 0: silence."),
        ("loop", "", "1: the part of the sample from loopBegin to loopEnd is repeated for the length of the event."),
        ("loopBegin", "loopb", "Where the repeated part begins."), ("loopEnd", "loope", "Where the repeated part ends."),
        ("stretch", "", "Pitch of a sample without its length: the factor is 1 + stretch."),
        ("cut", "", "A sample stops the one before it of the same group, on every orbit."),
    ),
    _text("unit", Stage.SOUND, "c: speed is in cycles, so that the whole sample takes 1 / speed of a cycle."),
)  # fmt: skip
_PITCH = (
    Parameter("note", Stage.PITCH, "MIDI number, or a name such as eb4; 36 if absent or 0.", Reads.NOTE, Unit.SEMITONES),
    *_all(Stage.PITCH, Unit.SEMITONES, ("midinote", "", "MIDI number, which the client adds to the name of a note.")),
    *_all(Stage.PITCH, Unit.HZ, ("freq", "", "Frequency, instead of note."), ("vib", "vibrato v", "Frequency of a vibrato.")),
    *_all(Stage.PITCH, Unit.NONE, ("octave", "", "Octaves added to the pitch of a synth.")),
    *_all(Stage.PITCH, Unit.SEMITONES, ("vibmod", "vmod", "Depth of the vibrato to either side: 0.5."), ("penv", "", "Height of an envelope of the pitch.")),
    *_adsr("p", "the envelope of the pitch", ""),
    *_all(Stage.PITCH, Unit.NONE, ("panchor", "", "Share of that envelope that lies below the note.")),
    *_ignored("The browser's exponential curve of the pitch envelope is not followed: it jumps where it crosses the note.", "pcurve"),
)  # fmt: skip
_LEVEL = (
    *_all(
        Stage.LEVEL, Unit.GAIN,
        ("gain", "", "Level, linear: 0.8."), ("velocity", "vel", "A second factor of the level."),
        ("postgain", "post", "Level behind the effects."), ("dry", "", "Level of the orbit's direct sound."),
    ),
    *_all(
        Stage.LEVEL, Unit.NONE,
        ("pan", "", "0 left to 1 right. Absent, a mono sound is at full level on both sides."),
        ("orbit", "o", "Number of the orbit: 1."), ("sustain", "sus", "Level of the envelope until the event ends."),
    ),
    *_all(
        Stage.LEVEL, Unit.SECONDS,
        ("attack", "att", "Rise of the envelope."), ("decay", "dec", "Its fall to the sustain level."),
        ("release", "rel", "Its fall to 0 after the event's end."),
    ),
)  # fmt: skip
_SYNTH = (
    *_operators(),
    *_all(
        Stage.SYNTH, Unit.NONE,
        ("wt", "", "Place in a wavetable, 0 to 1."), ("wtenv", "", "How far an envelope moves it: 0.5 if only its times are given."),
        ("warp", "", "How far the phase of a wavetable is warped, 0 to 1."), ("warpenv", "", "How far an envelope moves that."),
    ),
    _text("warpmode", Stage.SYNTH, "How it is warped: asym, mirror, bendp, bendm, bendmp, sync, quant, fold, pwm, orbit, reciprocal, fractal."),
    *_all(
        Stage.SYNTH, Unit.NONE,
        *((f"{prefix}{part}", "", f"{part.capitalize()} of the envelope of {prefix}.")
          for prefix in ("wt", "warp") for part in ("attack", "decay", "sustain", "release")),
    ),
    Parameter("zzfx", Stage.SYNTH, "The twenty numbers of a ZzFX sound, for s zzfx.", Reads.ANY),
    *_all(
        Stage.SYNTH, Unit.NONE,
        ("unison", "", "Number of saws of supersaw: 5."), ("detune", "det", "Semitones from its lowest to its highest saw: 0.18."),
        ("spread", "", "How far its saws are spread: 0.6."), ("pw", "", "Width of a pulse: 0.5."),
        ("pwrate", "", "Hertz of a wave that moves that width."), ("pwsweep", "", "Depth of that wave."),
        ("noise", "", "Share of pink noise that is mixed into an oscillator."), ("density", "", "Number of clicks of crackle: 0.02."),
        ("partials", "", "Number of partials of an oscillator, or the list of their amplitudes."),
        ("phases", "", "List of the phases of these partials, in cycles."),
    ),
    *_all(
        Stage.SYNTH, Unit.NONE,
        *((key, "", "ZzFX (z_sine and others).") for key in
          ("zrand", "curve", "slide", "deltaSlide", "pitchJump", "pitchJumpTime", "lfo", "znoise", "zmod", "zcrush", "zdelay")),
    ),
)  # fmt: skip
_EFFECT = (
    *_all(
        Stage.EFFECT, Unit.NONE,
        ("transient", "", "Makes attacks louder or softer, -1 to 1."), ("transsustain", "", "Makes what follows an attack louder or softer."),
    ),
    *_filter("lp", "cutoff", "lpf lp ctf", "resonance", "lpq", "low-pass", "Its peak at the corner, in dB."),
    *_filter("hp", "hcutoff", "hpf hp", "hresonance", "hpq", "high-pass", "Its peak at the corner, in dB."),
    *_filter("bp", "bandf", "bpf bp", "bandq", "bpq", "band-pass", "Its Q."),
    _text("ftype", Stage.EFFECT, "Form of the filters: 12db, 24db, ladder."),
    *_all(
        Stage.EFFECT, Unit.NONE,
        ("fanchor", "", "Share of a filter's envelope that lies below its corner."), ("drive", "", "Drive of the ladder: 0.69."),
    ),
    _text("vowel", Stage.EFFECT, "a e i o u ae aa oe ue y uh un en an on: the formants of a voice."),
    *_all(
        Stage.EFFECT, Unit.NONE,
        ("coarse", "", "How many frames a sample is held."), ("crush", "", "Bits of each sample."),
        ("shape", "", "Amount of a soft distortion, below 1."), ("shapevol", "", "Its level."),
        ("distort", "dist", "Amount of distortion."), ("distortvol", "", "Its level."),
        ("tremolo", "trem", "Hertz of a tremolo."), ("tremolosync", "", "Its rate per cycle."), ("tremolodepth", "", "Its depth: 1."),
        ("tremoloskew", "", "Skew of its wave: 1, and 0.5 if a shape is given."), ("tremolophase", "", "Its phase in cycles."),
        ("compressor", "", "Threshold of a compressor, in dB."), ("compressorRatio", "", "Its ratio: 10."),
        ("compressorKnee", "", "Its knee in dB: 10."), ("compressorAttack", "", "Its attack in seconds: 0.005."),
        ("compressorRelease", "", "Its release in seconds: 0.05."),
        ("phaserrate", "phaser ph", "Hertz of a phaser."), ("phaserdepth", "", "How wide its notch is: 0.75."),
        ("phasercenter", "", "Where the notch moves: 1000 Hz."), ("phasersweep", "", "How far, in cents: 2000."),
    ),
    Parameter("distorttype", Stage.EFFECT, "Curve of distort: scurve soft hard cubic diode asym fold sinefold chebyshev, or its number.", Reads.NAME),
    Parameter("tremoloshape", Stage.EFFECT, "Its wave: tri sine ramp saw square.", Reads.NAME),
)  # fmt: skip
_ORBIT = (
    *_all(
        Stage.ORBIT, Unit.NONE,
        ("delay", "", "Level into the delay."), ("delaytime", "dt", "Seconds between echoes, at most 1."),
        ("delaysync", "", "The same in cycles: 3/16."), ("delayfeedback", "dfb", "Share of an echo that is echoed again: 0.5."),
        ("room", "", "Level into the reverb."), ("roomsize", "sz rsize", "Seconds in which the reverb falls by 60 dB: 2."),
        ("roomfade", "", "Seconds in which it fades in: 0.1."), ("roomlp", "", "Hertz of its low-pass at the start: 15000."),
        ("roomdim", "", "Hertz of its low-pass after roomsize: 1000."),
        ("djf", "", "A DJ filter of the whole orbit: below 0.49 low-pass, above 0.51 high-pass."),
        ("duckorbit", "duck", "Orbits that this event turns down for a moment."), ("duckdepth", "", "How far: 1."),
        ("duckonset", "", "Seconds in which they go down: 0."), ("duckattack", "", "Seconds in which they come back: 0.1."),
    ),
)  # fmt: skip
_OTHERS = (
    *_ignored("The client sends roomsize too; superdough does not read this key.", "size"),
    *_ignored("A convolution with a sample is not built.", "ir", "iresponse", "irspeed", "irbegin"),
    *_ignored("The slow waves of a wavetable are not built.", "wtrate", "wtsync", "wtdepth", "wtshape", "wtskew", "wtdc", "warprate",
              "warpsync", "warpdepth", "warpshape", "warpskew", "warpdc", "wtphaserand"),
    *_ignored("A formula is never executed.", "byteBeatExpression", "byteBeatStartTime", "workletSrc", "workletInputs"),
    *_ignored("Modulation objects are not built.", "env", "bmod", "FX", "FXrelease", "bus", "busgain"),
    *_ignored("superdough has no such effect.", *SUPERDIRT_ONLY),
    *_ignored("Only the page that plays uses it.", "channels", "analyze", "fft", "color", "activeLabel", "label"),
)  # fmt: skip


@functools.cache
def table() -> Table:
    """All keys of Strudel."""
    rows = [*_TIMING, *_SOUND, *_PITCH, *_LEVEL, *_SYNTH, *_EFFECT, *_ORBIT, *_OTHERS]
    names = {name for p in rows for name in (p.key, *p.aliases)}
    shared = {p.key for p in superdirt.OWN}
    users = [p for p in superdirt.table() if p.key not in shared and p.key not in names]
    names |= {p.key for p in users}
    return Table((*rows, *users, *(p for p in MIDI if p.key not in names and not names.intersection(p.aliases))))
