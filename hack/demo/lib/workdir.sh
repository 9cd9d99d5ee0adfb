# shellcheck shell=bash disable=SC2034,SC2154  # the parts of the demo share their variables
# The directory of one run. Each run creates it again and keeps it after the end.

folder=target/demo
work=$folder/work
lock=target/demo.lock
register=$work/processes

is_demo() { # <pid>
  local command
  kill -0 "$1" 2>/dev/null || return 1
  # Process IDs are reused. If ps cannot provide the command, assume that the owner is alive.
  command=$(ps -p "$1" -o args= 2>/dev/null) || return 0
  case $command in *demo*) return 0 ;; *) return 1 ;; esac
}

# A symbolic link to the process ID of the owner is created in one step.
take_workdir() {
  local owner
  mkdir -p target
  until ln -s "$$" "$lock" 2>/dev/null; do
    owner=$(readlink "$lock") || continue
    if is_demo "$owner"; then
      die "another demo, process $owner, uses $project/$folder. Stop it first, or run this demo in another clone."
    fi
    rm -f "$lock"
  done
  stop_leftovers
  rm -rf "$folder"
  mkdir -p "$work" "$folder/bin"
}

owns_workdir() { [ "$(readlink "$lock" 2>/dev/null)" = "$$" ]; }

# A demo that was killed with -9 could not stop its processes. Each of them has this directory in its arguments.
stop_leftovers() {
  local pid
  [ -r "$register" ] || return 0
  while read -r pid; do
    if is_leftover "$pid"; then
      say "stopping process $pid of an earlier demo"
      kill -KILL "$pid" 2>/dev/null || true
      await_leftover "$pid"
    fi
  done <"$register"
}

is_leftover() { # <pid>
  case $(ps -p "$1" -o args= 2>/dev/null) in *"$project/$folder"*) return 0 ;; *) return 1 ;; esac
}

# The process is not a child of this one. It holds its locks until it ends.
await_leftover() { # <pid>
  local tries=0
  while is_leftover "$1" && [ "$tries" -lt 50 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
}
