#!/bin/sh
# Builds an FM voice from single kinds in a shell: operators, an LFO, a filter, an orbit's delay. Then records it.
#
#   phonon-osc serve --record-dir takes &
#   sh tests/smoke/fm_voice.sh [PORT] [REPLY_PORT]
#   oscdump REPLY_PORT                      # in another terminal: the answers
set -eu
port=${1:-57120}
answer=${2:-57199}
say() { echo "> $*"; oscsend localhost "$port" "$@"; sleep 0.05; }

# Orbit 3 has an echo every quarter of a second, each with 0.3 of the level of the last.
say /orbit/set isfsfsfsi 3 delay 0.5 delaytime 0.25 delayfeedback 0.3 reply "$answer"

# Two operators: sines whose phase can be modulated. The carrier is silent until it is patched.
say /node/new sssfsisi operator carrier freq 440 orbit -1 reply "$answer"
say /node/new sssfsfsi operator modulator freq 110 level 2 reply "$answer"

# modulator -> carrier: the modulator changes the phase of the carrier by `level` radians. This is FM with an index of 2.
say /node/patch sssfsi modulator carrier modulation 1 reply "$answer"

# A slow sine moves the index up and down by 1.5, three times a second.
say /node/new sssfsi sine lfo freq 3 reply "$answer"
say /node/patch sssfsi lfo modulator level 1.5 reply "$answer"

# carrier -> filter -> orbit 3.
say /node/new sssfsfsfsisi lowpass filter cutoff 4000 resonance 0.3 amp 0.25 orbit 3 reply "$answer"
say /node/patch sssfsi carrier filter x 1 reply "$answer"

# Record five seconds into the folder of --record-dir.
say /record/start ssi fm.wav reply "$answer"
sleep 5
say /record/stop si reply "$answer"

# Free everything; the echo fades by itself.
for node in filter carrier modulator lfo; do
  say /node/free ssi "$node" reply "$answer"
done
say /orbit/set isfsi 3 delay 0 reply "$answer"
sleep 0.3
