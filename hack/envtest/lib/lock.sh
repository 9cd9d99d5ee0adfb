# shellcheck shell=bash disable=SC2034,SC2154  # the scripts and these parts share their variables
# Installs $binaries into $folder. Only one install runs at a time, and it can be interrupted at any time. $name identifies it
# on this machine.

is_complete() {
  local binary
  for binary in $binaries; do
    [ -x "$folder/$binary" ] || return 1
  done
}

# Each process builds in its own directory and renames it when it is complete. The directory is in the cache, so that the
# rename stays on one file system. It is not in k8s/, because kube-api-test treats every directory there as an installed
# version.
owner_mark=$name.$(uname -n)
stage=$cache/.installing-$owner_mark.$$
log=$stage/log

# The lock only avoids a second build; the rename ensures that no process sees a partial install. So a race of two processes
# that both detect a dead owner is harmless. A symbolic link to the process ID of the owner is created in one step. So there
# is no lock without an owner, unlike with mkdir and a file in it. Process IDs are valid on one host only: containers that
# share the cache have one lock each.
lock=$cache/.lock-$owner_mark

is_installing() { # <pid>
  local command
  kill -0 "$1" 2>/dev/null || return 1
  # Process IDs are reused. If ps cannot provide the command, assume that the owner is alive.
  command=$(ps -p "$1" -o args= 2>/dev/null) || return 0
  case $command in *bash*"$program"*) return 0 ;; *) return 1 ;; esac
}

take_lock() {
  local owner reported='' tries=0
  until ln -s "$$" "$lock" 2>/dev/null; do
    if ! owner=$(readlink "$lock"); then
      # Released in the meantime. The number of attempts is limited.
      tries=$((tries + 1))
      [ "$tries" -lt 100 ] || die "cannot create $lock. Remove the existing file, or set LMSTUDIO_OPERATOR_CACHE to another directory."
    elif is_installing "$owner"; then
      [ -n "$reported" ] || say "waiting for the install of process $owner"
      reported=yes
      sleep 0.2
    else
      say "process $owner died during its install; taking over"
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
  # Each job leads a process group. Its processes need no cleanup: their files are in the stage, and the caches of Go survive
  # a kill.
  for job in $(jobs -p); do
    kill -KILL -- "-$job" || true
    wait "$job" || true
  done 2>/dev/null
  # A dying process can still write a file while the directory is emptied.
  until rm -rf "$stage" 2>/dev/null || [ "$tries" -gt 50 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
  if [ "$(readlink "$lock" 2>/dev/null)" = "$$" ]; then
    rm -f "$lock"
  fi
}

interrupted() { # <exit code>
  say 'interrupted; removed the partial install'
  exit "$1"
}

heartbeat() { # <step>
  local began=$SECONDS
  while sleep "$heartbeat_seconds" && kill -0 "$$"; do
    say "$1 … $((SECONDS - began)) s" 2>&3
  done
}

# Runs a command and prints progress messages; its output goes to the log. Job control gives it its own process group. So
# only this script receives Ctrl-C. It ends the command and all its children before it removes their files.
during() { # <step> <command> [argument…]
  local step=$1 command pulse status=0
  shift
  say "$step"
  set -m
  "$@" </dev/null >"$log" 2>&1 &
  command=$!
  # Standard error is closed because the shell would report that its sleep was killed.
  heartbeat "$step" </dev/null 3>&2 >/dev/null 2>&1 &
  pulse=$!
  set +m
  wait "$command" || status=$?
  # KILL is required: a child that has just been forked still has the traps of its parent. Any other signal would make it run
  # the cleanup of its parent.
  { kill -KILL -- "-$pulse" && wait "$pulse"; } 2>/dev/null || true
  return "$status"
}

publish() {
  local binary
  trap '' INT TERM HUP
  mkdir -p "$(dirname "$folder")"
  if [ ! -e "$folder" ]; then
    mv "$stage/bin" "$folder"
    # Another process was faster, so mv moved this directory into the other one.
    rm -rf "${folder:?}/bin"
  else
    # Keep binaries that were installed manually.
    for binary in "$stage/bin"/*; do
      mv -f "$binary" "$folder/"
    done
  fi
}
