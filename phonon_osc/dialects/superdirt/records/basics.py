"""Parameters of the sound itself: which one, its pitch, its timing, its level and place."""

from __future__ import annotations

from dsp.kind import Unit
from phonon_osc.dialects.event import Reads
from phonon_osc.dialects.parameters import Outside, Parameter, Stage
from phonon_osc.dialects.superdirt.scales import OCTAVE_RATIO, STEPS
from phonon_osc.limits import ORBITS

CUT_LIMIT = 2.0**31 - 1.0

SOUND = (
    Parameter("s", Stage.SOUND, "Name of a sample bank or synth; name:n gives n too.", Reads.NAME),
    Parameter(
        "sound", Stage.SOUND, "Name of the sound, for clients that send no s; without :n the index is 0.", Reads.NAME
    ),
    Parameter(
        "n",
        Stage.SOUND,
        "Index of the sample, which wraps around; pitch of a synth if note is absent.",
        aliases=("number",),
    ),
    Parameter("bank", Stage.SOUND, "Prefix of the sound's name.", Reads.NAME),
    Parameter(
        "begin",
        Stage.SOUND,
        "Where in the sample playing starts; swapped with end if speed is negative.",
        low=0.0,
        high=1.0,
        default=0.0,
    ),
    Parameter("end", Stage.SOUND, "Where in the sample playing ends.", low=0.0, high=1.0, default=1.0),
    Parameter(
        "speed",
        Stage.SOUND,
        "Factor of the rate of a sample and of a synth's pitch; negative: backwards.",
        unit=Unit.RATIO,
        default=1.0,
    ),
    Parameter(
        "accelerate", Stage.SOUND, "Relative change of the rate over the event: 1 ends twice as fast.", default=0.0
    ),
    Parameter(
        "unit",
        Stage.SOUND,
        "What speed means: r a rate, c the sample's length in cycles, s a rate that does not change the length.",
        Reads.TEXT,
        default="r",
    ),
    Parameter(
        "loop",
        Stage.SOUND,
        "How often the part from begin to end is played, where neither sustain nor legato says how long the event is.",
        default=1.0,
    ),
    Parameter("length", Stage.SOUND, "Computed: end - begin. A sent value is ignored."),
    Parameter("endSpeed", Stage.SOUND, "Computed: speed * (1 + accelerate). A sent value is ignored."),
    Parameter(
        "metatune",
        Stage.SOUND,
        "How far a sample is tuned by the root note that its file names: at 1 it plays as recorded at that note.",
        low=0.0,
        high=1.0,
        default=0.0,
    ),
    Parameter(
        "timescalewin",
        Stage.SOUND,
        "Factor of the windows of timescale, 50 to 100 ms long.",
        low=0.01,
        high=100.0,
        default=1.0,
    ),
    Parameter("from", Stage.SOUND, "Audio bus that toArg reads.", missing="audio buses of events"),
    Parameter(
        "toArg",
        Stage.SOUND,
        "Control of the synth that follows the audio bus from.",
        Reads.TEXT,
        missing="audio buses of events",
    ),
    Parameter(
        "to", Stage.SOUND, "Audio bus that the event goes to instead of its orbit.", missing="audio buses of events"
    ),
)

PITCH = (
    Parameter(
        "note",
        Stage.PITCH,
        "Semitones from MIDI 60, or a name such as eb4.",
        Reads.NOTE,
        Unit.SEMITONES,
        aliases=("up",),
    ),
    Parameter(
        "octave",
        Stage.PITCH,
        "12 semitones each, on top of note or n; absent: 5, and 3 for a name without one.",
        aliases=("oct",),
    ),
    Parameter(
        "degree",
        Stage.PITCH,
        "Degree of a scale, where there is no note: 0 is its first, 0.1 more raises it by a semitone.",
    ),
    Parameter("mtranspose", Stage.PITCH, "Degrees added to degree.", default=0.0),
    Parameter("scaleName", Stage.PITCH, "Scale of degree, such as minor; absent or unknown: major.", Reads.TEXT),
    Parameter(
        "tuning",
        Stage.PITCH,
        "Tuning of the scale: et12, just, pythagorean, or ratios such as 1 9/8 5/4 in one text.",
        Reads.TEXT,
    ),
    Parameter("tuningName", Stage.PITCH, "What tuning is, for clients that send none.", Reads.TEXT),
    Parameter("tuningRatios", Stage.PITCH, "Ratios of a tuning in one text; they count before tuning.", Reads.TEXT),
    Parameter("gtranspose", Stage.PITCH, "Steps of the octave added to note, degree or n.", default=0.0),
    Parameter(
        "stepsPerOctave",
        Stage.PITCH,
        "Into how many steps the octave is divided, of which note, degree and n count.",
        low=1.0,
        high=1000.0,
        default=float(STEPS),
    ),
    Parameter(
        "octaveR",
        Stage.PITCH,
        "Ratio of an octave.",
        unit=Unit.RATIO,
        low=1.0,
        high=16.0,
        default=OCTAVE_RATIO,
    ),
    Parameter(
        "octaveRatio",
        Stage.PITCH,
        "What octaveR is, by SuperCollider's name; it counts before octaveR.",
        unit=Unit.RATIO,
        low=1.0,
        high=16.0,
    ),
    Parameter(
        "ctranspose",
        Stage.PITCH,
        "Semitones added to whatever the pitch is, except to freq.",
        unit=Unit.SEMITONES,
        default=0.0,
    ),
    Parameter(
        "harmonic",
        Stage.PITCH,
        "Factor of the frequency, except of freq.",
        unit=Unit.RATIO,
        low=1e-3,
        high=1e3,
        default=1.0,
    ),
    Parameter("midinote", Stage.PITCH, "MIDI number; replaces note, n and octave.", unit=Unit.SEMITONES),
    Parameter(
        "freq",
        Stage.PITCH,
        "Frequency; replaces all other pitch keys. For a synth, it is limited to 0 Hz to half the sample rate.",
        Reads.FOLLOWING,
        Unit.HZ,
    ),
)

TIMING = (
    Parameter("sustain", Stage.TIMING, "Length of the event.", unit=Unit.SECONDS, aliases=("sus",)),
    Parameter("legato", Stage.TIMING, "Length as a share of delta, if sustain is absent.", unit=Unit.RATIO),
    Parameter("delta", Stage.TIMING, "The length that the pattern gives the event; absent: dur.", unit=Unit.SECONDS),
    Parameter(
        "dur",
        Stage.TIMING,
        "Value of delta, for clients that do not send delta.",
        unit=Unit.SECONDS,
        default=1.0,
    ),
    Parameter(
        "timescale",
        Stage.TIMING,
        "Factor of the length. Samples keep their pitch, synths last longer.",
        low=0.0,
        default=1.0,
    ),
    Parameter(
        "fadeTime",
        Stage.TIMING,
        "Fade at the end, at most 19 % of the length, and at the start unless begin is 0.",
        unit=Unit.SECONDS,
        low=0.0,
        default=0.001,
        aliases=("fadeOutTime",),
    ),
    Parameter("fadeInTime", Stage.TIMING, "Computed from fadeTime. A sent value is ignored."),
    Parameter("lag", Stage.TIMING, "How much later than its timetag the event begins.", unit=Unit.SECONDS, default=0.0),
    Parameter(
        "offset",
        Stage.TIMING,
        "Further delay, multiplied by the speed; added to lag.",
        unit=Unit.SECONDS,
        default=0.0,
    ),
    Parameter("nudge", Stage.IGNORED, "Tidal has moved the timetag by it already."),
    Parameter("cycle", Stage.TIMING, "Number of the cycle at the onset, for synths with such a control."),
)

LEVEL = (
    Parameter("gain", Stage.LEVEL, "Loudness: the level is its fourth power.", high=2.0, default=1.0),
    Parameter("overgain", Stage.LEVEL, "Added to gain above its limit.", default=0.0),
    Parameter("amp", Stage.LEVEL, "Linear level.", Reads.FOLLOWING, Unit.GAIN, -64.0, 64.0, default=0.4),
    Parameter(
        "pan",
        Stage.LEVEL,
        "0 left, 1 right; a bus carries -1 to 1.",
        Reads.FOLLOWING,
        low=0.0,
        high=1.0,
        outside=Outside.FOLD,
        default=0.5,
    ),
    Parameter("channel", Stage.LEVEL, "Half of it is added to pan.", default=0.0),
    Parameter(
        "orbit",
        Stage.LEVEL,
        "Which orbit it is heard on.",
        low=0.0,
        high=ORBITS - 1.0,
        outside=Outside.WRAP,
        default=0.0,
        aliases=("o",),
    ),
    Parameter(
        "cut",
        Stage.LEVEL,
        "Group of events of an orbit: a new event ends the others. Negative: only those of the same sound. 0: none.",
        low=-CUT_LIMIT,
        high=CUT_LIMIT,
        default=0.0,
    ),
    Parameter(
        "cutAll",
        Stage.LEVEL,
        "Above 0: the group of cut is ended on all orbits, not on the event's alone.",
        unit=Unit.BOOL,
        default=0.0,
    ),
    Parameter("panspan", Stage.IGNORED, "SuperDirt reads no such key.", Reads.ANY, aliases=("span",)),
    Parameter("pansplay", Stage.IGNORED, "SuperDirt reads no such key.", Reads.ANY, aliases=("splay",)),
    Parameter(
        "panwidth",
        Stage.LEVEL,
        "Width of the pan over more than two channels.",
        missing="orbits of more than two channels",
    ),
    Parameter("panorient", Stage.IGNORED, "SuperDirt reads no such key.", Reads.ANY, aliases=("orientation",)),
)
