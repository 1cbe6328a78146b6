/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The functions of names and addresses that know both families. */
#ifndef WHITHER_WS2TCPIP_H
#define WHITHER_WS2TCPIP_H

#include <mstcpip.h>
#include <winsock2.h>
#include <ws2ipdef.h>

/* An int, as the calls take it; the system's is unsigned. */
#ifdef __socklen_t_defined
#define socklen_t int
#else
#define __socklen_t_defined
typedef int socklen_t;
#endif

#define EAI_AGAIN WSATRY_AGAIN
#define EAI_BADFLAGS WSAEINVAL
#define EAI_FAIL WSANO_RECOVERY
#define EAI_FAMILY WSAEAFNOSUPPORT
#define EAI_MEMORY WSA_NOT_ENOUGH_MEMORY
#define EAI_NONAME WSAHOST_NOT_FOUND
#define EAI_NODATA EAI_NONAME
#define EAI_SERVICE WSATYPE_NOT_FOUND
#define EAI_SOCKTYPE WSAESOCKTNOSUPPORT
#define GAI_STRERROR_BUFFER_SIZE 1024

typedef VOID(CALLBACK *LPLOOKUPSERVICE_COMPLETION_ROUTINE)(DWORD dwError, DWORD dwBytes,
							   LPWSAOVERLAPPED lpOverlapped);

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

extern const struct in6_addr in6addr_any WHITHER_WINSOCK(in6addr_any);
extern const struct in6_addr in6addr_loopback WHITHER_WINSOCK(in6addr_loopback);

INT WSAAPI getaddrinfo(PCSTR pNodeName, PCSTR pServiceName, const ADDRINFOA *pHints,
		       PADDRINFOA *ppResult) WHITHER_WINSOCK(getaddrinfo);
INT WSAAPI GetAddrInfoW(PCWSTR pNodeName, PCWSTR pServiceName, const ADDRINFOW *pHints,
			PADDRINFOW *ppResult);
void WSAAPI freeaddrinfo(PADDRINFOA pAddrInfo) WHITHER_WINSOCK(freeaddrinfo);
void WSAAPI FreeAddrInfoW(PADDRINFOW pAddrInfo);
INT WSAAPI getnameinfo(const SOCKADDR *pSockaddr, socklen_t SockaddrLength, PCHAR pNodeBuffer,
		       DWORD NodeBufferSize, PCHAR pServiceBuffer, DWORD ServiceBufferSize,
		       INT Flags) WHITHER_WINSOCK(getnameinfo);
INT WSAAPI GetNameInfoW(const SOCKADDR *pSockaddr, socklen_t SockaddrLength, PWCHAR pNodeBuffer,
			DWORD NodeBufferSize, PWCHAR pServiceBuffer, DWORD ServiceBufferSize,
			INT Flags);
/* The form that waits alone: a timeout, an OVERLAPPED, a routine, a handle are WSAEOPNOTSUPP. */
INT WSAAPI GetAddrInfoExA(PCSTR pName, PCSTR pServiceName, DWORD dwNameSpace, LPGUID lpNspId,
			  const ADDRINFOEXA *hints, PADDRINFOEXA *ppResult, struct timeval *timeout,
			  LPOVERLAPPED lpOverlapped,
			  LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine,
			  LPHANDLE lpNameHandle);
INT WSAAPI GetAddrInfoExW(PCWSTR pName, PCWSTR pServiceName, DWORD dwNameSpace, LPGUID lpNspId,
			  const ADDRINFOEXW *hints, PADDRINFOEXW *ppResult, struct timeval *timeout,
			  LPOVERLAPPED lpOverlapped,
			  LPLOOKUPSERVICE_COMPLETION_ROUTINE lpCompletionRoutine,
			  LPHANDLE lpHandle);
void WSAAPI FreeAddrInfoExA(PADDRINFOEXA pAddrInfoEx);
void WSAAPI FreeAddrInfoExW(PADDRINFOEXW pAddrInfoEx);
/* The text lives in the thread until its next call. */
char *WSAAPI gai_strerrorA(int ecode);
WCHAR *WSAAPI gai_strerrorW(int ecode);

INT WSAAPI inet_pton(INT Family, PCSTR pszAddrString, PVOID pAddrBuf) WHITHER_WINSOCK(inet_pton);
PCSTR WSAAPI inet_ntop(INT Family, const VOID *pAddr, PSTR pStringBuf, size_t StringBufSize)
	WHITHER_WINSOCK(inet_ntop);
INT WSAAPI InetPtonW(INT Family, PCWSTR pszAddrString, PVOID pAddrBuf);
PCWSTR WSAAPI InetNtopW(INT Family, const VOID *pAddr, PWSTR pStringBuf, size_t StringBufSize);

WHITHER_END_C
#pragma GCC visibility pop

#define GetAddrInfoA getaddrinfo
#define FreeAddrInfoA freeaddrinfo
#define GetNameInfoA getnameinfo
#define InetPtonA inet_pton
#define InetNtopA inet_ntop
#define GetAddrInfo WHITHER_AW(GetAddrInfo)
#define FreeAddrInfo WHITHER_AW(FreeAddrInfo)
#define GetNameInfo WHITHER_AW(GetNameInfo)
#define GetAddrInfoEx WHITHER_AW(GetAddrInfoEx)
#define FreeAddrInfoEx WHITHER_AW(FreeAddrInfoEx)
#define InetPton WHITHER_AW(InetPton)
#define InetNtop WHITHER_AW(InetNtop)
#define gai_strerror WHITHER_AW(gai_strerror)

#endif
