# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""User-mode source in the styles that real projects use, compiled with both compilers and -Werror, and run,
with AddressSanitizer and UBSan too."""
from plain_cases import *

STRICT = ["-g", "-Wall", "-Wextra", "-Werror"]
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


@case
def overlapped_calls_of_every_kind(tools):
    source = f"{SOURCE}/windows/tests/sources/overlapped_echo.cpp"
    for compiler in COMPILERS:
        for more in ([], SANITIZE):
            equal(tools.cc("--user", source, *STRICT, *more, "-o", "echo", compiler=compiler), "", "what it says")
            equal(tools.run(tools.path("echo")), "PASS\n", "what it prints")


main()
