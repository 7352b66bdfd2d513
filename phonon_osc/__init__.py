"""phonon-osc: a headless real-time synth server. OSC in, JACK out, no Python in the audio thread."""

__version__ = "0.1.0"
