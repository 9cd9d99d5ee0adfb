# shellcheck shell=bash disable=SC2034,SC2154  # the parts of the demo share their variables
# Cleanup for every kind of exit.

all_checks_passed=''

interrupted() { # <exit code>
  trap '' INT TERM HUP PIPE
  if [ -n "$all_checks_passed" ]; then
    exit 0
  fi
  say '' 2>/dev/null
  say interrupted 2>/dev/null
  exit "$1"
}

# A failure here must not prevent the rest of the cleanup.
clean_up() {
  local status=$?
  trap '' INT TERM HUP PIPE
  trap - EXIT
  set +e
  owns_workdir || exit "$status"
  stop_foreground
  if [ -n "$running" ]; then
    say '' 2>/dev/null
    say "stopping processes: $(printf '%s' "$running" | sed 's/[0-9]*://g')" 2>/dev/null
  fi
  while [ -n "$running" ]; do
    # Stop LM Studio only after the operator, its last caller.
    case $running in *:operator\ *) ;; *) clean_up_lm_studio ;; esac
    stop_newest
  done
  clean_up_lm_studio
  if [ "$status" -eq 0 ]; then
    say "all checks succeeded after $SECONDS s. $folder contains transcript.txt, managedmodels.yaml, metrics.txt," \
      'journal.jsonl, audit.jsonl and the logs.' 2>/dev/null
  else
    say "exited with code $status after $SECONDS s. $folder contains the transcript and the logs." 2>/dev/null
  fi
  end_transcript
  rm -f "$work/narration" "$register"
  # These credentials are no longer valid.
  rm -f "$KUBECONFIG" "$folder/operator.kubeconfig" "$folder/operator.token" "$work/tokens.csv" "$folder/env"
  rm -f "$lock"
  exit "$status"
}
