# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# For demo.sh and demo_windows.sh: a network namespace of its own, with addresses that belong to nobody
# (RFC 5737, RFC 3849), and a real HTTP origin in it. Sets whither, pins, origin4, origin6, port4,
# port6 (0: there is no IPv6), work, was_active.
#
# WHITHER: the program to show.

whither=${WHITHER:-whither}
pins=/sys/fs/bpf/whither
origin4=192.0.2.10
origin6=2001:db8::10
origin_port=80
port4=80
port6=80

fail() {
  echo "demo: $*" >&2
  exit 1
}

# Without privilege there is no network of its own to be had: demo.sh does with this machine's loopback.
if [ "${WHITHER_DEMO:-}" = unprivileged ]; then
  origin4=127.0.0.10
  origin6=::1
  origin_port=0
# Keeps /sys, and with it cgroups and pins, as it is; `ip netns exec` would mount another one.
elif [ "${1:-}" != inside ]; then
  [ "$(id -u)" -eq 0 ] || fail "this needs root: make demo calls sudo"
  command -v "$whither" >/dev/null || fail "there is no program $whither: make builds it"
  exec unshare --net -- bash "$0" inside
fi

work=$(mktemp -d)
origin=
was_active=0
[ ! -e "$pins" ] || was_active=1

clean_up() {
  if [ -n "$origin" ]; then
    kill "$origin" 2>/dev/null || :
    wait "$origin" 2>/dev/null || :
  fi
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

make_network() {
  # Where nobody brought it up, and we may.
  if [ "${WHITHER_DEMO:-}" = unprivileged ]; then
    ip link set lo up 2>/dev/null || :
    return 0
  fi
  ip link set lo up
  local device=lo
  # Some kernels come without dummy interfaces; then lo has the addresses, too.
  if ip link add demo0 type dummy 2>/dev/null; then
    device=demo0
    ip link set "$device" up
  fi
  ip address add "$origin4/32" dev "$device"
  ip -6 address add "$origin6/128" dev "$device" nodad ||
    fail "IPv6 is off here, and this shows both families"
}

start_origin() {
  cat >"$work/origin.py" <<'P'
import http.server
import os
import socket
import sys
import threading


class Origin(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        host, port = self.server.server_address[:2]
        answer = f"Hello from the origin at {host}, port {port}.\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    def server_bind(self):
        self.socket.bind(self.server_address)  # without asking DNS for its own name
        self.server_address = self.socket.getsockname()


class Server6(Server):
    address_family = socket.AF_INET6


port = int(sys.argv[4])
try:
    servers = [Server((sys.argv[1], port), Origin)]
except OSError as error:
    sys.exit(f"demo: the HTTP origin cannot listen at {sys.argv[1]}: {error.strerror}")
try:
    servers.append(Server6((sys.argv[2], port), Origin))
except OSError:
    pass  # containers often have no IPv6, and on our own network it has been looked at
with open(sys.argv[3] + ".new", "w") as ready:
    print(*(server.server_address[1] for server in servers), 0, file=ready)
os.rename(sys.argv[3] + ".new", sys.argv[3])
for server in servers:
    threading.Thread(target=server.serve_forever).start()
P
  python3 "$work/origin.py" "$origin4" "$origin6" "$work/ready" "$origin_port" &
  origin=$!
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    if [ -e "$work/ready" ]; then
      # shellcheck disable=SC2034
      read -r port4 port6 _ <"$work/ready"
      return 0
    fi
    kill -0 "$origin" 2>/dev/null || break
    sleep 0.1
  done
  fail "the HTTP origin did not start"
}

nothing_left() {
  local cgroup cgroups name
  [ "$was_active" -eq 1 ] || [ ! -e "$pins" ] || fail "$pins was left behind"
  cgroups=$(sed -nE 's/^([^ ]+ ){4}([^ ]+) .* - cgroup2 .*/\2/p' /proc/self/mountinfo | head -n 1)
  cgroups=$(find "$cgroups" -type d -name 'whither-run-*' 2>/dev/null || :)
  # Another run of somebody else's may be going on.
  for cgroup in $cgroups; do
    name=${cgroup##*/whither-run-}
    kill -0 "${name%%-*}" 2>/dev/null || fail "$cgroup was left behind"
  done
}
