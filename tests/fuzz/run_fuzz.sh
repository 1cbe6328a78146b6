#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# run_fuzz.sh PROGRAM NAME SECONDS: runs a fuzz target from the inputs of corpus/NAME. What it finds
# new stays out of the tree; an input that fails is left in $WHITHER_BUILD/fuzz and named.
set -euo pipefail

program=$1 name=$2 seconds=$3
here=$(cd "$(dirname "$0")" && pwd)
found=$(mktemp -d)
trap 'rm -rf "$found"' EXIT
artifacts=$WHITHER_BUILD/fuzz
mkdir -p "$artifacts"

options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1
  -artifact_prefix="$artifacts/$name-")
[ -f "$here/$name.dict" ] && options+=(-dict="$here/$name.dict")
corpus=("$found")
[ -d "$here/corpus/$name" ] && corpus+=("$here/corpus/$name")

"$program" "${options[@]}" "${corpus[@]}" 2>&1 | tail -n 60
