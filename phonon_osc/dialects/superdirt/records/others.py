"""Parameters of synths, parameters of MIDI, and parameters that are ignored."""

from __future__ import annotations

from dsp.kind import Unit
from phonon_osc.dialects.event import Reads
from phonon_osc.dialects.parameters import Parameter, Stage

_FOR_SYNTHS: dict[str, tuple[str, tuple[str, ...]]] = {  # what it is for, and what front ends call it
    "voice": ("A choice among timbres, or an amount of one; each synth has its own.", ("voi",)),
    "detune": ("Distance between the voices in pitch.", ("det",)),
    "decay": ("How fast it dies away, or how far it falls after the attack.", ()),
    "rate": ("Rate of a modulation within the synth.", ()),
    "slide": ("Bend of the pitch.", ("sld",)),
    "semitone": ("Distance of a second oscillator in semitones.", ()),
    "pitch1": ("First pitch or corner frequency of the synth.", ("pit1",)),
    "pitch2": ("Second pitch of the synth.", ("pit2",)),
    "pitch3": ("Third pitch of the synth.", ("pit3",)),
    "lfo": ("Depth of a slow modulation.", ()),
    "velocity": ("How hard it is hit.", ()),
    "muffle": ("How dull a piano is.", ()),
    "stereo": ("How wide a piano is.", ()),
    "modamp": ("Depth of a vibraphone's tremolo.", ()),
    "modfreq": ("Rate of a vibraphone's tremolo, or a modulator's frequency.", ()),
    "perc": ("Level of an organ's percussion.", ()),
    "percf": ("Which harmonic an organ's percussion is.", ()),
    "vibrato": ("Depth of an organ's vibrato.", ()),
    "vrate": ("Rate of an organ's vibrato.", ()),
    "lfofreq": ("Rate of the tremolo of superfm.", ()),
    "lfodepth": ("Depth of the tremolo of superfm.", ()),
    "feedback": ("Feedback of the operators of superfm.", ()),
    "width": ("Width of a grain.", ()),
    "ratio": ("Ratio of partials.", ()),
}
_OPERATORS = range(1, 7)

SYNTH = (
    *(
        Parameter(key, Stage.SYNTH, doc, Reads.FOLLOWING, aliases=aliases)
        for key, (doc, aliases) in _FOR_SYNTHS.items()
    ),
    *(
        Parameter(f"{name}{i}", Stage.SYNTH, f"{doc} of operator 1 to 6 of superfm.", Reads.FOLLOWING, family=name)
        for name, doc in (("amp", "Level"), ("ratio", "Frequency ratio"), ("detune", "Detuning"))
        for i in _OPERATORS
    ),
    *(
        Parameter(f"{name}{i}{k}", Stage.SYNTH, f"{doc} of superfm.", Reads.FOLLOWING, family=name)
        for name, doc, last in (
            ("eglevel", "Levels of the envelope of each operator", 4),
            ("egrate", "Rates of the envelope of each operator", 4),
            ("mod", "How far the second operator modulates the first", 6),
        )
        for i in _OPERATORS
        for k in range(1, last + 1)
    ),
)

_MIDI = {
    "midichan": "Channel, from 0.",
    "midibend": "Pitch bend.",
    "miditouch": "Channel pressure.",
    "polyTouch": "Key pressure, instead of a note.",
    "midicmd": "The kind of message.",
    "progNum": "Number of a program change.",
    "ccn": "Number of a controller.",
    "ccv": "Value of a controller.",
    "control": "Number of a controller, for midicmd control.",
    "ctlNum": "Number of a controller, as control.",
    "val": "Value of an NRPN.",
    "nrpn": "Number of an NRPN.",
    "uid": "Manufacturer of a system exclusive message.",
    "array": "Bytes of a system exclusive message.",
    "songPtr": "Song position.",
    "frameRate": "Frame rate of a time code.",
    "frames": "Frames of a time code.",
    "seconds": "Seconds of a time code.",
    "minutes": "Minutes of a time code.",
    "hours": "Hours of a time code.",
}
_MIDI_READS = {"midicmd": Reads.TEXT, "array": Reads.ANY, "nrpn": Reads.ANY}

MIDI = tuple(
    Parameter(key, Stage.MIDI, doc, _MIDI_READS.get(key, Reads.NUMBER), missing="MIDI out")
    for key, doc in _MIDI.items()
)

_NEVER_READ = (
    "overshape stutterdepth stuttertime hatgrain gate lagogo lclap lclaves lclhat lcrash lhitom lkick llotom lophat lsnare sagogo "
    "sclap sclaves scrash clhatdecay ophatdecay tomdecay cutoffegint vcfegint vcoegint lfocutoffint lfodelay lfoint lfopitchint "
    "lfoshape lfosync portamento modwheel expression sustainpedal "
    "partials kriole"
).split()

_UNREAD = "Tidal has a function of this name; SuperDirt reads no such key."

IGNORED = (
    Parameter("_id_", Stage.IGNORED, "Name of the Tidal pattern: its sender speaks SuperDirt's dialect.", Reads.NAME),
    Parameter("clip", Stage.IGNORED, "Strudel's factor of the length.", unit=Unit.RATIO),
    Parameter("color", Stage.IGNORED, "For the front end's own picture of the event.", Reads.ANY),
    Parameter("label", Stage.IGNORED, "For the front end's own picture of the event.", Reads.ANY),
    *(Parameter(key, Stage.IGNORED, _UNREAD, Reads.ANY) for key in _NEVER_READ),
    *(
        Parameter(f"{name}{i}", Stage.IGNORED, _UNREAD, Reads.ANY, family=name)
        for name in ("slider", "button")
        for i in range(16)
    ),
)
