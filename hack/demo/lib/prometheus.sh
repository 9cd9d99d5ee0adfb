# shellcheck shell=bash disable=SC2034,SC2154  # the parts of the demo share their variables
# Runs Prometheus for the demo, with the configuration and the rules of deploy/monitoring.

# Shortens the rules, because alerts would otherwise take ten minutes to fire.
prepare_prometheus() {
  local source=deploy/monitoring/prometheus
  mkdir -p "$folder/prometheus/targets"
  sed -E 's/(scrape_interval|evaluation_interval): 30s/\1: 1s/' $source/prometheus.yml >"$folder/prometheus/prometheus.yml"
  sed -E 's/^( +for: [0-9]+)m$/\1s/' $source/rules.yml >"$folder/prometheus/rules.yml"
  cp $source/targets/controllers.yml "$folder/prometheus/targets/"
  printf -- '- targets: [%s]\n  labels: {node: %s}\n' "${operator_url#http://}" "$node" >"$folder/prometheus/targets/agents.yml"
  ln -s "$prometheus_binaries/promtool" "$folder/bin/promtool"
}

# Prometheus cannot choose a port. If another process takes the port first, try another one.
start_prometheus() {
  local tries=0
  until try_prometheus; do
    tries=$((tries + 1))
    [ "$tries" -lt 5 ] || fail 'Prometheus is ready' "not ready; see $folder/prometheus.log"
  done
  passed "Prometheus is ready: $prometheus_url"
}

try_prometheus() {
  local port
  port=$(free_port)
  prometheus_url=http://127.0.0.1:$port
  start prometheus "$folder/prometheus.log" "$prometheus_binaries/prometheus" \
    --config.file="$project/$folder/prometheus/prometheus.yml" --storage.tsdb.path="$project/$work/prometheus" \
    --web.listen-address="127.0.0.1:$port"
  prometheus_pid=$started
  if eventually 30 prometheus_is_ready_or_gone && is_running "$prometheus_pid"; then
    return 0
  fi
  stop_newest
  return 1
}

prometheus_is_ready_or_gone() {
  is_running "$prometheus_pid" || return 0
  curl --fail --silent --max-time 2 --output /dev/null "$prometheus_url/-/ready"
}

# Shows a query like one that you would type, as soon as its result contains the text.
show_query() { # <query> <text>
  expected=$2
  eventually 90 answers "$1" || fail "\`$1\` returns $2 within 90 s" "$(cat "$work/answer")"
  show "promtool query instant $prometheus_url '$1'"
  expect_in 'the result' "$2"
}

answers() { # <query>
  require_all_running
  "$prometheus_binaries/promtool" query instant "$prometheus_url" "$1" >"$work/answer" 2>&1 &&
    grep -qF -- "$expected" "$work/answer"
}

await_resolved() { # <alert>
  eventually 90 is_resolved "$1" || fail "$1 has stopped firing" "$(cat "$work/answer")"
  show "promtool query instant $prometheus_url 'ALERTS{alertname=\"$1\",alertstate=\"firing\"}'"
  expect 'firing alerts' ''
}

is_resolved() { # <alert>
  require_all_running
  "$prometheus_binaries/promtool" query instant "$prometheus_url" "ALERTS{alertname=\"$1\",alertstate=\"firing\"}" \
    >"$work/answer" 2>&1 && ! grep -q . "$work/answer"
}
