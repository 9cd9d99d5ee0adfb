# shellcheck shell=bash disable=SC2034,SC2154  # the scripts and these parts share their variables
# What the cluster needs from the machine: its tools, its cgroups, and the programs that hack/envtest provides.

say() { printf 'cluster: %4d s  %s\n' "$SECONDS" "$*" >&2; }

die() {
  printf 'cluster: %s\n' "$@" >&2
  exit 1
}

tools='conntrack flock ip iptables nsenter openssl ps runc setpriv unshare'
cni_plugins=/usr/lib/cni

# Prints why this machine cannot run a cluster, or nothing.
why_not() {
  local tool missing='' controller
  if [ "$(uname -s)" != Linux ]; then
    echo "a node of Kubernetes needs Linux; this is $(uname -s)"
    return
  fi
  if [ "$(id -u)" != 0 ]; then
    echo 'it needs root, to create namespaces and to mount file systems'
    return
  fi
  for tool in $tools; do
    command -v "$tool" >/dev/null || missing+=" $tool"
  done
  [ -x "$cni_plugins/bridge" ] || missing+=" $cni_plugins/bridge"
  if [ -n "$missing" ]; then
    echo "these programs are missing:$missing (apt-get install conntrack containernetworking-plugins iproute2 iptables openssl procps runc util-linux)"
    return
  fi
  if ! unshare --mount --net --pid --ipc --uts --cgroup --fork true 2>/dev/null; then
    echo 'this machine does not allow new namespaces'
    return
  fi
  for controller in cpu cpuset memory pids; do
    if ! has_controller "$controller"; then
      echo "the cgroup controller $controller is not available in /sys/fs/cgroup"
      return
    fi
  done
  if ! unshare --mount sh -c 'mount -t tmpfs none /mnt && mkdir /mnt/upper /mnt/work && mount -t overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work none /etc' 2>/dev/null; then
    echo 'this machine cannot mount overlay file systems'
  fi
}

refuse_unless_possible() {
  local reason
  reason=$(why_not)
  [ -z "$reason" ] || die "this machine cannot run a cluster: $reason"
}

# Collects the programs in a directory.
install_programs() { # <directory>
  local provider folder
  mkdir -p "$1"
  for provider in control-plane cluster containerd; do
    folder=$(KUBERNETES='' "$root/hack/envtest/$provider" install)
    ln -sf "$folder"/* "$1/"
  done
  (cd "$here/pause" && CGO_ENABLED=0 GOFLAGS=-mod=readonly GOWORK=off go build -trimpath -ldflags '-s -w' -o "$1/pause" .)
  "$here/pause-image" "$1/pause" "$1/pause.tar" "$pause_image"
}

# --- cgroups ----------------------------------------------------------------------------------------------------------

cgroup=lmstudio-operator-cluster

is_cgroup_v2() { [ -e /sys/fs/cgroup/cgroup.controllers ]; }

has_controller() { # <name>
  if is_cgroup_v2; then
    grep -qw "$1" /sys/fs/cgroup/cgroup.controllers
  else
    [ -d "/sys/fs/cgroup/$1" ]
  fi
}

# Prints the root directories of all hierarchies.
cgroup_roots() {
  if is_cgroup_v2; then
    echo /sys/fs/cgroup
  else
    awk '$3 == "cgroup" { print $2 }' /proc/self/mounts
  fi
}

create_cgroup() { # <host>
  local folder controller
  for folder in $(cgroup_roots); do
    mkdir -p "$folder/$cgroup/$1"
    if is_cgroup_v2; then
      for controller in cpu cpuset io memory pids; do
        echo "+$controller" >"$folder/cgroup.subtree_control" || true
        echo "+$controller" >"$folder/$cgroup/cgroup.subtree_control" || true
      done 2>/dev/null
    elif [ -e "$folder/cpuset.cpus" ]; then
      # A new cpuset is empty, and accepts no process.
      cat "$folder/cpuset.cpus" >"$folder/$cgroup/cpuset.cpus"
      cat "$folder/cpuset.mems" >"$folder/$cgroup/cpuset.mems"
      cat "$folder/cpuset.cpus" >"$folder/$cgroup/$1/cpuset.cpus"
      cat "$folder/cpuset.mems" >"$folder/$cgroup/$1/cpuset.mems"
    fi
  done
}

# Moves this process. With cgroups v2, a group with processes cannot have groups with controllers, so a node has the group
# `init` for processes that are not in a Pod.
join_cgroup() { # <host> [init]
  local folder
  for folder in $(cgroup_roots); do
    echo "$BASHPID" >"$folder/$cgroup/$1/${2:-}/cgroup.procs"
  done
}

# The processes in it have ended, or end now.
remove_cgroup() { # <cgroup>
  local folder tries
  for folder in $(cgroup_roots); do
    tries=0
    while [ -d "$folder/$1" ]; do
      find "$folder/$1" -depth -type d -exec rmdir {} + 2>/dev/null || true
      tries=$((tries + 1))
      [ "$tries" -lt 100 ] || die "cannot remove $folder/$1"
      [ ! -d "$folder/$1" ] || sleep 0.1
    done
  done
}
