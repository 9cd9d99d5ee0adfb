# shellcheck shell=bash disable=SC2034,SC2154  # the parts of the demo share their variables
# Takes screenshots of Prometheus for docs/monitoring.md with a browser, only for `demo --screenshots <folder>`.

take_screenshots() {
  [ -n "$pictures" ] || return 0
  heading 'Take screenshots' "The screenshots show graphs of Prometheus. They are written to $pictures."
  mkdir -p "$pictures"
  take ready 'lms:managed_model_ready:min'
  take breaker 'lms_circuit_breaker_state%7Boperation%3D%22reads%22%7D'
  take alerts 'sum+by+(alertname)+(ALERTS%7Balertstate%3D%22firing%22%7D)&g0.stacked=1'
}

# The browser runs as root in containers, where its sandbox does not work. It opens only pages of this machine.
take() { # <name> <query, encoded for a URL>
  show "chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1000,880 --virtual-time-budget=10000 --user-data-dir=$work/chromium --screenshot=$pictures/$1.png '$prometheus_url/classic/graph?g0.expr=$2&g0.tab=0&g0.range_input=90s' 2>>$folder/chromium.log"
  [ -s "$pictures/$1.png" ] || fail "$pictures/$1.png exists" "it does not; see $folder/chromium.log"
}
