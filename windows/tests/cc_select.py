# SPDX-License-Identifier: BSD-2-Clause
# Copyright (C) 2026 The whither authors
"""select() and its sets are Winsock's, wherever the headers of the C library stand that have others."""
from plain_cases import *

HOST = "".join(f"#include <{name}>\n" for name in
               ("stdlib.h", "sys/types.h", "time.h", "sys/time.h", "signal.h", "pthread.h", "stdio.h"))
WINDOWS = "#include <winsock2.h>\n"
PROGRAM = r"""
static int check(void)
{
    static fd_set readable, writable;
    struct timeval soon = {0, 1000};
    SOCKET far_off = 70000, s;

    FD_ZERO(&readable);
    FD_SET(far_off, &readable);
    FD_SET(3, &readable);
    FD_SET(3, &readable);
    if (sizeof(readable.fd_array) / sizeof(SOCKET) != WANTED || FD_SETSIZE != WANTED)
        return 1;
    if (readable.fd_count != 2 || !FD_ISSET(far_off, &readable) || FD_ISSET(4, &readable))
        return 2;
    FD_CLR(far_off, &readable);
    if (readable.fd_count != 1 || readable.fd_array[0] != 3)
        return 3;
    FD_ZERO(&readable);
    if (select(0, &readable, NULL, NULL, &soon) != SOCKET_ERROR || WSAGetLastError() != WSAEINVAL)
        return 4;
    s = socket(AF_INET, SOCK_DGRAM, 0);
    FD_SET(s, &readable);
    FD_ZERO(&writable);
    FD_SET(s, &writable);
    if (select(0, &readable, &writable, NULL, &soon) != 1 || readable.fd_count || writable.fd_count != 1)
        return 5;
    closesocket(s);
    return 0;
}
int main(void)
{
    WSADATA data;

    return WSAStartup(MAKEWORD(2, 2), &data) ? 9 : check();
}
"""


def each_way(tools, define, wanted):
    for compiler in COMPILERS:
        for name in ("a.c", "a.cpp"):
            for order in (HOST + WINDOWS, WINDOWS + HOST):
                tools.write(name, f"{define}{order}#define WANTED {wanted}\n{PROGRAM}")
                equal(tools.cc("--user", name, "-Wall", "-Werror", "-Wno-long", "-o", "a", compiler=compiler), "",
                      f"what {compiler} says of {order[:20]}")
                tools.run(tools.path("a"))


@case
def a_set_has_64_places(tools):
    each_way(tools, "", 64)


@case
def or_as_many_as_the_program_says(tools):
    each_way(tools, "#define FD_SETSIZE 1024\n", 1024)


main()
