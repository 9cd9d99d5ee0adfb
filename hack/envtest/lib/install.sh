# shellcheck shell=bash disable=SC2034,SC2154  # the scripts and these parts share their variables
# Installs the binaries: downloads or builds them, and publishes them together. The calling script defines $title, $urls
# (empty if there is no download), $mirrors, and $by_hand for the error message, and the functions why_no_publisher, download, question_for and answer_of.

missing() {
  local binary
  for binary in $binaries; do
    [ -x "$folder/$binary" ] || [ -e "$stage/bin/$binary" ] || echo "$binary"
  done
}

last_line_of_log() { grep -v '^[[:space:]]*$' "$log" | tail -n 1; }

download_missing() {
  local binary
  why_no_publisher >"$log"
  [ ! -s "$log" ] || return 1
  if ! command -v curl >/dev/null; then
    echo 'curl is not installed' >"$log"
    return 1
  fi
  for binary in $(missing); do
    download "$binary" || return 1
  done
}

build_missing() {
  local missing
  go_is_new_enough || return 1
  missing=$(missing)
  # shellcheck disable=SC2086  # one argument each
  during "downloading Go modules ($module_size the first time)" fetch_sources $missing || {
    grep -v '^go: downloading' "$log" | tail -n 10 >&2
    echo 'Go failed to download its modules; see the end of its output above' >"$log"
    return 1
  }
  # shellcheck disable=SC2086  # one argument each
  during "building $title" build $missing || {
    tail -n 20 "$log" >&2
    die "building $title with the installed Go failed; see the end of its output above. Nothing was installed."
  }
}

check_answer() { # <binary>
  local expected answer
  expected=$(answer_of "$1")
  # shellcheck disable=SC2046  # one argument each
  answer=$("$stage/bin/$1" $(question_for "$1") 2>&1) || die "$1 does not run on this machine. Nothing was installed. Its output:" "  $answer"
  case $answer in
    *"$expected"*) ;;
    *) die "$1 does not have the pinned version. Nothing was installed. Expected $expected, but the output is:" "  $answer" ;;
  esac
}

install() {
  local why_no_download why_no_build binary
  mkdir -p "$cache" || die "cannot write to $cache. Set LMSTUDIO_OPERATOR_CACHE to another directory."
  trap clean_up EXIT
  trap 'interrupted 130' INT
  trap 'interrupted 143' TERM
  trap 'interrupted 129' HUP
  take_lock
  is_complete && return
  remove_leftovers
  mkdir -p "$stage/bin"

  say "$title is not installed in $folder"
  say "$patience"
  if ! download_missing; then
    why_no_download=$(last_line_of_log)
    say "download is not possible: $why_no_download"
    if ! build_missing; then
      why_no_build=$(last_line_of_log)
      die "$title is missing and cannot be downloaded or built." \
        "  download: $why_no_download" \
        "  build:    $why_no_build" \
        'Provide one of the following:' \
        ${urls:+"  - ${publishers_system}curl and access to $urls"} \
        ${urls:+"    ($mirrors), or"} \
        "  - Go $go_needed or newer, with access to Go modules (GOPROXY sets a mirror), or" \
        "  - $by_hand, copied manually to" \
        "    $folder"
    fi
  fi
  for binary in "$stage/bin"/*; do
    check_answer "${binary##*/}"
  done
  publish
  say "installed $title in $folder"
}
