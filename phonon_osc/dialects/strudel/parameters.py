"""The keys to which Strudel gives another meaning than SuperDirt, as far as the server follows Strudel."""

from __future__ import annotations

import functools
from dataclasses import replace

from dsp.kind import Unit
from phonon_osc.dialects.event import Reads
from phonon_osc.dialects.parameters import Parameter, Stage, Table
from phonon_osc.dialects.superdirt import parameters as superdirt

LONGEST_ROOM = 10.0  # seconds of reverb at SuperDirt's size 1

# Not here yet, so these still have SuperDirt's meaning: the natural pitch of samples (MIDI 36), n and octave of synths,
# gain, resonances, envelope, loop, distort, tremolo, phaser, defaults of delay.
DIFFERENT = (
    Parameter("sustain", Stage.IGNORED, "The level of an envelope, not seconds.", missing="envelopes"),
    Parameter("clip", Stage.IGNORED, "Factor of the length; Strudel has multiplied delta by it already."),
    Parameter(
        "note",
        Stage.PITCH,
        "MIDI number, or a name such as eb4; for a name, Strudel sends midinote too.",
        reads=Reads.NOTE,
        unit=Unit.SEMITONES,
    ),
    Parameter(
        "roomsize", Stage.ORBIT, "Length of the reverb; the client copies it to size.", Reads.FOLLOWING, Unit.SECONDS
    ),
)


@functools.cache
def table() -> Table:
    own = superdirt.table()
    doc = f"Length of the reverb: {LONGEST_ROOM:g} s is SuperDirt's 1."
    size = replace(own["size"], doc=doc, unit=Unit.SECONDS, high=LONGEST_ROOM)
    return own.replaced(*DIFFERENT, size)
