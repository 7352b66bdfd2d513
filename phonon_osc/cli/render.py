"""``phonon-osc render``: renders scores and session logs to a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from phonon_osc.cli.output import figures, say, say_json
from phonon_osc.cli.parser import Commands, add_command, add_engine_options, between

DAY = 86400.0
EXAMPLES = """
phonon-osc render score.jsonl out.wav              recorded OSC traffic: rows with t, wall and hex
phonon-osc render gig.session out.wav              a session log from `serve --log gig.session`, to the bit
phonon-osc render score.osc out.wav                SuperCollider's binary score
phonon-osc render score.jsonl out.wav --cycles 8 --cps 0.5
phonon-osc render gig.session out.wav --stems gig  a file for each orbit too, in the folder gig
phonon-osc render score.jsonl out.wav --input take.wav   feed the file to nodes of the kind audio_in
"""


def add(commands: Commands) -> argparse.ArgumentParser:
    parser = add_command(commands, "render", "Play a score offline, into a file.", EXAMPLES)
    parser.add_argument(
        "score", metavar="SCORE", type=Path, help="JSON lines, a session log, or SuperCollider's binary score"
    )
    parser.add_argument("out", metavar="OUT.wav", type=Path, help="stereo float32; .flac and .ogg work too")
    parser.add_argument(
        "--rate",
        metavar="HZ",
        type=between(8000, 192000, float),
        default=48000.0,
        help="sample rate; a session log keeps its own",
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--seconds",
        metavar="S",
        type=between(0, DAY, float),
        help="exact length; by default until the last echo has faded",
    )
    length.add_argument("--cycles", metavar="N", type=between(0, 1e6, float), help="exact length in cycles")
    cps_help = "cycles per second for --cycles; by default those of the score"
    parser.add_argument("--cps", metavar="X", type=between(1e-3, 1e3, float), help=cps_help)
    tail_help = "fewest seconds to keep after the end of the last voice"
    parser.add_argument("--tail", metavar="S", type=between(0, 3600, float), default=2.0, help=tail_help)
    stems_help = "also write a file for each orbit into this folder: orbit_0.wav ...; OUT.wav is then their plain sum"
    parser.add_argument("--stems", metavar="DIR", type=Path, help=stems_help)
    input_help = "sound for the audio inputs, from frame 0 on (a session log has its own)"
    parser.add_argument("--input", metavar="IN.wav", type=Path, help=input_help)
    add_engine_options(parser)
    period_help = "frames computed per call, 16 to 8192, or `vary`; the sound does not depend on it"
    parser.add_argument("--period", metavar="N", type=_period, default=1024, help=period_help)
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    return parser


def _period(text: str) -> int | str:
    return text if text == "vary" else int(between(16, 8192)(text))


def run(args: argparse.Namespace) -> int:
    from phonon_osc.progress import ProgressBar
    from phonon_osc.rendering import Options, render_file

    names = Options.__dataclass_fields__
    options = Options(**{name: value for name, value in vars(args).items() if name in names})
    compiling, bar = (
        ProgressBar("compiling kernels", quiet=args.quiet),
        ProgressBar("rendering", quiet=args.quiet, lines=False, after=1.0),
    )
    with compiling, bar:
        result = render_file(args.score, args.out, options, progress=compiling.update, advance=bar.update)
    if args.json:
        say_json({"file": str(args.out), **result.figures()})
    elif not args.quiet:
        say(figures({"file": args.out, **result.figures()}))
    return 0
