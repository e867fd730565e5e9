#!/bin/sh
# Measures bench/scaling.ts on two hosts that are network namespaces of this machine, one rank each,
# joined by a pair of virtual Ethernet devices: ranks talk through TCP, and the devices count the bytes.
#
#   bench/namespaces.sh [RATE [ARGUMENTS OF scaling.ts]...]
#
# RATE limits both directions, such as 1gbit; "none", the default, does not. What is above the rate waits,
# and nothing is dropped. Ranks that wait give way to others, as both share the cores of one machine. It must
# be run as root, on Linux, with iproute2, Open MPI and Deno.
set -eu
cd "$(dirname "$0")/.."
rate=${1:-none}
[ $# -eq 0 ] || shift
a=sentrain$$a b=sentrain$$b
agent=$(mktemp)

cleanup() {
  ip netns del "$a" 2>/dev/null || true
  ip netns del "$b" 2>/dev/null || true
  rm -f "$agent"
}
trap cleanup EXIT
trap 'exit 1' HUP INT PIPE TERM

ip netns add "$a"
ip netns add "$b"
ip link add eth1 netns "$a" type veth peer name eth1 netns "$b"
address=1
for host in "$a" "$b"; do
  ip -n "$host" link set lo up
  ip -n "$host" address add 10.77.0.$address/24 dev eth1
  ip -n "$host" link set eth1 up
  if [ "$rate" != none ]; then
    tc -n "$host" qdisc add dev eth1 root tbf rate "$rate" burst 64kb limit 64mb
  fi
  address=$((address + 1))
done

# In place of ssh: the launcher gives it an address and a command.
cat >"$agent" <<END
#!/bin/sh
shift
exec ip netns exec $b sh -c "\$*"
END
chmod +x "$agent"

sent() {
  ip netns exec "$a" cat /sys/class/net/eth1/statistics/tx_bytes
}

before=$(sent)
ip netns exec "$a" mpirun --allow-run-as-root --bind-to none -n 2 --host 10.77.0.1:1,10.77.0.2:1 \
  --mca plm_rsh_agent "$agent" --mca btl tcp,self --mca btl_tcp_if_include 10.77.0.0/24 \
  --mca oob_tcp_if_include 10.77.0.0/24 --mca mpi_yield_when_idle 1 \
  "${DENO:-deno}" run -A --no-check bench/scaling.ts "$@"
echo "rank 0 sent $((($(sent) - before) / 1000000)) MB"
