#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
#
# generate_skeleton.sh BPFTOOL OBJECT: prints the header that embeds OBJECT. What compilers and
# clang-tidy would say of generated code is nobody's to mend, so they are told to keep quiet.
set -euo pipefail

echo '#pragma GCC system_header'
echo '/* NOLINTBEGIN */'
"$1" gen skeleton "$2" name whither_bpf
echo '/* NOLINTEND */'
