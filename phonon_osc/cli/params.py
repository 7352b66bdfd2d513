"""``phonon-osc params``: the keys of an event and what each means, read from the tables of the dialects."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from phonon_osc.cli.output import aligned, say, say_json
from phonon_osc.cli.parser import Commands, add_command

if TYPE_CHECKING:
    from phonon_osc.dialects.parameters import Parameter, Table

EXAMPLES = """
phonon-osc params                        list the keys of /dirt/play, by stage
phonon-osc params cutoff                 show one: range, default, the effect that it sets
phonon-osc params --dialect strudel      list the keys as Strudel means them
phonon-osc params --json
"""


def add(commands: Commands) -> argparse.ArgumentParser:
    parser = add_command(commands, "params", "List the parameters of events, or describe one.", EXAMPLES)
    parser.add_argument("name", metavar="NAME", nargs="?", help="a key, or a front end's name of it")
    parser.add_argument("--dialect", default="superdirt", help="the dialect whose keys to show")
    parser.add_argument("--json", action="store_true", help="as JSON")
    return parser


def run(args: argparse.Namespace) -> int:
    from phonon_osc.dialects.describe import as_json
    from phonon_osc.dialects.registry import dialect

    table = dialect(args.dialect).parameters()
    if args.name is not None:
        found = table.find(args.name)
        say_json(as_json(found)) if args.json else _describe(found)
    elif args.json:
        say_json([as_json(parameter) for parameter in table])
    else:
        _list(table)
    return 0


def _list(table: Table) -> None:
    from phonon_osc.dialects.describe import list_rows, summary
    from phonon_osc.dialects.parameters import Stage

    width = max(len(label) for label, _ in list_rows(table))
    for stage in Stage:
        say(f"{stage.value}: {stage.doc}")
        say(aligned([(f"{label:<{width}}", summary(p)) for label, p in list_rows(table.in_stage(stage))], indent="  "))


def _describe(parameter: Parameter) -> None:
    from phonon_osc.dialects.describe import feed_text, range_text, summary

    say(f"{parameter.key} ({parameter.stage.value})\n{summary(parameter)}\n")
    rows = [
        ("takes", parameter.reads.value),
        ("range", range_text(parameter)),
        ("also called", ", ".join(parameter.aliases)),
    ]
    if parameter.default is not None:
        default = parameter.default
        rows.append(("absent", default if isinstance(default, str) else f"{default:g}"))
    rows += [("sets", feed_text(feed)) for feed in parameter.feeds]
    say(aligned([row for row in rows if row[1]], indent="  "))
