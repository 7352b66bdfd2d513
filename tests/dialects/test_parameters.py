"""The table of parameters: one record per key, everything derived from it, and nothing that the front ends send is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import get_type_hints

import pytest

from dsp.kind import Param, kinds
from phonon_osc.dialects.event import Reads
from phonon_osc.dialects.parameters import Feed, Parameter, Stage, Table, TableError
from phonon_osc.dialects.registry import dialects
from phonon_osc.dialects.strudel import docs as strudel_docs
from phonon_osc.dialects.superdirt import docs
from phonon_osc.dialects.superdirt.chain import chain
from phonon_osc.dialects.superdirt.event import DirtEvent
from phonon_osc.dialects.superdirt.orbit import orbit_definition
from phonon_osc.dialects.superdirt.parameters import table
from phonon_osc.errors import UsageError
from phonon_osc.osc.native.orbits import MESSAGES
from phonon_osc.osc.wire import decode
from phonon_osc.scores import read_recording
from tests.clients import pages
from tests.clients.alone import event_of
from tests.dialects.rig import dirt_event
from tests.dialects.test_captures import CAPTURES, PLAY
from tests.dialects.test_translate import play
from tests.live.rig import ROOT

# What Tidal 1.10 has a function for and sends under this name.
TIDAL = (
    "accelerate amp array attack bandf bandq bank begin binshift ccn ccv channel coarse comb control cps crush "
    "ctlNum curve cut cutoff cycle decay delay delayfeedback delaytime delta detune distort djf dry dur end "
    "enhance expression fadeInTime fadeTime frameRate frames freeze freq from fshift fshiftnote fshiftphase gain "
    "hbrick hcutoff hold hours hresonance imag kcutoff krush lbrick legato leslie lfo lock loop lrate lsize "
    "metatune midibend midichan midicmd midinote miditouch minutes n note nrpn nudge octave octer octersub "
    "octersubsub offset orbit overgain overshape pan panorient panspan pansplay panwidth partials phaserdepth "
    "phaserrate pitch1 pitch2 pitch3 plat polyTouch progNum psdisp psrate rate real release resonance ring ringdf "
    "ringf room s scram seconds semitone shape size slide smear songPtr speed squiz sustain tilt timescale "
    "timescalewin to toArg tremolodepth tremolorate triode tsdelay uid unit val velocity voice vowel waveloss "
    "xsdelay stutterdepth stuttertime hatgrain gate lagogo lclap lclaves lclhat lcrash lhitom lkick llotom lophat "
    "lsnare sagogo sclap sclaves scrash clhatdecay ophatdecay tomdecay cutoffegint vcfegint vcoegint lfocutoffint "
    "lfodelay lfoint lfopitchint lfoshape lfosync degree mtranspose ctranspose harmonic stepsPerOctave octaveR "
    "portamento modwheel sustainpedal kriole _id_"
).split()


def test_everything_tidal_has_a_name_for_has_a_record() -> None:
    names = [*TIDAL, *(f"{name}{i}" for name in ("slider", "button") for i in range(16))]
    assert len(names) > 190
    assert [name for name in names if name not in table().records] == []


@pytest.mark.parametrize("name", sorted(path.stem for path in CAPTURES.glob("*.jsonl")))
def test_no_recorded_client_sends_a_key_without_a_record(name: str) -> None:
    dialect = dialects()["strudel" if name.startswith("strudel") else "superdirt"]
    sent = {
        key
        for datagram in read_recording(CAPTURES / f"{name}.jsonl")
        for message in decode(datagram.data).messages
        if message.address in PLAY
        for key in message.args[:-1:2]
        if isinstance(key, str)
    }
    assert sent and sent - dialect.parameters().records.keys() == set()


@pytest.mark.parametrize("client", pages.CLIENTS)
def test_no_first_page_has_a_key_without_a_record(client: str) -> None:
    dialect = dialects()["strudel" if client == "strudel" else "superdirt"]
    sent = {key for one in pages.read(client) for packet in one.packets for key in event_of(packet)}
    assert sent and sent - dialect.parameters().records.keys() == set()


@pytest.mark.parametrize("name", dialects())
def test_every_record_is_whole(name: str) -> None:
    for p in dialects()[name].parameters():
        assert p.doc.endswith(".") or p.doc[-1].isdigit(), p.key
        assert p.low <= p.high, p.key
        assert not (p.feeds and p.missing), f"{p.key} feeds something and is not built"
        own_chain = name == "strudel"  # its chain is built from kinds, not from records
        assert bool(p.feeds) or own_chain or p.stage is not Stage.EFFECT, f"the effect {p.key} feeds nothing"
        for feed in p.feeds:
            assert feed.parameter in kinds()[feed.kind].params, p.key
            assert feed.above is None or feed.trigger, p.key


def test_no_name_is_in_two_places() -> None:
    one = Parameter("a", Stage.SYNTH, "One.", aliases=("b",))
    for other in (
        Parameter("a", Stage.EFFECT, "Two."),
        Parameter("b", Stage.EFFECT, "Two."),
        Parameter("c", Stage.SYNTH, "", aliases=("a",)),
    ):
        with pytest.raises(TableError, match="there already"):
            Table((one, other))
    controls: dict[str, tuple[str, str]] = {}
    for step in table().steps(Stage.EFFECT):
        for _, feed in step.feeds:
            assert controls.setdefault(feed.control, (step.name, feed.control)) == (step.name, feed.control), feed


def test_a_step_has_one_kind() -> None:
    records = (
        Parameter("a", Stage.EFFECT, "One.", feeds=(Feed("shape", "amount", "a", True, step="x"),)),
        Parameter("b", Stage.EFFECT, "Two.", feeds=(Feed("crush", "bits", "b", step="x"),)),
    )
    with pytest.raises(TableError, match="different kinds"):
        Table(records).steps(Stage.EFFECT)


def test_the_fields_of_an_event_are_what_their_records_read() -> None:
    numbers = {
        Reads.NUMBER: "float",
        Reads.FOLLOWING: "float | phonon_osc.engine.voice.BusMap",
        Reads.NOTE: "float | str",
    }
    for key, hint in get_type_hints(DirtEvent).items():
        if key == "name":
            continue
        record = table()[key]
        words = str(hint) if not isinstance(hint, type) else hint.__name__
        expected = numbers.get(record.reads, "str") + (" | None" if record.default is None else "")
        assert words == expected, key
        assert getattr(dirt_event({}), key) == (0.0 if key == "n" else record.default)


def test_an_event_with_every_effect_sets_every_control_of_the_chain() -> None:
    effects = {p.key: 0.5 for p in table().in_stage(Stage.EFFECT)}
    voice = play({"s": "tone", **effects, "vowel": "a", "coarse": 2.0})
    own = {"buffer", "begin", "end", "rate_start", "rate_end"}
    assert voice.controls.keys() - own == chain().controls


def test_an_event_sets_every_control_of_the_orbit() -> None:
    controls = {name for name in orbit_definition(48000.0).controls if not name.startswith("_")}
    assert play({"s": "tone"}).orbit_controls.keys() == controls
    documented = next(message for message in MESSAGES if message.address == "/orbit/set").doc
    assert {"leslie", "lrate", "lsize"} <= controls
    assert set(documented.split("`")[1].split()) == controls


def test_ranges_of_the_records_are_kept_and_fit_the_controls() -> None:
    """What a record lets through, the control that it feeds takes as it is, unless the record says otherwise of itself."""
    wider = {
        "delaytime",
        "xsdelay",
        "bandq",
        "coarse",
        "krush",
        "triode",
        "waveloss",
        "octer",
        "curve",
        "hold",
        "attack",
        "release",
    }
    for p in table():
        for feed in p.feeds:
            param: Param = feed.param or kinds()[feed.kind].params[feed.parameter]
            if feed.computed or p.key in wider or p.reads is Reads.TEXT or p.unit.value == "Hz":
                continue
            assert param.min <= p.low and p.high <= param.max, (p.key, param.min, param.max)


def test_docs_dirt_md_is_fresh() -> None:
    assert (ROOT / "docs" / "dirt.md").read_text() == docs.text(), "run `make docs`"


def test_docs_strudel_md_is_fresh() -> None:
    assert (ROOT / "docs" / "strudel.md").read_text() == strudel_docs.text(), "run `make docs`"


def test_docs_dirt_md_names_every_key() -> None:
    text = docs.text()
    missing = [p.key for p in table() if f"`{p.key}`" not in text and not p.family]
    assert missing == []


def params(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "phonon_osc", "params", *args]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_command_lists_describes_and_helps() -> None:
    listed = params()
    assert listed.returncode == 0
    for p in table():
        assert p.family or f"  {p.key} " in listed.stdout, p.key
    one = params("lpf").stdout
    assert one.startswith("cutoff (effect)") and "rlpf" in one and "lpf, ctf" in one
    assert "Not built yet" in params("midicmd").stdout
    told = {row["key"]: row for row in json.loads(params("--json").stdout)}
    assert told.keys() == table().records.keys()
    assert told["coarse"]["feeds"][0] == {
        "kind": "coarse", "parameter": "period", "control": "coarse", "switches_on": True, "above": 1.0, "computed": None,
    }  # fmt: skip
    assert json.loads(params("roomsize", "--dialect", "strudel", "--json").stdout)["stage"] == "orbit"
    wrong = params("cutof")
    assert wrong.returncode == 64 and "did you mean cutoff" in wrong.stderr
    assert params("cutoff", "--dialect", "strudle").returncode == 64


def test_an_unknown_word_has_a_remedy() -> None:
    with pytest.raises(UsageError, match=r"did you mean room\b"):
        table().find("rooom")
    with pytest.raises(UsageError, match="phonon-osc params"):
        table().find("qqqqqq")
