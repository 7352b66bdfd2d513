"""Dialects and parameters of the user: Python files and packages in the user's folder. The server runs them when it starts.

A module there may define ``DIALECT`` (a `Dialect`), ``PARAMETERS`` (further records of SuperDirt's table), or both.
"""

from __future__ import annotations

import functools
import importlib.util
import logging
import os
import sys
from pathlib import Path
from types import ModuleType

log = logging.getLogger(__name__)

_PREFIX = "phonon_osc_user_dialects_"  # begins the modules' names


def user_folder() -> Path:
    """``~/.config/phonon-osc/dialects``, or the folder that PHONON_OSC_DIALECTS names. The server runs every file there."""
    given = os.environ.get("PHONON_OSC_DIALECTS")
    if given:
        return Path(given)
    import platformdirs

    return platformdirs.user_config_path("phonon-osc") / "dialects"


@functools.cache
def modules() -> tuple[ModuleType, ...]:
    """The modules of the user's folder, in the order of their names. A module that raises is left out, and the log says so."""
    found = []
    folder = user_folder()
    files = sorted([*folder.glob("*.py"), *folder.glob("*/__init__.py")]) if folder.is_dir() else []
    for file in files:
        package = file.name == "__init__.py"
        name = _PREFIX + (file.parent.name if package else file.stem)
        spec = importlib.util.spec_from_file_location(
            name, file, submodule_search_locations=[str(file.parent)] if package else None
        )
        assert spec is not None and spec.loader is not None
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            del sys.modules[name]
            log.warning("%s: not used (%s: %s)", file, type(error).__name__, error)
        else:
            found.append(module)
    return tuple(found)
