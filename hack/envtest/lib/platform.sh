# shellcheck shell=bash disable=SC2034,SC2154  # the scripts and these parts share their variables
# Messages, the pinned versions, the platform, and the cache. The calling script sets $program, and $pins: the file that pins
# the versions, in the format of a go.mod.

heartbeat_seconds=${LMSTUDIO_OPERATOR_HEARTBEAT:-15}

say() { printf '%s: %4d s  %s\n' "$program" "$SECONDS" "$*" >&2; }

die() {
  local line
  for line in "$@"; do
    printf '%s: %s\n' "$program" "$line" >&2
  done
  exit 1
}

# --- versions and directories -----------------------------------------------------------------------------------------

pinned() { # <module>
  awk -v module="$1" '$1 == module && $2 ~ /^v[0-9]/ { print substr($2, 2); exit }' "$here/$pins"
}

go_needed=$(awk '$1 == "go" { print $2; exit }' "$here/$pins")

case $(uname -s) in
  Linux) os=linux ;;
  Darwin) os=darwin ;;
  *) die "$(uname -s) is not supported. Use Linux or macOS." ;;
esac
# Names that Go and kube-api-test share. kube-api-test treats every other processor as amd64.
case $(uname -m) in
  x86_64 | amd64) arch=amd64 ;;
  aarch64 | arm64) arch=arm64 ;;
  ppc64le) arch=ppc64le ;;
  *) die "$(uname -m) is not supported. Use amd64, arm64 or ppc64le." ;;
esac

cache=${LMSTUDIO_OPERATOR_CACHE:-}
if [ -z "$cache" ]; then
  [ -n "${HOME:-}" ] || die 'cannot choose a cache directory. Set HOME or LMSTUDIO_OPERATOR_CACHE.'
  case $os in
    darwin) cache=$HOME/Library/Caches/lmstudio-operator ;;
    *) cache=${XDG_CACHE_HOME:-$HOME/.cache}/lmstudio-operator ;;
  esac
fi
case $cache in
  /*) ;;
  *) cache=$PWD/$cache ;;
esac
