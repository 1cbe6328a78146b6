/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* WSAIoctl with whatever arguments, on sockets of every kind; what it must not touch is poisoned. */
#include <mstcpip.h>
#include <stdlib.h>
#include <string.h>
#include <winsock2.h>

#define POISON 0xa5

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

struct input {
	DWORD code;
	DWORD in_size;
	DWORD out_size;
	unsigned char socket;
	unsigned char options;
};

static SOCKET sockets[6];

static void CALLBACK routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
	if (overlapped->Internal == 0x103)
		abort();
}

static void open_sockets(void)
{
	SOCKADDR_IN name = {.sin_family = AF_INET};
	int size = sizeof(name);
	WSADATA data;

	WSAStartup(MAKEWORD(2, 2), &data);
	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sockets[0] = socket(AF_INET, SOCK_STREAM, 0);
	bind(sockets[0], (SOCKADDR *)&name, size);
	listen(sockets[0], 5);
	getsockname(sockets[0], (SOCKADDR *)&name, &size);
	sockets[1] = socket(AF_INET, SOCK_STREAM, 0);
	connect(sockets[1], (SOCKADDR *)&name, size);
	sockets[2] = accept(sockets[0], NULL, NULL);
	sockets[3] = socket(AF_INET, SOCK_DGRAM, 0);
	sockets[4] = socket(AF_INET6, SOCK_STREAM, 0);
	sockets[5] = INVALID_SOCKET;
}

/* Codes that exist are met more often than chance would have it. */
static DWORD code_of(const struct input *input)
{
	static const DWORD known[] = {SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS,
				      SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT,
				      SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS,
				      FIONBIO,
				      FIONREAD,
				      SIO_KEEPALIVE_VALS,
				      SIO_GET_EXTENSION_FUNCTION_POINTER};

	return input->code % 8 < 7 ? known[input->code % 8] : input->code;
}

/* The stated sizes are those of real memory, exactly, or there is none. */
static void call(const struct input *input, const unsigned char *rest, size_t left)
{
	DWORD in_size = input->options & 1 ? input->in_size : input->in_size % 300;
	DWORD out_size = input->options & 2 ? input->out_size : input->out_size % 300;
	unsigned char *in = input->options & 1 ? NULL : malloc(in_size + !in_size);
	unsigned char *out = input->options & 2 ? NULL : malloc(out_size + !out_size);
	WSAOVERLAPPED overlapped = {0};
	DWORD returned[2] = {0x77, 0x77};
	int result;

	if (in)
		for (size_t i = 0; i < in_size; i++)
			in[i] = left ? rest[i % left] : 0;
	if (out)
		memset(out, POISON, out_size);
	result = WSAIoctl(sockets[input->socket % 6], code_of(input), in, in_size, out, out_size,
			  input->options & 4 ? NULL : returned,
			  input->options & 8 ? &overlapped : NULL,
			  input->options & 16 ? routine : NULL);
	if (result != 0 && (result != SOCKET_ERROR || !WSAGetLastError() || returned[1] != 0x77))
		abort();
	while (SleepEx(0, TRUE) == WAIT_IO_COMPLETION)
		;
	free(in);
	free(out);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct input input;

	if (!sockets[0])
		open_sockets();
	if (size < sizeof(input))
		return 0;
	memcpy(&input, data, sizeof(input));
	call(&input, data + sizeof(input), size - sizeof(input));
	return 0;
}
