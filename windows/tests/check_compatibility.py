# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""docs/windows-compatibility.md against the tree: every test that it names is there, every sentence of the
page has a row, and what libwhither-windows exports is in its tables."""
import re
import subprocess

from plain_cases import *

with open(f"{SOURCE}/docs/windows-compatibility.md", encoding="utf-8") as document:
    TEXT = document.read()
NAMED = re.compile(r"`(\w+\.(?:py|c)): (\w+)`")


def file_of(name):
    for folder in ("windows/tests", "tests/unit", "tests/kernel"):
        if os.path.isfile(f"{SOURCE}/{folder}/{name}"):
            return f"{SOURCE}/{folder}/{name}"
    raise AssertionError(f"there is no test {name}")


@case
def every_test_that_is_named_is_there(tools):
    names = NAMED.findall(TEXT)
    check(len(names) > 30, "names of tests")
    for file, function in names:
        with open(file_of(file), encoding="utf-8") as source:
            text = source.read()
        check(re.search(rf"^(?:def|static void) {function}\(", text, re.M), f"{file} has no {function}")


@case
def every_test_that_is_named_is_run(tools):
    with open(f"{SOURCE}/windows/tests/meson.build", encoding="utf-8") as build:
        text = build.read()
    for name in {file.rsplit(".", 1)[0] for file, _ in NAMED.findall(TEXT)}:
        if os.path.exists(f"{SOURCE}/windows/tests/{name}.py") or os.path.exists(f"{SOURCE}/windows/tests/{name}.c"):
            check(f"'{name}'" in text or f"'{name}.py'" in text, f"{name} is not run")


@case
def every_sentence_of_the_page_has_a_row(tools):
    rows = re.findall(r"^\| (\d+) \| .+ \| .+ \| (.+) \|$", TEXT, re.M)
    equal([int(number) for number, _ in rows], list(range(1, 36)), "the rows")
    without = [number for number, test in rows if not NAMED.search(test)]
    equal(without, ["4"], "rows without a test")


@case
def every_exported_function_is_in_the_tables(tools):
    library = f"{BUILD}/windows/libwhither-windows.so"
    if not os.path.exists(library):
        return
    listed = subprocess.run(["nm", "-D", "--defined-only", "--format=posix", library],
                            capture_output=True, text=True, check=True).stdout
    names = {line.split()[0] for line in listed.splitlines()}
    known = set(re.findall(r"\w+", TEXT))
    families = [re.compile(one.replace("*", r"\w*") + "$") for one in re.findall(r"`(\w+\*\w*)`", TEXT)]
    # What the headers expand to, and what whither-driver calls, are no names of Windows.
    names = {name.removeprefix("whither_win_") for name in names}
    names = {name for name in names if not name.startswith(("nt_", "whither_"))}
    unknown = [name for name in names
               if name not in known and not any(family.match(name) for family in families)]
    equal(sorted(unknown), [], "exported and in no table")


main()
