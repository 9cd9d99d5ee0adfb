# shellcheck shell=bash disable=SC2034,SC2154  # the parts of the demo share their variables
# etcd and kube-apiserver, with RBAC and admission policies, without controllers and kubelets.

# Absolute paths, so that kubectl in any directory and the operator find these files.
KUBECONFIG=$project/$folder/kubeconfig
KUBECACHEDIR=$project/$work/kubectl-cache
export KUBECONFIG KUBECACHEDIR

audit_policy=$here/audit-policy.yaml

start_control_plane() {
  say "starting etcd and kube-apiserver $("$project/hack/envtest/control-plane" version)"
  ln -s "$binaries/kubectl" "$folder/bin/kubectl"
  write_environment
  start_etcd
  start_api_server
}

# Settings for users who want to run commands themselves.
write_environment() {
  printf "export KUBECONFIG=%q PATH=%q:\"\$PATH\"\n" "$KUBECONFIG" "$project/$folder/bin" >"$folder/env"
  # shellcheck source=/dev/null
  . "$folder/env"
}

# etcd chooses its port.
start_etcd() {
  local none=http://127.0.0.1:0
  start etcd "$folder/etcd.log" "$binaries/etcd" --name=demo --data-dir="$project/$work/etcd" --unsafe-no-fsync \
    --enable-grpc-gateway=false --listen-client-urls=$none --advertise-client-urls=$none \
    --listen-peer-urls=$none --initial-advertise-peer-urls=$none --initial-cluster=demo=$none
  eventually 30 etcd_has_address || fail 'etcd is ready within 30 s' "see $folder/etcd.log"
}

etcd_has_address() {
  require_all_running
  etcd_address=$(sed -n 's/.*serving client traffic.*"address":"\([0-9.:]*\)".*/\1/p' "$folder/etcd.log")
  [ -n "$etcd_address" ]
}

# kube-apiserver cannot choose a port. If another process takes the port first, try another one.
start_api_server() {
  local tries=0
  printf '%s,admin,admin,"system:masters"\n' "$(random_token)" >"$work/tokens.csv"
  until try_api_server; do
    tries=$((tries + 1))
    [ "$tries" -lt 5 ] || fail 'kube-apiserver is ready' "not ready; see $folder/kube-apiserver.log"
    say "kube-apiserver did not start on port $api_port; trying another port"
  done
  passed "kube-apiserver listens on 127.0.0.1:$api_port"
}

random_token() {
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

# kube-apiserver generates its serving certificate. The key of that certificate also signs the tokens of service accounts.
try_api_server() {
  local certs=$project/$work/certs
  api_port=$(free_port)
  start kube-apiserver "$folder/kube-apiserver.log" "$binaries/kube-apiserver" --etcd-servers="http://$etcd_address" \
    --bind-address=127.0.0.1 --advertise-address=127.0.0.1 --secure-port="$api_port" --cert-dir="$certs" \
    --token-auth-file="$project/$work/tokens.csv" --authorization-mode=RBAC --anonymous-auth=false \
    --service-account-issuer="https://127.0.0.1:$api_port" --service-account-signing-key-file="$certs/apiserver.key" \
    --service-account-key-file="$certs/apiserver.key" --service-cluster-ip-range=10.0.0.0/24 \
    --endpoint-reconciler-type=none --enable-priority-and-fairness=false --profiling=false \
    --audit-policy-file="$audit_policy" --audit-log-path="$project/$folder/audit.jsonl"
  api_pid=$started
  if eventually 60 api_server_is_ready_or_gone && is_running "$api_pid"; then
    return 0
  fi
  stop_newest
  return 1
}

# This token is unique: the API server of another process on this port would reject it.
api_server_is_ready_or_gone() {
  is_running "$api_pid" || return 0
  [ -s "$work/certs/apiserver.crt" ] || return 1
  write_kubeconfig "$KUBECONFIG" "$(cut -d , -f 1 "$work/tokens.csv")"
  kubectl get --raw=/readyz --request-timeout=2s >/dev/null 2>&1
}

# The ports are below the ephemeral ports of Linux and macOS.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 9<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  printf '%s\n' "$port"
}

write_kubeconfig() { # <file> <token>
  cat >"$1" <<KUBECONFIG
apiVersion: v1
kind: Config
current-context: demo
contexts: [{name: demo, context: {cluster: demo, user: demo}}]
clusters:
  - name: demo
    cluster:
      server: https://127.0.0.1:$api_port
      certificate-authority-data: $(base64 <"$work/certs/apiserver.crt" | tr -d '\n')
users: [{name: demo, user: {token: $2}}]
KUBECONFIG
}
