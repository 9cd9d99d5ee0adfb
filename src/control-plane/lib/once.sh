# shellcheck shell=bash disable=SC2034,SC2154  # the scripts and these parts share their variables
# One install, which can be interrupted at any time: of $binaries into $folder, which is named $name on this machine.

is_complete() {
  local binary
  for binary in $binaries; do
    [ -x "$folder/$binary" ] || return 1
  done
}

# Everything is made in a folder of this process and renamed into place when it is whole. It lies in the cache, so that the
# rename stays on one file system, but not in k8s/, where kube-api-test takes every folder for an installed version.
owner_mark=$name.$(uname -n)
stage=$cache/.installing-$owner_mark.$$
log=$stage/log

# The lock only saves the work of a second build; that nobody sees half an install is up to the rename. That is why a race
# between two processes which both find a dead owner is harmless. A symbolic link to the owner's process id is made in one
# step, so there is no lock without an owner, as there is with mkdir and a file in it. Process ids count on one host only:
# containers that share the cache have a lock each.
lock=$cache/.lock-$owner_mark

is_installing() { # <pid>
  local command
  kill -0 "$1" 2>/dev/null || return 1
  # A process id is used again some day. Where ps cannot tell, believe it.
  command=$(ps -p "$1" -o args= 2>/dev/null) || return 0
  case $command in *control-plane*) return 0 ;; *) return 1 ;; esac
}

take_lock() {
  local owner told='' tries=0
  until ln -s "$$" "$lock" 2>/dev/null; do
    if ! owner=$(readlink "$lock"); then
      # Released in between; but not for ever.
      tries=$((tries + 1))
      [ "$tries" -lt 100 ] || die "$lock cannot be made; remove what is there, or name another LMSTUDIO_OPERATOR_CACHE."
    elif is_installing "$owner"; then
      [ -n "$told" ] || say "process $owner is installing already; waiting for it"
      told=yes
      sleep 0.2
    else
      say "process $owner died while it installed; taking over"
      rm -f "$lock"
    fi
  done
}

remove_leftovers() {
  local leftover
  for leftover in "$cache/.installing-$owner_mark".*; do
    [ -e "$leftover" ] && ! is_installing "${leftover##*.}" && rm -rf "$leftover"
  done
  return 0
}

clean_up() {
  local job tries=0
  trap '' INT TERM HUP
  # Each job leads a process group. Nothing in it needs time to say goodbye: its files are in the stage, and Go's own caches
  # are made to survive this.
  for job in $(jobs -p); do
    kill -KILL -- "-$job" || true
    wait "$job" || true
  done 2>/dev/null
  # A process that is just dying can still finish a file while the folder is emptied.
  until rm -rf "$stage" 2>/dev/null || [ "$tries" -gt 50 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
  if [ "$(readlink "$lock" 2>/dev/null)" = "$$" ]; then
    rm -f "$lock"
  fi
}

interrupted() { # <exit code>
  say 'interrupted; what was begun is removed'
  exit "$1"
}

heartbeat() { # <step>
  local began=$SECONDS
  while sleep "$heartbeat_seconds" && kill -0 "$$"; do
    say "$1 … $((SECONDS - began)) s" 2>&3
  done
}

# Runs a command with signs of life; its output goes to the log. Job control gives it a process group of its own: so it is
# this script alone that gets a Ctrl-C, and ends the command with all its children before it removes their files.
during() { # <step> <command> [argument…]
  local step=$1 command pulse status=0
  shift
  say "$step"
  set -m
  "$@" </dev/null >"$log" 2>&1 &
  command=$!
  # Its own standard error is shut because a shell tells there that somebody ended its sleep.
  heartbeat "$step" </dev/null 3>&2 >/dev/null 2>&1 &
  pulse=$!
  set +m
  wait "$command" || status=$?
  # By KILL: a child that has only just been forked still has its parent's traps, and would answer any other signal by
  # cleaning up in its parent's name.
  { kill -KILL -- "-$pulse" && wait "$pulse"; } 2>/dev/null || true
  return "$status"
}

publish() {
  local binary
  trap '' INT TERM HUP
  mkdir -p "$(dirname "$folder")"
  if [ ! -e "$folder" ]; then
    mv "$stage/bin" "$folder"
    # Another process was faster by a hair, and mv put ours into its folder.
    rm -rf "${folder:?}/bin"
  else
    # Some were put there by hand, and stay.
    for binary in "$stage/bin"/*; do
      mv -f "$binary" "$folder/"
    done
  fi
}
