#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# as_root.sh COMMAND...: runs it as root, through sudo when need be, or says why it cannot.
# WHITHER_SUDO names another program than sudo (doas).
set -euo pipefail

if [ "$(id -u)" -eq 0 ]; then
  exec "$@"
fi
sudo=${WHITHER_SUDO:-sudo}
if command -v "$sudo" >/dev/null; then
  exec "$sudo" "$@"
fi
echo "whither: this needs root: you are not root, and sudo is not installed." >&2
exit 1
