/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Real sockets, of which whither knows nothing: what each kind of error becomes. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <whither/whither.h>

static int all_refuse(int fd, int expected)
{
	struct whither_origin origin = {.size = sizeof(origin)}, origin_before = origin;
	struct whither_hop hops[WHITHER_HOPS_MAX], hops_before[WHITHER_HOPS_MAX];
	unsigned char bytes[WHITHER_ANSWER_MAX], bytes_before[WHITHER_ANSWER_MAX];
	size_t needed = 12345, count = 54321;

	memset(hops, 0x5a, sizeof(hops));
	memset(bytes, 0x5a, sizeof(bytes));
	memcpy(hops_before, hops, sizeof(hops));
	memcpy(bytes_before, bytes, sizeof(bytes));
	errno = 4242;
	assert_int_equal(whither_query_records(fd, bytes, sizeof(bytes), &needed), expected);
	assert_int_equal(whither_query_records(fd, NULL, 0, &needed), expected);
	assert_int_equal(whither_query_records(fd, bytes, 0, &needed), expected);
	assert_int_equal(whither_query_context(fd, bytes, sizeof(bytes), &needed), expected);
	assert_int_equal(whither_query_context(fd, NULL, 0, &needed), expected);
	assert_int_equal(whither_query_hops(fd, hops, WHITHER_HOPS_MAX, &count), expected);
	assert_int_equal(whither_query_hops(fd, NULL, 0, &count), expected);
	assert_int_equal(whither_query_origin(fd, &origin), expected);
	assert_int_equal(whither_set_records(fd, bytes, 64, &needed), expected);
	assert_int_equal(whither_set_records(fd, bytes, (size_t)-1, &needed), expected);
	assert_int_equal(whither_relate(fd, fd), expected);
	assert_int_equal(errno, 4242);
	assert_int_equal(needed, 12345);
	assert_int_equal(count, 54321);
	assert_memory_equal(&origin, &origin_before, sizeof(origin));
	assert_memory_equal(hops, hops_before, sizeof(hops));
	assert_memory_equal(bytes, bytes_before, sizeof(bytes));
	return 0;
}

/* Where a rule set is up, the answers are those of the kernel tests. */
static int whither_is_active(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t needed;
	int active = whither_query_records(fd, NULL, 0, &needed) != -EOPNOTSUPP;

	close(fd);
	if (active)
		print_message("# whither is active on this machine: left to the kernel tests\n");
	return active;
}

static void every_kind_of_socket(void **state)
{
	static const struct {
		int family, type, protocol;
	} kinds[] = {
		{AF_INET, SOCK_STREAM, 0},    {AF_INET6, SOCK_STREAM, 0},
		{AF_INET, SOCK_DGRAM, 0},     {AF_INET6, SOCK_DGRAM, 0},
		{AF_UNIX, SOCK_STREAM, 0},    {AF_UNIX, SOCK_DGRAM, 0},
		{AF_UNIX, SOCK_SEQPACKET, 0}, {AF_NETLINK, SOCK_RAW, NETLINK_ROUTE},
		{AF_INET, SOCK_STREAM, 262},  {AF_INET6, SOCK_STREAM, 262}, /* MPTCP */
		{AF_INET, SOCK_RAW, 1},       {AF_PACKET, SOCK_DGRAM, 0},
		{AF_VSOCK, SOCK_STREAM, 0},
	};

	(void)state;
	if (whither_is_active())
		return;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		int fd = socket(kinds[i].family, kinds[i].type | SOCK_CLOEXEC, kinds[i].protocol);

		/* Not every kernel, and not every user, has every kind. */
		if (fd < 0)
			continue;
		all_refuse(fd, -EOPNOTSUPP);
		close(fd);
	}
}

static void every_state_of_a_tcp_socket(void **state)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);
	int listener, client, accepted;

	(void)state;
	if (whither_is_active())
		return;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(client, (struct sockaddr *)&address, size), 0);
	accepted = accept(listener, NULL, NULL);
	assert_true(accepted >= 0);
	all_refuse(listener, -EOPNOTSUPP);
	all_refuse(client, -EOPNOTSUPP);
	all_refuse(accepted, -EOPNOTSUPP);
	close(client);
	all_refuse(accepted, -EOPNOTSUPP);
	close(accepted);
	close(listener);
}

static void what_is_no_socket(void **state)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int path = open("/", O_PATH | O_CLOEXEC);

	(void)state;
	all_refuse(null, -ENOTSOCK);
	all_refuse(path, -EBADF);
	close(null);
	close(path);
	all_refuse(null, -EBADF);
	all_refuse(-1, -EBADF);
	all_refuse(INT32_MAX, -EBADF);
}

static void arguments_that_cannot_be(void **state)
{
	struct whither_origin origin = {0};
	size_t needed = 12345, count = 54321;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	assert_int_equal(whither_query_records(fd, NULL, 1, &needed), -EINVAL);
	assert_int_equal(whither_query_context(fd, NULL, 1, &needed), -EINVAL);
	assert_int_equal(whither_query_hops(fd, NULL, 1, &count), -EINVAL);
	assert_int_equal(whither_set_records(fd, NULL, 0, &needed), -EINVAL);
	assert_int_equal(whither_set_records(fd, NULL, 64, &needed), -EINVAL);
	assert_int_equal(whither_query_origin(fd, NULL), -EINVAL);
	assert_int_equal(whither_query_origin(fd, &origin), -EINVAL);
	origin.size = 7;
	assert_int_equal(whither_query_origin(fd, &origin), -EINVAL);
	origin.size = WHITHER_ANSWER_MAX + 1;
	assert_int_equal(whither_query_origin(fd, &origin), -EINVAL);
	assert_int_equal(needed, 12345);
	assert_int_equal(count, 54321);
	close(fd);
}

static void two_descriptors_at_fault(void **state)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	if (whither_is_active())
		return;
	/* The accepted one is asked first. */
	assert_int_equal(whither_relate(-1, fd), -EOPNOTSUPP);
	assert_int_equal(whither_relate(fd, -1), -EBADF);
	close(fd);
}

static void every_error_has_its_text(void **state)
{
	static const int errors[] = {
		0,      ENOENT, ENOTCONN, EINVAL,    EOPNOTSUPP, EBADF, ENOTSOCK, ENOBUFS,
		EACCES, ESTALE, EBADMSG,  EOVERFLOW, EISCONN,    EPERM, ELOOP,    ECONNREFUSED,
	};
	const char *unknown = whither_strerror(9999);
	size_t count = sizeof(errors) / sizeof(errors[0]);

	(void)state;
	assert_true(strlen(unknown) > 0);
	for (size_t i = 0; i < count; i++) {
		const char *text = whither_strerror(errors[i]);

		assert_true(strlen(text) > 0);
		assert_string_not_equal(text, unknown);
		assert_ptr_equal(text, whither_strerror(-errors[i]));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(text, whither_strerror(errors[j]));
	}
	assert_ptr_equal(whither_strerror(INT32_MIN), unknown);
	assert_ptr_equal(whither_strerror(INT32_MAX), unknown);
}

static void sizes_and_version(void **state)
{
	union whither_address address = {.sa.sa_family = AF_INET};

	(void)state;
	assert_int_equal(whither_address_size(&address), 16);
	address.sa.sa_family = AF_INET6;
	assert_int_equal(whither_address_size(&address), 28);
	address.sa.sa_family = AF_UNSPEC;
	assert_int_equal(whither_address_size(&address), 0);
	address.sa.sa_family = AF_UNIX;
	assert_int_equal(whither_address_size(&address), 0);
	assert_string_equal(whither_version(), "0.1.0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_socket),
		cmocka_unit_test(every_state_of_a_tcp_socket),
		cmocka_unit_test(what_is_no_socket),
		cmocka_unit_test(arguments_that_cannot_be),
		cmocka_unit_test(two_descriptors_at_fault),
		cmocka_unit_test(every_error_has_its_text),
		cmocka_unit_test(sizes_and_version),
	};

	return cmocka_run_group_tests_name("lib_inactive", tests, NULL, NULL);
}
