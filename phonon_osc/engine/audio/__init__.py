"""The audio thread. "RT:" marks modules of compiled functions, which must not allocate, lock, raise, or run Python."""
