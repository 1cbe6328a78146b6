/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * winsock_proxy [PORT]: a redirect proxy on Winsock. It asks each accepted connection for its
 * records and where it was going by WSAIoctl, sets the records on the socket that it opens to
 * there, and carries the bytes both ways, a thread for each direction. Its rule needs
 * "context = destination".
 */
#include <winsock2.h>

#include <mstcpip.h>
#include <windows.h>
#include <ws2tcpip.h>

#include <stdio.h>
#include <stdlib.h>

#pragma comment(lib, "ws2_32.lib")

#define FIRST_GUESS 256
#define LAST_GUESS 65536

typedef struct _PAIR {
	SOCKET From;
	SOCKET To;
} PAIR;

/* A failure must not look like an end: the peer will see a reset. */
static void Reset(SOCKET Socket)
{
	struct linger Now = {1, 0};

	setsockopt(Socket, SOL_SOCKET, SO_LINGER, (const char *)&Now, sizeof(Now));
	shutdown(Socket, SD_RECEIVE);
}

static DWORD WINAPI Copy(LPVOID Context)
{
	const PAIR *Pair = Context;
	char Bytes[16384];
	int Size, Sent, Done;

	while ((Size = recv(Pair->From, Bytes, sizeof(Bytes), 0)) > 0) {
		for (Done = 0; Done < Size; Done += Sent) {
			Sent = send(Pair->To, Bytes + Done, Size - Done, 0);
			if (Sent == SOCKET_ERROR)
				goto Failed;
		}
	}
	if (Size == 0) {
		shutdown(Pair->To, SD_SEND);
		return 0;
	}
Failed:
	Reset(Pair->From);
	Reset(Pair->To);
	return 1;
}

/*
 * The records of an accepted connection, to be freed, and their size; or NULL. The buffer grows as
 * long as it is too small: WSAEFAULT says so on the systems that we know, and the other one is
 * what the documentation names.
 */
static void *QueryRecords(SOCKET Client, DWORD *Size)
{
	DWORD Capacity = FIRST_GUESS;

	for (;;) {
		void *Records = malloc(Capacity);

		if (Records == NULL)
			return NULL;
		*Size = 0;
		if (WSAIoctl(Client, SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS, NULL, 0, Records,
			     Capacity, Size, NULL, NULL) == 0)
			return Records;
		free(Records);
		if (WSAGetLastError() != WSAEFAULT &&
		    WSAGetLastError() != ERROR_INSUFFICIENT_BUFFER)
			return NULL;
		Capacity = *Size > Capacity ? *Size : Capacity * 2;
		if (Capacity > LAST_GUESS)
			return NULL;
	}
}

/* The same by an overlapped call: the answer may come later, by an event. */
static BOOL QueryDestination(SOCKET Client, SOCKADDR_STORAGE *Destination)
{
	WSAOVERLAPPED Overlapped = {0};
	DWORD Size = 0, Flags = 0;
	BOOL Answered;

	Overlapped.hEvent = WSACreateEvent();
	if (Overlapped.hEvent == WSA_INVALID_EVENT)
		return FALSE;
	if (WSAIoctl(Client, SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT, NULL, 0, Destination,
		     sizeof(*Destination), &Size, &Overlapped, NULL) == SOCKET_ERROR &&
	    WSAGetLastError() != WSA_IO_PENDING)
		Answered = FALSE;
	else
		Answered = WSAGetOverlappedResult(Client, &Overlapped, &Size, TRUE, &Flags);
	WSACloseEvent(Overlapped.hEvent);
	return Answered && Size == sizeof(*Destination);
}

/* A socket to where the client was going, that continues its connection; or INVALID_SOCKET. */
static SOCKET ConnectOnwards(SOCKET Client)
{
	SOCKADDR_STORAGE Destination = {0};
	DWORD Size, Returned = 0;
	void *Records;
	SOCKET Server;
	char Name[NI_MAXHOST], Port[NI_MAXSERV];
	int Length;

	if (!QueryDestination(Client, &Destination)) {
		fprintf(stderr, "not served: error %d\n", WSAGetLastError());
		return INVALID_SOCKET;
	}
	Length = Destination.ss_family == AF_INET6 ? sizeof(SOCKADDR_IN6) : sizeof(SOCKADDR_IN);
	if (getnameinfo((struct sockaddr *)&Destination, Length, Name, sizeof(Name), Port,
			sizeof(Port), NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		printf("to %s port %s\n", Name, Port);
	Records = QueryRecords(Client, &Size);
	if (Records == NULL) {
		fprintf(stderr, "no records: error %d\n", WSAGetLastError());
		return INVALID_SOCKET;
	}
	Server = WSASocketW(Destination.ss_family, SOCK_STREAM, IPPROTO_TCP, NULL, 0,
			    WSA_FLAG_OVERLAPPED);
	if (Server == INVALID_SOCKET ||
	    WSAIoctl(Server, SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS, Records, Size, NULL, 0,
		     &Returned, NULL, NULL) == SOCKET_ERROR ||
	    connect(Server, (struct sockaddr *)&Destination, Length) == SOCKET_ERROR) {
		fprintf(stderr, "not connected: error %d\n", WSAGetLastError());
		if (Server != INVALID_SOCKET)
			closesocket(Server);
		Server = INVALID_SOCKET;
	}
	free(Records);
	return Server;
}

static DWORD WINAPI Serve(LPVOID Context)
{
	SOCKET Client = (SOCKET)(ULONG_PTR)Context, Server = ConnectOnwards(Client);
	PAIR There = {Client, Server}, Back = {Server, Client};
	HANDLE Thread = Server == INVALID_SOCKET ? NULL :
						   CreateThread(NULL, 0, Copy, &Back, 0, NULL);

	if (Thread != NULL) {
		Copy(&There);
		WaitForSingleObject(Thread, INFINITE);
		CloseHandle(Thread);
	} else {
		Reset(Client);
	}
	if (Server != INVALID_SOCKET)
		closesocket(Server);
	closesocket(Client);
	return 0;
}

/* Listens on the loopback address of Family. */
static SOCKET Listen(int Family, USHORT Port)
{
	SOCKADDR_STORAGE Address = {0};
	SOCKET Listener = socket(Family, SOCK_STREAM, IPPROTO_TCP);
	int Length = Family == AF_INET6 ? sizeof(SOCKADDR_IN6) : sizeof(SOCKADDR_IN);

	Address.ss_family = (ADDRESS_FAMILY)Family;
	((SOCKADDR_IN *)&Address)->sin_port = htons(Port);
	if (Family == AF_INET6)
		((SOCKADDR_IN6 *)&Address)->sin6_addr = in6addr_loopback;
	else
		((SOCKADDR_IN *)&Address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (Listener == INVALID_SOCKET ||
	    bind(Listener, (struct sockaddr *)&Address, Length) == SOCKET_ERROR ||
	    listen(Listener, SOMAXCONN) == SOCKET_ERROR) {
		fprintf(stderr, "winsock_proxy: cannot listen: error %d\n", WSAGetLastError());
		exit(1);
	}
	return Listener;
}

int main(int Count, char **Words)
{
	USHORT Port = Count > 1 ? (USHORT)atoi(Words[1]) : 12361;
	SOCKET Listeners[2], Client;
	WSADATA Data;
	fd_set Ready;
	HANDLE Thread;
	int i;

	if (WSAStartup(MAKEWORD(2, 2), &Data) != 0)
		return 1;
	setvbuf(stdout, NULL, _IONBF, 0);
	Listeners[0] = Listen(AF_INET, Port);
	Listeners[1] = Listen(AF_INET6, Port);
	for (;;) {
		FD_ZERO(&Ready);
		FD_SET(Listeners[0], &Ready);
		FD_SET(Listeners[1], &Ready);
		if (select(0, &Ready, NULL, NULL, NULL) == SOCKET_ERROR)
			break;
		for (i = 0; i < 2; i++) {
			if (!FD_ISSET(Listeners[i], &Ready))
				continue;
			Client = accept(Listeners[i], NULL, NULL);
			if (Client == INVALID_SOCKET)
				continue;
			Thread = CreateThread(NULL, 0, Serve, (LPVOID)(ULONG_PTR)Client, 0, NULL);
			if (Thread != NULL)
				CloseHandle(Thread);
			else
				closesocket(Client);
		}
	}
	WSACleanup();
	return 1;
}
