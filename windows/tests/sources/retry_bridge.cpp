/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * retry_bridge PORT: a bridge of one connection, of the style that begins with a small buffer for
 * the records and doubles it while the call says WSAEFAULT or WSAENOBUFS.
 */
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#define NOMINMAX
#include <WinSock2.h>
#include <WS2tcpip.h>
#include <Windows.h>
#include <mstcpip.h>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#ifndef SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS
#error "mstcpip.h does not have the codes"
#endif

static int tries;

static bool QueryRecords(SOCKET s, std::vector<BYTE> &records)
{
    DWORD size = 8;

    while (size <= 65536) {
        DWORD returned = 0;

        records.resize(size);
        tries++;
        if (::WSAIoctl(s, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, nullptr, 0, records.data(),
                       static_cast<DWORD>(records.size()), &returned, nullptr, nullptr) == 0) {
            if (returned == 0)
                return false;
            records.resize(returned);
            return true;
        }
        const int error = ::WSAGetLastError();
        if (error != WSAEFAULT && error != WSAENOBUFS)
            return false;
        size *= 2;
    }
    return false;
}

static int Bridge(SOCKET client)
{
    SOCKADDR_STORAGE destination{};
    std::vector<BYTE> records;
    DWORD returned = 0;
    std::string bytes(4096, '\0');

    if (WSAIoctl(client, SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT, nullptr, 0, &destination, sizeof destination,
                 &returned, nullptr, nullptr) != 0 || returned != sizeof destination)
        return 2;
    if (!QueryRecords(client, records))
        return 3;
    SOCKET server = socket(destination.ss_family, SOCK_STREAM, IPPROTO_TCP);
    if (WSAIoctl(server, SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS, records.data(), (DWORD)records.size(), nullptr, 0,
                 &returned, nullptr, nullptr) != 0)
        return 4;
    const int length = destination.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    if (connect(server, reinterpret_cast<sockaddr *>(&destination), length) != 0)
        return 5;
    int size = recv(client, &bytes[0], (int)bytes.size(), 0);
    if (size <= 0 || send(server, bytes.data(), size, 0) != size || shutdown(server, SD_SEND) != 0)
        return 6;
    while ((size = recv(server, &bytes[0], (int)bytes.size(), 0)) > 0)
        send(client, bytes.data(), size, 0);
    closesocket(server);
    return size == 0 ? 0 : 7;
}

int __cdecl main(int argc, char **argv)
{
    WSADATA data;
    sockaddr_in address{};

    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_family = AF_INET;
    address.sin_port = htons(argc > 1 ? static_cast<u_short>(atoi(argv[1])) : 0);
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    if (bind(listener, reinterpret_cast<SOCKADDR *>(&address), sizeof address) != 0 || listen(listener, 1) != 0)
        return 1;
    SOCKET client = accept(listener, nullptr, nullptr);
    const int status = Bridge(client);
    std::printf("status: %d tries: %d\n", status, tries);
    closesocket(client);
    closesocket(listener);
    WSACleanup();
    return status;
}
