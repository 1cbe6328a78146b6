#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# check.sh [--sanitize|--soak]: builds, runs the tests, shows what failed, counts in the last line.
#
#   (nothing)   everything but the long tests, in build/
#   --sanitize  unit, windows, fuzz, kernel and seccomp tests in build-asan/, under AddressSanitizer and UBSan
#   --soak      the long tests, and the unit tests under valgrind, in build/
#
# WHITHER_NO_SKIP=1: a test that was skipped has failed.
set -euo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

build=build
options=(--native-file build-dev.ini)
runs=("programs" "checks" "machine")
case ${1:-} in
'') ;;
--sanitize)
  build="build-asan"
  options+=(--native-file build-asan.ini)
  runs=("sanitize")
  ;;
--soak) runs=("soak" "valgrind") ;;
*)
  echo "usage: check.sh [--sanitize|--soak]" >&2
  exit 2
  ;;
esac

failed_to() {
  echo "check: $1 failed; no test was run" >&2
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
}

[ -f "$build/build.ninja" ] || meson setup "$build" "${options[@]}" || failed_to "meson setup"
# What `auto` left out because it was missing then is wanted now.
meson configure "$build" -Dtests=enabled -Dfuzz=enabled -Dman=enabled >/dev/null ||
  failed_to "meson configure"
meson compile -C "$build" || failed_to "the build"

# Tests that need the machine's network, cgroups or users to themselves run one at a time and mostly wait;
# the checks of the sources, which need the processor only, run beside them.
beside=
trap '[ -z "$beside" ] || kill "$beside" 2>/dev/null || :' EXIT
logs=()
for run in "${runs[@]}"; do
  case $run in
  programs) arguments=(--no-suite soak --no-suite check --no-suite kernel --no-suite proxies --no-suite seccomp) ;;
  checks) arguments=(--suite check --no-suite soak) ;;
  machine) arguments=(--suite kernel --suite proxies --suite seccomp --no-suite soak) ;;
  sanitize) arguments=(--suite unit --suite windows --suite fuzz --suite kernel --suite seccomp --timeout-multiplier 4) ;;
  soak) arguments=(--suite soak) ;;
  valgrind) arguments=(--suite unit --setup valgrind) ;;
  esac
  # Its verdict is in the log, and the log says more.
  if [ "$run" = checks ]; then
    nice meson test -C "$build" --no-rebuild --logbase "$run" "${arguments[@]}" \
      </dev/null >"$build/checks-output.txt" 2>&1 &
    beside=$!
  else
    meson test -C "$build" --no-rebuild --logbase "$run" "${arguments[@]}" </dev/null || :
  fi
  log=$build/meson-logs/$run.json
  [ "$run" = valgrind ] && log=$build/meson-logs/$run-valgrind.json
  logs+=("$log")
done
if [ -n "$beside" ]; then
  wait "$beside" || :
  beside=
  cat "$build/checks-output.txt"
fi

if [ "$(id -u)" -ne 0 ]; then
  echo "check: not root: what is named above was left out; sudo make check runs it."
fi
exec python3 scripts/summarize_tests.py "${logs[@]}"
