# shellcheck shell=bash disable=SC2034,SC2154  # the parts of the demo share their variables
# The LM Studio that the operator drives: the simulator, or the one of this machine.

simulator_jar=$project/target/simulator/lmstudio-simulator.jar
simulated=$project/$folder/lmstudio
lms_home=''
# For JVMs that run for about a minute, with other processes on few processors.
short_lived='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -XX:-UsePerfData'

# A proxy cannot reach the loopback address of this machine.
export no_proxy=127.0.0.1,localhost NO_PROXY=127.0.0.1,localhost

prepare_lm_studio() {
  if [ -n "$lms" ]; then
    use_own_lm_studio
  else
    use_simulator
  fi
}

# The lms that the operator calls, and that you use in a shell.
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
    eventually 30 simulator_has_port || fail 'the simulator is ready within 30 s' "see $folder/simulator.log"
    passed "the simulated LM Studio listens on $http_url"
  fi
}

simulator_has_port() {
  require_all_running
  http_url=http://127.0.0.1:$(sed -n 's/.*"ready":true,.*"httpPort":\([0-9]*\).*/\1/p' "$folder/simulator.log")
  [ "$http_url" != http://127.0.0.1: ]
}

is_simulated() { [ "$lms_home" = "$simulated/home" ]; }

# Prints one line per completed call, in order. The simulator also writes a line when a call begins.
journal() {
  [ -r "$simulated/journal.jsonl" ] || return 0
  grep '"event":"finished","kind":"cli"' "$simulated/journal.jsonl" || true
}

loads() { # [identifier]
  journal | grep '"argv":\["load",' | grep -c -F -e "${1:+\"--identifier=$1\"}" || true
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
  [ -x "$lms" ] || refuse "$lms is not an executable file."
  require_no_other_agent
  write_lms_command
  require_model
  require_free_identifier
  find_http_server
  write_sample
  say "using the LM Studio of this machine, $http_url; the demo changes only the identifier $identifier"
}

refuse() {
  say "demo: $*"
  exit 1
}

# Writes to a file, because lms truncates its output to a pipe.
ask_lms() { # <argument…>
  retry_races in_foreground "$folder/bin/lms $* >$work/answer 2>$work/complaint" ||
    refuse "\`lms $*\` failed; is LM Studio running? Its output: $(cat "$work/complaint")"
}

# If an instance expires while lms reads the list, the whole call fails. A retry succeeds at once.
retry_races() { # <command that writes its errors to $work/complaint> [argument…]
  local attempt=1
  until "$@"; do
    if [ "$attempt" -ge 3 ] || ! grep -qF 'already been unloaded' "$work/complaint"; then
      return 1
    fi
    attempt=$((attempt + 1))
  done
}

answer_has() { # <field> <value>
  tr -d ' \n\r\t' <"$work/answer" | grep -qF "\"$1\":\"$2\""
}

require_model() {
  ask_lms ls --json
  list_models here >"$work/models"
  if grep -qxF -e "$model" "$work/models"; then
    return
  fi
  list_models elsewhere >"$work/linked"
  if grep -qxF -e "$model" "$work/linked"; then
    say "demo: only a linked device has the model '$model', but the operator loads only models of this machine." \
      "Download it on this machine, or choose one of these models:"
  else
    say "demo: MODEL must be the exact key of a downloaded model, but '$model' is not downloaded. Downloaded models:"
  fi
  sed 's/^/  /' "$work/models"
  exit 1
}

# Prints the keys in the output of ls, one per line. Entries of linked devices name their device.
list_models() { # here|elsewhere
  perl -0777 -ne '
    BEGIN { $wanted = shift }
    while (/(\{(?:[^{}"]++|"(?:[^"\\]++|\\.)*+"|(?1))*+\})/g) {
      my $entry = $1;
      my $place = $entry =~ /"deviceIdentifier"\s*:\s*"/ ? "elsewhere" : "here";
      print "$1\n" if $place eq $wanted && $entry =~ /"modelKey"\s*:\s*"([^"]+)"/;
    }' "$1" "$work/answer" | sort -u
}

require_free_identifier() {
  ask_lms ps --json
  if answer_has identifier "$identifier"; then
    refuse "an instance $identifier is loaded already, and its owner is unknown. Remove it: \`lms unload $identifier\`."
  fi
}

find_http_server() {
  local port
  ask_lms server status --json
  port=$(tr -d ' \n\r\t' <"$work/answer" | sed -n 's/.*"port":\([0-9]*\).*/\1/p')
  if [ -z "$port" ] || ! grep -q '"running": *true' "$work/answer"; then
    refuse "the HTTP server of LM Studio is not running, but verification requires it. Start it: \`lms server start\`."
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

# --- cleanup ----------------------------------------------------------------------------------------------------------

has_cleaned_up=''

clean_up_lm_studio() {
  [ -n "$lms_home" ] && [ -z "$has_cleaned_up" ] || return 0
  has_cleaned_up=yes
  if is_simulated; then
    journal >"$folder/journal.jsonl"
  else
    : >"$folder/journal.jsonl"
    say "$folder/journal.jsonl is empty: only the simulator keeps a journal" 2>/dev/null
    if [ -n "${is_applied:-}" ] && retry_races list_loaded && answer_has identifier "$identifier"; then
      say "unloading $identifier" 2>/dev/null
      retry_races unload
    fi
  fi
}

list_loaded() { "$folder/bin/lms" ps --json </dev/null >"$work/answer" 2>"$work/complaint"; }

unload() { "$folder/bin/lms" unload "$identifier" </dev/null >/dev/null 2>"$work/complaint"; }
