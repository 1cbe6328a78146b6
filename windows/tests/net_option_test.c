/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Options by Windows' numbers, types and sizes; what Linux then says is checked where it can be seen. */
#include "host_socket.h"
#include "option_table.h"

#include "cmocka_once.h"
#include <errno.h>
#include <mswsock.h>
#include <string.h>
#include <winerror.h>
#include <ws2ipdef.h>

static int stream = -1;
static int six = -1;
static int datagram = -1;

static ULONG get(int fd, int level, int option)
{
	ULONG value = 0xdeadbeef;
	size_t size = sizeof(value);

	assert_int_equal(net_get_option(fd, level, option, &value, &size), 0);
	assert_int_equal(size, 4);
	return value;
}

static void set(int fd, int level, int option, ULONG value)
{
	assert_int_equal(net_set_option(fd, level, option, &value, sizeof(value)), 0);
}

static void flags_go_both_ways(void **state)
{
	static const int flags[][2] = {{SOL_SOCKET, SO_KEEPALIVE},
				       {SOL_SOCKET, SO_REUSEADDR},
				       {SOL_SOCKET, SO_OOBINLINE},
				       {IPPROTO_TCP, TCP_NODELAY}};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		assert_int_equal(get(stream, flags[i][0], flags[i][1]), 0);
		set(stream, flags[i][0], flags[i][1], 7);
		assert_int_equal(get(stream, flags[i][0], flags[i][1]), 1);
		set(stream, flags[i][0], flags[i][1], 0);
		assert_int_equal(get(stream, flags[i][0], flags[i][1]), 0);
		/* One byte will do. */
		assert_int_equal(net_set_option(stream, flags[i][0], flags[i][1], "\1", 1), 0);
		assert_int_equal(get(stream, flags[i][0], flags[i][1]), 1);
	}
}

static void times_are_milliseconds(void **state)
{
	set(stream, SOL_SOCKET, SO_RCVTIMEO, 1500);
	assert_int_equal(get(stream, SOL_SOCKET, SO_RCVTIMEO), 1500);
	assert_int_equal(get(stream, SOL_SOCKET, SO_SNDTIMEO), 0);
	/* The option that has Linux' TCP_CORK for a number keeps alive, and corks nothing. */
	set(stream, IPPROTO_TCP, TCP_KEEPALIVE, 33);
	assert_int_equal(get(stream, IPPROTO_TCP, TCP_KEEPIDLE), 33);
	set(stream, IPPROTO_TCP, TCP_MAXRT, 5);
	assert_int_equal(get(stream, IPPROTO_TCP, TCP_MAXRTMS), 5000);
}

static void linger_has_four_bytes(void **state)
{
	struct {
		USHORT on;
		USHORT seconds;
	} linger = {1, 9};
	ULONG answer[2] = {0, 0xaaaaaaaa};
	size_t size = sizeof(answer);

	assert_int_equal(net_set_option(stream, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)), 0);
	assert_int_equal(net_get_option(stream, SOL_SOCKET, SO_LINGER, answer, &size), 0);
	assert_int_equal(size, 4);
	assert_memory_equal(answer, &linger, 4);
	assert_int_equal(answer[1], 0xaaaaaaaa);
	assert_int_equal(get(stream, SOL_SOCKET, SO_DONTLINGER), 0);
	set(stream, SOL_SOCKET, SO_DONTLINGER, 1);
	assert_int_equal(get(stream, SOL_SOCKET, SO_DONTLINGER), 1);
}

static void buffers_are_what_was_set(void **state)
{
	set(stream, SOL_SOCKET, SO_RCVBUF, 65536);
	assert_int_equal(get(stream, SOL_SOCKET, SO_RCVBUF), 65536);
	set(stream, SOL_SOCKET, SO_SNDBUF, 32768);
	assert_int_equal(get(stream, SOL_SOCKET, SO_SNDBUF), 32768);
}

static void errors_are_those_of_winsock(void **state)
{
	const SOCKADDR_IN nobody = {
		.sin_family = AF_INET, .sin_port = 0x0100, .sin_addr.s_addr = 0x0100007f};

	assert_int_equal(get(datagram, SOL_SOCKET, SO_ERROR), 0);
	assert_int_equal(net_host_connect_start(stream, &nobody, sizeof(nobody)), -EINPROGRESS);
	assert_int_equal(get(stream, SOL_SOCKET, SO_ERROR), WSAECONNREFUSED);
	assert_int_equal(get(stream, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
}

static void six_is_its_own_world(void **state)
{
	assert_int_equal(get(six, IPPROTO_IPV6, IPV6_V6ONLY), 1);
	set(six, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	assert_int_equal(get(six, IPPROTO_IPV6, IPV6_V6ONLY), 0);
	set(six, IPPROTO_IPV6, IPV6_UNICAST_IF, 1);
	assert_int_equal(get(six, IPPROTO_IPV6, IPV6_UNICAST_IF), 1);
	set(six, IPPROTO_IPV6, IPV6_PKTINFO, 1);
	assert_int_equal(get(six, IPPROTO_IPV6, IPV6_PKTINFO), 1);
}

static void modes_of_discovery(void **state)
{
	set(datagram, IPPROTO_IP, IP_DONTFRAGMENT, 1);
	assert_int_equal(get(datagram, IPPROTO_IP, IP_MTU_DISCOVER), IP_PMTUDISC_DO);
	set(datagram, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	assert_int_equal(get(datagram, IPPROTO_IP, IP_DONTFRAGMENT), 0);
	assert_int_equal(net_set_option(datagram, IPPROTO_IP, IP_MTU_DISCOVER, "\77\0\0", 4),
			 -EINVAL);
}

static void groups_are_joined_and_left(void **state)
{
	IP_MREQ request = {.imr_multiaddr.s_addr = 0x010203e8, .imr_interface.s_addr = 0x0100007f};
	IP_MREQ_SOURCE source = {.imr_multiaddr.s_addr = 0x020203e8,
				 .imr_sourceaddr.s_addr = 0x0900007f,
				 .imr_interface.s_addr = 0x0100007f};

	assert_int_equal(net_set_option(datagram, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, 8), 0);
	assert_int_equal(net_set_option(datagram, IPPROTO_IP, IP_DROP_MEMBERSHIP, &request, 8), 0);
	assert_int_equal(net_set_option(datagram, IPPROTO_IP, IP_DROP_MEMBERSHIP, &request, 8),
			 -EADDRNOTAVAIL);
	assert_int_equal(
		net_set_option(datagram, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &source, 12), 0);
	set(datagram, IPPROTO_IP, IP_MULTICAST_IF, 0x01000000);
	set(datagram, IPPROTO_IP, IP_MULTICAST_IF, 0x0100007f);
	assert_int_equal(get(datagram, IPPROTO_IP, IP_MULTICAST_IF), 0x0100007f);
}

static void an_unknown_option_fails(void **state)
{
	ULONG value = 1;
	size_t size = 4;

	/* Linux' own SO_REUSEADDR at its SOL_SOCKET, TCP_CORK's neighbour, and noise. */
	assert_int_equal(net_set_option(stream, 1, 2, &value, 4), -ENOPROTOOPT);
	assert_int_equal(net_set_option(stream, IPPROTO_TCP, 0x7000, &value, 4), -ENOPROTOOPT);
	assert_int_equal(net_get_option(stream, -1, -1, &value, &size), -ENOPROTOOPT);
	assert_int_equal(net_get_option(stream, SOL_SOCKET, 0x7fffffff, &value, &size),
			 -ENOPROTOOPT);
	assert_int_equal(net_set_option(stream, SOL_SOCKET, SO_ERROR, &value, 4), -ENOPROTOOPT);
}

static void wrong_arguments_are_refused(void **state)
{
	ULONG value = 0x12345678;
	size_t size = 3;

	assert_int_equal(net_set_option(stream, SOL_SOCKET, SO_RCVTIMEO, &value, 3), -EFAULT);
	assert_int_equal(net_set_option(stream, SOL_SOCKET, SO_RCVTIMEO, NULL, 4), -EFAULT);
	assert_int_equal(net_set_option(stream, SOL_SOCKET, SO_KEEPALIVE, &value, 0), -EFAULT);
	assert_int_equal(net_set_option(stream, SOL_SOCKET, SO_KEEPALIVE, &value, 2), -EFAULT);
	assert_int_equal(net_get_option(stream, SOL_SOCKET, SO_TYPE, &value, &size), -EFAULT);
	assert_int_equal(net_get_option(stream, SOL_SOCKET, SO_TYPE, NULL, &size), -EFAULT);
	assert_int_equal(net_get_option(stream, SOL_SOCKET, SO_TYPE, &value, NULL), -EFAULT);
	assert_int_equal(value, 0x12345678);
	assert_int_equal(size, 3);
	size = 4;
	assert_int_equal(net_get_option(-1, SOL_SOCKET, SO_TYPE, &value, &size), -EBADF);
	assert_int_equal(net_set_option(-1, SOL_SOCKET, SO_KEEPALIVE, &value, 4), -EBADF);
	/* Calls that only mark a socket take anything. */
	assert_int_equal(net_set_option(stream, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0), 0);
}

static int open_sockets(void **state)
{
	stream = net_host_socket(AF_INET, SOCK_STREAM, 0, true);
	six = net_host_socket(AF_INET6, SOCK_STREAM, 0, true);
	datagram = net_host_socket(AF_INET, SOCK_DGRAM, 0, true);
	return stream < 0 || six < 0 || datagram < 0;
}

static int close_sockets(void **state)
{
	return net_host_close(stream) | net_host_close(six) | net_host_close(datagram);
}

int main(void)
{
#define ON_SOCKETS(test) cmocka_unit_test_setup_teardown(test, open_sockets, close_sockets)
	static const struct CMUnitTest tests[] = {
		ON_SOCKETS(flags_go_both_ways),          ON_SOCKETS(times_are_milliseconds),
		ON_SOCKETS(linger_has_four_bytes),       ON_SOCKETS(buffers_are_what_was_set),
		ON_SOCKETS(errors_are_those_of_winsock), ON_SOCKETS(six_is_its_own_world),
		ON_SOCKETS(modes_of_discovery),          ON_SOCKETS(groups_are_joined_and_left),
		ON_SOCKETS(an_unknown_option_fails),     ON_SOCKETS(wrong_arguments_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
