"""SuperDirt's table: the records in the folder `records`, and the records that a user adds."""

from __future__ import annotations

import functools
import logging

from dsp.kind import kinds
from phonon_osc.dialects import user
from phonon_osc.dialects.parameters import Parameter, Table, TableError
from phonon_osc.dialects.superdirt.records import basics, effects, orbit, others

log = logging.getLogger(__name__)

OWN: tuple[Parameter, ...] = (
    *basics.SOUND,
    *basics.PITCH,
    *basics.TIMING,
    *basics.LEVEL,
    *effects.EFFECTS,
    *orbit.ORBIT,
    *others.SYNTH,
    *others.MIDI,
    *others.IGNORED,
)


@functools.cache
def table() -> Table:
    """All parameters. A user's effect comes last in the chain. A record that does not fit is left out, and the log says so."""
    found = Table(OWN)
    for module in user.modules():
        for record in getattr(module, "PARAMETERS", ()):
            try:
                found = _with(found, record)
            except TableError as error:
                log.warning("%s: a parameter is not used: %s", module.__file__, error)
    return found


def _with(known: Table, record: object) -> Table:
    if not isinstance(record, Parameter):
        raise TableError(f"{record!r} is no Parameter")
    for feed in record.feeds:
        kind = kinds().get(feed.kind)
        if kind is None or feed.parameter not in kind.params:
            raise TableError(f"{record.key}: there is no kind {feed.kind!r} with a parameter {feed.parameter!r}")
    made = Table((*known.parameters, record))
    made.steps(record.stage)
    return made
