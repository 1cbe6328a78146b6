#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# Every file that can carry a comment says whose it is and under which licence.
set -euo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

holder='Copyright (C) 2026 The whither authors'
while IFS= read -r file; do
  case $file in
  # No place for a comment, or not ours to mark.
  LICENSES/* | tests/fuzz/corpus/* | *.json | *.csv | *.png) continue ;;
  *meson.build) expected='BSD-2-Clause' ;;
  src/core/* | src/bpf/*) expected='GPL-2.0-only OR BSD-2-Clause' ;;
  *) expected='BSD-2-Clause' ;;
  esac
  case $file in
  # The first lines of these belong to the reader; the licence may stand last.
  *.md | *.scd) head=$(<"$file") ;;
  *) head=$(head -n 8 "$file") ;;
  esac
  # The closing mark of a comment is no part of the licence.
  licence=$(sed -nE 's/.*SPDX-License-Identifier: ([^*>]*[^*> -]).*/\1/p' <<<"$head" | head -n 1)
  if [ -z "$licence" ]; then
    complain "$file" "no SPDX-License-Identifier; it should be: $expected"
  elif [ "$licence" != "$expected" ]; then
    complain "$file" "licence is '$licence'; here it should be: $expected"
  fi
  grep -qF "$holder" <<<"$head" || complain "$file" "no line '$holder'"
done < <(project_files "*")

for licence in BSD-2-Clause GPL-2.0-only; do
  [ -s "LICENSES/$licence.txt" ] || complain "LICENSES/$licence.txt" "the text is missing"
done
verdict
