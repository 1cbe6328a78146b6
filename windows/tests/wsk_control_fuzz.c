/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The arguments of WskControlSocket(), on a socket of each kind. Pointers are right or NULL, as a
 * client's own memory is its own; sizes, codes, levels and bytes are anything.
 */
#include "host_peer.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wdm.h>
#include <wsk.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define KINDS 5
#define OUTPUT_MAX 2048

static WSK_PROVIDER_NPI provider;
static PWSK_SOCKET sockets[KINDS];
static PIRP irp;
static KEVENT done;
static int runs;

static void require(int condition)
{
	if (!condition)
		abort();
}

static NTSTATUS NTAPI routine(PDEVICE_OBJECT device, PIRP completed, PVOID context)
{
	(void)device;
	(void)completed;
	(void)context;
	__atomic_add_fetch(&runs, 1, __ATOMIC_SEQ_CST);
	KeSetEvent(&done, 0, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP arm(void)
{
	IoReuseIrp(irp, STATUS_UNSUCCESSFUL);
	IoSetCompletionRoutine(irp, routine, NULL, TRUE, TRUE, TRUE);
	runs = 0;
	return irp;
}

static void await(void)
{
	KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
	require(__atomic_load_n(&runs, __ATOMIC_SEQ_CST) == 1);
}

static PWSK_SOCKET open_kind(int kind)
{
	static const ULONG flags[KINDS] = {WSK_FLAG_CONNECTION_SOCKET, WSK_FLAG_CONNECTION_SOCKET,
					   WSK_FLAG_LISTEN_SOCKET, WSK_FLAG_DATAGRAM_SOCKET,
					   WSK_FLAG_BASIC_SOCKET};
	const bool datagram = flags[kind] == WSK_FLAG_DATAGRAM_SOCKET;

	provider.Dispatch->WskSocket(provider.Client, AF_INET, datagram ? SOCK_DGRAM : SOCK_STREAM,
				     datagram ? IPPROTO_UDP : IPPROTO_TCP, flags[kind], NULL, NULL,
				     NULL, NULL, NULL, arm());
	await();
	return (PWSK_SOCKET)irp->IoStatus.Information;
}

/* One of them is connected. */
static void connect_one(PWSK_SOCKET socket)
{
	const WSK_PROVIDER_CONNECTION_DISPATCH *calls = socket->Dispatch;
	SOCKADDR_IN name = {.sin_family = AF_INET};
	uint16_t port;
	int listener = peer_listen(&port);

	calls->WskBind(socket, (PSOCKADDR)&name, 0, arm());
	await();
	name.sin_port = RtlUshortByteSwap(port);
	name.sin_addr.s_addr = RtlUlongByteSwap(INADDR_LOOPBACK);
	calls->WskConnect(socket, (PSOCKADDR)&name, 0, arm());
	await();
	peer_accept(listener);
	peer_close(listener);
}

static void begin(void)
{
	static const WSK_CLIENT_DISPATCH dispatch = {MAKE_WSK_VERSION(1, 0), 0, NULL};
	static WSK_CLIENT_NPI npi = {NULL, &dispatch};
	static WSK_REGISTRATION registration;

	KeInitializeEvent(&done, SynchronizationEvent, FALSE);
	irp = IoAllocateIrp(1, FALSE);
	require(WskRegister(&npi, &registration) == STATUS_SUCCESS);
	require(WskCaptureProviderNPI(&registration, WSK_INFINITE_WAIT, &provider) ==
		STATUS_SUCCESS);
	for (int i = 0; i < KINDS; i++)
		sockets[i] = open_kind(i);
	connect_one(sockets[1]);
}

struct call {
	uint8_t kind;
	uint8_t type;
	uint8_t known; /* a code from the list, or the raw one */
	uint8_t how;   /* bits: with an IRP, no input, no output, no size, sizes as they stand */
	ULONG code;
	ULONG level;
	uint64_t input_size;
	uint64_t output_size;
};

static ULONG code_of(const struct call *call)
{
	static const ULONG codes[] = {
		SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS,
		SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT,
		SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS,
		SIO_WSK_SET_REMOTE_ADDRESS,
		SIO_WSK_REGISTER_EXTENSION,
		SIO_WSK_QUERY_IDEAL_SEND_BACKLOG,
		SIO_WSK_QUERY_RECEIVE_BACKLOG,
		SIO_WSK_QUERY_INSPECT_ID,
		SIO_WSK_SET_SENDTO_ADDRESS,
		SIO_ADDRESS_LIST_QUERY,
		SIO_ADDRESS_LIST_SORT,
		SIO_ADDRESS_LIST_CHANGE,
		SO_WSK_EVENT_CALLBACK,
		SO_WSK_SECURITY,
		SO_CONDITIONAL_ACCEPT,
	};

	return call->known < sizeof(codes) / sizeof(codes[0]) ? codes[call->known] : call->code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	NPIID interface = NPI_WSK_INTERFACE_ID;
	struct call call;
	void *input, *output;
	SIZE_T returned = 0;
	NTSTATUS status;

	if (size < sizeof(call))
		return 0;
	if (!irp)
		begin();
	memcpy(&call, data, sizeof(call));
	data += sizeof(call);
	size -= sizeof(call);
	if (!(call.how & 16)) {
		call.input_size = size;
		call.output_size %= OUTPUT_MAX;
	}
	/* Memory is as large as is said, or there is none. */
	input = call.how & 2 || call.input_size > size ? NULL : malloc(call.input_size);
	output = call.how & 4 || call.output_size > OUTPUT_MAX ? NULL : malloc(call.output_size);
	if (input)
		memcpy(input, data, call.input_size);
	/* A pointer of the client's is its own, too. */
	if (input && call.input_size >= sizeof(WSK_EVENT_CALLBACK_CONTROL) &&
	    code_of(&call) == SO_WSK_EVENT_CALLBACK)
		*(PNPIID *)input = &interface;
	status = ((const WSK_PROVIDER_BASIC_DISPATCH *)sockets[call.kind % KINDS]->Dispatch)
			 ->WskControlSocket(sockets[call.kind % KINDS],
					    (WSK_CONTROL_SOCKET_TYPE)(call.type % 5),
					    code_of(&call), call.level, call.input_size, input,
					    call.output_size, output,
					    call.how & 8 ? NULL : &returned,
					    call.how & 1 ? arm() : NULL);
	if (status == STATUS_PENDING)
		IoCancelIrp(irp);
	/* Accepted, it is completed. */
	if (call.how & 1)
		await();
	free(input);
	free(output);
	return 0;
}
