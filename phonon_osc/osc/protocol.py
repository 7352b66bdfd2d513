"""protocol.md, written from the declarations: ``python -m phonon_osc.osc.protocol > protocol.md`` (a test keeps it fresh)."""

from __future__ import annotations

import sys

from dsp.kind import Unit
from phonon_osc.defs.source import DEEPEST
from phonon_osc.defs.text import MOST_STATEMENTS
from phonon_osc.dialects.describe import lines
from phonon_osc.dialects.parameters import Stage
from phonon_osc.dialects.superdirt.parameters import table
from phonon_osc.engine.audio.tables import STEPS
from phonon_osc.limits import ORBITS
from phonon_osc.osc.native import FAMILIES
from phonon_osc.osc.schema import PROTOCOL, Message
from phonon_osc.sounds.waiting import LATEST

_UNITS = ", ".join(unit.value for unit in Unit if unit.value.isalpha())

HEAD = f"""# The protocol of phonon-osc

Version {PROTOCOL}. This file is written from the declarations in `phonon_osc/osc/native/` (`make docs`); change them, not it.

Open Sound Control 1.0 over UDP, port 57120 on 127.0.0.1 (`--port`, `--bind`). Packets of up to 65,507 bytes, bundles nested at most 8 deep
with at most 256 messages. Arguments may be `i f d h s S c T F N I b t r m` and arrays; a whole number may come as a float.

## When a message is due

A message in a bundle is due at the bundle's timetag, to the sample. A plain message, and a bundle with the timetag "immediately" (1)
or 0, is due at once: at the beginning of the next block of 64 frames. What is late is played at once and counted (`late` in
`/status`). A timetag more than 42 s from now is not believed: the message is played 0.2 s after it arrived.

## Answers

Answers go to the port the message came from. A message that ends in the pair `reply PORT` is answered on that port of the same host
instead: `oscsend` uses a new port each time and cannot hear, `oscdump PORT` can.

| answer | meaning |
|---|---|
| `/done ADDRESS ...` | it was understood and is on its way; what follows depends on the message |
| `/fail ADDRESS TEXT` | it was not: TEXT says what was wrong, which value, and what to do |

## Nodes

A node is one instrument sounding. Its **id** is a whole number or a name of up to 64 characters, chosen by the client; -1 lets the
server choose.
Every kind (`phonon-osc kinds`) is an instrument by its own name: its inputs and parameters are **controls**, its outputs are **outlets**
0 and 1; `amp` and `pan` say how it is heard, and `orbit` where: 0 to {ORBITS - 1}, or -1 for nowhere. A control takes a number, or `c7` to
follow control bus 7.

Order follows from patches: nobody places nodes. A patch that closes a cycle runs with one block (64 frames) of delay, and the
answer says so. A node that is freed leaves silence where it was patched in. A message that the server took may still turn out to be too
much for the engine when it is due: then `/fail` comes after `/done`, with the message's address, and there is no such node or patch.

## Definitions

`/def/new` makes an instrument of a text; so does a file `NAME.def` in `~/.config/phonon-osc/defs`, which is read again when it changes.
Statements end with a line or a semicolon; `#` begins a comment. Within parentheses lines go on.

| statement | example | meaning |
|---|---|---|
| control | `cut: 800 Hz 20..9000 smooth 0.02 exp "tone"` | default, unit, range, smoothing in s, scale, text; the default is a must |
| signal | `f = lowpass s cut resonance=0.5` | a kind with its inputs and parameters: by place (inputs first), then by name |
| | `l r = pan f position=0.3` | a kind with two outputs |
| | `x = (saw freq) * 0.3 + s / 2` | sums, products; kinds with arguments stand in parentheses within them |
| | `lfo = sine 0.5 @control` | computed once per block: cheaper, for what moves slowly |
| | `d = shape s amount @when amount` | an optional step: only where the control `amount` was given; not together with `@control` |
| output | `out f` or `out l r` | what is heard on the node's orbit, and can be patched elsewhere |
| | `outlets a b` | what can be patched elsewhere, and what others get who use it, if that is something else |
| | `voice f` | instead of `out`: for events (`s NAME`), with SuperDirt's effects, pan and envelope |
| | `pitch`, `hold` | an event's frequency and duration, for `voice` |
| | `alias other` | further names for events |
| gate | `gate g release` | control `g` is a gate; the node ends `release` seconds after it falls |
| text | `doc "A buzz."` | what it is |

Units: {_UNITS}.

An event without a pitch plays MIDI 60, unless the text has a control `freq`, which then plays its default.

### Definitions within definitions

A definition can be used in another like a kind: `left right = section pitch spread=9`. Its statements are put in that place. Its
controls are its parameters, by place in the order in which it has them, then by name, as numbers or signals; what is not given is its
default, a constant. It gives as many signals as its `outlets` (else `out` or `voice`) name. Its gate, doc and aliases do not count.
`pitch` and `hold` within it are those of the event that plays the whole, or what is given by these names:
`octave = section pitch=(pitch * 2)`; where it has a control `freq`, its pitch is that one. A step of it with `@when` is there if the
control was given.

A text that ends with `outlets` alone is a part: it can be used, not played.

A definition takes others as they are when it is made: those may change or go later, it stays what it is. Only the files of a folder
follow each other: when a file changes, those that use it are made again, in whichever order they have to. A word that is a kind's name
always means the kind. No definition uses itself.
At most {DEEPEST} are within each other, with {MOST_STATEMENTS} statements and {STEPS} steps in all.

### The built-in synths

They are such texts: `phonon-osc defs` and `/def/list` list them and their parts, `phonon-osc defs NAME` and `/def/get` show one.
Sent back by `/def/new`, or saved in the folder, a text that ends with `voice` takes the place of the built-in synth of its name in
events, until it is freed or its file goes. As nodes they are `dirt.NAME`, or `NAME` where no kind has that name.
"""

DIRT = """
## SuperDirt's dialect

What TidalCycles, Strudel, TidalVortex, Sardine and others send to SuperDirt, unchanged.

| address | arguments | answer |
|---|---|---|
| `/dirt/play`, `/play2` | pairs of key and value, one event | none |
| `/dirt/handshake` | none | `/dirt/handshake/reply`: host, port, numbers of control buses |
| `/dirt/hello` | none | `/dirt/hello/reply` |
| `/dirt/synth-info` | name of a synth | `/dirt/synth-info/reply`: the name and its controls in one string |
| `/dirt/setControlBus` | pairs of bus and value | none |
| `/c_set` (also on port 57110) | pairs of bus and value | none |

### Keys of an event

docs/dirt.md says what each means, `phonon-osc params NAME` too. A key that nobody knows goes to the synth that plays, if that has a
control of this name. `s superpanic` silences everything.

| about | keys |
|---|---|
"""


SAMPLES = f"""
## Samples that are not in memory

A sample is loaded when an event first names it; the event keeps its frame. If loading takes longer than its lead, it is played late by
up to {LATEST:g} s, else dropped. An event without a timetag is played as soon as its sample is there. `/panic` forgets events that wait.

What did not sound, and why, as counted in `/status`:

| key | events |
|---|---|
| `unknown_sounds` | nobody knows the name; named once in the log |
| `unreadable_samples` | the file cannot be decoded; tried again once it has changed |
| `samples_not_ready` | dropped, the sample came too late |
| `samples_late` | played, but late by what the sample was late |
| `samples_no_room` | the memory for samples is all in use by what sounds or is to sound |
| `failed_events` | lost to an error nobody expected, which the log names: a bug |
| `unplayable` | all of these that did not sound, and those too short or silent by their own parameters |
"""


def event_keys() -> str:
    """SuperDirt's keys by what they are about."""
    rows = [(stage.value, [p for p in table().of(stage) if p.is_built]) for stage in Stage]
    rows.append(("taken, not built yet", [p for p in table() if not p.is_built]))
    return "".join(f"| {name} | `{' '.join(key for key, _ in lines(found))}` |\n" for name, found in rows if found)


def describe(message: Message) -> str:
    """One message as a section."""
    later = " Answered later: what follows does not wait for it." if message.asynchronous else ""
    lines = [f"\n### `{message.address}`\n", f"{message.doc}{later}\n"]
    if message.arguments:
        lines.append("| argument | type | range | default | meaning |\n|---|---|---|---|---|")
        for a in message.arguments:
            default = "" if not a.optional or a.default in (None, {}, []) else f"{a.default}"
            optional = " (optional)" if a.optional else ""
            lines.append(f"| {a.name}{optional} | {a.type} | {a.range} | {default} | {a.doc} |")
        lines.append("")
    lines.append(f"Answer: `{message.reply}`\n")
    if message.errors:
        lines.append(f"Fails if: {'; '.join(message.errors)}.\n")
    lines += [f"    oscsend localhost 57120 {example}" for example in message.examples]
    return "\n".join(lines) + "\n"


def text() -> str:
    """The whole document."""
    families = [f"\n## {title}\n" + "".join(map(describe, messages)) for title, (_, messages) in FAMILIES.items()]
    return (HEAD + "".join(families) + DIRT + event_keys() + SAMPLES).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
