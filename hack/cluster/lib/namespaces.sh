# shellcheck shell=bash disable=SC2034,SC2154  # the scripts and these parts share their variables
# The namespaces of the cluster and of its nodes. The kernel ends all processes of a process namespace with its first one, and
# removes mounts and network interfaces with the last process of a namespace. So nothing remains when the first process of the
# cluster ends, except cgroups.

# These addresses are reserved for benchmarks of networks (RFC 2544), so they do not conflict with a network of this machine.
network=198.18.0
interface=lmo-cluster

address_of() { # <host>
  case $1 in
    control-plane) echo $network.1 ;;
    machine) echo $network.254 ;;
    node-*) echo "$network.$((10 + ${1#node-}))" ;;
    *) die "unknown node '$1'; use control-plane, node-1, …" ;;
  esac
}

# The hardware address of a host never changes, because others keep it for up to a minute. Without one of its own, a bridge
# takes the lowest address of its ports, so that another node would change it.
hardware_address_of() { # <host>
  printf '02:00:00:00:00:%02x\n' "$(address_of "$1" | cut -d . -f 4)"
}

pods_of() { # <node>
  echo "198.18.$((100 + ${1#node-})).0/24"
}

# --- the supervisor ---------------------------------------------------------------------------------------------------

# The process ID of a supervisor that was killed can belong to another process now.
is_running() {
  [ -e "$state/supervisor" ] && grep -qz "$here/supervisor" "/proc/$(cat "$state/supervisor")/cmdline" 2>/dev/null
}

start_supervisor() {
  setsid "$here/supervisor" "$state" </dev/null >"$state/supervisor.log" 2>&1 &
  local supervisor=$!
  await "the namespaces of the cluster" 20 has_started "$supervisor"
  [ -e "$state/hosts/control-plane/pid" ] || {
    cat "$state/supervisor.log" >&2
    die 'the supervisor of the cluster did not start'
  }
}

has_started() { # <pid of the supervisor>
  [ -e "$state/hosts/control-plane/pid" ] || ! kill -0 "$1" 2>/dev/null
}

stop_supervisor() {
  local supervisor
  is_running || return 0
  supervisor=$(cat "$state/supervisor")
  kill "$supervisor"
  await 'the end of the cluster' 30 has_ended "$supervisor"
}

has_ended() { ! kill -0 "$1" 2>/dev/null; } # <pid>

remains() {
  local host folder
  ! is_running || echo 'its supervisor'
  for host in "$state"/hosts/*/pid; do
    [ ! -e "$host" ] || ! kill -0 "$(cat "$host")" 2>/dev/null || echo "process $(cat "$host")"
  done
  ! ip link show "$interface" >/dev/null 2>&1 || echo "interface $interface"
  grep -F " $state/" /proc/self/mounts || true
  for folder in $(cgroup_roots); do
    [ ! -d "$folder/$cgroup" ] || echo "cgroup $folder/$cgroup"
  done
}

await() { # <what> <seconds> <command…>
  local what=$1 end=$((SECONDS + $2))
  shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || die "timed out: $what"
    sleep 0.1
  done
}

# --- hosts ------------------------------------------------------------------------------------------------------------

pid_of() { # <host>
  local file=$state/hosts/$1/pid
  if [ ! -e "$file" ] || ! kill -0 "$(cat "$file")" 2>/dev/null; then
    die "$1 does not run"
  fi
  cat "$file"
}

# shellcheck disable=SC2016  # a script for another shell
in_root='cd / && PATH=/run/programs:$PATH && exec "$@"'

# Runs a command in the namespaces of a host.
in_host() { # <host> <command…>
  local host=$1 pid
  shift
  pid=$(pid_of "$host")
  if [ "$host" = control-plane ]; then
    exec nsenter --target "$pid" --mount --net --pid --ipc -- sh -c "$in_root" sh "$@"
  fi
  if is_cgroup_v2; then
    join_cgroup "$host" init
  else
    join_cgroup "$host"
  fi
  exec nsenter --target "$pid" --mount --net --pid --ipc --uts --cgroup -- sh -c "$in_root" sh "$@"
}

in_network_of() { # <host> <command…>
  local pid
  pid=$(pid_of "$1")
  shift
  nsenter --target "$pid" --net -- "$@"
}

# Connects this machine to the network of the cluster. Tests reach the API server, the nodes and the Pods.
connect_machine() {
  local pid
  pid=$(pid_of control-plane)
  in_network_of control-plane sh -c "ip link set lo up && ip link add bridge address $(hardware_address_of control-plane) type bridge && ip address add $network.1/24 dev bridge && ip link set bridge up"
  ip link add "$interface" type veth peer name machine netns "$pid"
  in_network_of control-plane sh -c 'ip link set machine master bridge && ip link set machine up'
  ip address add "$(address_of machine)/24" dev "$interface"
  ip link set "$interface" up
}

connect_node() { # <node>
  local pid address other
  pid=$(pid_of "$1")
  address=$(address_of "$1")
  in_network_of control-plane ip link delete "$1" 2>/dev/null || true
  nsenter --target "$(pid_of control-plane)" --net -- ip link add "$1" type veth peer name eth0 address "$(hardware_address_of "$1")" netns "$pid"
  in_network_of control-plane sh -c "ip link set $1 master bridge && ip link set $1 up"
  in_network_of "$1" sh -c "ip link set lo up && ip address add $address/24 dev eth0 && ip link set eth0 up && ip route add default via $network.1"
  # The other hosts route to the Pods of this node, and this node to theirs.
  in_network_of control-plane ip route replace "$(pods_of "$1")" via "$address"
  ip route replace "$(pods_of "$1")" via "$address" dev "$interface"
  for other in "$state"/hosts/node-*; do
    other=${other##*/}
    if [ "$other" = "$1" ] || [ ! -e "$state/hosts/$other/pid" ]; then
      continue
    fi
    in_network_of "$1" ip route replace "$(pods_of "$other")" via "$(address_of "$other")"
    kill -0 "$(cat "$state/hosts/$other/pid")" 2>/dev/null || continue
    in_network_of "$other" ip route replace "$(pods_of "$1")" via "$address"
  done
}
