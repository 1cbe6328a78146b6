/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Winsock. A SOCKET is the host's descriptor, and any descriptor of the process is a SOCKET. Names that
 * the C library has too are bound to this library's functions, not to the C library's.
 */
#ifndef WHITHER_WINSOCK2_H
#define WHITHER_WINSOCK2_H

#include <windows.h>
#include <ws2def.h>

#ifndef _WINSOCK2API_
#define _WINSOCK2API_
#endif
#ifndef _WINSOCKAPI_
#define _WINSOCKAPI_
#endif
#define WSAAPI
#define WHITHER_WINSOCK(name) __asm__("whither_win_" #name)

/* The system's u_long has 64 bits: it must not come later, and is hidden when it came before. */
#ifdef __u_char_defined
#define u_long ULONG
#else
#define __u_char_defined
typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef ULONG u_long;
#endif
#ifndef __timeval_defined
#define __timeval_defined 1
struct timeval {
	__INT64_TYPE__ tv_sec;
	__INT64_TYPE__ tv_usec;
};
#endif
typedef struct timeval TIMEVAL, *PTIMEVAL, *LPTIMEVAL;

typedef UINT_PTR SOCKET;
typedef UINT GROUP;
typedef HANDLE WSAEVENT, *LPWSAEVENT;
typedef OVERLAPPED WSAOVERLAPPED, *LPWSAOVERLAPPED;

#define INVALID_SOCKET ((SOCKET)(~(SOCKET)0))
#define SOCKET_ERROR (-1)
#define SOMAXCONN 0x7fffffff
#define SOMAXCONN_HINT(backlog) (-(backlog))
#define SD_RECEIVE 0
#define SD_SEND 1
#define SD_BOTH 2
#define FROM_PROTOCOL_INFO (-1)

#define MSG_OOB 0x1
#define MSG_PEEK 0x2
#define MSG_DONTROUTE 0x4
#define MSG_WAITALL 0x8
#define MSG_INTERRUPT 0x10
#define MSG_PUSH_IMMEDIATE 0x20
#define MSG_PARTIAL 0x8000
#define MSG_MAXIOVLEN 16

#define FIONREAD 0x4004667fu
#define FIONBIO 0x8004667eu
#define FIOASYNC 0x8004667du
#define SIOCATMARK 0x40047307u

#define WSADESCRIPTION_LEN 256
#define WSASYS_STATUS_LEN 128
#define WSA_FLAG_OVERLAPPED 0x01
#define WSA_FLAG_MULTIPOINT_C_ROOT 0x02
#define WSA_FLAG_NO_HANDLE_INHERIT 0x80
#define CF_ACCEPT 0
#define CF_REJECT 1
#define CF_DEFER 2

#define WSA_IO_PENDING ERROR_IO_PENDING
#define WSA_IO_INCOMPLETE ERROR_IO_INCOMPLETE
#define WSA_INVALID_HANDLE ERROR_INVALID_HANDLE
#define WSA_INVALID_PARAMETER ERROR_INVALID_PARAMETER
#define WSA_NOT_ENOUGH_MEMORY ERROR_NOT_ENOUGH_MEMORY
#define WSA_OPERATION_ABORTED ERROR_OPERATION_ABORTED
#define WSA_INVALID_EVENT ((WSAEVENT)NULL)
#define WSA_MAXIMUM_WAIT_EVENTS MAXIMUM_WAIT_OBJECTS
#define WSA_WAIT_FAILED WAIT_FAILED
#define WSA_WAIT_EVENT_0 WAIT_OBJECT_0
#define WSA_WAIT_IO_COMPLETION WAIT_IO_COMPLETION
#define WSA_WAIT_TIMEOUT WAIT_TIMEOUT
#define WSA_INFINITE INFINITE
#define HOST_NOT_FOUND WSAHOST_NOT_FOUND
#define TRY_AGAIN WSATRY_AGAIN
#define NO_RECOVERY WSANO_RECOVERY
#define NO_DATA WSANO_DATA
#define h_errno WSAGetLastError()

#define FD_READ_BIT 0
#define FD_READ 0x01
#define FD_WRITE_BIT 1
#define FD_WRITE 0x02
#define FD_OOB_BIT 2
#define FD_OOB 0x04
#define FD_ACCEPT_BIT 3
#define FD_ACCEPT 0x08
#define FD_CONNECT_BIT 4
#define FD_CONNECT 0x10
#define FD_CLOSE_BIT 5
#define FD_CLOSE 0x20
#define FD_MAX_EVENTS 10
#define FD_ALL_EVENTS 0x3ff

#define POLLRDNORM 0x0100
#define POLLRDBAND 0x0200
#define POLLIN (POLLRDNORM | POLLRDBAND)
#define POLLPRI 0x0400
#define POLLWRNORM 0x0010
#define POLLOUT POLLWRNORM
#define POLLWRBAND 0x0020
#define POLLERR 0x0001
#define POLLHUP 0x0002
#define POLLNVAL 0x0004

typedef struct WSAData {
	WORD wVersion;
	WORD wHighVersion;
	unsigned short iMaxSockets;
	unsigned short iMaxUdpDg;
	char *lpVendorInfo;
	char szDescription[WSADESCRIPTION_LEN + 1];
	char szSystemStatus[WSASYS_STATUS_LEN + 1];
} WSADATA, *LPWSADATA;

typedef struct pollfd {
	SOCKET fd;
	SHORT events;
	SHORT revents;
} WSAPOLLFD, *PWSAPOLLFD, *LPWSAPOLLFD;

typedef struct _WSANETWORKEVENTS {
	LONG lNetworkEvents;
	int iErrorCode[FD_MAX_EVENTS];
} WSANETWORKEVENTS, *LPWSANETWORKEVENTS;

struct linger {
	u_short l_onoff;
	u_short l_linger;
};
typedef struct linger LINGER, *PLINGER, *LPLINGER;

typedef struct sockproto {
	u_short sp_family;
	u_short sp_protocol;
} SOCKPROTO;

typedef struct _QualityOfService *LPQOS;
typedef struct _WSAPROTOCOL_INFOW *LPWSAPROTOCOL_INFOW;
typedef struct _WSAPROTOCOL_INFOA *LPWSAPROTOCOL_INFOA;

typedef void(CALLBACK *LPWSAOVERLAPPED_COMPLETION_ROUTINE)(DWORD dwError, DWORD cbTransferred,
							   LPWSAOVERLAPPED lpOverlapped,
							   DWORD dwFlags);
typedef int(CALLBACK *LPCONDITIONPROC)(LPWSABUF lpCallerId, LPWSABUF lpCallerData, LPQOS lpSQOS,
				       LPQOS lpGQOS, LPWSABUF lpCalleeId, LPWSABUF lpCalleeData,
				       GROUP *g, DWORD_PTR dwCallbackData);

#define WSAMAKEASYNCREPLY(size, error) MAKELONG(size, error)
#define WSAMAKESELECTREPLY(event, error) MAKELONG(event, error)

#include <winsock_calls.h>
#include <winsock_more.h>
#include <winsock_names.h>
#include <winsock_select.h>

WHITHER_STATIC_ASSERT(sizeof(SOCKET) == 8 && sizeof(WSAPOLLFD) == 16 && sizeof(LINGER) == 4);
WHITHER_STATIC_ASSERT(sizeof(WSANETWORKEVENTS) == 44 && sizeof(u_long) == 4);
WHITHER_STATIC_ASSERT(sizeof(WSADATA) == 408 && sizeof(TIMEVAL) == 16);

#endif
