# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""The command line of whither-cc: what is its own, what is for the compiler, what for the linker."""
import os
import shlex

SOURCES_C = (".c",)
SOURCES_CXX = (".cc", ".cpp", ".cxx", ".c++", ".C")
OBJECTS = (".o", ".obj", ".a", ".lib")

# Options of the compiler whose argument is the next word.
WITH_ARGUMENT = {
    "-D", "-U", "-I", "-include", "-imacros", "-isystem", "-iquote", "-idirafter", "-MF", "-MT", "-MQ",
    "-Xclang", "-Xpreprocessor", "-Xassembler", "--param", "-target", "-arch", "-x", "-aux-info",
}
LINK_WITH_ARGUMENT = {"-L", "-l", "-T", "-u", "-z", "-Xlinker", "-rpath"}
LINK_PREFIXES = ("-Wl,", "-L", "-fuse-ld=")
LINK_WORDS = {"-s", "-static", "-rdynamic"}
# What a Windows build names and we have in one library, or not at all.
WINDOWS_LIBRARIES = {
    "advapi32", "bufferoverflowfastfailk", "bufferoverflowk", "fwpkclnt", "fwpuclnt", "hal", "iphlpapi",
    "kernel32", "libcntpr", "mswsock", "ndis", "netio", "ntdll", "ntoskrnl", "ntstrsafe", "ole32",
    "rpcrt4", "shell32", "user32", "uuid", "wdm", "wdmsec", "ws2_32", "wsock32",
}
# Of compilers that make Windows programs.
FOREIGN = {"-municode", "-mwindows", "-mconsole", "-mdll", "-mthreads", "-shared"}
STOPS = {"-c": "object", "-S": "object", "-E": "text", "-M": "text", "-MM": "text", "-fsyntax-only": "check"}


class UsageError(Exception):
    """A sentence for the user."""


class Command:
    """What was asked for."""

    def __init__(self):
        self.user = self.exe = self.verbose = False
        self.scan_long = True
        self.print_flags = False
        self.compiler = shlex.split(os.environ.get("CC", "")) or ["gcc"]
        self.output = None
        self.stop = None  # "-c" and its like: no linking
        self.sources = []
        self.inputs = []  # sources and objects, in their order
        self.compile = []  # for every compilation
        self.both = []  # for compiling and for linking
        self.link = []  # for the last linking

    @property
    def sanitized(self):
        return any(word.startswith("-fsanitize=") for word in self.both)

    def defines(self):
        """The names that -D defines and -U undefines."""
        words = iter(self.compile)
        for word in words:
            if word[:2] in ("-D", "-U"):
                yield (word[2:] or next(words, "")).split("=")[0]

    def include_folders(self):
        words = iter(self.compile)
        for word in words:
            if word in ("-I", "-isystem", "-iquote", "-idirafter"):
                yield next(words, "")
            elif word.startswith("-I"):
                yield word[2:]

    def is_cxx(self):
        return any(language(source) == "c++" for source in self.sources)


def language(source):
    return "c++" if source.endswith(SOURCES_CXX) else "c"


def _library(command, name):
    if name.lower().removesuffix(".lib") not in WINDOWS_LIBRARIES:
        command.link.append(f"-l{name}")


def _own(command, word, words):
    """An option of whither-cc itself; whether it was one."""
    if word == "--user":
        command.user = True
    elif word == "--kernel":
        command.user = False
    elif word == "--exe":
        command.exe = True
    elif word == "--print-flags":
        command.print_flags = True
    elif word in ("-v", "--verbose"):
        command.verbose = True
    elif word.startswith("--cc="):
        command.compiler = shlex.split(word[5:]) or ["gcc"]
    elif word in ("-Wno-long", "-Wlong"):
        command.scan_long = word == "-Wlong"
    elif word == "-o":
        command.output = _next(words, word)
    elif word.startswith("-o") and len(word) > 2:
        command.output = word[2:]
    elif word in STOPS:
        command.stop = word
    else:
        return False
    return True


def _next(words, option):
    try:
        return next(words)
    except StopIteration:
        raise UsageError(f"{option} needs an argument") from None


def _input(command, word):
    if word.endswith(SOURCES_C + SOURCES_CXX):
        command.sources.append(word)
        command.inputs.append(word)
    elif word.endswith(OBJECTS):
        if os.path.basename(word).removesuffix(".lib").lower() not in WINDOWS_LIBRARIES:
            command.inputs.append(word)
    elif word.endswith(".so") or ".so." in os.path.basename(word):
        command.link.append(word)
    else:
        raise UsageError(f"what is {word}? It is no C or C++ source, no object and no library")


def _link_option(command, word, words):
    """An option for the linker; whether it was one."""
    if word.startswith("-l"):
        _library(command, _next(words, word) if word == "-l" else word[2:])
    elif word in LINK_WITH_ARGUMENT:
        command.link += [word, _next(words, word)]
    elif word.startswith(LINK_PREFIXES) or word in LINK_WORDS:
        command.link.append(word)
    else:
        return False
    return True


def _both_stages(word):
    return word.startswith(("-f", "-m", "-g", "-O", "--target=", "-B", "--sysroot", "-pthread"))


def read(arguments):
    """Reads the words behind the program's name."""
    command = Command()
    words = iter(arguments)
    for word in words:
        if not word.startswith("-") or word == "-":
            _input(command, word)
        elif _own(command, word, words) or _link_option(command, word, words):
            continue
        elif word in WITH_ARGUMENT:
            command.compile += [word, _next(words, word)]
        elif word.startswith("-flto"):
            continue  # the symbols are made local between compiling and linking
        elif word.startswith("-Wformat"):
            continue  # the formats are Windows'
        elif word in FOREIGN:
            continue
        elif _both_stages(word):
            command.both.append(word)
        else:
            command.compile.append(word)
    if not command.inputs and not command.print_flags:
        raise UsageError("no source; see whither-cc --help")
    if command.stop and command.output and len(command.sources) > 1:
        raise UsageError(f"-o names one file, and {command.stop} makes one of each source")
    if command.sanitized and not command.user:
        command.exe = True
    return command
