# shellcheck shell=bash disable=SC2034,SC2154  # the scripts and these parts share their variables
# Sources of binaries: their publishers, or Go modules. The calling script defines package_of and linked, and can set
# $build_tags, a list for the option -tags of Go.

# --- download ---------------------------------------------------------------------------------------------------------

sha256() { # <file>
  if command -v sha256sum >/dev/null; then
    sha256sum "$1"
  else
    shasum -a 256 "$1"
  fi | awk '{ print $1 }'
}

fetch() { # <url> <file>
  curl --fail --silent --show-error --location --connect-timeout 5 --speed-limit 1000 --speed-time 30 \
    --output "$2" "$1"
}

# Fetches a file and the checksum of its publisher. If a file is not available, the script builds it. If a file does not
# match its checksum, the script stops.
fetch_checked() { # <what> <url> <url of the checksum> <file>
  local expected actual
  during "downloading the checksum of $1" fetch "$3" "$stage/checksum" || return 1
  # The file contains either the checksum alone, or a list of checksums and file names.
  expected=$(awk -v file="${2##*/}" 'NF == 1 || $2 == file || $2 == "*" file { print $1; exit }' "$stage/checksum")
  if ! printf '%s\n' "$expected" | grep -Eq '^[0-9a-f]{64}$'; then
    printf '%s contains no checksum for %s\n' "$3" "${2##*/}" >"$log"
    return 1
  fi
  during "downloading $1" fetch "$2" "$4" || return 1
  actual=$(sha256 "$4")
  [ "$actual" = "$expected" ] || die \
    "wrong checksum of $2. Nothing was installed." \
    "  expected $expected" \
    "  actual   $actual" \
    '  Try again. If the error persists, the file changes during the transfer: use another network or mirror.'
}

# --- build ------------------------------------------------------------------------------------------------------------

in_module() { # <command> [argument…]
  # Only modules in the sums file next to $pins get into the binaries, independent of the settings of the user. The temporary
  # files of Go are in a directory that is removed with the rest.
  cd "$here" &&
    CGO_ENABLED=0 GOOS=$os GOARCH=$arch GOFLAGS="-mod=readonly -modfile=$pins" GOWORK=off GOTMPDIR=$stage "$@"
}

is_at_least() { # <version> <version needed>, both like 1.26 or 1.26.3
  printf '%s %s\n' "$1" "$2" | awk '{
    split($1, has, "."); split($2, needs, ".")
    for (i = 1; i <= 3; i++) if (has[i] + 0 != needs[i] + 0) exit !(has[i] + 0 > needs[i] + 0)
  }'
}

go_is_new_enough() {
  local found
  if ! command -v go >/dev/null; then
    echo "Go is not installed; version $go_needed or newer is required" >"$log"
    return 1
  fi
  during 'checking the version of Go' in_module go env GOVERSION || return 1
  found=$(sed -n 's/^.*go\([0-9][0-9.]*\).*$/\1/p' "$log" | tail -n 1)
  if ! is_at_least "${found:-0}" "$go_needed"; then
    echo "Go ${found:-of an unknown version} is too old; $go_needed or newer is required" >"$log"
    return 1
  fi
  say "building with Go $found"
}

packages_of() { # <binary…>
  local binary
  for binary in "$@"; do
    package_of "$binary"
  done
}

fetch_sources() { # <binary…>
  # shellcheck disable=SC2046  # one argument each
  in_module go list -deps $(packages_of "$@") >/dev/null
}

# Together, so that the last steps of one overlap with the first of another. Go names a binary after its folder.
build() { # <binary…>
  local binary package
  mkdir -p "$stage/built"
  # shellcheck disable=SC2046  # one argument each
  in_module go build -trimpath -tags "${build_tags:-}" -ldflags "-s -w$(linked)" -o "$stage/built/" $(packages_of "$@") || return 1
  for binary in "$@"; do
    package=$(package_of "$binary")
    case ${package##*/} in v[0-9]*) package=${package%/*} ;; esac
    mv "$stage/built/${package##*/}" "$stage/bin/$binary"
  done
}
