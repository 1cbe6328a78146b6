/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Control information of datagrams: asked for by an option, received, and sent. */

#include "host_peer.h"
#include "wsk_one_scene.h"

#include <string.h>

static void a_datagram_says_where_it_arrived(void **state)
{
	struct memory memory = memory_new(8);
	_Alignas(8) unsigned char control[64];
	ULONG length = sizeof(control), flags = 0, on = 1;
	PCMSGHDR header = (PCMSGHDR)control;
	PWSK_SOCKET socket;
	IN_PKTINFO info;
	SOCKADDR_IN name;
	struct asked asked;
	uint16_t port, found;
	char data[8];
	int peer;

	(void)state;
	asked_init(&asked);
	socket = open_socket(&scene, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_DATAGRAM_SOCKET, NULL, NULL);
	bind_socket(socket, 0);
	peer = peer_datagram(&port);
	assert_int_equal(basic_calls(socket)->WskControlSocket(socket, WskSetOption, IP_PKTINFO,
							       IPPROTO_IP, sizeof(on), &on, 0, NULL,
							       NULL, NULL),
			 STATUS_SUCCESS);
	peer_send_to(peer, datagram_port(socket), "abc", 3);
	assert_int_equal(pended(&asked, datagram_calls(socket)->WskReceiveFrom(
						socket, &memory.buffer, 0, NULL, &length, header,
						&flags, asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(flags, 0);
	assert_int_equal(length, WSA_CMSG_SPACE(sizeof(info)));
	assert_int_equal(header->cmsg_len, WSA_CMSG_LEN(sizeof(info)));
	assert_int_equal(header->cmsg_level, IPPROTO_IP);
	assert_int_equal(header->cmsg_type, IP_PKTINFO);
	memcpy(&info, WSA_CMSG_DATA(header), sizeof(info));
	assert_int_equal(RtlUlongByteSwap(info.ipi_addr.s_addr), INADDR_LOOPBACK);
	assert_int_equal(info.ipi_ifindex, 1);

	/* Too little room for it: said, and nothing is written beyond. */
	length = 8;
	memset(control, 0xa5, sizeof(control));
	peer_send_to(peer, datagram_port(socket), "abc", 3);
	assert_int_equal(pended(&asked, datagram_calls(socket)->WskReceiveFrom(
						socket, &memory.buffer, 0, NULL, &length, header,
						&flags, asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(flags, MSG_CTRUNC);
	assert_int_equal(length, 0);
	assert_int_equal(control[8], 0xa5);

	/* Back, from this address. */
	header->cmsg_len = WSA_CMSG_LEN(sizeof(info));
	header->cmsg_level = IPPROTO_IP;
	header->cmsg_type = IP_PKTINFO;
	info.ipi_ifindex = 0;
	memcpy(WSA_CMSG_DATA(header), &info, sizeof(info));
	name = loopback_name(port);
	assert_int_equal(pended(&asked, datagram_calls(socket)->WskSendTo(
						socket, &memory.buffer, 0, (PSOCKADDR)&name,
						(ULONG)WSA_CMSG_SPACE(sizeof(info)), header,
						asked_arm(&asked))),
			 STATUS_SUCCESS);
	assert_int_equal(peer_receive_from(peer, data, sizeof(data), &found), 8);
	/* Malformed, and unknown. */
	for (int i = 0; i < 3; i++) {
		header->cmsg_len = i == 0 ? 3 : i == 1 ? 1000 : WSA_CMSG_LEN(sizeof(info));
		header->cmsg_type = i == 2 ? 1234 : IP_PKTINFO;
		assert_int_equal(pended(&asked, datagram_calls(socket)->WskSendTo(
							socket, &memory.buffer, 0, (PSOCKADDR)&name,
							(ULONG)WSA_CMSG_SPACE(sizeof(info)), header,
							asked_arm(&asked))),
				 STATUS_INVALID_PARAMETER);
	}
	close_socket(socket);
	peer_close(peer);
	memory_free(&memory);
	asked_free(&asked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_datagram_says_where_it_arrived),
	};

	return RUN_IN_SCENE(tests);
}
