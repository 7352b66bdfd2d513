"""``phonon-osc defs``: lists the definitions that have a text, and prints their texts, to be copied and changed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from phonon_osc.cli.output import aligned, say, say_json
from phonon_osc.cli.parser import Commands, add_command
from phonon_osc.errors import DataError, UsageError

EXAMPLES = """
phonon-osc defs                      list built-in synths, the parts that they share, and yours
phonon-osc defs gm_flute             print the text of one
phonon-osc defs gm_flute > ~/.config/phonon-osc/defs/gm_flute.def
                                     copy it: your copy takes its place, and you can change it while the server plays
phonon-osc defs --json
"""
OWN = "yours"


def add(commands: Commands) -> argparse.ArgumentParser:
    summary = "List definitions (synths as texts, and parts of them), or print one."
    parser = add_command(commands, "defs", summary, EXAMPLES)
    parser.add_argument(
        "name", metavar="NAME", nargs="?", help="name of a definition; a built-in one comes before yours"
    )
    parser.add_argument(
        "--defs", metavar="DIR", type=Path, help="your folder of definitions (default: ~/.config/phonon-osc/defs)"
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    return parser


def run(args: argparse.Namespace) -> int:
    from phonon_osc.defs import default_folder
    from phonon_osc.synths import builtin

    folder = default_folder() if args.defs is None else args.defs
    files = {**{file.stem: file for file in sorted(folder.glob("*.def"))}, **builtin.files()}
    name = builtin.meaning(args.name or "") or args.name
    if name is None:
        entries = [_entry(file, file.parent.name) for file in builtin.files().values()]
        entries += [_entry(file, OWN) for file in sorted(folder.glob("*.def"))]
        if args.json:
            say_json(entries)
        else:
            _list(entries, folder)
        return 0
    if name not in files:
        raise UsageError(f"there is no definition {name!r}; there are {', '.join(sorted(files))}")
    text = _text(files[name])
    if args.json:
        family = files[name].parent.name if name in builtin.files() else OWN
        say_json({**_entry(files[name], family), "text": text})
    else:
        say(text.rstrip("\n"))
    return 0


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise DataError(f"{file}: {error}") from None


def _entry(file: Path, family: str) -> dict[str, Any]:
    from phonon_osc.defs.text import AliasStatement, ControlStatement, DocStatement, parse

    try:
        statements = parse(_text(file))
    except DataError as error:
        statements, wrong = [], str(error)
    else:
        wrong = ""
    return {
        "name": file.stem,
        "family": family,
        "doc": next((s.text for s in statements if isinstance(s, DocStatement)), wrong),
        "aliases": [name for s in statements if isinstance(s, AliasStatement) for name in s.names],
        "controls": [s.name for s in statements if isinstance(s, ControlStatement)],
        "file": str(file),
    }


def _list(entries: list[dict[str, Any]], folder: Path) -> None:
    width = max(len(entry["name"]) for entry in entries)
    for family in dict.fromkeys(entry["family"] for entry in entries):
        say(f"{family} ({folder})" if family == OWN else family)
        rows = []
        for entry in entries:
            if entry["family"] == family:
                also = f" (also {', '.join(entry['aliases'])})" if entry["aliases"] else ""
                rows.append((f"{entry['name']:<{width}}", entry["doc"] + also))
        say(aligned(rows, indent="  "))
