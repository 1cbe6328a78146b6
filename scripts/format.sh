#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# format.sh [--check]: puts every C file into the style of .clang-format, or says which are not.
set -euo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

case ${1:-} in
--check)
  project_files '*.c' '*.h' | while IFS= read -r file; do
    clang-format --style=file --dry-run --Werror "$file" 2>/dev/null ||
      complain "$file" "not in the house style: make fmt"
  done
  verdict
  ;;
'') project_files '*.c' '*.h' | xargs -r -d '\n' clang-format --style=file -i ;;
*)
  echo "usage: format.sh [--check]" >&2
  exit 2
  ;;
esac
