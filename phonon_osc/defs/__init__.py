"""Definitions as text: what /def/new takes, what a user's folder holds, and the built-in synths that are written so."""

from __future__ import annotations

from phonon_osc.defs.folder import Folder, default_folder
from phonon_osc.defs.graph import LONGEST, Instrument, read

__all__ = ["LONGEST", "Folder", "Instrument", "default_folder", "read"]
