# shellcheck shell=bash disable=SC2034,SC2154  # the parts of the demo share their variables
# The LM Studio that the operator drives: the simulator, or the one of this machine.

simulator_jar=$project/target/simulator/lmstudio-simulator.jar
simulated=$project/$folder/lmstudio
lms_home=''
# JVMs that live for a minute, beside others on few processors.
short_lived='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -XX:-UsePerfData'

# A proxy would not find this machine's loopback.
export no_proxy=127.0.0.1,localhost NO_PROXY=127.0.0.1,localhost

prepare_lm_studio() {
  if [ -n "$lms" ]; then
    use_own_lm_studio
  else
    use_simulator
  fi
}

# What the operator calls, and what a person types as lms.
write_lms_command() {
  printf '#!/usr/bin/env bash\nHOME=%q LMS_API_SERVER_INFO_PATH=%q exec %q "$@"\n' \
    "$lms_home" "$lms_home/.lmstudio/.internal/http-server.json" "$lms" >"$folder/bin/lms"
  chmod 700 "$folder/bin/lms"
}

# --- simulated --------------------------------------------------------------------------------------------------------

use_simulator() {
  say 'starting the simulator of LM Studio'
  model=llama-3.2-1b-instruct
  object=llama
  identifier=team-a-llama
  patience=60s
  sample='kubectl apply -k k8s/samples'
  lms=$simulated/bin/lms
  lms_home=$simulated/home
  write_lms_command
  # shellcheck disable=SC2086  # one argument each
  start simulator "$folder/simulator.log" "$java" $short_lived -jar "$simulator_jar" --directory "$simulated"
}

await_lm_studio() {
  if is_simulated; then
    eventually 30 simulator_tells_its_port || fail 'the simulator is ready within 30 s' "see $folder/simulator.log"
    holds "the simulated LM Studio listens on $http_url"
  fi
}

simulator_tells_its_port() {
  require_all_running
  http_url=http://127.0.0.1:$(sed -n 's/.*"ready":true,.*"httpPort":\([0-9]*\).*/\1/p' "$folder/simulator.log")
  [ "$http_url" != http://127.0.0.1: ]
}

is_simulated() { [ "$lms_home" = "$simulated/home" ]; }

# One line per call that has ended, in order; the simulator also writes one when a call begins.
journal() {
  [ -r "$simulated/journal.jsonl" ] || return 0
  grep '"event":"finished","kind":"cli"' "$simulated/journal.jsonl" || true
}

loads() { # [model key]
  journal | grep '"argv":\["load",' | grep -c -F -e "${1:+\"$1\"}" || true
}

# --- of this machine --------------------------------------------------------------------------------------------------

use_own_lm_studio() {
  object=lmstudio-operator-demo
  identifier=lmstudio-operator-demo
  patience=15m
  lms_home=$HOME
  case $lms in
    /*) ;;
    *) lms=$PWD/$lms ;;
  esac
  [ -x "$lms" ] || refuse "there is no program $lms."
  write_lms_command
  require_model
  require_free_identifier
  find_http_server
  write_sample
  say "using the LM Studio of this machine, $http_url; nothing is touched there but the identifier $identifier"
}

refuse() {
  say "demo: $*"
  exit 1
}

# To a file, because lms cuts what it writes into a pipe.
ask_lms() { # <argument…>
  in_foreground "$folder/bin/lms $* >$work/answer 2>$work/complaint" ||
    refuse "\`lms $*\` failed; is LM Studio running? It says: $(cat "$work/complaint")"
}

answer_has() { # <field> <value>
  tr -d ' \n\r\t' <"$work/answer" | grep -qF "\"$1\":\"$2\""
}

require_model() {
  ask_lms ls --json
  if [ -z "$model" ] || ! answer_has modelKey "$model"; then
    say "demo: MODEL has to be the exact key of a downloaded model, and '$model' is none. There are:"
    tr -d ' \n\r\t' <"$work/answer" | grep -o '"modelKey":"[^"]*"' | sed 's/^"modelKey":"\(.*\)"$/  \1/' | sort -u
    exit 1
  fi
}

require_free_identifier() {
  ask_lms ps --json
  if answer_has identifier "$identifier"; then
    refuse "an instance $identifier is loaded already, and it is not known whose; \`lms unload $identifier\` removes it."
  fi
}

find_http_server() {
  local port
  ask_lms server status --json
  port=$(tr -d ' \n\r\t' <"$work/answer" | sed -n 's/.*"port":\([0-9]*\).*/\1/p')
  if [ -z "$port" ] || ! grep -q '"running": *true' "$work/answer"; then
    refuse "the HTTP server of LM Studio does not run, and without it nothing can be proven: \`lms server start\`."
  fi
  http_url=http://127.0.0.1:$port
}

write_sample() {
  sample="kubectl apply -f $folder/sample.yaml"
  cat >"$folder/sample.yaml" <<SAMPLE
apiVersion: v1
kind: Namespace
metadata:
  name: models
---
apiVersion: lmstudio-operator.dev/v1alpha1
kind: ManagedModel
metadata:
  name: $object
  namespace: models
spec:
  model: "$model"
  identifier: $identifier
  ttlSeconds: 600
SAMPLE
}

# --- in the end -------------------------------------------------------------------------------------------------------

has_left=''

leave_lm_studio() {
  [ -n "$lms_home" ] && [ -z "$has_left" ] || return 0
  has_left=yes
  if is_simulated; then
    journal >"$folder/journal.jsonl"
  else
    : >"$folder/journal.jsonl"
    say "$folder/journal.jsonl is empty: only the simulator keeps a journal" 2>/dev/null
    if [ -n "${is_applied:-}" ] && "$folder/bin/lms" ps --json >"$work/answer" 2>&1 && answer_has identifier "$identifier"; then
      say "unloading $identifier" 2>/dev/null
      "$folder/bin/lms" unload "$identifier" </dev/null >/dev/null 2>&1
    fi
  fi
}
