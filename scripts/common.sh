# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# For the scripts beside it: goes to the top of the tree, lists its files, collects complaints.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

# project_files [PATTERN]...: the project's files, one a line: what git follows, or will once added;
# without git (an unpacked archive) everything but the build folders.
project_files() {
  local file pattern patterns=()
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard -- "$@" | sort -u |
      while IFS= read -r file; do
        if [ -f "$file" ]; then printf '%s\n' "$file"; fi
      done
    return
  fi
  [ $# -gt 0 ] || set -- '*'
  for pattern in "$@"; do
    patterns+=(-o -path "./$pattern")
  done
  find . -path ./build -prune -o -path './build-*' -prune -o -path ./.git -prune -o \
    -type f \( "${patterns[@]:1}" \) -printf '%P\n' | sort -u
}

# complain PLACE WHAT: says what is wrong and where, and makes verdict fail. Also from a pipeline.
# Their file has no name any more: whoever sources this may have a trap of its own, or exec.
complaints=$(mktemp)
exec {complaints_fd}<>"$complaints"
rm "$complaints"
complaints=/dev/fd/$complaints_fd
complain() {
  printf '%s: %s\n' "$1" "$2" | tee -a "$complaints"
}

verdict() {
  [ ! -s "$complaints" ]
}
