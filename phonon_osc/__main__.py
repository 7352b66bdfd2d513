"""Runs the command line: ``python -m phonon_osc``."""

from __future__ import annotations

import sys

from phonon_osc.cli import main

if __name__ == "__main__":  # processes that compile kernels import this module too
    sys.exit(main())
