"""protocol.md, written from the declarations: ``python -m phonon_osc.osc.protocol > protocol.md`` (a test keeps it fresh)."""

from __future__ import annotations

import sys

from dsp.kind import Unit
from phonon_osc.defs.source import DEEPEST
from phonon_osc.defs.text import MOST_STATEMENTS
from phonon_osc.dialects.describe import list_rows
from phonon_osc.dialects.parameters import Stage
from phonon_osc.dialects.superdirt.parameters import table
from phonon_osc.engine.audio.tables import STEPS
from phonon_osc.limits import ORBITS
from phonon_osc.osc.native import FAMILIES
from phonon_osc.osc.schema import PROTOCOL, Message
from phonon_osc.sounds.waiting import LATEST

_UNITS = ", ".join(unit.value for unit in Unit if unit.value.isalpha())

HEAD = f"""# The protocol of phonon-osc

Version {PROTOCOL}. `make docs` writes this file from the declarations in `phonon_osc/osc/native/`. Change those, not this file.

Open Sound Control 1.0 over UDP, port 57120 on 127.0.0.1 (`--port`, `--bind`). Packets of up to 65,507 bytes, bundles nested at most 8 deep
with at most 256 messages. Arguments may be `i f d h s S c T F N I b t r m` and arrays; a whole number may come as a float.

## When a message is due

A message in a bundle is due at the bundle's timetag, to the sample. A plain message is due at once: at the beginning of the next block
of 64 frames. So is a bundle with the timetag 0 or 1 ("immediately"). A late message is played at once and counted (`late` in `/status`).
An event (`/dirt/play`) that comes more than half a second late is dropped and counted (`osc_too_late`; `serve --late` changes the bound).
A timetag over 42 s away is ignored; the message plays 0.2 s after arrival.

## Answers

The server answers to the port from which the message came. If a message ends with the pair `reply PORT`, the answer goes to that port of
the same host instead. `oscsend` cannot receive answers; `oscdump PORT` can.

| answer | meaning |
|---|---|
| `/done ADDRESS ...` | the server understood the message and carries it out; further arguments depend on the message |
| `/fail ADDRESS TEXT` | it did not: TEXT says what is wrong, which value, and what to do |

## Nodes

A node is one sounding copy of an instrument. Its **id** is a whole number or a name of up to 64 characters. The client chooses it, or sends
-1 to let the server choose.
A kind is a unit of signal processing, such as an oscillator or a filter (`phonon-osc kinds`). Every kind is also an instrument of the same
name. Its inputs and parameters are its **controls**, its outputs are its **outlets** 0 and 1. `amp` sets its level, `pan` its place, and
`orbit` the mixing channel on which it is heard: 0 to {ORBITS - 1}, or -1 for none. A control takes a number, or `c7` to follow bus 7.

Patches determine the processing order; you never set it. A patch that closes a cycle has a delay of one block (64 frames), and the
answer says so. When a node is freed, its patches carry silence. The engine may turn out to have no room
for a node or a patch. Then `/fail` with the message's address comes after `/done`, and the node or patch does not exist.

## Definitions

`/def/new` makes an instrument from a text. So does a file `NAME.def` in `~/.config/phonon-osc/defs`; the server reads it again
when it changes. A statement ends with its line or with a semicolon. `#` begins a comment. Within parentheses, a
statement may go on over several lines.

| statement | example | meaning |
|---|---|---|
| control | `cut: 800 Hz 20..9000 smooth 0.02 exp "tone"` | default, unit, range, smoothing in s, scale, text; only the default is a must |
| signal | `f = lowpass s cut resonance=0.5` | a kind with its inputs and parameters: first by position (inputs come first), then by name |
| | `l r = pan f position=0.3` | a kind with two outputs |
| | `x = (saw freq) * 0.3 + s / 2` | arithmetic; a kind with arguments needs parentheses there |
| | `lfo = sine 0.5 @control` | computed once per block: cheaper, for signals that move slowly |
| | `d = shape s amount @when amount` | an optional step: it runs only if the control `amount` was given; not together with `@control` |
| output | `out f` or `out l r` | the sound on the node's orbit; it can also be patched elsewhere |
| | `outlets a b` | outputs for patches and for other definitions, if different from `out` |
| | `voice f` | instead of `out`: for events (`s NAME`), with SuperDirt's effects, pan and envelope |
| | `pitch`, `hold` | the event's frequency and duration, for texts with `voice` |
| | `alias other` | further names for events |
| gate | `gate g release` | control `g` is a gate; the node ends `release` seconds after it falls |
| text | `doc "A buzz."` | a description |

Units: {_UNITS}.

An event without a pitch plays MIDI 60. If the text has a control `freq`, the event plays that control's default instead.

### Definitions within definitions

A definition can call another as if it were a kind: `left right = section pitch spread=9`. The statements of the called definition are put
in that place.

* Its controls are its parameters: first by position, in the order of its text, then by name. A value may be a number or a signal. A
  control that is not given has its default as a constant.
* It returns the signals that its `outlets` name, or without `outlets` those of its `out` or `voice`.
* Its gate, doc and aliases have no effect.
* `pitch` and `hold` in it are those of the event that plays the whole, unless the call gives them: `octave = section pitch=(pitch * 2)`.
  If it has a control `freq`, that control is its pitch.
* A step with `@when` in it runs only if the call gives the control.

A text that ends with `outlets` alone is a part: other definitions can call it, but it cannot be played.

A definition keeps the definitions that it calls as they were when it was made. Later changes to a used definition do not affect it.
Files of a folder are the exception: when a file changes, the server makes all definitions that use it again, in the right order. A kind's
name always means the kind. No definition can call itself. Calls can be nested {DEEPEST} deep, with at most
{MOST_STATEMENTS} statements and {STEPS} steps in all.

### The built-in synths

The built-in synths are texts in the same language. `phonon-osc defs` and `/def/list` list them and their parts; `phonon-osc defs NAME` and
`/def/get` show one. Change a text that ends with `voice`, and send it back with `/def/new` or save it in the folder: events then play it
instead of the built-in synth of that name, until you free it or delete its file. For `/node/new`, such a synth is called `dirt.NAME`, or
`NAME` if no kind has that name.
"""

DIRT = """
## SuperDirt's dialect

TidalCycles, Strudel, TidalVortex, Sardine and others send these messages to SuperDirt. The server takes them unchanged.

| address | arguments | answer |
|---|---|---|
| `/dirt/play`, `/play2` | pairs of key and value, one event | none |
| `/dirt/handshake` | none | `/dirt/handshake/reply`: host, port, numbers of control buses |
| `/dirt/hello` | none | `/dirt/hello/reply` |
| `/dirt/synth-info` | name of a synth | `/dirt/synth-info/reply`: the name and its controls in one string |
| `/dirt/setControlBus` | pairs of bus and value | none |
| `/c_set` (also on port 57110) | pairs of bus and value | none |

### Keys of an event

docs/dirt.md and `phonon-osc params NAME` say what each key means. An unknown key goes to the synth that plays, if the synth has a control
of this name. `s superpanic` silences everything.

| about | keys |
|---|---|
"""


SAMPLES = f"""
## Samples that are not in memory

The server loads a sample when an event first names it. If the sample is loaded before the event is due, the event plays on time.
Otherwise it plays up to {LATEST:g} s late; later than that it is dropped. An event without a timetag plays as soon as its sample is loaded.
`/panic` forgets events that wait.

`/status` counts the events that did not sound, or sounded late, by reason:

| key | events |
|---|---|
| `unknown_sounds` | the name is unknown; the log names it once |
| `unreadable_samples` | the file cannot be decoded; the server tries again when the file changes |
| `samples_not_ready` | dropped because loading took too long |
| `samples_late` | played late because loading took too long |
| `samples_no_room` | all memory for samples is in use by sounds that play or are scheduled |
| `failed_events` | lost to a bug, which the log names |
| `unplayable` | all of these that did not sound, and events that are too short or silent because of their own parameters |
"""


def event_keys() -> str:
    """SuperDirt's keys by what they are about."""
    rows = [(stage.value, [p for p in table().in_stage(stage) if p.is_built]) for stage in Stage]
    rows.append(("taken, not built yet", [p for p in table() if not p.is_built]))
    return "".join(f"| {name} | `{' '.join(key for key, _ in list_rows(found))}` |\n" for name, found in rows if found)


def describe(message: Message) -> str:
    """One message as a section."""
    later = " The answer comes later; the messages that follow do not wait for it." if message.asynchronous else ""
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
