"""Real front ends play sessions to a live server on JACK. The tests compare the packets with the sound.

Not collected by an ordinary ``pytest``: `make test-clients` installs the front ends and runs this.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phonon_osc.osc.wire import decode
from phonon_osc.studio import Studio
from tests.clients import hearing
from tests.clients.alone import bus_values, due_at, event_of, listen
from tests.clients.install import Clients
from tests.clients.pages import Packet
from tests.clients.stage import BUS_PORT, PERIOD, RATE, Show, play

ATTEMPTS = 3  # runs, because a run in which JACK lost time shows less
IN_TUNE = 0.7  # share of the notes, where some are a semitone apart; each note alone must be in tune
DRUMS = "bd sn sd hh cp cp:1 cp:3 drum 808bd 808sd 808oh RolandTR909bd RolandTR909sd arpy".split()
UNTUNED = ("superhex",)  # a membrane: its frequencies follow the note, but none of them is the note's
PANIC = "superpanic"
NOTHING_LOST = (
    "refused stolen stale bad_voices bad_orbits bad_samples udp_refused udp_dropped udp_kernel_drops udp_handler_errors "
    "udp_receive_errors osc_malformed osc_dropped osc_bad_arguments osc_beyond_horizon osc_queue_full"
).split()


@dataclass(frozen=True)
class Session:
    """A client's session. ``silent``: number of events that are silent on purpose.

    ``onsets``: whether each event has a visible onset, which overlapping notes do not. ``extra``: echoes add onsets, and fewer
    events must have one.
    """

    client: str
    name: str = ""
    onsets: bool = False
    extra: bool = False
    silent: int = 0
    flags: str = ""

    def __str__(self) -> str:
        return f"{self.client}-{self.name}".rstrip("-")


SESSIONS = [
    Session("tidal", "drums", onsets=True),
    Session("tidal", "melodic"),
    Session("tidal", "chords"),
    Session("tidal", "busses"),
    Session("tidal", "live", onsets=True, extra=True),
    Session("strudel", "drums", onsets=True),
    Session("strudel", "melodic"),
    Session("strudel", "chords"),
    Session("strudel", "live", onsets=True, extra=True),
    Session("tidal", "readme"),
    Session("strudel", "readme", flags="--dot-osc"),
    Session("liblo", silent=2),  # an event without arguments, and one whose sound is the character "b"
    *(
        Session(client, name, onsets=name == "drums")
        for client in ("vortex", "sardine", "superdirtpy")
        for name in ("drums", "melodic", "chords")
    ),
    Session("pd"),
    Session("csound"),
    Session("chuck"),
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("session", SESSIONS, ids=str)
def test_session(
    session: Session, clients: Clients, studio: Studio, tmp_path: Path, figures: list[dict[str, Any]]
) -> None:
    problem = clients.why_not(session.client)
    assert not problem, f"{session.client} must run: {problem}"
    show = clean_show(session, clients, tmp_path)
    row = {"session": str(session), "sent": len(show.events), "played": show.status["played"]}
    figures.append(row)
    row |= {"late": show.status["late"], "sent late": show.tardy, "xruns": len(show.recorded.xruns)}
    row |= check_time(show)
    row |= check_onsets(session, show)
    row |= check_pitches(session, show)
    row |= check_levels(show)
    check_counters(session, show)
    check_alone(session, show, studio)
    if not len(show.recorded.xruns):
        assert show.differing() == 0, "the sound from JACK differs from the render of the session log"
    if session.client == "tidal":
        assert "Connected to SuperDirt" in show.said
    if session.name == "busses":
        check_buses(show)


def clean_show(session: Session, clients: Clients, folder: Path) -> Show:
    """A run in which JACK lost no time, or the run of several in which it lost least."""
    shows: list[Show] = []
    while not shows or (len(shows) < ATTEMPTS and len(shows[-1].recorded.xruns)):
        attempt = folder / str(len(shows))
        attempt.mkdir()
        shows.append(play(clients, session.client, f"{session.name} {session.flags}", attempt))
    return min(shows, key=lambda show: len(show.recorded.xruns))


def check_counters(session: Session, show: Show) -> None:
    """All events that were sent were played, none was lost, and none that arrived in time counts as late."""
    status = show.status
    panics = [packet.arrival for packet in show.events if sound_of(packet) == PANIC]
    waiting = sum(packet.arrival < panic < due_at(packet) for packet in show.events for panic in panics[:1])
    assert status["unplayable"] == session.silent, show.warnings
    assert status["played"] == len(show.events) - len(panics) - session.silent
    assert status["played"] - waiting <= status["started"] <= status["played"]
    assert waiting or status["started"] == status["played"]
    assert {name: status[name] for name in NOTHING_LOST if status[name]} == {}
    assert status["late"] <= show.tardy
    assert status["osc_late"] <= sum(due_at(packet) < packet.arrival for packet in show.sent)


def check_time(show: Show) -> dict[str, Any]:
    """Events begin at their timetags plus one constant, and plain messages within a period of their arrival.

    When JACK loses time, its clock does too. The constant then changes by a period or more.
    """
    timed, plain = show.starts(), show.plain_starts()
    lost = lost_time(show)
    beside = np.abs(_beside(timed)) if timed else np.zeros(1)
    assert beside.max() <= 0.002 + lost, "seconds"
    if plain:
        assert np.abs(_beside(plain)).max() <= 1.5 * PERIOD / RATE + lost, "seconds"
    return {"beside ms": f"{1000.0 * beside.max():.2f}" if timed else "-"}


def lost_time(show: Show) -> float:
    """Most seconds that JACK may have lost."""
    return PERIOD / RATE * len(show.recorded.xruns)


def _beside(starts: list[tuple[float, int]]) -> np.ndarray:
    off = np.array([index / RATE - due for due, index in starts])
    return off - np.median(off)


DULL = 1500.0  # Hz: a hat under such a low-pass of 12 dB per octave is 40 dB softer


def check_onsets(session: Session, show: Show) -> dict[str, Any]:
    """Each event that is not right after another has an onset, and each onset belongs to an event."""
    if not session.onsets:
        return {"onsets": "-", "extra": "-"}
    packets = [packet for packet in show.events if due_at(packet) >= packet.arrival]
    times = [time + nudge(session, packet) for packet, time in zip(packets, show.heard_times(packets), strict=True)]
    expected = hearing.apart(time for packet, time in zip(packets, times, strict=True) if not is_dull(packet))
    found = hearing.onset_times(show.sound)
    missing = hearing.unheard(expected, found)
    extra = [onset for onset in hearing.unasked(found, times) if show.unspoilt(onset)]
    assert len(missing) <= (0.1 if session.extra else 0.05) * len(expected), f"no onset at {missing}"
    assert session.extra or not len(extra), f"an onset of no event at {extra}"
    return {"onsets": f"{len(expected) - len(missing)}/{len(expected)}", "extra": len(extra)}


def nudge(session: Session, packet: Packet) -> float:
    """Seconds by which a sample of Strudel's starts after its event."""
    seconds = event_of(packet).get("nudge", 0.0)
    return seconds if session.client == "strudel" and isinstance(seconds, float) else 0.0


def is_dull(packet: Packet) -> bool:
    """Whether a low-pass leaves so little of a drum of Strudel's that it is not heard beside others."""
    corner = event_of(packet).get("cutoff")
    return isinstance(corner, int | float) and corner < DULL


def check_pitches(session: Session, show: Show) -> dict[str, Any]:
    """Most notes of synths appear in the spectrum of the recording, although others sound at the same time."""
    found = asked = 0
    for packet, time in zip(show.events, show.heard_times(show.events), strict=False):
        pitch = synth_pitch(session, packet)
        first = round(time * RATE) + 1500
        piece = show.sound[first : first + 9600]
        if pitch is not None and len(piece) == 9600:
            asked += 1
            found += hearing.has_pitch(piece, pitch)
    assert found >= IN_TUNE * asked
    return {"pitches": f"{found}/{asked}" if asked else "-"}


def synth_pitch(session: Session, packet: Packet) -> float | None:
    """The pitch of an event that a synth plays."""
    if sound_of(packet) in (*DRUMS, *UNTUNED, PANIC):
        return None
    return hearing.pitch_of(event_of(packet), notes_are_midi=session.client == "strudel")


def sound_of(packet: Packet) -> object:
    """The name of an event's sound; None if it has none."""
    event = event_of(packet)
    return event.get("s", event.get("sound"))


def check_levels(show: Show) -> dict[str, Any]:
    """The sound is finite, not silent and not clipped."""
    sound = show.sound
    assert np.isfinite(sound).all()
    peak, full = float(np.abs(sound).max()), hearing.full_scale(sound)
    assert peak > 0.05 and full <= 0.0005 * len(sound)
    return {"peak": f"{peak:.3f}", "at full scale": full, "rms": f"{float(np.sqrt((sound**2).mean())):.3f}"}


def check_alone(session: Session, show: Show, studio: Studio) -> None:
    """Each event, rendered alone, sounds from its timetag on and has its pitch."""
    silent, astray = [], []
    for packet in show.events:
        if sound_of(packet) == PANIC or event_of(packet).get("gain") == 0.0:  # xfadeIn fades out to 0
            continue
        heard = listen(studio, packet, bus_values(show.sent, due_at(packet)), frames=14400)
        if heard.off is None:
            silent.append(heard.name)
            continue
        assert heard.begins_after(nudge(session, packet)) and np.isfinite(heard.sound).all(), heard
        pitch = synth_pitch(session, packet)
        if pitch is not None and not hearing.has_pitch(heard.sound[1500:], pitch):
            astray.append((heard.name, pitch, event_of(packet)))
    assert len(silent) == session.silent, silent
    assert not astray


def check_buses(show: Show) -> None:
    """Tidal's bus messages reach their port, take effect at their timetags, and are heard."""
    sent = [packet for packet in show.sent if packet.port == BUS_PORT]
    assert sent and {decode(packet.data).messages[0].address for packet in sent} == {"/c_set"}
    rows = [row for row in show.log if row.get("do") == "bus"]
    assert len(rows) == len(sent)
    due = sorted(show.heard_times(sent))
    done = sorted(show.index(row["frame"]) / RATE for row in rows)
    assert np.abs(np.subtract(done, due)).max() <= 0.002 + lost_time(show), "seconds"
    cutoff = [(time, decode(p.data).messages[0].args) for time, p in zip(show.heard_times(sent), sent, strict=True)]
    steps = sorted((time, float(args[1])) for time, args in cutoff if args[0] == 1)  # type: ignore[arg-type]
    pairs = []
    for time, value in steps[::2]:
        first = round(time * RATE)
        pairs.append((np.log(value), np.log(hearing.brightness(show.sound[first : first + RATE // 10]))))
    value, bright = np.array([pair for pair in pairs if np.isfinite(pair).all()]).T
    assert np.corrcoef(value, bright)[0, 1] > 0.5, "the sound does not follow the bus of its low-pass"
