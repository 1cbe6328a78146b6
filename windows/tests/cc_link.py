# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""whither-cc up to the driver or program, and whither-driver with small drivers."""
import signal
import time

from plain_cases import *

ENTRY = """
#include <ntddk.h>
static VOID Unload(PDRIVER_OBJECT d) { UNREFERENCED_PARAMETER(d); DbgPrint("left %wZ\\n", &d->DriverName); }
NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING path)
{
	DbgPrint("entered %wZ by %wZ at %u\\n", &d->DriverName, path, KeGetCurrentIrql());
	d->DriverUnload = Unload;
	return BODY;
}
"""


def entry(body="STATUS_SUCCESS", before=""):
    return before + ENTRY.replace("BODY", body)


def each(function):
    """The case once for each compiler."""
    def run(tools):
        for compiler in COMPILERS:
            function(tools, compiler)
    run.__name__ = function.__name__
    return case(run)


@each
def a_driver_is_entered_and_unloaded(tools, compiler):
    tools.write("first.c", entry())
    tools.cc("first.c", "-Wall", "-Wextra", "-Werror", compiler=compiler)
    said = tools.driver("run", "--once", tools.path("first.so"))
    check("entered \\Driver\\first by \\Registry\\Machine\\System\\CurrentControlSet\\Services\\first at 0" in said, said)
    check("DriverEntry returned 0x00000000" in said and "left \\Driver\\first" in said, said)


@case
def several_drivers_are_left_in_reverse(tools):
    for name in ("one", "two"):
        tools.cc(tools.write(f"{name}.c", entry()), "-o", f"{name}.so")
    said = tools.driver("run", "--once", tools.path("one.so"), tools.path("two.so"))
    check(said.index("left \\Driver\\two") < said.index("left \\Driver\\one"), said)


@case
def an_entry_that_fails_is_not_unloaded(tools):
    tools.cc(tools.write("good.c", entry()), "-o", "good.so")
    tools.cc(tools.write("bad.c", entry("STATUS_NO_MEMORY")), "-o", "bad.so")
    said = tools.driver("run", tools.path("good.so"), tools.path("bad.so"), expect=1)
    check("bad: DriverEntry returned 0xc0000017" in said, said)
    check("left \\Driver\\bad" not in said and "left \\Driver\\good" in said, said)


NAMES = """
#include <ntddk.h>
int connect(int a, int b) { return a * b; }
int send(int a) { return a + 1; }
int recv(int a) { return a + 2; }
int getaddrinfo(void) { return 5; }
unsigned htonl(unsigned a) { return ~a; }
void *malloc(unsigned size, unsigned tag) { UNREFERENCED_PARAMETER(tag); return ExAllocatePoolWithTag(NonPagedPool, size, 'tset'); }
int socket(void) { return 1; }
int close(int a) { return a; }
int write(int a) { return a; }
int main(void) { return 3; }
static int all(void) { void *p = malloc(8, 1); ExFreePool(p);
	return connect(2, 3) == 6 && send(1) == 2 && recv(1) == 3 && getaddrinfo() == 5 && htonl(0) == ~0u && socket() && close(1) && write(1) && main() == 3; }
"""


@each
def a_drivers_own_connect_stays_its_own(tools, compiler):
    tools.write("names.c", entry("all() ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL", NAMES))
    tools.cc("names.c", "-Wno-long", compiler=compiler)
    tools.driver("run", "--once", tools.path("names.so"))
    listed = tools.run("nm", "-D", "--defined-only", "names.so").split()[2::3]
    equal(listed, ["DriverEntry"], "what it exports")
    for words in (("--exe",), ("-fsanitize=address",)):
        tools.cc("names.c", "-Wno-long", *words, "-o", "names", compiler=compiler)
        tools.run(tools.path("names"), "--once")


@each
def several_sources_and_objects_are_one_driver(tools, compiler):
    tools.write("a.c", entry("Other() + Third()", "extern \"C\" int Other(void);".replace('"C" ', "") + "int Third(void);"))
    tools.write("b.cpp", 'struct Base { virtual int f() { return 0; } virtual ~Base() {} };\n'
                'template <class T> int of() { static T one; return one.f(); }\n'
                'extern "C" int Other(void) { return of<Base>(); }\nvoid operator delete(void *, unsigned long) noexcept {}\n')
    tools.write("c.c", "int Third(void) { return 0; }\n")
    tools.cc("c.c", "-c", "-o", "c.o", compiler=compiler)
    tools.cc("a.c", "b.cpp", "c.o", "-Wno-long", "-lntoskrnl", "netio.lib", "-o", "d.so", compiler=compiler)
    tools.driver("run", "--once", tools.path("d.so"))


@each
def inline_functions_of_a_header_are_one(tools, compiler):
    tools.write("h.h", "__inline int One(int a) { return a; }\nFORCEINLINE int Two(void) { return 2; }\n"
                "static FORCEINLINE int Three(void) { return 3; }\n")
    tools.write("a.c", entry("One(Two() - 2) + Other()", '#include <ntddk.h>\n#include "h.h"\nint Other(void);\n'))
    tools.write("b.c", '#include <ntddk.h>\n#include "h.h"\nint Other(void) { return One(Three()) - Two() - 1; }\n')
    tools.cc("a.c", "b.c", "-o", "d.so", compiler=compiler)
    tools.driver("run", "--once", tools.path("d.so"))
    tools.write("b.c", "#include <ntddk.h>\nint Other(void) { return 0; }\nint Both;\n")
    tools.write("c.c", "int Both = 1;\n")
    check("Both" in tools.cc("a.c", "b.c", "c.c", compiler=compiler, expect=None) and tools.status, "a real duplicate")


@each
def a_function_that_is_not_here_is_named(tools, compiler):
    tools.write("a.c", entry("Missing()", "int FltNoSuchRoutine(void);\n#define Missing FltNoSuchRoutine\n"))
    check("FltNoSuchRoutine" in tools.cc("a.c", compiler=compiler, expect=None) and tools.status, "it links")


@each
def a_ulong_for_output_size_returned_is_refused(tools, compiler):
    call = """
#include <ntddk.h>
#include <wsk.h>
NTSTATUS Ask(PWSK_SOCKET s, const WSK_PROVIDER_BASIC_DISPATCH *d, PIRP irp)
{
	%s size = 0;
	return d->WskControlSocket(s, WskIoctl, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, 0, 0, NULL, 0, NULL, &size, irp);
}
"""
    tools.write("a.c", call % "ULONG")
    said = tools.cc("a.c", "-c", compiler=compiler, expect=1)
    check("SIZE_T" in said and "a.c:7" in said, said)
    tools.write("a.c", call % "SIZE_T")
    tools.cc("a.c", "-c", "-Wall", "-Werror", compiler=compiler)


@each
def a_program_begins_in_wmain(tools, compiler):
    text = '#include <stddef.h>\n#include <stdio.h>\nint wmain(int n, wchar_t **a) { return n == 2 && a[1][0] == 0xe4 && a[1][1] == 0 ? 0 : 9; }\n'
    for name in ("w.c", "w.cpp"):
        tools.write(name, text)
        tools.cc("--user", name, "-o", "w", compiler=compiler)
        tools.run(tools.path("w"), "ä")


@case
def trace_messages_are_printed_with_trace(tools):
    tools.write("a.c", entry("f()", '#include "a.tmh"\nstatic int f(void) { DoTraceMessage(FLAG, "one %d", none); return 0; }\n'))
    tools.cc("a.c", "-Wno-long")
    check("one %d" in tools.driver("run", "--once", "--trace", tools.path("a.so")), "with --trace")
    check("one %d" not in tools.driver("run", "--once", tools.path("a.so")), "without")


LEAK = "leaked ? STATUS_SUCCESS : STATUS_NO_MEMORY"


@case
def the_verifier_and_faults_are_switched_on(tools):
    text = entry(LEAK).replace("\tDbgPrint(\"entered", "\tPVOID leaked = ExAllocatePool2(POOL_FLAG_NON_PAGED, 8, 'kaeL');\n"
                               "\tDbgPrint(\"entered")
    tools.cc(tools.write("leak.c", text))
    driver = tools.path("leak.so")
    tools.driver("run", "--once", driver)
    said = tools.driver("run", "--once", "--verify=all=report", driver, expect=3)
    check("0xC4" in said and "'Leak'" in said, said)
    tools.driver("run", "--once", "--verify=all=off", driver)
    tools.driver("run", "--once", "--verify", driver, expect=-signal.SIGABRT)
    for number, status in (("1", 1), ("2", 0), ("each", 1)):
        tools.driver("run", "--once", "--fault", number, driver, expect=status)


@case
def a_signal_unloads_and_a_second_one_ends(tools):
    tools.cc(tools.write("a.c", entry()))
    process = subprocess.Popen([f"{BUILD}/windows/driver/whither-driver", "run", tools.path("a.so")],
                               stderr=subprocess.PIPE, text=True)
    while "returned" not in process.stderr.readline():
        pass
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)[1]
    equal(process.returncode, 0, "exit status")
    check("left" in said, said)

    wait = "static KEVENT never; static VOID Unload(PDRIVER_OBJECT d) { UNREFERENCED_PARAMETER(d); KeInitializeEvent(&never, NotificationEvent, FALSE); KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, NULL); }"
    text = ENTRY.replace("BODY", "STATUS_SUCCESS").split("\n")
    text[2] = wait
    tools.cc(tools.write("b.c", "\n".join(text)))
    process = subprocess.Popen([f"{BUILD}/windows/driver/whither-driver", "run", tools.path("b.so")],
                               stderr=subprocess.PIPE, text=True)
    while "returned" not in process.stderr.readline():
        pass
    process.send_signal(signal.SIGINT)
    while "5 seconds" not in process.stderr.readline():
        pass
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    equal(process.returncode, 130, "exit status")


@case
def wrong_words_are_refused_by_the_runner(tools):
    tools.cc(tools.write("a.c", entry()))
    for words in ((), ("walk",), ("run",), ("run", "--ioctl", "x", "a.so"), ("run", "--ioctl", "1=0", "a.so"),
                  ("run", "--fault", "-1", "a.so"), ("run", "--verify=nonsense=stop", tools.path("a.so")), ("run", "--no", "a")):
        tools.driver(*words, expect=2)
    tools.driver("run", "--once", tools.path("none.so"), expect=1)
    tools.cc(tools.write("t.c", "int a;\n"), "-c")
    tools.driver("run", "--once", tools.path("t.o"), expect=1)
    for word in ("--help", "--version"):
        tools.driver(word)
        tools.driver("run", word)


main()
