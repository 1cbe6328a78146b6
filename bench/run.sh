#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# run.sh [OPTION]...: measures whither beside its alternatives; --help lists the options. Root.
# WHITHER=binary of whither; BENCH_PROGRAMS=folder of the built programs of bench/;
# BENCH_WINDOWS=libwhither-windows.so: where it is built, its WSAIoctl is measured too.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export WHITHER=${WHITHER:-$here/../build/src/cli/whither}
export BENCH_PROGRAMS=${BENCH_PROGRAMS:-$here/../build/bench}
export BENCH_WINDOWS=${BENCH_WINDOWS:-$BENCH_PROGRAMS/../windows/libwhither-windows.so.0}
# Sanitized ones (make asan) cannot look for leaks once they have given up their privilege, and mind
# that proxychains4 is loaded before them.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0:verify_asan_link_order=0
export PATH=$PATH:/usr/sbin:/sbin PYTHONDONTWRITEBYTECODE=1

if [ "$(id -u)" -ne 0 ]; then
  echo "bench: this needs root" >&2
  exit 77
fi
for need in "$WHITHER" "$BENCH_PROGRAMS/bench_cycle"; do
  if [ ! -x "$need" ]; then
    echo "$need is not there: run make first" >&2
    exit 1
  fi
done
exec python3 "$here/bench_driver.py" "$@"
