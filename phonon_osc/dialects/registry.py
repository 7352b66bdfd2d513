"""All dialects: each is a folder beside this file, or a module of the user's folder, that defines ``DIALECT``."""

from __future__ import annotations

import functools
import importlib
import logging
import pkgutil
from pathlib import Path

from phonon_osc.dialects import user
from phonon_osc.dialects.dialect import Dialect
from phonon_osc.errors import UsageError

log = logging.getLogger(__name__)

DEFAULT = "superdirt"  # the dialect of events that no dialect claims


@functools.cache
def dialects() -> dict[str, Dialect]:
    """All dialects by name; the default one comes first."""
    package = __name__.rpartition(".")[0]
    folders = [m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if m.ispkg]
    found: dict[str, Dialect] = {}
    for module in (*(importlib.import_module(f"{package}.{name}") for name in folders), *user.modules()):
        dialect = getattr(module, "DIALECT", None)
        if dialect is None:
            continue
        if not isinstance(dialect, Dialect) or dialect.name in found:
            log.warning("%s: not used: DIALECT has to be a Dialect with a name of its own", module.__file__)
            continue
        found[dialect.name] = dialect
    return {DEFAULT: found.pop(DEFAULT), **found}


def dialect(name: str) -> Dialect:
    """The dialect of this name. Raises UsageError."""
    if name not in dialects():
        raise UsageError(f"there is no dialect {name!r}; there are {', '.join(dialects())}")
    return dialects()[name]
