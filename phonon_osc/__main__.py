"""``python -m phonon_osc``: the command line."""

from __future__ import annotations

import sys

from phonon_osc.cli import main

if __name__ == "__main__":  # workers that compile kernels import this module too
    sys.exit(main())
