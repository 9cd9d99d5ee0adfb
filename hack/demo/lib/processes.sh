# shellcheck shell=bash disable=SC2034,SC2154  # the parts of the demo share their variables
# Starts processes in their own groups, so that only this script receives Ctrl-C. Stops them in reverse order.

# Entries of the form pid:name, newest first.
running=''
started=''
foreground=''

# Starts a process and adds it to the processes to stop.
start() { # <name> <log file> <command> [argument…]
  local name=$1 log=$2
  shift 2
  start_unlisted "$@" </dev/null >>"$log" 2>&1
  running="$started:$name $running"
  printf '%s\n' "$started" >>"$register"
}

start_unlisted() { # <command> [argument…]
  set -m
  # Explicit, because a shell connects the standard input of a background command to /dev/null.
  "$@" <&0 &
  started=$!
  set +m
}

# Runs a command line and waits for it. A signal to this script interrupts the wait and ends the command.
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
    is_running "${word%%:*}" || fail "${word#*:} runs" "it exited unexpectedly; see $folder/${word#*:}.log"
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

# Includes the remaining processes of its group. The wait is limited.
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
