# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What compiles here and means something else than on Windows."""
import os
import re
import subprocess

# Comments and literals, which hide words; and words.
TOKEN = re.compile(
    r'//(?:\\\n|[^\n])*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|\w+|\S', re.S
)
MOST = 20  # warnings a file


def find_long(text):
    """The places (line, column) of `long` that is neither `long long` nor `long double`."""
    tokens = [match for match in TOKEN.finditer(text) if not match.group().startswith(("//", "/*"))]
    words = [""] + [token.group() for token in tokens] + [""]
    for index, token in enumerate(tokens, 1):
        if words[index] == "long" and not {words[index - 1], words[index + 1]} & {"long", "double"}:
            begin = text.rfind("\n", 0, token.start())
            yield text.count("\n", 0, token.start()) + 1, token.start() - begin


def warn_of_long(files, say):
    """files: path -> text. One warning a line of source."""
    for path, text in files.items():
        lines = {}
        for line, column in find_long(text):
            lines.setdefault(line, column)
        for number, (line, column) in enumerate(lines.items()):
            if number == MOST:
                say(f"{path}: and {len(lines) - MOST} more lines with 'long'")
                break
            say(f"{path}:{line}:{column}: warning: 'long' has 64 bits here and 32 on Windows; "
                "write LONG or ULONG [-Wlong]")


SIZE = r"(?:SIZE_T|PSIZE_T|size_t|long unsigned int|unsigned long)"
NARROW = r"(?:P?ULONG|P?DWORD|P?LONG|P?UINT32|unsigned int|int)"
MISMATCH = (
    # gcc, in two lines; clang, in one.
    re.compile(rf"expected .{{1,3}}{SIZE}[ *].*but argument is of type .{{1,3}}(?:const )?{NARROW}[ *‘’']"),
    re.compile(rf"incompatible pointer types passing '{NARROW}[ *'].*parameter of type '{SIZE}[ *']"),
)
PLACE = re.compile(r"^(\S+?:\d+:\d+): (?:warning|error|note): ")


def refuse_narrow_sizes(command, source, text):
    """command: a compilation of source. Returns a sentence for each pointer to 32 bits that is passed
    for a SIZE_T * and would be written beyond: Windows' documentation has this mistake."""
    if not re.search(r"\bWsk\w+", text):
        return []
    checked = subprocess.run(
        [*command, "-fsyntax-only", "-Wincompatible-pointer-types", "-fdiagnostics-color=never"],
        env={**os.environ, "LC_ALL": "C"}, capture_output=True, check=False,
    )
    found, place = [], source
    for line in checked.stderr.decode("utf-8", "replace").split("\n"):
        at = PLACE.match(line)
        if at and "note: " not in line:
            place = at.group(1)
        if any(pattern.search(line) for pattern in MISMATCH):
            found.append(f"{place}: error: a pointer to 32 bits, where the routine writes a SIZE_T of 64")
    return found
