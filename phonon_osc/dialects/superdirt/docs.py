"""docs/dirt.md: what SuperDirt's keys mean as this server plays them. Written by ``make docs``; a test keeps the file fresh."""

from __future__ import annotations

import sys

from phonon_osc.dialects.describe import limits, lines, summary
from phonon_osc.dialects.event import MAX_KEYS, MAX_NUMBER, MAX_TEXT
from phonon_osc.dialects.parameters import Stage, Table
from phonon_osc.dialects.registry import dialects
from phonon_osc.dialects.superdirt.conversation import ANNOUNCED_BUSES, TIDAL_PORT
from phonon_osc.dialects.superdirt.duration import FADE_SHARE, LONGEST, SHORTEST_FRAMES
from phonon_osc.dialects.superdirt.parameters import table
from phonon_osc.dialects.superdirt.pitch import DEFAULT_MIDI, DEFAULT_OCTAVE, NOTE_NAME_OCTAVE
from phonon_osc.dialects.superdirt.scales import SCALES
from phonon_osc.dialects.superdirt.translate import CONTROL_LIMIT, FASTEST, LATEST
from phonon_osc.limits import BUSES, ORBITS

HEAD = f"""# What an event means

The account of SuperDirt's keys as phonon-osc plays them. `make docs` writes this file: the tables come from the records of the parameters
(`phonon_osc/dialects/superdirt/records/`), the rest from `phonon_osc/dialects/superdirt/docs.py`. `phonon-osc params NAME` tells the same of one key.

Where a rule says "absent", the event does not have the key.

## What an event is

A message `/dirt/play` (or `/play2`) holds one event: pairs of a key and a value, in any order. The timetag of its bundle says when it begins.

* A number may come as any OSC type, `T` is 1 and `F` is 0; a string that spells a number is that number. What is larger than {MAX_NUMBER:g} is taken to that.
* Nil takes a key away. Of an array the first element counts. Of a key that is sent twice the last usable value counts.
* `c7` instead of a number: the parameter follows control bus 7 (of {BUSES}) for as long as the event sounds. The tables say which ones can.
* A pair that cannot be used (a key without value, a key that is no string, text where a number belongs, not-a-number) is left out and counted
  in `/status` (`osc_bad_key`); the rest plays. At most {MAX_KEYS} keys and {MAX_TEXT} characters of each text are taken.
* A key that no table knows goes to the synth that plays, if that has a control of this name; else it is ignored.

## Who has sent it

The keys mean different things for different front ends. A dialect is chosen for each event, and what is certain is remembered of its sender:

| dialect | who |
|---|---|
"""

NAMES = """
An event with `_id_` is Tidal's, and so is every later one of its sender. A sender that has shaken hands speaks SuperDirt's dialect for good.
Keys that begin with `cps cycle delta` and go on unsorted are Strudel's. Such keys in sorted order may be either's: then the sender's past decides; without
one, `orbit` as a whole number says Tidal. `sound` without `delta` is Sardine's. All else is SuperDirt's dialect.

What Strudel and Sardine mean otherwise than SuperDirt:

| dialect | key | meaning |
|---|---|---|
"""

SOUND = """
## Which sound

`s` names a bank of samples or a synth. Banks come first; only a built-in stand-in for a bank gives way to a synth of its name. `bd:3` is `s` bd with `n` 3.
A client that sends `sound` instead means the same, but an index that it leaves out is 0. `superpanic` silences everything. A name that nobody knows is
silent, counted, and named once in the log.

The index `n` is cut to a whole number and counted round, below 0 as well: -1 is the last sample.
"""

PITCH = f"""
## Pitch

    midi = midinote, else (note, else degree, else n) + 12 octave        octave is {DEFAULT_OCTAVE:g} if absent
    freq = freq, else 440 * 2^((midi - 69) / 12)

So `note` 0 is MIDI {DEFAULT_MIDI:g}. A note may be a name; its own octave counts then, else `octave`, else {NOTE_NAME_OCTAVE}. A sample plays as it was recorded at
MIDI {DEFAULT_MIDI:g}; for it, `n` is no pitch. Of a bank that is a map of notes (strudel.json), an event with a pitch plays the nearest note's
sample, which plays as recorded at that note. A synth that uses pitch plays MIDI {DEFAULT_MIDI:g} if the event says nothing.

The keys of SuperCollider's pitch model, which people load beside SuperDirt, go on from there:

    note     = degree + mtranspose, counted along the scale scaleName; octaves of the scale are stepsPerOctave
    midi     = midinote, else ((note + gtranspose) / stepsPerOctave + octave) * 12 log2(octaveR)
    freq     = 440 * 2^((midi + ctranspose - 69) / 12) * harmonic

A degree of 2.1 is the third one, a semitone higher. `tuning` moves the steps of a scale of twelve: `just`, `pythagorean`, `et12`, or twelve ratios in one text;
of another number of ratios, without scaleName, the degrees are counted along the ratios. The scales, in any case of letters: {" ".join(SCALES)}.

With `metatune` a sample plays as recorded at MIDI {DEFAULT_MIDI:g} + metatune * (root - {DEFAULT_MIDI:g}), where root is the note that its file names (`smpl` or
`inst` of WAV, `INST` of AIFF).

A synth's frequency is multiplied by a factor that goes in a straight line from |speed| to |speed| (1 + accelerate) over the event.
"""

TIMING = f"""
## Timing

The onset is the timetag, plus `lag`, plus `offset` times |speed|, at most {LATEST:g} s away from it. Then, in seconds:

1. If `speed` is below 0, `begin` and `end` change places.
2. With `unit` c the speed is multiplied by `cps` and by the seconds that the whole sample lasts at its pitch (1 for a synth).
3. The average speed is that of |speed| and |speed (1 + accelerate)|. The window of a sample is its length at its pitch, times |end - begin|, divided
   by the average speed. With `unit` s it is |end - begin|. A synth's window is `delta`.
4. The event lasts `sustain`; without it `legato` times `delta`. A sample never lasts longer than its window. Without both, the event lasts its window
   times |loop|.
5. The fade at the end is `fadeTime`, but at most {100 * FADE_SHARE:.1f} % of that. There is one of the same length at the start, unless playing begins at 0.
6. `timescale` multiplies the length, after the fades were found. No event is longer than {LONGEST:g} s.
7. What is left between the fades is the plateau. The envelopes of synths and of effects that go with the event span this time. An event
   whose plateau is shorter than {SHORTEST_FRAMES:g} frames is dropped.

Fades are halves of a raised cosine. At the end of its length an event is gone, with all that its own effects still hold.
"""

SAMPLES = f"""
## Samples

Playing starts at `begin`, goes to `end`, and from there starts at `begin` anew until the event ends. The rate goes in a straight line from `speed` to
`speed (1 + accelerate)` over the plateau, times the pitch, and at most {FASTEST:g} times the file's own. Between frames a cubic curve is used; in front of
the file and behind it, its first and last frame stand still.
"""

LEVEL = """
## Level and place

    level = amp * (min(gain, 2) + overgain)^4

A mono sound of full scale with nothing given is 0.4 * 0.7071 on either side. `pan` goes from 0 (left) to 1 (right) by equal power, and is folded back
beyond. Both sides of a stereo sound are weighted in the same way. A bus that `pan` follows carries -1 to 1.

A new event with `cut` above 0 ends all others of its orbit whose `cut` has the same number, whatever its sign; one with `cut` below 0 ends those that
also play the same sound: the same file, or the same synth. What is ended fades out within its own `fadeTime`.
With `cutAll` those of all orbits are ended.
"""

SYNTHS = f"""
## Synths

A synth gets the keys of the event that are controls of its own; absent ones keep the default of its text (`phonon-osc defs NAME`). It always gets `speed`,
`accelerate`, `begin`, `end`, `cps`, and as `sustain` the plateau. Numbers are taken to -{CONTROL_LIMIT:g} to {CONTROL_LIMIT:g}.
"""

EFFECTS = """
## Effects

The effects of an event, in the order of the chain, after its pan. An effect is there only if the event has one of the keys that switch it on (marked
with *); **then every key of the effect that is absent counts as 0**, never as a default. So `tremolorate` alone does nothing (its depth is 0), and after
the `attack` of an event without `hold` and `release` there is silence. Effects that work on whole spectra are late by their frame; such an
event begins earlier by as much as we are later than SuperDirt.
"""

FORMULAS = """
How they work, for w = 2 pi f / sample rate:

| effect | rule |
|---|---|
| low-pass, high-pass | two poles; with q = 0.001^resonance, D = tan(w q / 2), C = (1 - D) / (1 + D), b1 = (1 + C) cos w, b2 = -C: y0 = a x + b1 y1 + b2 y2. Low-pass: a = (1 + C - b1) / 4, out y0 + 2 y1 + y2. High-pass: a = (1 + C + b1) / 4, out y0 - 2 y1 + y2 |
| band-pass | the same D and b1, b2 for q = 1 / bandq: a = D / (1 + D), out y0 - y2, times bandq |
| vowel | five band-passes beside each other (table below), each as wide as said there divided by 0.1 + 0.4 resonance; input and sum cross-fade |
| shape | k = 2 s / (1 - s); (1 + k) x / (1 + k abs x) |
| crush | rounded to multiples of 0.5^(bits - 1) |
| coarse | a sample is held until the next multiple of the period |
| psrate | grains of 0.01 to 0.18 s, longer in longer events, read at this rate |
| envelopes | 0 to 1 in attack, 1 for hold, 1 to 0 in release; a bend c runs as (1 - e^(c u)) / (1 - e^c) |
| tremolo | x (1 - d + d cos(2 pi rate t)), d = depth / 2 |
| phaser | x + depth times x delayed by 8.8 to 10 ms, moved by a wave of parabolas |
| waveloss | each piece between two upward zero crossings is silent with this chance |
| squiz | each piece is played at this rate from its start, then silence until the next |
| fshift | single side band: all frequencies moved by the same hertz |
| triode | below 0: tanh(g x) / g with g = 10 amount + 0.001; then the offset is taken away |
| krush | (x^2 + k x) / (x^2 + abs x (k - 1) + 1), low-passed; the dry sound is gone from k = 0.5 on |
| octer | twice abs x without its offset is the octave above; flip-flops driven by x below 440 Hz make those below |
| ring | x + amount x sin(f), where f goes from ringf to ringf + ringdf within a second |
| distort | crossover distortion and resonators at 60 to 3000 Hz, soft-clipped, cross-faded with the dry sound |
| xsdelay | 16 bands from 40 Hz to 17 kHz; band i is delayed by (i and xsdelay) / 16 * 0.2 tsdelay seconds; 0.2 of the dry sound |
| freeze | magnitudes stand still, phases go on as they last did |
| comb | 256 comb teeth over the spectrum, of each of which 1 - comb is kept |
| smear | magnitudes averaged over 64^smear bins to either side |
| scram | this share of the bins changes places, over up to this share of the spectrum, the same way all through the event |
| binshift | bin k goes to s k + 10 binshift, where s goes from 0.01 to 4 with binshift |
| hbrick, lbrick | the lowest 0.6 hbrick, the highest lbrick of the bins are gone |
| conformer | z becomes (z - a) / (1 - z conj a), a = 0.01 to 2 by real and 0.01 i to 10 i by imag; then tanh |
| enhance | each bin gets 1 to 16 harmonics; then tanh |
| djf | below 0.5 a low-pass from 20 Hz to 10 kHz, above a high-pass over the same range |

The formants of the vowels, those of a counter-tenor in the Csound manual (centre Hz / level dB / width Hz):

| vowel | 1 | 2 | 3 | 4 | 5 |
|---|---|---|---|---|---|
| a | 660/0/80 | 1120/-6/90 | 2750/-23/120 | 3000/-24/130 | 3350/-38/140 |
| e | 440/0/70 | 1800/-14/80 | 2700/-18/100 | 3000/-20/120 | 3300/-20/120 |
| i | 270/0/40 | 1850/-24/90 | 2900/-24/100 | 3350/-36/120 | 3590/-36/120 |
| o | 430/0/40 | 820/-10/80 | 2700/-26/100 | 3000/-22/120 | 3300/-34/120 |
| u | 370/0/40 | 630/-20/60 | 2750/-23/100 | 3000/-30/120 | 3400/-34/120 |
"""

ORBIT = f"""
## Orbits

There are {ORBITS} orbits, counted round. All events of an orbit share these effects, which all read the dry sum of its events and add to it; none feeds
another. Then comes the orbit's limiter.

Every event sets them all at its onset: what it has, to that; what is absent, to the default in the table. An absent key without default becomes 0 if an
event before it has set it, and else stays as the server started (`/orbit/get`). So one event without `room` closes the send of all, which is why each
pattern of Tidal's has an orbit of its own. `/orbit/set` sets them without an event.

| effect | rule |
|---|---|
| delay | time = delaytime, divided by cps with lock 1, at most 4 s. Out: (what comes in + what the line gives back) * delay. The line is fed with what comes in and delayfeedback times what it gives back. A new time is cross-faded over 2000 frames |
| reverb | (left + right) * room through four all-passes of 5 to 20 ms, then a loop of all-passes, a low-pass and delays of about 190 and 260 ms; the loop's gain is 0.01 * 98^size and a little. Out times 1 - dry |
| leslie | above 800 Hz a turning horn: a delay of lsize metres of way at 343 m/s, and its level; below a drum at 0.8 of the rate. Rates are approached within seconds. There only once an event has used it |
| limiter | 1: gain that keeps peaks at full scale, without delay (SuperDirt's looks ahead by 20 ms); 2: bends; 0: none |

A delay output contains the direct sound, so `delay` makes an event louder.
"""

HANDSHAKE = f"""
## Handshake, buses, questions

| message | answer |
|---|---|
| `/dirt/handshake` | `/dirt/handshake/reply "&serverHostname" "127.0.0.1" "&serverPort" port "&controlBusIndices" 0 ... {ANNOUNCED_BUSES - 1}`, to the port it came from |
| `/dirt/hello` | `/dirt/hello/reply`. The server itself sends `/dirt/hello` to port {TIDAL_PORT} of its machine when it is ready: a Tidal that runs already then shakes hands again |
| `/dirt/synth-info name` | `/dirt/synth-info/reply`: the name and its controls in one string; empty for a name that is no synth's |
| `/dirt/setControlBus`, `/c_set` (also on the bus port, 57110) | none. Pairs of a bus and a value, which is set at the timetag |
"""

KEYS = "\n| key | takes | range and unit | absent | meaning |\n|---|---|---|---|---|\n"


def keys_of(parameters: Table, stage: Stage) -> str:
    """The table of a stage's keys; what switches an effect on has a star."""
    rows = []
    for label, p in lines(parameters.of(stage)):
        star = "*" if stage is Stage.EFFECT and any(feed.trigger for feed in p.feeds) else ""
        above = next((f" (above {feed.above:g})" for feed in p.feeds if feed.above is not None), "")
        also = f" Also called {', '.join(p.aliases)}." if p.aliases else ""
        absent = "" if p.default is None else p.default if isinstance(p.default, str) else f"{p.default:g}"
        rows.append(f"| `{label}`{star}{above} | {p.reads.value} | {limits(p)} | {absent} | {summary(p)}{also} |\n")
    return KEYS + "".join(rows)


def differences(name: str, own: Table) -> str:
    """Rows for what a dialect means otherwise than SuperDirt."""
    known = table().records
    return "".join(f"| {name} | `{p.key}` | {summary(p)} |\n" for p in own if p != known.get(p.key))


def text() -> str:
    """The whole document."""
    own = table()
    stages = {stage: keys_of(own, stage) for stage in Stage}
    parts = [
        HEAD,
        *(f"| {d.name} | {d.doc} |\n" for d in dialects().values()),
        NAMES,
        *(differences(d.name, d.parameters()) for d in dialects().values()),
        SOUND,
        stages[Stage.SOUND],
        SAMPLES,
        PITCH,
        stages[Stage.PITCH],
        TIMING,
        stages[Stage.TIMING],
        LEVEL,
        stages[Stage.LEVEL],
        EFFECTS,
        stages[Stage.EFFECT],
        FORMULAS,
        ORBIT,
        stages[Stage.ORBIT],
        SYNTHS,
        stages[Stage.SYNTH],
        HANDSHAKE,
        "\n## MIDI\n\nNothing is sent as MIDI yet. These keys are taken and do nothing.\n",
        stages[Stage.MIDI],
        "\n## Taken and ignored\n",
        stages[Stage.IGNORED],
    ]
    return "".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
