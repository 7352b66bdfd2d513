"""The built-in instruments: texts of synths and parts, and the definitions of kinds, bus and sampler."""
