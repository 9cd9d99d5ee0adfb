# shellcheck shell=bash disable=SC2034,SC2154  # the parts of the demo share their variables
# Processes: started in a group of their own, so that this script alone gets a Ctrl-C, and stopped in reverse order.

# Words of the form pid:name, the newest first.
running=''
started=''
foreground=''

# Starts a process that is stopped with the others.
start() { # <name> <log file> <command> [argument…]
  local name=$1 log=$2
  shift 2
  start_unlisted "$@" </dev/null >>"$log" 2>&1
  running="$started:$name $running"
  printf '%s\n' "$started" >>"$register"
}

start_unlisted() { # <command> [argument…]
  set -m
  # Explicit, because a shell gives a background command nothing to read otherwise.
  "$@" <&0 &
  started=$!
  set +m
}

# Runs a command line and waits for it in such a way that signals to this script interrupt the wait, and it is ended.
in_foreground() { # <command line>
  local status=0
  set -m
  eval "$1" </dev/null &
  foreground=$!
  set +m
  wait "$foreground" || status=$?
  foreground=''
  return "$status"
}

is_running() { # <pid>
  kill -0 "$1" 2>/dev/null
}

require_all_running() {
  local word
  for word in $running; do
    is_running "${word%%:*}" || fail "${word#*:} runs" "it ended by itself; see $folder/${word#*:}.log"
  done
}

stop_foreground() {
  [ -n "$foreground" ] || return 0
  kill -TERM -- "-$foreground" || true
  wait "$foreground" || true
  foreground=''
} 2>/dev/null

stop() { # <pid>
  kill -TERM "$1" || true
  await_end "$1"
} 2>/dev/null

# With all that the process left behind in its group, and not for ever.
await_end() { # <pid>
  local tries=0
  while kill -0 "$1" && [ "$tries" -lt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  kill -KILL -- "-$1" || true
  wait "$1" || true
}

stop_newest() {
  local newest=${running%% *}
  stop "${newest%%:*}"
  running=${running#* }
}
