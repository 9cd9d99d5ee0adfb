# shellcheck shell=bash disable=SC2034,SC2154  # the parts of the demo share their variables
# Output to the terminal and to the transcript, and the checks.

seen=''

say() { printf '%s\n' "$*"; }

# The reader of this pipe writes to both. It is not a process substitution: the script waits for it, and bash 3.2 does not
# provide the process ID of one.
begin_transcript() {
  mkfifo "$work/narration"
  start_unlisted relay
  relay_pid=$started
  exec 3>&1 4>&2 >"$work/narration" 2>&1
}

# Opening the pipe waits until the other end is open.
relay() {
  exec tee -i "$folder/transcript.txt" <"$work/narration"
}

end_transcript() {
  [ -n "${relay_pid:-}" ] || return 0
  exec >&3 2>&4 3>&- 4>&-
  # The reader ends after it has read everything.
  await_end "$relay_pid" 2>/dev/null
  relay_pid=''
}

heading() { # <title> <why>
  printf '\n--- %s (after %d s)\n%s\n\n' "$1" "$SECONDS" "$2" | fold -s -w 120
}

# Prints a command, runs it exactly as printed, prints its output and stores it in $seen.
show() { # <command line>
  local status=0
  try "$1" || status=$?
  [ "$status" -eq 0 ] || fail "\`$1\` succeeds" "it exited with code $status"
}

# The same for a command that must be refused.
show_refused() { # <command line>
  if try "$1"; then
    fail "\`$1\` is refused" 'it succeeded'
  fi
}

try() { # <command line>
  local status=0
  say "\$ $1"
  # Redirects the command line instead of the function: a signal that ends the function would not restore the output.
  in_foreground "{ $1
  } >$work/output 2>&1" || status=$?
  cat "$work/output"
  seen=$(cat "$work/output")
  return "$status"
}

passed() { say "=> $*"; }

expect() { # <what> <expected>
  [ "$seen" = "$2" ] || fail "$1: $2" "${seen:-nothing}"
  passed "$1: $2"
}

expect_in() { # <where> <text>
  case $seen in
    *"$2"*) passed "$1 contains '$2'" ;;
    *) fail "$1 contains '$2'" "${seen:-nothing}" ;;
  esac
}

# For conditions that no command can wait for.
eventually() { # <seconds> <command> [argument…]
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$until" ] || return 1
    pause 0.1
  done
}

pause() { # <seconds>
  in_foreground "sleep $1"
}

fail() { # <expected> <seen>
  printf '\nCHECK FAILED\nexpected: %s\nactual:   %s\n' "$1" "$2"
  if [ -r "$KUBECONFIG" ]; then
    say 'status of all ManagedModels:'
    kubectl get managedmodels --all-namespaces -o yaml --request-timeout=5s 2>&1 | sed 's/^/  /' || true
  fi
  if [ -s "$folder/operator.log" ]; then
    say "the last lines of $folder/operator.log:"
    tail -n 30 "$folder/operator.log" | sed 's/^/  /'
  fi
  exit 1
}
