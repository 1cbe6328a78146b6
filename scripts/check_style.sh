#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# Form: clang-format, shellcheck, the length of files, white space, and no path of one machine.
set -euo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

most_lines=400
many_lines=300

text_files() {
  project_files | grep -vE '^(LICENSES/|tests/fuzz/corpus/)'
}

shell_scripts() {
  local file
  project_files '*.sh'
  project_files | grep -vE '\.[a-z]+$' | while IFS= read -r file; do
    if head -c 40 "$file" | grep -qE '^#!.*\b(ba)?sh$'; then echo "$file"; fi
  done
}

# Complains of each line that grep finds in the files it is given: WHAT GREP-ARGUMENT...
no_line_may() {
  local what=$1 place
  shift
  { xargs -r -d '\n' grep -nHI "$@" || :; } | cut -d: -f1,2 | while IFS= read -r place; do
    complain "$place" "$what"
  done
}

length() {
  local file lines
  project_files '*.c' '*.h' '*.sh' '*.py' | while IFS= read -r file; do
    lines=$(wc -l <"$file")
    if [ "$lines" -gt $most_lines ]; then
      complain "$file" "$lines lines, and $most_lines are the most; split it by subject"
    elif [ "$lines" -gt $many_lines ]; then
      echo "$file: $lines lines (allowed; is it still about one thing?)"
    fi
  done
}

last_line() {
  local file
  text_files | while IFS= read -r file; do
    if [ -s "$file" ] && [ -n "$(tail -c 1 "$file" | tr -d '\n\0')" ]; then
      complain "$file" "its last line does not end"
    fi
  done
}

bash scripts/format.sh --check || complain "clang-format" "see above"
shell_scripts | xargs -r -d '\n' shellcheck --external-sources || complain "shellcheck" "see above"
project_files '*.py' | while IFS= read -r file; do
  python3 -c 'import sys; compile(open(sys.argv[1]).read(), sys.argv[1], "exec")' "$file" ||
    complain "$file" "does not compile"
done
length
last_line
# This script must name what it looks for.
text_files | grep -vx 'scripts/check_style.sh' |
  no_line_may "a path of one machine" -E '(^|[^a-zA-Z0-9_.$}*])/(home|root|work|Users)/'
text_files | no_line_may "white space at its end" -P '[ \t\r]+$'
# C within a document or a test keeps C's own.
project_files '*.sh' '*meson.build' '*.ini' '*.txt' | grep -v '^LICENSES/' |
  no_line_may "a tab, where this kind of file has spaces" -P '\t'
verdict
