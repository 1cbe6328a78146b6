/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * A user-mode echo with overlapped calls of every kind: an event, a completion routine in an
 * alertable wait, WSAGetOverlappedResult; WSAEventSelect on the listener.
 */
#include <cstdio>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mstcpip.h>

struct Transfer
{
    WSAOVERLAPPED overlapped; /* first: the routine is given its address */
    WSABUF buffer;
    char bytes[128];
    DWORD size;
    DWORD error;
    bool done;
};

static void CALLBACK Routine(DWORD error, DWORD size, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    Transfer *transfer = CONTAINING_RECORD(overlapped, Transfer, overlapped);

    (void)flags;
    transfer->error = error;
    transfer->size = size;
    transfer->done = true;
}

static bool Fail(const char *what)
{
    std::printf("%s: error %d\n", what, WSAGetLastError());
    return false;
}

static bool ReceiveWithRoutine(SOCKET s, Transfer &t)
{
    DWORD flags = 0;

    t = Transfer();
    t.buffer.buf = t.bytes;
    t.buffer.len = sizeof(t.bytes);
    if (WSARecv(s, &t.buffer, 1, NULL, &flags, &t.overlapped, Routine) == SOCKET_ERROR &&
        WSAGetLastError() != WSA_IO_PENDING)
        return Fail("WSARecv with a routine");
    while (!t.done)
        SleepEx(INFINITE, TRUE);
    return t.error == 0;
}

static bool SendWithEvent(SOCKET s, Transfer &t, DWORD size)
{
    DWORD flags = 0, sent = 0;

    t.overlapped = WSAOVERLAPPED();
    t.overlapped.hEvent = WSACreateEvent();
    t.buffer.buf = t.bytes;
    t.buffer.len = size;
    if (WSASend(s, &t.buffer, 1, NULL, 0, &t.overlapped, NULL) == SOCKET_ERROR &&
        WSAGetLastError() != WSA_IO_PENDING)
        return Fail("WSASend with an event");
    WSAWaitForMultipleEvents(1, &t.overlapped.hEvent, TRUE, WSA_INFINITE, FALSE);
    if (!WSAGetOverlappedResult(s, &t.overlapped, &sent, FALSE, &flags))
        return Fail("WSAGetOverlappedResult");
    WSACloseEvent(t.overlapped.hEvent);
    return sent == size;
}

static bool Codes(SOCKET s)
{
    char buffer[256];
    DWORD size = 77;

    /* Nobody redirected this connection. */
    if (WSAIoctl(s, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0, buffer, sizeof(buffer), &size, NULL, NULL) == 0)
        return Fail("records of a connection that has none");
    if (WSAGetLastError() != WSAEINVAL && WSAGetLastError() != WSAEOPNOTSUPP)
        return Fail("records");
    if (WSAIoctl(s, SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS, buffer, sizeof(buffer), NULL, 0, &size, NULL, NULL) == 0)
        return Fail("records set on a connected socket");
    return true;
}

static bool Scenario()
{
    SOCKET listener = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED), client, server;
    SOCKADDR_IN address = {};
    int length = sizeof(address);
    WSAEVENT event = WSACreateEvent();
    WSANETWORKEVENTS events;
    Transfer there = {}, back = {};
    u_long zero = 0;

    address.sin_family = AF_INET;
    address.sin_addr.S_un.S_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (SOCKADDR *)&address, length) || listen(listener, SOMAXCONN) ||
        getsockname(listener, (SOCKADDR *)&address, &length) || WSAEventSelect(listener, event, FD_ACCEPT))
        return Fail("listener");
    client = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(client, (SOCKADDR *)&address, length))
        return Fail("connect");
    if (WSAWaitForMultipleEvents(1, &event, FALSE, 5000, FALSE) != WSA_WAIT_EVENT_0 ||
        WSAEnumNetworkEvents(listener, event, &events) || !(events.lNetworkEvents & FD_ACCEPT))
        return Fail("accept event");
    server = WSAAccept(listener, NULL, NULL, NULL, 0);
    if (server == INVALID_SOCKET)
        return Fail("WSAAccept");
    WSAEventSelect(server, NULL, 0);
    if (ioctlsocket(server, FIONBIO, &zero))
        return Fail("FIONBIO");
    for (int i = 0; i < 50; i++) {
        there.bytes[0] = (char)i;
        there.bytes[1] = 'x';
        if (!SendWithEvent(client, there, 2) || !ReceiveWithRoutine(server, back) || back.size < 1)
            return false;
        if (!SendWithEvent(server, back, back.size))
            return false;
        int got = 0;
        while (got < 2) {
            int more = recv(client, there.bytes + got, 2 - got, 0);
            if (more <= 0)
                return Fail("recv");
            got += more;
            if (got < 2 && (!ReceiveWithRoutine(server, back) || !SendWithEvent(server, back, back.size)))
                return false;
        }
        if (there.bytes[0] != (char)i || there.bytes[1] != 'x')
            return Fail("bytes");
    }
    if (!Codes(server))
        return false;
    shutdown(client, SD_SEND);
    if (!ReceiveWithRoutine(server, back) || back.size != 0)
        return Fail("the end");
    closesocket(server);
    closesocket(client);
    closesocket(listener);
    WSACloseEvent(event);
    return true;
}

int wmain(int argc, wchar_t **argv)
{
    WSADATA data;

    if (WSAStartup(MAKEWORD(2, 2), &data) != 0 || argc < 1 || argv[0][0] == 0)
        return 1;
    bool passed = Scenario();
    WSACleanup();
    std::printf("%s\n", passed ? "PASS" : "FAIL");
    return passed ? 0 : 1;
}
