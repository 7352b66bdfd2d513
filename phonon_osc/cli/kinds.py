"""``phonon-osc kinds``: lists the kinds and their parameters, read from the declarations themselves."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from phonon_osc.cli.output import aligned, say, say_json
from phonon_osc.cli.parser import Commands, add_command
from phonon_osc.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dsp.kind import Kind, Param
    from phonon_osc.engine.definition import Definition

EXAMPLES = """
phonon-osc kinds               list all, by family
phonon-osc kinds lowpass       show parameters, units and ranges of one
phonon-osc kinds --json
"""


def add(commands: Commands) -> argparse.ArgumentParser:
    parser = add_command(commands, "kinds", "List kinds of nodes and instruments, or describe one.", EXAMPLES)
    parser.add_argument("name", metavar="NAME", nargs="?", help="name of a kind or instrument")
    parser.add_argument("--json", action="store_true", help="as JSON")
    return parser


def run(args: argparse.Namespace) -> int:
    from dsp.kind import kinds
    from phonon_osc.synths import builtin

    known = kinds()
    definitions = {name: make() for name, make in builtin.makers(48000.0).items()}
    instruments = {name: d for name, d in definitions.items() if name not in known}
    entries = {name: _kind(kind, definitions) for name, kind in known.items()}
    entries |= {name: _instrument(d) for name, d in instruments.items()}
    if args.name is not None and args.name not in entries:
        raise UsageError(f"there is no kind or instrument {args.name!r}; there are {', '.join(sorted(entries))}")
    if args.json:
        say_json(entries if args.name is None else entries[args.name])
    elif args.name is None:
        _list(entries)
    else:
        _describe(entries[args.name])
    return 0


def _kind(kind: Kind, definitions: Mapping[str, Definition]) -> dict[str, Any]:
    return {
        "name": kind.name,
        "family": kind.family,
        "doc": kind.doc,
        "node": kind.name in definitions,  # /node/new makes one
        "inputs": list(kind.ins),
        "outputs": list(kind.outs),
        "params": {name: _param(param) for name, param in kind.params.items()},
        "reference": kind.reference,
    }


def _instrument(definition: Definition) -> dict[str, Any]:
    params = {name: _param(param) for name, param in definition.controls.items() if not name.startswith("_")}
    return {"name": definition.name, "family": "instruments", "doc": definition.doc, "node": True, "params": params}


def _param(param: Param) -> dict[str, Any]:
    return {
        "default": param.default,
        "min": param.min,
        "max": param.max,
        "unit": param.unit.value,
        "curve": param.curve.value,
        "outside": param.out_of_range.value,
        "smoothing": param.smoothing,
        "aliases": list(param.aliases),
        "doc": param.doc,
    }


def _list(entries: Mapping[str, dict[str, Any]]) -> None:
    families: dict[str, list[tuple[str, str]]] = {}
    for name, entry in entries.items():
        families.setdefault(entry["family"], []).append((name, entry["doc"].partition("\n")[0]))
    width = max(map(len, entries))
    for family, rows in families.items():
        say(family)
        say(aligned([(f"{name:<{width}}", doc) for name, doc in rows], indent="  "))


def _describe(entry: Mapping[str, Any]) -> None:
    say(f"{entry['name']} ({entry['family']})\n{entry['doc']}\n")
    if entry.get("inputs"):
        say(f"inputs: {', '.join(entry['inputs'])}")
    if entry.get("outputs"):
        say(f"outputs: {', '.join(entry['outputs'])}")
    if entry["params"]:
        say("parameters:")
        say(aligned([(name, _range(param)) for name, param in entry["params"].items()], indent="  "))
    if entry.get("reference"):
        say(f"\nafter: {entry['reference']}")


def _range(param: Mapping[str, Any]) -> str:
    unit = f" {param['unit']}" if param["unit"] else ""
    also = f" (also {', '.join(param['aliases'])})" if param["aliases"] else ""
    return f"{param['default']:g}, {param['min']:g} to {param['max']:g}{unit}. {param['doc']}{also}"
