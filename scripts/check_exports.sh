#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# check_exports.sh LIBRARY: the public header, the symbol map and the library name the same functions;
# the header compiles alone as strict C11 and as C++; the library needs libc alone.
set -euo pipefail

library=$(realpath "${1:?the path of libwhither.so}")
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

header=include/whither/whither.h
map=src/lib/libwhither.map
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# gcc lists each declaration with its place; inline functions are not exported.
echo '#include <whither/whither.h>' >"$work/all.c"
gcc -std=c11 -Iinclude -aux-info "$work/declared" -c "$work/all.c" -o "$work/all.o"
grep -F "$header:" "$work/declared" | grep -v ' static ' |
  grep -oE '\bwhither_[a-z0-9_]+ \(' | tr -d ' (' | sort -u >"$work/header"

sed -E 's|/\*.*\*/||' "$map" | grep -oE '^[[:space:]]+whither_[a-z0-9_]+;' | tr -d ' \t;' |
  sort >"$work/map"
nm -D --defined-only --format=posix "$library" | awk '$2 != "A" { sub(/@.*/, "", $1); print $1 }' |
  sort >"$work/library"

# compare A B: what only one of them names.
compare() {
  local name
  comm -23 "$work/$1" "$work/$2" | while IFS= read -r name; do
    complain "$name" "is in the $1 and not in the $2"
  done
  comm -13 "$work/$1" "$work/$2" | while IFS= read -r name; do
    complain "$name" "is in the $2 and not in the $1"
  done
}
[ -s "$work/header" ] || complain "$header" "declares no function"
compare header map
compare map library

# Twice, so that its guard is tried too.
echo '#include <whither/whither.h>' >>"$work/all.c"
cp "$work/all.c" "$work/all.cc"
for compiler in gcc clang; do
  "$compiler" -std=c11 -pedantic-errors -Wall -Wextra -Werror -Iinclude -fsyntax-only "$work/all.c" ||
    complain "$header" "$compiler -std=c11 -pedantic-errors refuses it"
done
g++ -std=c++17 -pedantic-errors -Wall -Wextra -Werror -Iinclude -fsyntax-only "$work/all.cc" ||
  complain "$header" "g++ -std=c++17 -pedantic-errors refuses it"

# Under a sanitizer its runtime is linked too.
if [ -z "${WHITHER_SANITIZED:-}" ]; then
  needed=$(readelf -d "$library" | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p' | grep -vx 'libc\.so\.6' || :)
  [ -z "$needed" ] || complain "$library" "needs more than libc: ${needed//$'\n'/ }"
fi
readelf -d "$library" | grep -qF '[libwhither.so.0]' || complain "$library" "its soname is not libwhither.so.0"
verdict
