# shellcheck shell=bash disable=SC2034,SC2154  # the parts of the demo share their variables
# The steps of `make demo-monitoring`, in order.

run_monitoring_scenario() {
  say ''
  say "To run commands yourself, in another terminal: . $project/$folder/env"
  install_operator
  run_operator
  watch_with_prometheus
  apply_sample
  query_prometheus
  evict
  count_evictions
  mistype_with_alerts
  if is_simulated; then
    break_lms
  fi
  run_dashboard_queries
  take_screenshots
  all_checks_passed=yes
}

watch_with_prometheus() {
  heading 'Watch it with Prometheus' 'The demo uses the configuration and the rules of deploy/monitoring, with 1 s instead of 30 s. Alerts wait seconds instead of minutes.'
  prepare_prometheus
  show "diff deploy/monitoring/prometheus/rules.yml $folder/prometheus/rules.yml | grep '^>' | sort -u || true"
  show "promtool check config $folder/prometheus/prometheus.yml"
  start_prometheus
  show_query 'up' "node=\"$node\""
}

query_prometheus() {
  heading 'Query Prometheus' 'The status as metrics.'
  show_query "lms:managed_model_ready:min{name=\"$object\"}" '=> 1 @'
  show_query "lms_model_load_attempts_total{model_name=\"$model\",result=\"success\"}" '=> 1 @'
  show_query "lms_model_verification_attempts_total{model_name=\"$model\",result=\"passed\"} > 0" "model_name=\"$model\""
  show_query "lms_node_agent_up{node=\"$node\"}" '=> 1 @'
}

count_evictions() {
  heading 'Count evictions' 'Prometheus counts the eviction, and the load that followed.'
  show_query "lms_model_evictions_total{model_name=\"$model\"}" '=> 1 @'
  show_query "lms_model_load_attempts_total{model_name=\"$model\",result=\"success\"}" '=> 2 @'
}

mistype_with_alerts() {
  heading 'NotReady' 'This model does not exist. Two alerts fire until the ManagedModel is deleted.'
  write_second
  show "kubectl apply -f $folder/second.yaml"
  show_query 'ALERTS{alertname="Stalled",alertstate="firing"}' 'name="second"'
  show_query 'ALERTS{alertname="NotReady",alertstate="firing"}' 'name="second"'
  show "curl --silent $prometheus_url/api/v1/alerts | tr ',' '\\n' | grep -e '\"summary\"' -e '\"runbook_url\"'"
  expect_in 'the alert' runbooks/NotReady.md
  show 'kubectl delete managedmodel second -n models --timeout=30s'
  await_resolved NotReady
}

write_second() {
  cat >"$folder/second.yaml" <<'SECOND'
apiVersion: lmstudio-operator.dev/v1alpha1
kind: ManagedModel
metadata:
  name: second
  namespace: models
spec:
  model: no-such-model
SECOND
}

break_lms() {
  local control
  heading 'CircuitBreakerOpen' 'Every call of lms fails. After five failures the circuit breaker opens: the agent stops calling lms, except for one attempt from time to time.'
  control=http://127.0.0.1:$(sed -n 's/.*"controlPort":\([0-9]*\).*/\1/p' "$folder/simulator.log")/control
  show "curl --fail --silent --data '{\"on\":\"cli\",\"kind\":\"signal\",\"signal\":\"KILL\"}' $control/faults"
  say ''
  show_query 'lms_circuit_breaker_state{operation="reads"}' '=> 1 @'
  show_query 'ALERTS{alertname="CircuitBreakerOpen",alertstate="firing"}' "node=\"$node\""
  show 'kubectl get lmn -o wide'
  show "curl --fail --silent --request DELETE $control/faults"
  say ''
  await_resolved CircuitBreakerOpen
  show "kubectl wait --for=condition=Ready managedmodel/$object -n models --timeout=60s"
}

run_dashboard_queries() {
  heading 'Run the queries of the dashboards' 'deploy/monitoring/dashboards contains two Grafana dashboards. These are some of their queries, over the whole demo:'
  show_query 'histogram_quantile(0.95, sum by (le, operation) (rate(lms_cli_duration_seconds_bucket[5m])))' 'operation='
  show_query 'sum by (result) (increase(lms_cli_executions_total[10m]))' 'result="success"'
  show_query 'sum by (type) (lms_managed_model_condition{status="True"})' 'type="Ready"'
  show_query 'lms_build_info' 'version='
}

keep_prometheus_up() {
  heading 'Try it yourself' 'All processes run until you press Ctrl-C, which stops them.'
  cat <<HINT
In a browser:

  $prometheus_url/alerts
  $prometheus_url/graph?g0.expr=lms:managed_model_ready:min&g0.tab=0&g0.range_input=15m

In another terminal:

  . $project/$folder/env
  lms unload $identifier
  kubectl get managedmodels -n models --watch
  promtool query instant $prometheus_url 'ALERTS'

Logs: $folder/operator.log, $folder/prometheus.log. Metrics: $operator_url/q/metrics
HINT
  while :; do
    require_all_running
    pause 1
  done
}
