#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# The main job, seen: a real HTTP origin, a real curl that knows of no proxy, and whither's embedded
# relay between them, over IPv4 and IPv6. Without root, or where BPF is not allowed, a supervisor takes the
# kernel engine's place. Ends with 0 only if both went through the relay, and nothing of it is left behind.
set -euo pipefail

if [ "${1:-}" != inside ] && ! "${WHITHER:-whither}" run -v -- true 2>&1 | grep -qF 'engine: kernel'; then
  export WHITHER_DEMO=unprivileged
  echo "The kernel engine may not be used here: this is the one without privilege (seccomp)."
fi

# shellcheck source=scripts/demo_ground.sh
. "$(dirname "$0")/demo_ground.sh"

# Shows what it does, does it, and looks whether it went through the relay: TARGET HOST-IN-URL
show_redirect() {
  local target=$1 url=http://$2/ as_user=() answer log=$work/log line
  : >"$log"
  # Through sudo: as the one who called it.
  [ "${SUDO_UID:-0}" -eq 0 ] || [ "$(id -u)" -ne 0 ] || as_user=(--user)
  echo
  echo "\$ whither run -v --context text:demo ${as_user[*]}${as_user:+ }-- curl $url"
  # shellcheck disable=SC2094
  answer=$("$whither" run -v --context text:demo --log "$log" "${as_user[@]}" -- \
    curl --silent --show-error --noproxy '*' --max-time 20 "$url") ||
    fail "curl $url ended with $?"
  echo "$answer"
  [ "$answer" = "Hello from the origin at $3, port ${target##*:}." ] || fail "that is not the origin's answer"
  line=$(grep -F " name=curl " "$log" | grep -F " to=$target " | grep -F " context=text:demo " || :)
  grep -qE ' hops=run-[0-9]+(-[0-9]+)?/relay .* received=[1-9]' <<<"$line" ||
    fail "the connection to $target did not go through the relay"
  ! grep -q ' error=' <<<"$line" || fail "the relay met an error"
}

make_network
start_origin
echo "Who, whither, by which hops, with what context: one line for each connection."
# shellcheck disable=SC2154
show_redirect "$origin4:$port4" "$origin4:$port4" "$origin4"
families="Both families"
# shellcheck disable=SC2154
if [ "$port6" -ne 0 ]; then
  show_redirect "[$origin6]:$port6" "[$origin6]:$port6" "$origin6"
else
  families="IPv4 (there is no IPv6 here)"
fi
nothing_left
echo
echo "$families went through the relay, and nothing was left behind."
