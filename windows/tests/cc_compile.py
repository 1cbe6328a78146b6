# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""whither-cc up to the object: flags, macros, names of headers, trace headers, warnings."""
from plain_cases import *


def each(function):
    """The case once for each compiler."""
    def run(tools):
        for compiler in COMPILERS:
            function(tools, compiler)
    run.__name__ = function.__name__
    return case(run)


MACROS = """
#if !defined(_WIN32) || !defined(_WIN64) || !defined(_M_AMD64) || !defined(NTDDI_VERSION)
#error a macro of Windows is missing
#endif
#if defined(_MSC_VER) || defined(__linux__) || defined(linux) || defined(unix)
#error this is another compiler, or another system
#endif
_Static_assert(sizeof(L'a') == 2, "wide characters have 16 bits");
struct inner { int a; };
struct outer { struct inner; int b; };
int first(struct outer *o) { return o->a + 'abcd'; }
"""


@each
def the_macros_and_flags_are_those_of_windows(tools, compiler):
    tools.write("a.c", MACROS + "#ifndef _KERNEL_MODE\n#error a driver\n#endif\n")
    equal(tools.cc("a.c", "-c", "-Wall", "-Wextra", "-Werror", compiler=compiler), "", "what it says")
    tools.write("b.c", MACROS + "#ifdef _KERNEL_MODE\n#error a program\n#endif\n")
    equal(tools.cc("b.c", "-c", "--user", "-Wall", "-Werror", compiler=compiler), "", "what it says")


@each
def libcs_headers_may_come_first_and_optimised(tools, compiler):
    tools.write("a.c", "#include <stdio.h>\n#include <stdlib.h>\n#include <winsock2.h>\n#include <windows.h>\n"
                'int main(void) { return printf("%I64u\\n", (ULONGLONG)1) != 2; }\n')
    equal(tools.cc("a.c", "-c", "--user", "-O2", "-Wall", "-Werror", compiler=compiler), "", "what it says")


@each
def a_macro_of_the_user_replaces_ours(tools, compiler):
    tools.write("a.c", "#if NTDDI_VERSION != 1 || defined(_WIN64)\n#error\n#endif\nint a;\n")
    equal(tools.cc("a.c", "-c", "-Werror", "-DNTDDI_VERSION=1", "-U", "_WIN64", compiler=compiler), "", "says")


@each
def a_header_is_found_in_any_case_and_behind_either_slash(tools, compiler):
    tools.write("inc/Shared/Common.h", "#define COMMON 1\n")
    tools.write("src/Driver.H", "#include <GuidDef.H>\n#include <COMMON.h>\n#define DRIVER 1\n")
    tools.write("src/a.c", '#include "driver.h"\n#include "..\\inc\\shared\\common.h"\n'
                "int a[COMMON && DRIVER ? 1 : -1];\nGUID g;\n")
    tools.cc("src/a.c", "-c", "-I", "inc/Shared", compiler=compiler)


@each
def trace_headers_are_made_and_look_at_no_argument(tools, compiler):
    tools.write("trace.h", "// begin_wpp config\n// FUNC TraceEvents(LEVEL, FLAGS, MSG, ...);\n"
                "// FUNC Shout{LEVEL=1}(MSG, ...);\n// end_wpp\n")
    tools.write("a.c", '#include "trace.h"\n#include "a.tmh"\nvoid f(int status) {\n'
                'WPP_INIT_TRACING(NoSuch, Thing);\nTraceEvents(TRACE_LEVEL_ERROR, DBG_X, "%!STATUS!", nothing);\n'
                'Shout("one");\nDoTraceMessage(FLAG_X, "two %d", nowhere);\nif (status) Shout("x"); else f(1);\n'
                "WPP_CLEANUP(NoSuch);\n}\n")
    equal(tools.cc("a.c", "-c", "-Wall", "-Werror", compiler=compiler), "", "what it says")
    # A trace header that is there is the project's own.
    tools.write("a.tmh", "#error mine\n")
    check("mine" in tools.cc("a.c", "-c", compiler=compiler, expect=1), "it replaced a file")
    os.remove(tools.path("a.tmh"))


PRAGMAS = """
#pragma warning(push)
#pragma warning(disable : 4201 4214)
#pragma warning(suppress : 6011)
#pragma prefast(disable : 28197)
#pragma comment(lib, "ws2_32.lib")
#pragma comment(linker, "/export:foo")
#pragma intrinsic(memcpy, _ReturnAddress)
#pragma function(memset)
#pragma optimize("", off)
#pragma region Name
#pragma endregion
#pragma deprecated(gets)
#pragma section("PAGECONS", read)
#pragma data_seg("PAGEDATA")
int paged_data = 3;
#pragma data_seg()
#pragma code_seg("PAGE")
int paged(void) { return paged_data; }
#pragma code_seg()
int entry(void);
#pragma alloc_text(INIT, entry)
#pragma alloc_text(PAGE, entry)
int entry(void) { return paged(); }
#pragma pack(push, 1)
struct packed { char a; int b; };
#pragma pack(pop)
int size[sizeof(struct packed) == 5 ? 1 : -1];
#pragma runtime_checks("", off)
#pragma warning(pop)
"""

WORDS = """
#include <guiddef.h>
struct __declspec(align(16)) aligned { int x; };
typedef __declspec(align(64)) struct typed { int x; } TYPED;
int sizes[sizeof(struct aligned) == 16 && __alignof(TYPED) == 64 ? 1 : -1];
__declspec(noinline) int f(void);
__declspec(noreturn) void g(void);
__declspec(dllexport) int h(void);
__declspec(dllimport) int i(void);
__declspec(selectany) int one = 3;
__declspec(thread) int local;
__declspec(deprecated("not any more")) int old(void);
__declspec(code_seg("PAGE")) int page(void);
__declspec(restrict) void *r(void);
__declspec(nothrow) int n(void);
extern __declspec(safebuffers) int unknown_to_us(void);
int __stdcall a(int), __cdecl b(int), __fastcall c(int);
unsigned __int64 wide = 0x100000000;
"""


@each
def pragmas_and_declspec_of_windows_are_taken(tools, compiler):
    for text in (PRAGMAS, WORDS):
        for name in ("a.c", "a.cpp"):
            tools.write(name, text)
            equal(tools.cc(name, "-c", "-Wall", "-Wextra", "-Werror", compiler=compiler), "", "what it says")


@case
def long_is_warned_of_where_it_is_meant(tools):
    tools.write("a.c", "/* long */ // long\nconst char *s = \"long\"; long a;\nlong long b; double x; long double c;\n"
                "unsigned\nlong\nint d; int longer, long_x;\n")
    said = tools.cc("a.c", "-c")
    lines = [line.split(": ")[0] for line in said.splitlines()]
    equal(lines, ["a.c:2:25", "a.c:5:1"], "places")
    equal(tools.cc("a.c", "-c", "-Werror", "-Wno-long"), "", "told not to")
    tools.cc("a.c", "-c", "-Werror")


@case
def long_in_a_header_of_the_project_is_warned_of(tools):
    tools.write("own.h", "extern unsigned long counter;\n")
    tools.write("a.c", '#include <stdio.h>\n#include "own.h"\n')
    equal(tools.cc("a.c", "-c").count("warning"), 1, "warnings")


@case
def standards_go_to_the_sources_of_their_language(tools):
    tools.write("a.c", "int a(void) { return __STDC_VERSION__ == 201112L ? 0 : -1; }\n")
    tools.write("b.cpp", "static_assert(__cplusplus == 202002L, \"\"); int b; wchar_t w[sizeof(wchar_t) == 2 ? 1 : -1];\n")
    for compiler in COMPILERS:
        tools.cc("a.c", "b.cpp", "-c", "-std=c11", "-std=c++20", "-Werror", compiler=compiler)


@each
def headers_of_the_system_compile_beside_it(tools, compiler):
    names = ["stdio.h", "stdlib.h", "string.h", "stdint.h", "stdarg.h", "limits.h", "time.h", "math.h", "errno.h"]
    tools.write("a.c", "".join(f"#include <{name}>\n" for name in names))
    tools.cc("a.c", "-c", "--user", "-Wall", "-Werror", compiler=compiler)
    names = ["string", "vector", "map", "memory", "algorithm", "thread", "mutex", "iostream", "functional"]
    tools.write("b.cpp", "".join(f"#include <{name}>\n" for name in names))
    tools.cc("b.cpp", "-c", "--user", "-Wall", "-Werror", compiler=compiler)


@each
def what_is_out_of_scope_says_so(tools, compiler):
    for name in ("wdf.h", "ndis.h", "netioapi.h"):
        tools.write("a.c", f"#include <{name}>\n")
        said = tools.cc("a.c", "-c", compiler=compiler, expect=1)
        check("whither" in said, f"{name}: {said}")


@case
def wrong_words_are_refused(tools):
    tools.write("a.c", "int a;\n")
    for words in ((), ("notes.txt",), ("a.c", "-o"), ("a.c", "a.c", "-c", "-o", "x")):
        check(tools.cc(*words, expect=2).startswith("whither-cc: "), f"{words}")
    check("define no DriverEntry" in tools.cc("a.c", expect=1), "a driver without an entry")
    tools.cc("missing.c", "-c", expect=1)
    check("usage" in tools.cc("--help"), "--help")
    tools.cc("--version")


main()
