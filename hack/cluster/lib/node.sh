# shellcheck shell=bash disable=SC2034,SC2154  # the scripts and these parts share their variables
# A node: containerd, kubelet and kube-proxy in namespaces of their own.

pause_image=lmstudio-operator.dev/pause:1

start_node() { # <node>
  local host=$state/hosts/$1 first=''
  address_of "$1" >/dev/null
  [ ! -e "$host/pid" ] || ! kill -0 "$(cat "$host/pid")" 2>/dev/null || die "$1 already runs"
  if [ ! -e "$host/config" ]; then
    first=yes
    mkdir -p "$host/config" "$host/services" "$host/log"
    configure_node "$1"
  fi
  rm -f "$host/ready" "$host/pid"
  remove_cgroup "$cgroup/$1"
  create_cgroup "$1"
  launch_node "$1" &
  local launched=$!
  await "$1 starts" 20 is_launched "$1" "$launched"
  # nsenter, unshare and the first process of the node are one below the other.
  child_of "$(child_of "$launched")" >"$host/pid"
  ! is_cgroup_v2 || delegate_controllers "$1"
  connect_node "$1"
  start_service "$1" containerd
  await "containerd of $1" 30 is_containerd_up "$1"
  [ -z "$first" ] || import_in_node "$1" /run/programs/pause.tar
  start_service "$1" kubelet
  start_service "$1" kube-proxy
}

launch_node() { # <node>
  local host=$state/hosts/$1
  join_cgroup "$1"
  exec setsid nsenter --target "$(pid_of control-plane)" --mount --net --pid --ipc -- \
    unshare --mount --net --pid --uts --ipc --cgroup --fork --kill-child=KILL --mount-proc \
    "$here/host" "$1" "$host" "$state/programs" "$here" "$state/programs/pause" </dev/null >"$host/log/host.log" 2>&1
}

child_of() { ps -o pid= --ppid "$1" | tr -d ' '; } # <pid>

is_launched() { # <node> <pid>
  [ -e "$state/hosts/$1/ready" ] || kill -0 "$2" 2>/dev/null || {
    cat "$state/hosts/$1/log/host.log" >&2
    die "$1 did not start"
  }
  [ -e "$state/hosts/$1/ready" ]
}

delegate_controllers() { # <node>
  local group=/sys/fs/cgroup/$cgroup/$1 process controller
  mkdir -p "$group/init"
  while read -r process; do
    echo "$process" >"$group/init/cgroup.procs"
  done <"$group/cgroup.procs"
  for controller in cpu cpuset io memory pids; do
    echo "+$controller" >"$group/cgroup.subtree_control" || true
  done 2>/dev/null
}

# Switches it off like a power failure. Its disk stays.
stop_node() { # <node>
  local pid
  pid=$(pid_of "$1")
  kill -KILL "$pid"
  await "the end of $1" 20 has_ended "$pid"
  remove_cgroup "$cgroup/$1"
  rm -f "$state/hosts/$1/pid"
}

is_containerd_up() { (in_host "$1" /run/programs/ctr version >/dev/null 2>&1); } # <node>

await_node() { # <node>
  kubectl wait --for=create --timeout=60s "node/$1" >/dev/null
  kubectl wait --for=condition=Ready --timeout=60s "node/$1" >/dev/null
}

import_image() { # <node> <archive>
  local archive=$state/hosts/$1/image.tar
  cp "$2" "$archive"
  import_in_node "$1" /run/host/image.tar
  rm "$archive"
}

import_in_node() { # <node> <archive in the node>
  local log=$state/hosts/$1/log/import.log
  (in_host "$1" /run/programs/ctr --namespace k8s.io images import --local "$2") >"$log" 2>&1 || {
    cat "$log" >&2
    die "cannot import the image into $1"
  }
}

configure_node() { # <node>
  local host=$state/hosts/$1 unprivileged=false
  # Without this capability, no process gets a lower OOM score than its parent.
  setpriv --dump | grep -q '^Capability bounding set:.*sys_resource' || unprivileged=true
  pki=$state/pki create_kubeconfig "$1" "/O=system:nodes/CN=system:node:$1"
  cp "$state/pki/$1.kubeconfig" "$host/config/kubelet.kubeconfig"
  cp "$state/pki/kube-proxy.kubeconfig" "$state/pki/ca.crt" "$host/config/"
  cat >"$host/config/containerd.toml" <<END_OF_FILE
version = 3
root = '/run/host/containerd'
state = '/run/containerd'
disabled_plugins = ['io.containerd.internal.v1.opt', 'io.containerd.nri.v1.nri']
[grpc]
address = '/run/containerd/containerd.sock'
[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = '$pause_image'
[plugins.'io.containerd.cri.v1.runtime']
restrict_oom_score_adj = $unprivileged
[plugins.'io.containerd.cri.v1.runtime'.cni]
bin_dirs = ['$cni_plugins']
conf_dir = '/etc/cni/net.d'
END_OF_FILE
  cat >"$host/config/bridge.conflist" <<END_OF_FILE
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "plugins": [
    {
      "type": "bridge", "bridge": "pods", "isGateway": true, "ipMasq": true, "hairpinMode": true,
      "ipam": {"type": "host-local", "ranges": [[{"subnet": "$(pods_of "$1")"}]], "routes": [{"dst": "0.0.0.0/0"}], "dataDir": "/run/ipam"}
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
END_OF_FILE
  cat >"$host/config/kubelet.yaml" <<END_OF_FILE
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: /run/host/config/ca.crt}
authorization: {mode: Webhook}
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
enforceNodeAllocatable: []
# The disk is the one of the machine, which may be almost full.
evictionHard: {imagefs.available: 0%, nodefs.available: 0%, nodefs.inodesFree: 0%}
imageGCHighThresholdPercent: 100
nodeStatusUpdateFrequency: 4s
nodeLeaseDurationSeconds: 20
resolvConf: /run/resolv.conf
volumePluginDir: /var/lib/kubelet/plugins
END_OF_FILE
  cat >"$host/config/kube-proxy.yaml" <<END_OF_FILE
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clientConnection: {kubeconfig: /run/host/config/kube-proxy.kubeconfig}
hostnameOverride: $1
# These settings belong to the machine.
conntrack: {maxPerCore: 0, min: 0, tcpCloseWaitTimeout: 0s, tcpEstablishedTimeout: 0s}
detectLocalMode: BridgeInterface
detectLocal: {bridgeInterface: pods}
END_OF_FILE
  write_service "$1" containerd /run/programs/containerd --config /run/host/config/containerd.toml
  write_service "$1" kubelet /run/programs/kubelet --config=/run/host/config/kubelet.yaml \
    --kubeconfig=/run/host/config/kubelet.kubeconfig --hostname-override="$1" --node-ip="$(address_of "$1")"
  write_service "$1" kube-proxy /run/programs/kube-proxy --config=/run/host/config/kube-proxy.yaml
}
