"""``phonon-osc serve``: the server."""

from __future__ import annotations

import argparse
from pathlib import Path

from phonon_osc.cli.parser import Commands, add_command, add_engine_options, between

BACKENDS = ("auto", "jack", "miniaudio", "alsa", "pulseaudio", "null")
EXAMPLES = """
phonon-osc serve                                     use the best backend and SuperDirt's ports
phonon-osc serve --samples ~/Dirt-Samples            play your samples: one folder per name
phonon-osc serve --backend jack --no-connect         leave the JACK ports for you to connect
phonon-osc serve --record gig.wav --log gig.session  `phonon-osc render gig.session` renders it again, to the bit
phonon-osc serve --inputs 2                          take two microphones: /node/new sssf audio_in mic amp 1
phonon-osc serve --outputs orbits                    two JACK ports for each orbit
phonon-osc serve --bind 0.0.0.0 --allow 192.168.1.0/24
"""


def add(commands: Commands) -> argparse.ArgumentParser:
    parser = add_command(commands, "serve", "Play what arrives over UDP until SIGTERM or Ctrl-C.", EXAMPLES)
    parser.add_argument("--port", type=between(0, 65535), default=57120, help="UDP port for OSC; 0 takes any")
    bus_help = "UDP port for Tidal's control buses (/c_set); 0 takes any"
    parser.add_argument("--bus-port", type=between(0, 65535), default=57110, help=bus_help)
    ws_help = "port of the WebSocket that Strudel opens in the browser; 0: none"
    parser.add_argument("--ws-port", metavar="N", type=between(0, 65535), default=8080, help=ws_help)
    origin_help = (
        "let pages of this origin play through the WebSocket, besides strudel.cc and this machine (may be repeated)"
    )
    parser.add_argument("--ws-origin", metavar="URL", action="append", default=[], help=origin_help)
    parser.add_argument("--bind", metavar="HOST", default="127.0.0.1", help="address to listen on")
    allow_help = "network that may send messages, in addition to this machine; may be given several times"
    parser.add_argument("--allow", metavar="NET", action="append", default=[], help=allow_help)
    backend_help = (
        "where the sound goes; auto: JACK if a JACK server runs, else PulseAudio, ALSA, or a silent dummy device"
    )
    parser.add_argument("--backend", choices=BACKENDS, default="auto", help=backend_help)
    parser.add_argument(
        "--rate",
        metavar="HZ",
        type=between(8000, 192000, float),
        default=48000.0,
        help="sample rate; JACK uses its own",
    )
    period_help = "frames per call, for all backends but JACK, which uses its own"
    parser.add_argument("--period", metavar="N", type=between(16, 8192), default=256, help=period_help)
    inputs_help = "number of audio inputs, for nodes of the kind audio_in; in JACK: ports in_1, in_2 ..."
    parser.add_argument("--inputs", metavar="N", type=between(0, 16), default=0, help=inputs_help)
    outputs_help = (
        "orbits: two channels for each orbit, in JACK ports orbit_0_l, orbit_0_r ...; stereo: one pair for all"
    )
    parser.add_argument("--outputs", choices=("stereo", "orbits"), default="stereo", help=outputs_help)
    add_engine_options(parser)
    preload_help = "samples to load at the start, not at their first event: names separated by commas, or all"
    parser.add_argument("--preload", metavar="NAMES", type=_names, default=(), help=preload_help)
    defs_help = "folder of definitions, NAME.def each (default: ~/.config/phonon-osc/defs)"
    parser.add_argument("--defs", metavar="DIR", type=Path, help=defs_help)
    record_help = "folder for recordings that clients start (/record/start); without it clients cannot record"
    parser.add_argument("--record-dir", metavar="DIR", type=Path, help=record_help)
    parser.add_argument("--allow-quit", action="store_true", help="let clients end the server (/quit)")
    parser.add_argument("--no-connect", dest="connect", action="store_false", help="leave the JACK ports unconnected")
    parser.add_argument(
        "--late",
        metavar="SECONDS",
        type=between(0, 3600, float),
        default=0.5,
        help="drop events that come later than this, after a suspension for example (default: 0.5)",
    )
    parser.add_argument("--client-name", metavar="NAME", default="phonon-osc", help="name of the JACK client")
    parser.add_argument("--record", metavar="OUT.wav", type=Path, help="record the whole output")
    parser.add_argument(
        "--log",
        metavar="SESSION",
        type=Path,
        help="write a session log: every command with its frame, for `phonon-osc render`",
    )
    return parser


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def run(args: argparse.Namespace) -> int:
    from phonon_osc.serving import ServeOptions, serve

    names = ServeOptions.__dataclass_fields__
    serve(ServeOptions(**{name: value for name, value in vars(args).items() if name in names}))
    return 0
