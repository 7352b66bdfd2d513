#!/bin/sh
# An FM voice out of single kinds, from a shell: operators, an LFO, a filter, an orbit's delay, a recording.
#
#   phonon-osc serve --record-dir takes &
#   sh tests/smoke/fm_voice.sh [PORT] [REPLY_PORT]
#   oscdump REPLY_PORT                      # in another terminal: the answers
set -eu
port=${1:-57120}
answer=${2:-57199}
say() { echo "> $*"; oscsend localhost "$port" "$@"; sleep 0.05; }

# Orbit 3 has an echo: a quarter of a second, a third of it again each time.
say /orbit/set isfsfsfsi 3 delay 0.5 delaytime 0.25 delayfeedback 0.3 reply "$answer"

# Two operators (sines whose phase can be bent). The carrier is silent until it is patched somewhere.
say /node/new sssfsisi operator carrier freq 440 orbit -1 reply "$answer"
say /node/new sssfsfsi operator modulator freq 110 level 2 reply "$answer"

# modulator -> carrier: the phase of the one is bent by the other, by `level` radians. That is FM, and 2 its index.
say /node/patch sssfsi modulator carrier modulation 1 reply "$answer"

# A slow sine moves the index, up and down by 1.5, three times a second, at audio rate.
say /node/new sssfsi sine lfo freq 3 reply "$answer"
say /node/patch sssfsi lfo modulator level 1.5 reply "$answer"

# carrier -> filter -> orbit 3.
say /node/new sssfsfsfsisi lowpass filter cutoff 4000 resonance 0.3 amp 0.25 orbit 3 reply "$answer"
say /node/patch sssfsi carrier filter x 1 reply "$answer"

# Five seconds into the folder that the server was started with.
say /record/start ssi fm.wav reply "$answer"
sleep 5
say /record/stop si reply "$answer"

# Away with everything; the echo fades on its own.
for node in filter carrier modulator lfo; do
  say /node/free ssi "$node" reply "$answer"
done
say /orbit/set isfsi 3 delay 0 reply "$answer"
sleep 0.3
