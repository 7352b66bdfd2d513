"""Definitions as text: what /def/new takes, what a user's folder holds, and the built-in synths, which are written so."""

from __future__ import annotations

from phonon_osc.defs.folder import Folder, default_folder
from phonon_osc.defs.instrument import Instrument, read
from phonon_osc.defs.source import LONGEST, Source

__all__ = ["LONGEST", "Folder", "Instrument", "Source", "default_folder", "read"]
