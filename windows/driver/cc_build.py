# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""Compiles, makes every symbol but the entry local, and links."""
import os
import shlex
import subprocess
import sys

from cc_command import language
from cc_hazard import refuse_narrow_sizes

DEFINES = {
    "_WIN32": "1",
    "_WIN64": "1",
    "_AMD64_": "1",
    "_M_AMD64": "100",
    "_M_X64": "100",
    "NTDDI_VERSION": "0x0A00000C",
    "_WIN32_WINNT": "0x0A00",
    "WINVER": "0x0A00",
}
# So that a source for many systems takes the way of Windows.
UNDEFINES = ("linux", "unix", "__linux", "__linux__", "__gnu_linux__", "__unix", "__unix__")
FLAGS = ["-fms-extensions", "-fshort-wchar", "-fno-strict-aliasing", "-fvisibility=default", "-fPIC"]
# printf's conversions are ours: no compiler may reckon with libc's, and libc's inline functions, which
# __NO_INLINE__ switches off, may not use the names before our headers bind them.
FLAGS += [f"-fno-builtin-{v}{name}printf" for name in ("", "f", "s", "sn") for v in ("", "v")]
FLAGS += ["-D__NO_INLINE__"]
# Behind the user's, because -Wall would bring some of them back.
QUIET = ["-Wno-multichar", "-Wno-unknown-pragmas", "-Wno-format", "-Wno-attributes"]
QUIET_C = ["-Wno-incompatible-pointer-types", "-Wno-pointer-sign", "-Wno-discarded-qualifiers"]
QUIET_C_GCC = ["-Wno-builtin-declaration-mismatch"]
QUIET_CLANG = [
    "-Wno-unknown-warning-option", "-Wno-ignored-attributes", "-Wno-incompatible-library-redeclaration",
    "-Wno-builtin-requires-header", "-Wno-microsoft", "-Wno-ignored-pragmas", "-Wno-pragma-pack",
]
# The C library's <sys/select.h>, which <stdlib.h> brings, counts as read: its FD_SETSIZE would replace the
# program's own, and its names are Winsock's.
USER = ["-D_SYS_SELECT_H=1"]
# A driver's malloc() is its own.
KERNEL = [f"-fno-builtin-{name}" for name in ("malloc", "calloc", "realloc", "free")]
KERNEL_CXX = ["-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics"]


class Failed(Exception):
    """A step failed and has said why; its exit status."""


class Places:
    """Our headers, the folder of libwhither-windows, and what is linked into programs."""

    def __init__(self, include, library, objects):
        self.include, self.library = include, library
        self.runner = os.path.join(objects, "libwhither-driver.a")
        self.wide_main = os.path.join(objects, "libwhither-wmain.a")


class Build:
    def __init__(self, command, places, scratch, includes, project=None):
        """scratch: a folder for what lies between; includes: one of headers that were made for this;
        project: what the sources say."""
        is_inline = project.is_inline if project else lambda name: False
        self.old_annotations = bool(project) and not project.uses_cxx_library()
        self.is_inline = is_inline
        self.command, self.places = command, places
        self.scratch, self.includes = scratch, includes
        done = subprocess.run([*command.compiler, "--version"], capture_output=True, check=False)
        self.clang = b"clang" in done.stdout

    def run(self, words):
        if self.command.verbose:
            print(shlex.join(words), file=sys.stderr)
        status = subprocess.run(words, check=False).returncode
        if status:
            raise Failed(status if status > 0 else 1)

    def flags(self, kind):
        """Flags of a compilation in C or C++: ours and the user's."""
        command = self.command
        taken = set(command.defines())
        values = dict(DEFINES) if command.user else {**DEFINES, "_KERNEL_MODE": "1"}
        words = [f"-D{name}={value}" for name, value in values.items() if name not in taken]
        words += [f"-U{name}" for name in UNDEFINES if name not in taken]
        words += FLAGS + (USER if command.user else KERNEL)
        if kind == "c":
            words += ["-fgnu89-inline"]
        else:
            words += KERNEL_CXX if not command.user else []
            words += [] if self.clang else ["-fno-gnu-unique"]
        words += [f"-I{self.places.include}", f"-I{self.includes}"]
        # What Microsoft's compiler and its C library have without a header, or beyond the standard ones.
        words += ["-include", "crt_words.h" if command.user else "msvc_words.h"]
        if self.old_annotations and kind == "c++" and not command.user:
            words.append("-DWHITHER_OLD_ANNOTATIONS")
        words += [word for word in command.compile if self._for_language(word, kind)] + command.both
        words += QUIET + (QUIET_CLANG if self.clang else [])
        if kind == "c":
            words += QUIET_C + ([] if self.clang else QUIET_C_GCC)
        if self.clang and command.sanitized:
            words.append("-fno-sanitize=function")
        return words

    @staticmethod
    def _for_language(word, kind):
        if word.startswith("-std="):
            return ("++" in word) == (kind == "c++")
        return True

    def compile(self, source, target=None):
        """Compiles source as far as the command says, or to the object target."""
        command = self.command
        words = [*command.compiler, *self.flags(language(source))]
        if target:
            self.run([*words, "-c", source, "-o", target])
        else:
            output = ["-o", command.output] if command.output else []
            self.run([*words, command.stop, source, *output])
        if language(source) == "c" and command.stop in (None, "-c", "-fsyntax-only"):
            with open(source, "rb") as file:
                text = file.read().decode("utf-8", "replace")
            narrow = refuse_narrow_sizes([*words, source], source, text)
            if narrow:
                print("\n".join(narrow), file=sys.stderr)
                raise Failed(1)

    def objects(self):
        """Compiles every source; the objects and archives to link, in their order."""
        made = []
        for number, name in enumerate(self.command.inputs):
            if name not in self.command.sources:
                made.append(name)
                continue
            made.append(os.path.join(self.scratch, f"{number}.o"))
            self.compile(name, made[-1])
        return made

    def weaken_inline(self, objects):
        """An inline function of a header is defined in each source that includes it, as on Windows, where
        the linker keeps one."""
        counts = {}
        for path in objects:
            if path.startswith(self.scratch):
                for name in self._symbols(path):
                    counts[name] = counts.get(name, 0) + 1
        names = [name for name, count in counts.items() if count > 1 and self.is_inline(name)]
        for path in objects if names else []:
            if path.startswith(self.scratch):
                self.run(["objcopy", *[f"--weaken-symbol={name}" for name in names], path])
        return objects

    def entries(self, joined):
        """The symbols that stay global."""
        if not self.command.user:
            return ["DriverEntry"]
        symbols = self._symbols(joined)
        if "main" in symbols:
            return ["main"]
        for name in symbols:
            if name.startswith("_Z5wmain"):  # of C++
                self.run(["objcopy", f"--redefine-sym={name}=wmain", joined])
                return ["wmain"]
        return ["wmain"] if "wmain" in symbols else ["main"]

    @staticmethod
    def _symbols(path):
        done = subprocess.run(["nm", "--defined-only", "-g", path], capture_output=True, text=True, check=False)
        return {line.split()[-1] for line in done.stdout.splitlines() if line}

    def link(self):
        """Makes the driver or the program. A driver's own connect() or send() must not be taken for libc's,
        by libc's callers or by us: its symbols become local before it meets a library."""
        command, places = self.command, self.places
        joined = os.path.join(self.scratch, "joined.o")
        self.run(["ld", "-r", "-d", "--force-group-allocation", "-o", joined,
                  *self.weaken_inline(self.objects())])
        entries = self.entries(joined)
        if not set(entries) & self._symbols(joined):
            print(f"whither-cc: the sources define no {entries[0]}"
                  + ("" if command.user else "; is this a program? (--user)"), file=sys.stderr)
            raise Failed(1)
        self.run(["objcopy", *[f"--keep-global-symbol={name}" for name in entries], joined])
        words = [*command.compiler, *command.both]
        if self.clang and command.is_cxx():
            words.append("--driver-mode=g++")
        program = command.user or command.exe
        if not program:
            words += ["-shared", "-Wl,--no-undefined"]
        words.append(joined)
        if program and not command.user:
            words.append(places.runner)
        elif entries == ["wmain"]:
            words.append(places.wide_main)
        words += [f"-L{places.library}", "-lwhither-windows", *command.link]
        words += ["-Wl,--as-needed", "-lstdc++", "-lm", "-lpthread"]
        if not places.library.startswith("/usr/lib"):
            words.append(f"-Wl,-rpath,{places.library}")
        self.run([*words, "-o", command.output or self._default_output(program)])

    def _default_output(self, program):
        if program:
            return "a.out"
        return os.path.splitext(os.path.basename(self.command.inputs[0]))[0] + ".so"
