#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# check_tidy.sh BUILD [FILE...]: clang-tidy over what BUILD compiles, or over these of its files, and
# over the kernel programs. .clang-tidy says which checks, and why not the others.
set -euo pipefail

build=$(realpath "${1:?the build folder}")
shift
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

sources() {
  if [ $# -gt 0 ]; then
    printf '%s\n' "$@"
    return
  fi
  python3 - "$build" "$PWD" <<'P'
import json, os, sys

build, top = sys.argv[1:]
with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as database:
    files = {os.path.realpath(os.path.join(entry["directory"], entry["file"])) for entry in json.load(database)}
print("\n".join(sorted(os.path.relpath(file, top) for file in files if file.startswith(top + os.sep))))
P
}

# What clang warns of is no finding (the build has gcc's warnings), nor are options that gcc knows and clang does
# not. Under -fms-extensions each header of windows/ seems to be included twice.
tidy() {
  local output
  output=$(clang-tidy --quiet -p "$1" --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-error \
    --extra-arg=-fno-ms-extensions "$2" 2>&1) || {
    printf '%s\n' "$output"
    exit 1
  }
}
export -f tidy
# shellcheck disable=SC2016
sources "$@" | xargs -r -d '\n' -n 1 -P "$(nproc)" bash -c 'tidy "$@"' tidy "$build" ||
  complain "clang-tidy" "see above"

if [ $# -eq 0 ] && [ -f src/bpf/whither.bpf.c ]; then
  clang-tidy --quiet src/bpf/whither.bpf.c -- -target bpf -mcpu=v3 -O2 -std=gnu17 -Isrc/bpf -Isrc/core \
    -idirafter "/usr/include/$(gcc -print-multiarch)" 2>/dev/null ||
    complain "src/bpf/whither.bpf.c" "see above"
fi
verdict
