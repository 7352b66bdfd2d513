"""``phonon-osc samples``: lists samples with their origin, or the folders that are searched for samples."""

from __future__ import annotations

import argparse
import dataclasses
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from phonon_osc.cli.output import aligned, say, say_json
from phonon_osc.cli.parser import Commands, add_command
from phonon_osc.errors import UsageError

if TYPE_CHECKING:
    from phonon_osc.samples.bank import Index
    from phonon_osc.samples.table import Entry, Table

EXAMPLES = """
phonon-osc samples list                         list all names with their number of sounds and their origin
phonon-osc samples list bd                      list the files of bd: index, duration, format
phonon-osc samples list --samples ~/my-samples --json
phonon-osc samples where                        list the folders that are searched
"""
BUILT_IN = "built in"
_SUGGESTIONS = 50  # subfolders that are searched for a better root


def _plain(text: str) -> str:
    """A name from the disk as one line without characters that could disturb a terminal."""
    from phonon_osc.ratelog import printable

    return printable(text)


def add(commands: Commands) -> argparse.ArgumentParser:
    parser = add_command(commands, "samples", "List samples, or the folders that are searched for them.", EXAMPLES)
    parser.add_argument(
        "action", choices=("list", "where"), help="list: all names, or the files of one; where: the folders"
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="with list: the name whose files to list")
    parser.add_argument(
        "--samples",
        metavar="DIR",
        action="append",
        default=[],
        help="a folder of sample folders; may be given several times",
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    return parser


def run(args: argparse.Namespace) -> int:
    if args.action == "where":
        if args.name is not None:
            raise UsageError(f"samples where takes no name; `phonon-osc samples list {args.name}` lists one")
        _where(args.samples, args.json)
        return 0
    from phonon_osc.samples.bank import Index, default_roots
    from phonon_osc.samples.table import Keys, Table

    index = Index([*default_roots(), *args.samples])
    index.update()
    table = Table(index.banks, Keys(), notes=index.notes)
    if args.name is None:
        _list(index, table, args.json)
    else:
        _describe(index, table, args.name, args.json)
    return 0


# --- all names -----------------------------------------------------------------------------------------------------
def _list(index: Index, table: Table, as_json: bool) -> None:
    names = [_name(index, table, name) for name in sorted(table.banks)]
    if as_json:
        say_json(names)
        return
    width = max(len(_plain(row["name"])) for row in names)
    say(aligned((f"{_plain(row['name']):<{width}} {row['count']:>4}", _origin(row)) for row in names))


def _name(index: Index, table: Table, name: str) -> dict[str, Any]:
    """A row for a name: number of sounds, its root, the roots that this one hides, and the name for which it is an alias."""
    bank, roots = table.banks[name], index.origins.get(name, [])
    own = bank[0].path is not None and bank[0].name == name
    return {
        "name": name,
        "count": len(bank),
        "built_in": bank[0].path is None,
        "root": roots[-1] if own and roots else None,
        "hides": roots[:-1],
        "same_as": bank[0].name if bank[0].name != name else None,
    }


def _origin(row: dict[str, Any]) -> str:
    if row["same_as"]:
        return f"the same as {row['same_as']}"
    hidden = f" (instead of {', '.join(row['hides'])})" if row["hides"] else ""
    return _plain(str(BUILT_IN if row["built_in"] else row["root"]) + hidden)


# --- one name ------------------------------------------------------------------------------------------------------
def _describe(index: Index, table: Table, name: str, as_json: bool) -> None:
    from phonon_osc.samples.decoders import PROCESSES

    bank = table.banks.get(name)
    if bank is None:
        raise UsageError(f"no samples are named {name!r}; `phonon-osc samples list` lists what there is")
    row = _name(index, table, name)
    with ThreadPoolExecutor(PROCESSES) as pool:
        row["sounds"] = list(pool.map(lambda entry: _sound(entry, index.roots), bank))
    if as_json:
        say_json(row)
        return
    say(f"{_plain(name)}: {len(bank)}, {_origin(row)}")
    rows = [(f"  {n}  {_plain(s['file'])}", _format(s)) for n, s in enumerate(row["sounds"]) if "built_in" not in s]
    if rows:
        say(aligned(rows))


def _sound(entry: Entry, roots: list[str]) -> dict[str, Any]:
    """A file's own figures, without decoding it. Another process reads them, because a decoder never returns from some damaged files."""
    from phonon_osc.samples.decode import SampleError
    from phonon_osc.samples.decoders import shared

    if entry.path is None:
        return {"built_in": True}
    try:
        return {"file": entry.path, **dataclasses.asdict(shared().describe(entry.path, roots))}
    except SampleError as error:
        return {"file": entry.path, "error": f"{error.reason}; {error.remedy}"}


def _format(sound: dict[str, Any]) -> str:
    if "error" in sound:
        return f"cannot be read: {sound['error']}"
    return f"{sound['seconds']:.3f} s, {sound['rate']} Hz, {sound['channels']} channel(s), {sound['format']}"


# --- the folders ---------------------------------------------------------------------------------------------------
def _where(given: list[str], as_json: bool) -> None:
    from phonon_osc.samples import kit
    from phonon_osc.samples.bank import usual_roots

    roots = [_root(str(root), False) for root in usual_roots()] + [_root(root, True) for root in given]
    if as_json:
        say_json({"roots": roots, "built_in": len(kit.COUNTS)})
        return
    rows = [(_plain(root["path"]), _state(root)) for root in roots]
    say(aligned([*rows, (BUILT_IN, f"{len(kit.COUNTS)} names")]))
    if not any(root["names"] for root in roots):
        say(
            f"\nOnly the built-in sounds are there. Put your samples into {roots[1]['path']},\n"
            "one folder per name, or tell the server where they are: phonon-osc serve --samples DIR"
        )


def _root(path: str, given: bool) -> dict[str, Any]:
    from phonon_osc.samples.bank import scan

    path = os.path.abspath(path)
    there = os.path.isdir(path)
    banks = scan([path]) if there else {}
    files = sum(map(len, banks.values()))
    found: dict[str, Any] = {"path": path, "given": given, "there": there, "names": len(banks), "files": files}
    if there and not banks:
        found["instead"] = _better(path)
    return found


def _better(path: str) -> str | None:
    """A folder in ``path`` that holds sample folders, for users who named its parent by mistake."""
    from phonon_osc.samples.bank import scan

    try:
        with os.scandir(path) as entries:
            folders = sorted(entry.path for entry in entries if entry.is_dir() and not entry.name.startswith("."))
    except OSError:
        return None
    return next((folder for folder in folders[:_SUGGESTIONS] if scan([folder], max_entries=1000)), None)


def _state(root: dict[str, Any]) -> str:
    if not root["there"]:
        return "is not there"
    if root["names"]:
        return f"{root['names']} names, {root['files']} files"
    instead = f"; did you mean {_plain(root['instead'])}?" if root.get("instead") else ""
    return f"holds no folder with samples in it{instead}"
