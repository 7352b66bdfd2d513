"""What a user adds: Python files and packages in a folder of their own, run when the server starts.

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

_PREFIX = "phonon_osc_user_dialects_"  # of the modules' names


def user_folder() -> Path:
    """``~/.config/phonon-osc/dialects``, or what PHONON_OSC_DIALECTS names. Any file there is run."""
    given = os.environ.get("PHONON_OSC_DIALECTS")
    if given:
        return Path(given)
    import platformdirs

    return platformdirs.user_config_path("phonon-osc") / "dialects"


@functools.cache
def modules() -> tuple[ModuleType, ...]:
    """The modules of the user's folder, in the order of their names. One with a mistake is left out, and the log says so."""
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
