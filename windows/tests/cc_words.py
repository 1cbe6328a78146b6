# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""What real sources take for granted of Microsoft's compiler, its C library and the names of its headers."""
from plain_cases import *

STRICT = ("-Wall", "-Wextra", "-Werror", "-Wno-long")


def each(function):
    """The case once for each compiler."""
    def run(tools):
        for compiler in COMPILERS:
            function(tools, compiler)
    run.__name__ = function.__name__
    return case(run)


NO_HEADER = r"""
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
typedef unsigned char BYTE;
typedef unsigned int WORD; /* its own: no header of Windows was asked for */
static __forceinline __int64 __cdecl twice(unsigned __int64 value) { return (__int64)(2 * value); }
int main(void)
{
    char text[32], *rest = NULL;
    time_t moment = 0;
    struct tm parts;
    FILE *file;
    BYTE byte = 7;
    WORD word = 70000;

    strcpy_s(text, sizeof(text), "one two");
    if (strcmp(strtok_s(text, " ", &rest), "one") || strcmp(rest, "two") || _stricmp("A", "a"))
        return 1;
    if (fopen_s(&file, "no\\such\\file", "rb") == 0 || gmtime_s(&parts, &moment))
        return 2;
    _itoa_s(byte, text, _countof(text), 10);
    printf("%s %I64d %u %d\n", text, twice(_strtoui64("21", NULL, 10)), word, isdigit('1') != 0);
    return 0;
}
"""


@each
def a_source_without_a_header_of_windows(tools, compiler):
    tools.write("a.c", NO_HEADER)
    equal(tools.cc("--user", "a.c", "-O2", *STRICT, "-o", "a", compiler=compiler), "", "what it says")
    equal(tools.run(tools.path("a")), "7 42 70000 1\n", "what it prints")


LIBRARY = ["algorithm", "atomic", "chrono", "condition_variable", "filesystem", "fstream", "functional", "future",
           "iostream", "map", "memory", "mutex", "optional", "queue", "random", "regex", "sstream", "string",
           "string_view", "thread", "unordered_map", "variant", "vector"]
WINDOWS = ["winsock2.h", "ws2tcpip.h", "mswsock.h", "mstcpip.h", "windows.h", "process.h", "tchar.h", "conio.h",
           "io.h", "direct.h", "crtdbg.h", "winioctl.h", "intrin.h"]
PROGRAM = r"""
#pragma comment(lib, "ws2_32.lib")
int _tmain(int count, _TCHAR *words[])
{
    char text[8];
    timeval wait{0, 1000};
    fd_set set;

    FD_ZERO(&set);
    strcpy_s(text, "x");
    strcat_s(text, "y");
    _snprintf_s(text, _TRUNCATE, "%s-%d", "123", 4567);
    std::cout << max(1, count) + std::max(2, 3) + (int)min(wait.tv_usec, 5) << text << std::endl;
    return words[0] == nullptr || _tcslen(_T("ab")) != 2;
}
"""


@each
def the_cxx_library_before_and_behind(tools, compiler):
    library = "".join(f"#include <{name}>\n" for name in LIBRARY)
    windows = "".join(f"#include <{name}>\n" for name in WINDOWS)
    for head in (library + windows, "#define UNICODE\n#define _UNICODE\n" + windows + library):
        tools.write("a.cpp", head + PROGRAM)
        equal(tools.cc("--user", "a.cpp", "-Wall", "-Werror", "-Wno-long", "-o", "a", compiler=compiler), "",
              f"what it says of {head[:20]}")
        equal(tools.run(tools.path("a")), "9123-456\n", "what it prints")


OLD = r"""
#include <ntifs.h>
#include <windef.h>
#include <wdmsec.h>
#include <wsk.h>
#include <ntstrsafe.h>
static NTSTATUS look(__in PVOID at, __out_opt PULONG size, __inout PVOID both, IN SIZE_T a, OUT PVOID b OPTIONAL)
{
    UNREFERENCED_PARAMETER(both);
    UNREFERENCED_PARAMETER(a);
    if (size)
        *size = max(1, 2);
    if (!ARGUMENT_PRESENT(b) || FlagOn(a, 4))
        return STATUS_UNSUCCESSFUL;
    __try {
        ProbeForRead(at, 1, 1);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}
EXTERN_C DRIVER_INITIALIZE DriverEntry;
#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#endif
"""
ENTRY_C = """
NTSTATUS DriverEntry(IN PDRIVER_OBJECT driver, IN PUNICODE_STRING path)
{
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    try {
        status = look(driver, NULL, NULL, sizeof(*path), path);
        if (!NT_SUCCESS(status))
            leave;
        ExRaiseStatus(STATUS_NO_MEMORY);
    } except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode() == STATUS_NO_MEMORY ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
    }
    try {
        status += 1;
    } finally {
        status -= 1;
    }
    return status;
}
"""
ENTRY_CXX = """
NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    return look(driver, nullptr, nullptr, sizeof(*path), path);
}
"""


@each
def annotations_and_exceptions_of_old_drivers(tools, compiler):
    tools.write("old.c", OLD + ENTRY_C)
    equal(tools.cc("old.c", *STRICT, compiler=compiler), "", "what it says")
    tools.driver("run", "--once", tools.path("old.so"))
    tools.write("old.cpp", OLD + ENTRY_CXX)
    equal(tools.cc("old.cpp", *STRICT, "-o", "cxx.so", compiler=compiler), "", "what it says of C++")
    tools.driver("run", "--once", tools.path("cxx.so"))


KERNEL = ["wdm.h", "ntddk.h", "ntifs.h", "wsk.h", "ntstrsafe.h", "ntintsafe.h", "netioddk.h", "wdmsec.h", "sal.h",
          "guiddef.h", "ntdef.h", "windef.h", "intrin.h", "excpt.h", "kernelspecs.h", "dontuse.h", "suppress.h"]
USER = WINDOWS + ["winsock.h", "ws2def.h", "ws2ipdef.h", "windef.h", "minwindef.h", "winnt.h", "minwinbase.h",
                  "winbase.h", "winnls.h", "winerror.h", "synchapi.h", "processthreadsapi.h", "handleapi.h",
                  "ioapiset.h", "errhandlingapi.h", "fileapi.h", "sysinfoapi.h", "profileapi.h", "heapapi.h",
                  "threadpoolapiset.h", "memoryapi.h", "consoleapi.h", "debugapi.h", "stringapiset.h",
                  "libloaderapi.h", "strsafe.h", "intsafe.h", "ip2string.h", "guiddef.h", "initguid.h", "sal.h"]


@case
def every_header_compiles_alone(tools):
    for mode, names in (("--kernel", KERNEL), ("--user", USER)):
        for suffix in ("c", "cpp"):
            sources = [f"{mode.strip('-')}-{name}.{suffix}" for name in names]
            for name, source in zip(names, sources):
                tools.write(source, f"#include <{name}>\n#include <{name}>\nint a;\n")
            equal(tools.cc(mode, *sources, "-fsyntax-only", *STRICT), "", f"what it says, {mode} {suffix}")

main()
