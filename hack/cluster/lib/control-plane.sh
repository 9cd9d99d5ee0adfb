# shellcheck shell=bash disable=SC2034,SC2154  # the scripts and these parts share their variables
# The control plane. It runs in the namespaces of the cluster. A failed node is detected within 20 s instead of 50 s, so that
# tests take less time.

services_network=10.96.0.0/16
service_address=10.96.0.1

start_control_plane() {
  local host=$state/hosts/control-plane service
  mkdir -p "$host/services" "$host/etcd"
  cp -R "$pki" "$host/"
  write_service control-plane etcd /run/programs/etcd --data-dir=/run/host/etcd --unsafe-no-fsync \
    --listen-client-urls=http://127.0.0.1:2379 --advertise-client-urls=http://127.0.0.1:2379 \
    --listen-peer-urls=http://127.0.0.1:2380 --initial-advertise-peer-urls=http://127.0.0.1:2380 \
    --initial-cluster=default=http://127.0.0.1:2380
  write_service control-plane kube-apiserver /run/programs/kube-apiserver --etcd-servers=http://127.0.0.1:2379 \
    --bind-address="$network.1" --advertise-address="$network.1" --secure-port=6443 \
    --service-cluster-ip-range=$services_network --allow-privileged=true \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction,PodSecurity \
    --client-ca-file=/run/host/pki/ca.crt \
    --tls-cert-file=/run/host/pki/kube-apiserver.crt --tls-private-key-file=/run/host/pki/kube-apiserver.key \
    --kubelet-client-certificate=/run/host/pki/kubelet-client.crt --kubelet-client-key=/run/host/pki/kubelet-client.key \
    --kubelet-preferred-address-types=InternalIP \
    --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file=/run/host/pki/service-accounts.pub \
    --service-account-signing-key-file=/run/host/pki/service-accounts.key
  write_service control-plane kube-controller-manager /run/programs/kube-controller-manager \
    --kubeconfig=/run/host/pki/kube-controller-manager.kubeconfig --leader-elect=false \
    --use-service-account-credentials=true --root-ca-file=/run/host/pki/ca.crt \
    --service-account-private-key-file=/run/host/pki/service-accounts.key \
    --cluster-signing-cert-file=/run/host/pki/ca.crt --cluster-signing-key-file=/run/host/pki/ca.key \
    --node-monitor-period=2s --node-monitor-grace-period=20s
  write_service control-plane kube-scheduler /run/programs/kube-scheduler \
    --kubeconfig=/run/host/pki/kube-scheduler.kubeconfig --leader-elect=false
  for service in etcd kube-apiserver; do
    start_service control-plane "$service"
  done
  await 'the API server is ready' 60 is_ready
  for service in kube-controller-manager kube-scheduler; do
    start_service control-plane "$service"
  done
  kubectl create clusterrolebinding kube-proxy --clusterrole=system:node-proxier --user=system:kube-proxy >/dev/null
}

kubectl() { "$state/programs/kubectl" --kubeconfig "$(kubeconfig)" "$@"; }

is_ready() { kubectl get --raw /readyz >/dev/null 2>&1; }

write_service() { # <host> <name> <command…>
  local file=$state/hosts/$1/services/$2
  shift 2
  {
    printf '#!/bin/sh\ncd /\nexec'
    printf " '%s'" "$@"
    echo
  } >"$file"
  chmod +x "$file"
}

start_service() { # <host> <name>
  (in_host "$1" /run/harness/service start "$2")
}
