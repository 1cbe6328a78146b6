/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Part of wsk.h: the provider's functions and the tables that hold them.
 *
 * A call with an IRP completes it exactly once, whatever it returns, but where it could not accept
 * it: without an IRP (STATUS_INVALID_PARAMETER) or for an unknown client or socket
 * (STATUS_INVALID_HANDLE) nothing is touched.
 */
#ifndef WHITHER_WSK_DISPATCH_H
#define WHITHER_WSK_DISPATCH_H

#ifndef WHITHER_WSK_H
#error "wsk_dispatch.h is a part of wsk.h: include that"
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct addrinfoexW;

typedef NTSTATUS(WSKAPI *PFN_WSK_SOCKET)(PWSK_CLIENT Client, ADDRESS_FAMILY AddressFamily,
					 USHORT SocketType, ULONG Protocol, ULONG Flags,
					 PVOID SocketContext, const VOID *Dispatch,
					 PEPROCESS OwningProcess, PETHREAD OwningThread,
					 PSECURITY_DESCRIPTOR SecurityDescriptor, PIRP Irp);
typedef NTSTATUS(WSKAPI *PFN_WSK_SOCKET_CONNECT)(PWSK_CLIENT Client, USHORT SocketType,
						 ULONG Protocol, PSOCKADDR LocalAddress,
						 PSOCKADDR RemoteAddress, ULONG Flags,
						 PVOID SocketContext,
						 const WSK_CLIENT_CONNECTION_DISPATCH *Dispatch,
						 PEPROCESS OwningProcess, PETHREAD OwningThread,
						 PSECURITY_DESCRIPTOR SecurityDescriptor, PIRP Irp);
typedef NTSTATUS(WSKAPI *PFN_WSK_CONTROL_CLIENT)(PWSK_CLIENT Client, ULONG ControlCode,
						 SIZE_T InputSize, PVOID InputBuffer,
						 SIZE_T OutputSize, PVOID OutputBuffer,
						 SIZE_T *OutputSizeReturned, PIRP Irp);
typedef NTSTATUS(WSKAPI *PFN_WSK_GET_ADDRESS_INFO)(PWSK_CLIENT Client, PUNICODE_STRING NodeName,
						   PUNICODE_STRING ServiceName, ULONG NameSpace,
						   GUID *Provider, struct addrinfoexW *Hints,
						   struct addrinfoexW **Result,
						   PEPROCESS OwningProcess, PETHREAD OwningThread,
						   PIRP Irp);
typedef VOID(WSKAPI *PFN_WSK_FREE_ADDRESS_INFO)(PWSK_CLIENT Client, struct addrinfoexW *AddrInfo);
typedef NTSTATUS(WSKAPI *PFN_WSK_GET_NAME_INFO)(PWSK_CLIENT Client, PSOCKADDR SockAddr,
						ULONG SockAddrLength, PUNICODE_STRING NodeName,
						PUNICODE_STRING ServiceName, ULONG Flags,
						PEPROCESS OwningProcess, PETHREAD OwningThread,
						PIRP Irp);

/* *OutputSizeReturned is written, where it is not NULL, with and without an IRP, before the IRP is
 * completed, on success and with the size that is needed on STATUS_BUFFER_TOO_SMALL. It is a
 * SIZE_T: a pointer to a ULONG does not compile. */
typedef NTSTATUS(WSKAPI *PFN_WSK_CONTROL_SOCKET)(PWSK_SOCKET Socket,
						 WSK_CONTROL_SOCKET_TYPE RequestType,
						 ULONG ControlCode, ULONG Level, SIZE_T InputSize,
						 PVOID InputBuffer, SIZE_T OutputSize,
						 PVOID OutputBuffer, SIZE_T *OutputSizeReturned,
						 PIRP Irp);
typedef NTSTATUS(WSKAPI *PFN_WSK_CLOSE_SOCKET)(PWSK_SOCKET Socket, PIRP Irp);
typedef NTSTATUS(WSKAPI *PFN_WSK_BIND)(PWSK_SOCKET Socket, PSOCKADDR LocalAddress, ULONG Flags,
				       PIRP Irp);
/* Addresses that are handed out are as long as their family's, never sizeof(SOCKADDR_STORAGE). */
typedef NTSTATUS(WSKAPI *PFN_WSK_ACCEPT)(PWSK_SOCKET ListenSocket, ULONG Flags,
					 PVOID AcceptSocketContext,
					 const WSK_CLIENT_CONNECTION_DISPATCH *AcceptSocketDispatch,
					 PSOCKADDR LocalAddress, PSOCKADDR RemoteAddress, PIRP Irp);
typedef NTSTATUS(WSKAPI *PFN_WSK_LISTEN)(PWSK_SOCKET Socket, PIRP Irp);
typedef NTSTATUS(WSKAPI *PFN_WSK_INSPECT_COMPLETE)(PWSK_SOCKET ListenSocket,
						   PWSK_INSPECT_ID InspectID,
						   WSK_INSPECT_ACTION Action, PIRP Irp);
typedef NTSTATUS(WSKAPI *PFN_WSK_CONNECT)(PWSK_SOCKET Socket, PSOCKADDR RemoteAddress, ULONG Flags,
					  PIRP Irp);
typedef NTSTATUS(WSKAPI *PFN_WSK_CONNECT_EX)(PWSK_SOCKET Socket, PSOCKADDR RemoteAddress,
					     PWSK_BUF Buffer, ULONG Flags, PIRP Irp);
typedef NTSTATUS(WSKAPI *PFN_WSK_GET_LOCAL_ADDRESS)(PWSK_SOCKET Socket, PSOCKADDR LocalAddress,
						    PIRP Irp);
typedef NTSTATUS(WSKAPI *PFN_WSK_GET_REMOTE_ADDRESS)(PWSK_SOCKET Socket, PSOCKADDR RemoteAddress,
						     PIRP Irp);
/* Completes when all bytes are in the kernel's buffer; none is lost after that. */
typedef NTSTATUS(WSKAPI *PFN_WSK_SEND)(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags, PIRP Irp);
typedef NTSTATUS(WSKAPI *PFN_WSK_RECEIVE)(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags,
					  PIRP Irp);
typedef NTSTATUS(WSKAPI *PFN_WSK_DISCONNECT)(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags,
					     PIRP Irp);
typedef NTSTATUS(WSKAPI *PFN_WSK_RELEASE_DATA_INDICATION_LIST)(PWSK_SOCKET Socket,
							       PWSK_DATA_INDICATION DataIndication);
typedef NTSTATUS(WSKAPI *PFN_WSK_RELEASE_DATAGRAM_INDICATION_LIST)(
	PWSK_SOCKET Socket, PWSK_DATAGRAM_INDICATION DatagramIndication);
typedef NTSTATUS(WSKAPI *PFN_WSK_SEND_TO)(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags,
					  PSOCKADDR RemoteAddress, ULONG ControlInfoLength,
					  PCMSGHDR ControlInfo, PIRP Irp);
typedef NTSTATUS(WSKAPI *PFN_WSK_RECEIVE_FROM)(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags,
					       PSOCKADDR RemoteAddress, PULONG ControlLength,
					       PCMSGHDR ControlInfo, PULONG ControlFlags, PIRP Irp);
typedef NTSTATUS(WSKAPI *PFN_WSK_SEND_MESSAGES)(PWSK_SOCKET Socket, PWSK_BUF_LIST BufferList,
						ULONG Flags, PSOCKADDR RemoteAddress,
						ULONG ControlInfoLength, PCMSGHDR ControlInfo,
						PIRP Irp);
/* Reserved by Windows; both end in STATUS_NOT_SUPPORTED. */
typedef NTSTATUS(WSKAPI *PFN_WSK_SEND_EX)(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags,
					  ULONG ControlInfoLength, PCMSGHDR ControlInfo, PIRP Irp);
typedef NTSTATUS(WSKAPI *PFN_WSK_RECEIVE_EX)(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags,
					     PULONG ControlInfoLength, PCMSGHDR ControlInfo,
					     PULONG ControlFlags, PIRP Irp);

typedef struct _WSK_PROVIDER_DISPATCH {
	USHORT Version;
	USHORT Reserved;
	PFN_WSK_SOCKET WskSocket;
	PFN_WSK_SOCKET_CONNECT WskSocketConnect;
	PFN_WSK_CONTROL_CLIENT WskControlClient;
	PFN_WSK_GET_ADDRESS_INFO WskGetAddressInfo;
	PFN_WSK_FREE_ADDRESS_INFO WskFreeAddressInfo;
	PFN_WSK_GET_NAME_INFO WskGetNameInfo;
} WSK_PROVIDER_DISPATCH, *PWSK_PROVIDER_DISPATCH;

typedef struct _WSK_PROVIDER_BASIC_DISPATCH {
	PFN_WSK_CONTROL_SOCKET WskControlSocket;
	PFN_WSK_CLOSE_SOCKET WskCloseSocket;
} WSK_PROVIDER_BASIC_DISPATCH, *PWSK_PROVIDER_BASIC_DISPATCH;

/* How every other table begins: table->WskCloseSocket and table->Basic.WskCloseSocket are one. */
#define WHITHER_WSK_BASIC                                        \
	__extension__ union {                                    \
		struct {                                         \
			PFN_WSK_CONTROL_SOCKET WskControlSocket; \
			PFN_WSK_CLOSE_SOCKET WskCloseSocket;     \
		};                                               \
		WSK_PROVIDER_BASIC_DISPATCH Basic;               \
	}

typedef struct _WSK_PROVIDER_LISTEN_DISPATCH {
	WHITHER_WSK_BASIC;
	PFN_WSK_BIND WskBind;
	PFN_WSK_ACCEPT WskAccept;
	PFN_WSK_INSPECT_COMPLETE WskInspectComplete;
	PFN_WSK_GET_LOCAL_ADDRESS WskGetLocalAddress;
} WSK_PROVIDER_LISTEN_DISPATCH, *PWSK_PROVIDER_LISTEN_DISPATCH;

typedef struct _WSK_PROVIDER_DATAGRAM_DISPATCH {
	WHITHER_WSK_BASIC;
	PFN_WSK_BIND WskBind;
	PFN_WSK_SEND_TO WskSendTo;
	PFN_WSK_RECEIVE_FROM WskReceiveFrom;
	PFN_WSK_RELEASE_DATAGRAM_INDICATION_LIST WskRelease;
	PFN_WSK_GET_LOCAL_ADDRESS WskGetLocalAddress;
	PFN_WSK_SEND_MESSAGES WskSendMessages;
} WSK_PROVIDER_DATAGRAM_DISPATCH, *PWSK_PROVIDER_DATAGRAM_DISPATCH;

typedef struct _WSK_PROVIDER_CONNECTION_DISPATCH {
	WHITHER_WSK_BASIC;
	PFN_WSK_BIND WskBind;
	PFN_WSK_CONNECT WskConnect;
	PFN_WSK_GET_LOCAL_ADDRESS WskGetLocalAddress;
	PFN_WSK_GET_REMOTE_ADDRESS WskGetRemoteAddress;
	PFN_WSK_SEND WskSend;
	PFN_WSK_RECEIVE WskReceive;
	PFN_WSK_DISCONNECT WskDisconnect;
	PFN_WSK_RELEASE_DATA_INDICATION_LIST WskRelease;
	PFN_WSK_CONNECT_EX WskConnectEx;
	PFN_WSK_SEND_EX WskSendEx;
	PFN_WSK_RECEIVE_EX WskReceiveEx;
} WSK_PROVIDER_CONNECTION_DISPATCH, *PWSK_PROVIDER_CONNECTION_DISPATCH;

typedef struct _WSK_PROVIDER_STREAM_DISPATCH {
	WHITHER_WSK_BASIC;
	PFN_WSK_BIND WskBind;
	PFN_WSK_ACCEPT WskAccept;
	PFN_WSK_CONNECT WskConnect;
	PFN_WSK_LISTEN WskListen;
	PFN_WSK_SEND WskSend;
	PFN_WSK_RECEIVE WskReceive;
	PFN_WSK_DISCONNECT WskDisconnect;
	PFN_WSK_RELEASE_DATA_INDICATION_LIST WskRelease;
	PFN_WSK_GET_LOCAL_ADDRESS WskGetLocalAddress;
	PFN_WSK_GET_REMOTE_ADDRESS WskGetRemoteAddress;
	PFN_WSK_CONNECT_EX WskConnectEx;
	PFN_WSK_SEND_EX WskSendEx;
	PFN_WSK_RECEIVE_EX WskReceiveEx;
} WSK_PROVIDER_STREAM_DISPATCH, *PWSK_PROVIDER_STREAM_DISPATCH;

#undef WHITHER_WSK_BASIC

#ifdef __cplusplus
}
#endif

#endif /* WHITHER_WSK_DISPATCH_H */
