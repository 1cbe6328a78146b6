#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# A Windows redirect driver, seen at work: the example proxy on Winsock Kernel is compiled by whither-cc and
# run by whither-driver, and a real curl is redirected to it, over IPv4 and IPv6. Needs root. Ends with 0
# only if both answers came through the driver, and nothing of it is left behind.
#
# WHITHER_CC, WHITHER_DRIVER: the tools.
set -euo pipefail

examples=$(realpath "$(dirname "$0")/../windows/examples")
# shellcheck source=scripts/demo_ground.sh
. "$(dirname "$0")/demo_ground.sh"

driver=

end_driver() {
  [ -n "$driver" ] || return 0
  kill -INT "$driver" 2>/dev/null || :
  wait "$driver" || fail "whither-driver ended with $?"
  driver=
}
trap 'kill "$driver" 2>/dev/null || :; clean_up' EXIT

start_driver() {
  echo "\$ whither-cc wsk_proxy.c wsk_proxy_calls.c -o wsk_proxy.so"
  "$WHITHER_CC" "$examples/wsk_proxy.c" "$examples/wsk_proxy_calls.c" -o "$work/wsk_proxy.so"
  echo "\$ whither-driver run wsk_proxy.so &"
  "$WHITHER_DRIVER" run "$work/wsk_proxy.so" 2>"$work/driver.log" &
  driver=$!
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    [ "$(ss -Hltn 'sport = :12360' | wc -l)" -lt 2 ] || return 0
    kill -0 "$driver" 2>/dev/null || break
    sleep 0.1
  done
  cat "$work/driver.log" >&2
  fail "the driver did not start"
}

# Shows what it does, does it, and looks whether it went through the driver: LISTENER HOST-IN-URL HOST
show_redirect() {
  local url=http://$2/ answer before
  before=$(grep -c 'wsk_proxy: connection ' "$work/driver.log" || :)
  echo
  echo "\$ whither run --to $1 --context destination -- curl $url"
  answer=$("$whither" run --to "$1" --context destination -- \
    curl --silent --show-error --noproxy '*' --max-time 20 "$url") ||
    fail "curl $url ended with $?"
  echo "$answer"
  [ "$answer" = "Hello from the origin at $3, port 80." ] || fail "that is not the origin's answer"
  local tries
  for ((tries = 0; tries < 50; tries++)); do
    [ "$(grep -c 'wsk_proxy: connection ' "$work/driver.log" || :)" -le "$before" ] || return 0
    sleep 0.1
  done
  fail "the connection to $2 did not go through the driver"
}

make_network
start_origin
start_driver
show_redirect 127.0.0.1:12360 "$origin4" "$origin4"
show_redirect '[::1]:12360' "[$origin6]" "$origin6"
end_driver
echo
echo "What the driver said:"
sed 's/^/  /' "$work/driver.log"
nothing_left
echo
echo "Both families went through the driver, and nothing was left behind."
