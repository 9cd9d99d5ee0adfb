# shellcheck shell=bash disable=SC2034,SC2154  # the parts of the demo share their variables
# Runs the operator with the service account from k8s/.

operator_jar=$project/target/quarkus-app/quarkus-run.jar
node=demo-node

# There is no kubelet, so the demo creates the Node. The token names it.
write_node() {
  cat >"$folder/node.yaml" <<NODE
apiVersion: v1
kind: Node
metadata:
  name: $node
NODE
}

write_operator_kubeconfig() {
  write_kubeconfig "$folder/operator.kubeconfig" "$(cat "$folder/operator.token")"
}

# Only these variables, so that the operator does not depend on the environment.
start_operator() {
  local token_file=${LMSTUDIO_OPERATOR_HTTP_TOKEN_FILE:-}
  mkdir -p "$work/scratch"
  # shellcheck disable=SC2086  # one argument each
  start operator "$folder/operator.log" env -i HOME="$HOME" PATH=/usr/bin:/bin LANG=C.UTF-8 \
    KUBECONFIG="$project/$folder/operator.kubeconfig" \
    LMSTUDIO_OPERATOR_ROLE=all LMSTUDIO_OPERATOR_NODE_NAME="$node" \
    LMSTUDIO_OPERATOR_LMS_PATH="$lms" LMSTUDIO_OPERATOR_LMS_HOME="$lms_home" \
    LMSTUDIO_OPERATOR_LMS_WORK_DIR="$project/$work/scratch" LMSTUDIO_OPERATOR_HTTP_URL="$http_url" \
    ${token_file:+"LMSTUDIO_OPERATOR_HTTP_TOKEN_FILE=$token_file"} \
    ${monitoring:+LMSTUDIO_OPERATOR_CIRCUIT_BREAKER_DELAY=5s LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=5s} \
    QUARKUS_HTTP_HOST=127.0.0.1 QUARKUS_HTTP_PORT=0 QUARKUS_LOG_JSON_CONSOLE_ENABLED=false \
    "$java" $short_lived -Djava.io.tmpdir="$project/$work/scratch" -jar "$operator_jar"
  eventually 60 operator_is_ready || fail 'the operator is ready within 60 s' "not ready; see $folder/operator.log"
  passed "the operator is ready: $operator_url/q/health/ready"
}

operator_is_ready() {
  require_all_running
  operator_url=$(sed -n 's/.*Listening on: \(http:[^ ]*[0-9]\).*/\1/p' "$folder/operator.log" | tail -n 1)
  [ -n "$operator_url" ] && curl --fail --silent --max-time 2 --output /dev/null "$operator_url/q/health/ready"
}
