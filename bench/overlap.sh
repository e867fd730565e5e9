#!/bin/sh
# Measures how much of the exchange of gradients the backward pass hides, on two hosts that are network
# namespaces (bench/namespaces.sh), with the model of 8 layers: steps with buckets of 1 MiB, of which most
# travel within the pass, with one bucket, which can only travel after it, and with one on a link without
# limit. The three take turns.
#
#   bench/overlap.sh [RATE [TURNS]]
set -eu
cd "$(dirname "$0")/.."
rate=${1:-200mbit} turns=${2:-5}
turn=1
while [ "$turn" -le "$turns" ]; do
  for variant in "$rate 1" "$rate 1000" "none 1000"; do
    link=${variant% *} bucket=${variant#* }
    printf 'link %s, buckets of %s MiB: ' "$link" "$bucket"
    bench/namespaces.sh "$link" 32 "{\"ddpBucketCapMb\": $bucket}" deep | tr '\n' ' '
    echo
  done
  turn=$((turn + 1))
done
