# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""windows/tests/sources: Windows source in the styles that real projects use, compiled with both compilers
and -Werror, and run: as a module, and with the runner under AddressSanitizer and UBSan."""
from plain_cases import *

STRICT = ["-g", "-Wall", "-Wextra", "-Werror"]
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
INLINE = ("", "none", "all")


def driver(name):
    source = f"{SOURCE}/windows/tests/sources/{name}"

    def run(tools, *words):
        for compiler in COMPILERS:
            equal(tools.cc(source, *STRICT, "-o", "style.so", compiler=compiler), "", f"what {compiler} says")
            for inline in INLINE:
                tools.driver("run", "--once", *words, tools.path("style.so"),
                             environment={"WHITHER_WSK_INLINE": inline} if inline else {})
            equal(tools.cc(source, *STRICT, *SANITIZE, "-o", "style", compiler=compiler), "", "with a sanitizer")
            said = tools.run(tools.path("style"), "--once", *words)
            check("unloaded" in said, said)
            check("Sanitizer" not in said and "runtime error" not in said, said)
        return said
    return run


@case
def a_layer_with_the_names_of_libc(tools):
    driver("berkeley_layer.c")(tools)


@case
def accept_events_and_a_queue(tools):
    driver("accept_queue.c")(tools)


@case
def irps_on_the_stack(tools):
    driver("stack_irp.c")(tools)


@case
def irps_out_of_a_lookaside_list(tools):
    said = driver("lookaside_requests.c")(tools, "--ioctl", "0x222004")
    check("28000000" in said, f"the answer of its control, 40 bytes received: {said}")


@case
def sockets_by_number_in_a_table(tools):
    said = driver("handle_table.cpp")(tools)
    check("20 sockets" in said, said)


@case
def objects_in_cxx(tools):
    driver("owning_objects.cpp")(tools)


main()
