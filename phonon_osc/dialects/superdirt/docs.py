"""docs/dirt.md: what SuperDirt's keys mean as this server plays them. Written by ``make docs``; a test keeps the file fresh."""

from __future__ import annotations

import sys

from phonon_osc.dialects.describe import list_rows, range_text, summary
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

This page says what each of SuperDirt's keys means in phonon-osc. `make docs` writes it: the tables come from the records of the parameters
(`phonon_osc/dialects/superdirt/records/`), the rest from `phonon_osc/dialects/superdirt/docs.py`. `phonon-osc params NAME` shows one key.

A key is "absent" if the event does not have it.

## What an event is

A message `/dirt/play` (or `/play2`) holds one event: pairs of a key and a value, in any order. The timetag of its bundle says when it begins.

* A number may have any OSC type. `T` is 1 and `F` is 0; a string that spells a number is that number. Numbers are limited to {MAX_NUMBER:g}.
* Nil removes a key. An array counts as its first element. If a key is sent twice, its last usable value counts.
* `c7` instead of a number: the parameter follows control bus 7 (of {BUSES}) as long as the event sounds. The tables say which parameters can.
* A pair that cannot be used is left out and counted in `/status` (`osc_bad_key`); the rest plays. Such a pair has no value, a key that is not a
  string, text in the place of a number, or not-a-number. The server reads at most {MAX_KEYS} keys, and {MAX_TEXT} characters of each text.
* A key that is in no table goes to the synth that plays, if the synth has a control of this name. Otherwise it is ignored.

## Which dialect

Front ends give the same keys different meanings. The server chooses a dialect for each event, and remembers it for the sender once it is certain:

| dialect | front ends |
|---|---|
"""

NAMES = """
* An event with `_id_` comes from Tidal, and so does every later event of its sender.
* A sender that has sent `/dirt/handshake` speaks SuperDirt's dialect from then on.
* Keys that begin with `cps cycle delta` and continue unsorted come from Strudel. If they continue sorted, they may come from Tidal or Strudel. Then the
  earlier events of the sender decide. Without any, a whole number as `orbit` means Tidal.
* `sound` without `delta` comes from Sardine.
* Every other event is read in SuperDirt's dialect.

docs/strudel.md has the keys of Strudel. Sardine gives these keys another meaning than SuperDirt:

| dialect | key | meaning |
|---|---|---|
"""

SOUND = """
## Which sound

`s` names a bank of samples or a synth. If both have the name, the bank plays, unless it is a built-in stand-in. `bd:3` is `s` bd with `n` 3.
A client may send `sound` instead of `s`; without `:n` its index is 0. `superpanic` silences everything. An unknown name is silent; it is counted, and
the log names it once.

The index `n` is cut to a whole number and wraps around in both directions: -1 is the last sample.
"""

PITCH = f"""
## Pitch

    midi = midinote, else (note, else degree, else n) + 12 octave        octave is {DEFAULT_OCTAVE:g} if absent
    freq = freq, else 440 * 2^((midi - 69) / 12)

So `note` 0 is MIDI {DEFAULT_MIDI:g}. A note may be a name, such as `eb4`. A name without an octave takes `octave`, or {NOTE_NAME_OCTAVE} if that is absent. At MIDI {DEFAULT_MIDI:g} a
sample plays as it was recorded; `n` does not change its pitch. If the bank maps notes to samples (strudel.json), an event with a pitch plays the
sample of the nearest note, which plays as recorded at that note. A synth that uses pitch plays MIDI {DEFAULT_MIDI:g} if the event has no pitch.

The keys of SuperCollider's pitch model, which people load beside SuperDirt, go on from there:

    note     = degree + mtranspose, counted along the scale scaleName; octaves of the scale are stepsPerOctave
    midi     = midinote, else ((note + gtranspose) / stepsPerOctave + octave) * 12 log2(octaveR)
    freq     = 440 * 2^((midi + ctranspose - 69) / 12) * harmonic

A degree of 2.1 is the third one, a semitone higher. `tuning` moves the steps of a scale of twelve: `just`, `pythagorean`, `et12`, or twelve ratios in one text;
of another number of ratios, without scaleName, the degrees are counted along the ratios. The scales, in any case of letters: {" ".join(SCALES)}.

With `metatune` a sample plays as recorded at MIDI {DEFAULT_MIDI:g} + metatune * (root - {DEFAULT_MIDI:g}), where root is the note that its file names (`smpl` or
`inst` of WAV, `INST` of AIFF).

A synth's frequency is multiplied by a factor that moves in a straight line from |speed| to |speed| (1 + accelerate) over the event.
"""

TIMING = f"""
## Timing

The onset is the timetag, plus `lag`, plus `offset` times |speed|, at most {LATEST:g} s away from it. Then, in seconds:

1. If `speed` is below 0, `begin` and `end` change places.
2. With `unit` c the speed is multiplied by `cps` and by the seconds that the whole sample lasts at its pitch (1 for a synth).
3. The average speed is the mean of |speed| and |speed (1 + accelerate)|. The window of a sample is its length at its pitch, times |end - begin|, divided
   by the average speed. With `unit` s it is |end - begin|. The window of a synth is `delta`.
4. The event lasts `sustain`. If that is absent, it lasts `legato` times `delta`. A sample never lasts longer than its window. If both are absent, the
   event lasts its window times |loop|.
5. The fade at the end is `fadeTime`, but at most {100 * FADE_SHARE:.1f} % of this length. A fade of the same length is at the start, unless playing begins at 0.
6. `timescale` then multiplies the length; it does not change the fades. No event is longer than {LONGEST:g} s.
7. The time between the fades is the plateau. The envelopes of synths and of effects that go with the event span this time. An event
   whose plateau is shorter than {SHORTEST_FRAMES:g} frames is dropped.

Fades are halves of a raised cosine. An event ends with its length, even if its own effects would still sound.
"""

SAMPLES = f"""
## Samples

A sample plays from `begin` to `end`, and repeats that until the event ends. The rate moves in a straight line from `speed` to `speed (1 + accelerate)`
over the plateau. It is multiplied by the pitch, and is at most {FASTEST:g} times the rate of the file. Between frames, a cubic curve interpolates. Before its first
and after its last frame, the file is constant.

With `timescale`, two windows of the file overlap. A window lasts 50 ms of the file times `timescale` (0.1 to 2) times `timescalewin`, and is read at the
event's pitch. Each begins in the file 1 / `timescale` of this length after the one before. A narrow bell fades one into the other.
"""

LEVEL = """
## Level and place

    level = amp * (min(gain, 2) + overgain)^4

Without these keys, a mono sound of full scale is 0.4 * 0.7071 on each side. `pan` goes from 0 (left) to 1 (right) with equal power; values outside are
folded back. The two sides of a stereo sound are weighted in the same way. A bus that `pan` follows carries -1 to 1.

A new event with `cut` above 0 ends all events of its orbit with the same number as `cut`, positive or negative. A new event with `cut` below 0 ends only
those of them that play the same file or the same synth. An event that is ended fades out within its own `fadeTime`.
With `cutAll` it ends such events of all orbits.
"""

SYNTHS = f"""
## Synths

A synth gets those keys of the event that are its controls; its other controls keep the defaults of its text (`phonon-osc defs NAME`). It always gets
`speed`, `accelerate`, `begin`, `end` and `cps`, and the plateau as `sustain`. Numbers are limited to -{CONTROL_LIMIT:g} to {CONTROL_LIMIT:g}.
"""

EFFECTS = """
## Effects

These are the effects of an event, in the order of the chain, which comes after the event's pan. An effect is there only if the event has one of the keys that
switch it on (marked with *). **Then every absent key of the effect counts as 0**, never as a default. So `tremolorate` alone does nothing (its depth is 0),
and an event with `attack` but without `hold` and `release` is silent after its attack. Spectral effects delay the sound by the frame of
their transform. phonon-osc delays it longer than SuperDirt, so such an event begins earlier by the difference.
"""

FORMULAS = """
Their formulas, where w = 2 pi f / sample rate:

| effect | rule |
|---|---|
| low-pass, high-pass | two poles; with q = 0.001^resonance, D = tan(w q / 2), C = (1 - D) / (1 + D), b1 = (1 + C) cos w, b2 = -C: y0 = a x + b1 y1 + b2 y2. Low-pass: a = (1 + C - b1) / 4, out y0 + 2 y1 + y2. High-pass: a = (1 + C + b1) / 4, out y0 - 2 y1 + y2 |
| band-pass | the same D and b1, b2 for q = 1 / bandq: a = D / (1 + D), out y0 - y2, times bandq |
| vowel | five parallel band-passes (table below), each with the width given there divided by 0.1 + 0.4 resonance; input and sum cross-fade |
| shape | k = 2 s / (1 - s); (1 + k) x / (1 + k abs x) |
| crush | rounded to multiples of 0.5^(bits - 1) |
| coarse | a sample is held until the next multiple of the period |
| psrate | grains of 0.01 to 0.18 s, longer in longer events, read at this rate |
| envelopes | 0 to 1 in attack, 1 for hold, 1 to 0 in release; a bend c runs as (1 - e^(c u)) / (1 - e^c) |
| tremolo | x (1 - d + d cos(2 pi rate t)), d = depth / 2 |
| phaser | x + depth times x delayed by 8.8 to 10 ms, moved by a wave of parabolas |
| waveloss | each piece between two upward zero crossings is silent with this probability |
| squiz | each piece is played at this rate from its start, then silence until the next |
| fshift | single side band: moves all frequencies by the same number of Hz |
| triode | below 0: tanh(g x) / g with g = 10 amount + 0.001; then the offset is removed |
| krush | (x^2 + k x) / (x^2 + abs x (k - 1) + 1), low-passed; from k = 0.5 on without the dry sound |
| octer | twice abs x without its offset is the octave above; flip-flops driven by x below 440 Hz make the lower octaves |
| ring | x + amount x sin(f), where f goes from ringf to ringf + ringdf within a second |
| distort | crossover distortion and resonators at 60 to 3000 Hz, soft-clipped, cross-faded with the dry sound |
| xsdelay | 16 bands from 40 Hz to 17 kHz; band i is delayed by (i and xsdelay) / 16 * 0.2 tsdelay seconds; 0.2 of the dry sound |
| freeze | magnitudes of a frame (after 40 ms at the earliest) are held; phases advance as from that frame to the next |
| comb | 256 comb teeth over the spectrum; of each tooth, a share of 1 - comb is kept |
| smear | magnitudes averaged over 64^smear bins to either side; beyond the spectrum they are 0 |
| scram | this share of the bins change places, over at most this share of the spectrum, in the same way through the whole event |
| binshift | bin k, counted from the one above 0 Hz, goes to s k + 10 binshift, where s goes from 0.01 to 4 with binshift |
| hbrick, lbrick | removes the lowest 0.6 hbrick and the highest lbrick of the bins |
| conformer | z becomes (z - a) / (1 - z conj a), a = 0.01 to 2 by real and 0.01 i to 10 i by imag; then tanh. As in scsynth, the imaginary part is computed from the finished real part |
| enhance | partial p (1 to 16) of bin k, at k times p (1 + 4 enhance), grows by 0.99 enhance / p of its magnitude; phases stay; then tanh |
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

There are {ORBITS} orbits; a higher number wraps around. All events of an orbit share these effects. Each effect reads the dry sum of the events and adds to it; none
feeds another. The orbit's limiter comes last.

Every event sets all these keys at its onset. A key that is absent gets the default in the table. An absent key without a default becomes 0 if an
earlier event has set it; otherwise it keeps the value with which the server started (`/orbit/get`). So one event without `room` turns the reverb off for all events of the orbit.
This is why each pattern of Tidal has its own orbit. `/orbit/set` sets these keys without an event.

| effect | rule |
|---|---|
| delay | time = delaytime, divided by cps with lock 1, at most 4 s. Out: (input + output of the line) * delay. The line gets the input and delayfeedback times its own output. A new time is cross-faded over 2000 frames |
| reverb | (left + right) * room through four all-passes of 5 to 20 ms, then a loop of all-passes, a low-pass and delays of about 190 and 260 ms; the loop's gain is slightly above 0.01 * 98^size. Out times 1 - dry |
| leslie | above 800 Hz a turning horn: its delay changes by lsize metres at 343 m/s, and its level changes too; below 800 Hz a drum at 0.8 of the rate. Both reach a new rate within seconds. The speaker is there only after an event has used it |
| limiter | 1: a gain that keeps peaks at full scale, without delay (SuperDirt's limiter looks ahead by 20 ms); 2: soft saturation; 0: none |

The output of the delay contains the direct sound, so `delay` makes an event louder.
"""

HANDSHAKE = f"""
## Handshake, buses, questions

| message | answer |
|---|---|
| `/dirt/handshake` | `/dirt/handshake/reply "&serverHostname" "127.0.0.1" "&serverPort" port "&controlBusIndices" 0 ... {ANNOUNCED_BUSES - 1}`, to the port it came from |
| `/dirt/hello` | `/dirt/hello/reply`. When the server is ready, it sends `/dirt/hello` to port {TIDAL_PORT} of its machine: a Tidal that already runs then shakes hands again |
| `/dirt/synth-info name` | `/dirt/synth-info/reply`: the name and its controls in one string; empty if no synth has this name |
| `/dirt/setControlBus`, `/c_set` (also on the bus port, 57110) | none. The arguments are pairs of a bus and a value; the bus is set at the timetag |
"""

KEYS = "\n| key | takes | range and unit | absent | meaning |\n|---|---|---|---|---|\n"


def keys_of(parameters: Table, stage: Stage) -> str:
    """The table of a stage's keys; a star marks the keys that switch an effect on."""
    rows = []
    for label, p in list_rows(parameters.in_stage(stage)):
        star = "*" if stage is Stage.EFFECT and any(feed.trigger for feed in p.feeds) else ""
        above = next((f" (above {feed.above:g})" for feed in p.feeds if feed.above is not None), "")
        also = f" Also called {', '.join(p.aliases)}." if p.aliases else ""
        absent = "" if p.default is None else p.default if isinstance(p.default, str) else f"{p.default:g}"
        rows.append(f"| `{label}`{star}{above} | {p.reads.value} | {range_text(p)} | {absent} | {summary(p)}{also} |\n")
    return KEYS + "".join(rows)


def differences(name: str, own: Table) -> str:
    """Rows for the keys to which a dialect gives another meaning than SuperDirt."""
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
        *(differences(d.name, d.parameters()) for d in dialects().values() if d.name != "strudel"),
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
        "\n## MIDI\n\nThe server does not send MIDI yet. It accepts these keys and ignores them.\n",
        stages[Stage.MIDI],
        "\n## Accepted and ignored\n",
        stages[Stage.IGNORED],
    ]
    return "".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
