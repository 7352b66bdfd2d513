"""Renders scores and session logs offline, through the same process function, router and engine as live.

The control side acts only between two blocks, at frames that the score alone decides. So the length of the calls never changes
the result: the same score gives the same bits with any ``period``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from phonon_osc import session
from phonon_osc.errors import DataError, PermissionRefused, WireError
from phonon_osc.inputs import InputFile, session_input
from phonon_osc.offline import Action, Advance, Run
from phonon_osc.offline import Options as Options
from phonon_osc.offline import Result as Result
from phonon_osc.osc.due import Due, Horizon
from phonon_osc.osc.router import Router
from phonon_osc.osc.wire import decode
from phonon_osc.rehearsal import rehearse
from phonon_osc.scores import LONGEST, Datagram, Score, first_cps, read_score, recorded
from phonon_osc.studio import Studio

if TYPE_CHECKING:
    from dsp.load import Progress

AHEAD = 2.0  # seconds: a packet is fed at most this long before it is due, and later if it arrived later
TIDAL_CPS = 0.5625  # cycles per second of Tidal when nobody sets them


def render_file(
    score: Path,
    out: Path | None,
    options: Options | None = None,
    *,
    progress: Progress | None = None,
    advance: Advance | None = None,
) -> Result:
    """Render a score or a session log to ``out``, or into ``Result.audio`` if that is None.

    A session log brings its own rate, voices and limiter. Raises DataError if a file cannot be read or written, PermissionRefused if
    that is not allowed. Then there is no output file.
    """
    options = options or Options()
    try:
        header = session.read_header(score)
    except PermissionError:
        raise PermissionRefused(f"{score}: you are not allowed to read it") from None
    except OSError as problem:
        raise DataError(f"{score}: cannot be read ({problem.strerror})") from None
    if header is not None:
        return _render_session(score, header, out, options, progress, advance)
    return render_score(read_score(score), out, options, progress=progress, advance=advance)


def render_datagrams(
    datagrams: Iterable[Datagram],
    options: Options | None = None,
    *,
    start: float = 0.0,
    progress: Progress | None = None,
) -> Result:
    """Render packets into ``Result.audio``. Arrival and timetags are system time, and ``start`` is the system time at frame 0."""
    return render_score(recorded(datagrams, start), None, options or Options(), progress=progress)


def render_score(
    score: Score,
    out: Path | None,
    options: Options,
    *,
    progress: Progress | None = None,
    advance: Advance | None = None,
) -> Result:
    """Render a score to a file, or into the result."""
    rehearse(score.datagrams, rate=options.rate, width=options.lanes, samples=options.samples, progress=progress)
    given = InputFile(options.input, options.rate) if options.input is not None else None
    studio = Studio(
        rate=options.rate,
        inputs=given.channels if given else 0,
        voices=options.voices,
        width=options.lanes,
        limiter=options.limiter,
        samples=options.samples,
        sample_memory=options.sample_memory,
        progress=progress,
        split=options.stems is not None,
    )
    try:
        actions, last = score_actions(score, studio)
        end = _end(options, options.rate, score)
        if end is None and last > LONGEST * options.rate:
            raise DataError(
                f"the score lasts {last / options.rate:.0f} s. More than {LONGEST:.0f} s is taken for a mistake, such as a clock that was "
                "changed while it was recorded; --seconds sets a length"
            )
        run = Run(studio, actions, options, end=end, last=last, advance=advance, given=given)
        return run.write(out, lambda: studio.player.played)
    finally:
        studio.close()
        if given is not None:
            given.close()


def _render_session(
    path: Path,
    header: session.Header,
    out: Path | None,
    options: Options,
    progress: Progress | None,
    advance: Advance | None,
) -> Result:
    given = session_input(path, header.inputs, options.input, header.rate)
    studio = Studio(
        rate=header.rate,
        inputs=given.channels if given else 0,
        voices=header.voices,
        width=options.lanes,
        limiter=header.limiter,
        samples=[*header.samples, *options.samples],
        sample_memory=options.sample_memory,
        progress=progress,
        split=options.stems is not None,
    )
    try:
        replay = session.read_session(path, header, studio.engine, studio.library)
        wanted = _end(options, header.rate, None)
        end = min((frames for frames in (replay.end, wanted) if frames is not None), default=None)
        last = max((frame for frame, _ in replay.steps), default=0)
        run = Run(studio, replay.steps, options, end=end, last=last, advance=advance, given=given)
        return run.write(out, lambda: replay.events)
    finally:
        studio.close()
        if given is not None:
            given.close()


def _end(options: Options, rate: float, score: Score | None) -> int | None:
    """Frames to render, if the options set a length."""
    if options.seconds is not None:
        return round(options.seconds * rate)
    if options.cycles is not None:
        cps = options.cps or (first_cps(score) if score else None) or TIDAL_CPS
        return round(options.cycles / cps * rate)
    return None


def score_actions(score: Score, studio: Studio) -> tuple[list[Action], int]:
    """The actions that play a score as it would be played live, and the frame of its last message.

    The router gets each packet as long before it is due as the packet arrived, but at most ``AHEAD``. So a message changes the
    control side at the same time as live, and a packet that arrived late still plays on time.
    """
    rate = studio.engine.rate
    router = studio.route(score.due(rate, Horizon(studio.counters, studio.warn)))
    due = score.due(rate, Horizon())  # only for planning, so without counters: they would count twice
    actions: list[Action] = []
    last = 0
    for datagram in score.datagrams:
        arrival = max(0, round((datagram.arrival - score.start) * rate))
        first, final = _frames(datagram, due, arrival)
        last = max(last, final)
        ahead = min(max(first - arrival, 0), round(AHEAD * rate))
        actions.append((first - ahead, _delivery(router, datagram)))
    actions.sort(key=lambda action: action[0])  # stable: packets of one frame keep their order
    return actions, last


def _frames(datagram: Datagram, due: Due, arrival: int) -> tuple[int, int]:
    """First and last frame at which a message of the packet is due; ``arrival`` if the packet is broken or empty."""
    try:
        messages = decode(datagram.data).messages
    except WireError:
        messages = []
    frames = [due(message.timetag, datagram.sender, datagram.arrival) for message in messages] or [arrival]
    return min(frames), max(frames)


def _delivery(router: Router, datagram: Datagram) -> Callable[[], object]:
    """An action that gives the datagram to the router."""
    return lambda: router.datagram(datagram.data, datagram.sender, datagram.arrival, _drop)


def _drop(data: bytes, to: tuple[str, int]) -> None:
    """Drop an answer: offline, nobody receives it."""
