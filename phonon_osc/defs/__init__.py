"""Definitions as text, as in /def/new, in a user's folder and in the built-in synths."""

from __future__ import annotations

from phonon_osc.defs.folder import Folder, default_folder
from phonon_osc.defs.instrument import Instrument, read
from phonon_osc.defs.source import LONGEST, Source

__all__ = ["LONGEST", "Folder", "Instrument", "Source", "default_folder", "read"]
