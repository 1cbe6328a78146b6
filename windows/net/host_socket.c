/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "host_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <whither/whither.h>

static int result(int returned)
{
	return returned < 0 ? -errno : returned;
}

static int get_number(int fd, int level, int option)
{
	int value = 0;
	socklen_t size = sizeof(value);

	return getsockopt(fd, level, option, &value, &size) < 0 ? -errno : value;
}

static int set_number(int fd, int level, int option, int value)
{
	return result(setsockopt(fd, level, option, &value, sizeof(value)));
}

int net_host_socket(int family, int type, int protocol, bool blocks)
{
	/* Flags that Linux keeps in the type are none of Windows'. */
	int fd = type & ~0xf ? -1 :
			       socket(family, type | SOCK_CLOEXEC | (blocks ? 0 : SOCK_NONBLOCK),
				      protocol);

	if (type & ~0xf)
		return -ESOCKTNOSUPPORT;
	if (fd < 0)
		return -errno;
	if (family == AF_INET6)
		set_number(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	return fd;
}

int net_host_bind(int fd, const void *address, unsigned int size)
{
	if (get_number(fd, SOL_SOCKET, SO_TYPE) == SOCK_STREAM)
		set_number(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	return result(bind(fd, address, size));
}

int net_host_listen(int fd, int backlog)
{
	return result(listen(fd, backlog));
}

int net_host_accept(int fd, void *ret_address, unsigned int *size)
{
	int accepted;

	do {
		accepted = accept4(fd, ret_address, size, SOCK_CLOEXEC);
	} while (accepted < 0 && errno == EINTR);
	return result(accepted);
}

/* The mode is put back: flags are those before. */
static int mode_back(int fd, int flags, int returned)
{
	if (!(flags & O_NONBLOCK))
		fcntl(fd, F_SETFL, flags);
	return returned;
}

int net_host_accept_now(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -errno;
	if (!(flags & O_NONBLOCK))
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	return mode_back(fd, flags, net_host_accept(fd, NULL, NULL));
}

int net_host_replace(int fd, int onto)
{
	int error = result(dup3(fd, onto, O_CLOEXEC));

	close(fd);
	return error < 0 ? error : 0;
}

int net_host_connect(int fd, const void *address, unsigned int size)
{
	struct net_poll poll = {.fd = fd, .asked = NET_OUT};
	int error = result(connect(fd, address, size));

	if (error != -EINTR)
		return error;
	/* The kernel goes on connecting. */
	error = net_host_poll(&poll, 1, -1);
	return error < 0 ? error : -net_host_take_error(fd);
}

int net_host_connect_start(int fd, const void *address, unsigned int size)
{
	int flags = fcntl(fd, F_GETFL);
	int error;

	if (flags < 0)
		return -errno;
	if (!(flags & O_NONBLOCK))
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	error = result(connect(fd, address, size));
	return mode_back(fd, flags, error);
}

int net_host_shutdown(int fd, int how)
{
	return result(shutdown(fd, how));
}

int net_host_close(int fd)
{
	return result(close(fd));
}

int net_host_name(int fd, bool remote, void *ret_address, unsigned int *size)
{
	return result(remote ? getpeername(fd, ret_address, size) :
			       getsockname(fd, ret_address, size));
}

int net_host_set_blocking(int fd, bool blocks)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -errno;
	return result(fcntl(fd, F_SETFL, blocks ? flags & ~O_NONBLOCK : flags | O_NONBLOCK));
}

int net_host_is_blocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 ? -errno : !(flags & O_NONBLOCK);
}

int net_host_take_error(int fd)
{
	int error = get_number(fd, SOL_SOCKET, SO_ERROR);

	return error < 0 ? -error : error;
}

int net_host_readable(int fd, size_t *ret_bytes)
{
	int bytes = 0;

	if (ioctl(fd, FIONREAD, &bytes) < 0)
		return -errno;
	*ret_bytes = (size_t)bytes;
	return 0;
}

int net_host_type(int fd)
{
	return get_number(fd, SOL_SOCKET, SO_TYPE);
}

int net_host_family(int fd)
{
	return get_number(fd, SOL_SOCKET, SO_DOMAIN);
}

bool net_host_has_finished(int fd)
{
	struct tcp_info info = {0};
	socklen_t size = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
		return false;
	return info.tcpi_state == TCP_FIN_WAIT1 || info.tcpi_state == TCP_FIN_WAIT2 ||
	       info.tcpi_state == TCP_CLOSING || info.tcpi_state == TCP_LAST_ACK ||
	       info.tcpi_state == TCP_TIME_WAIT;
}

/* Linux counts in seconds: rounded up. */
static int seconds_of(unsigned int milliseconds)
{
	return milliseconds ? (int)((milliseconds + 999ul) / 1000) : 1;
}

int net_host_keepalive(int fd, bool on, unsigned int idle_ms, unsigned int interval_ms)
{
	int error = set_number(fd, SOL_SOCKET, SO_KEEPALIVE, on);

	if (error || !on)
		return error;
	error = set_number(fd, IPPROTO_TCP, TCP_KEEPIDLE, seconds_of(idle_ms));
	return error ? error : set_number(fd, IPPROTO_TCP, TCP_KEEPINTVL, seconds_of(interval_ms));
}

int net_host_dissolve(int fd)
{
	const struct sockaddr none = {.sa_family = AF_UNSPEC};

	return result(connect(fd, &none, sizeof(none)));
}

int net_host_name_of_machine(char *buffer, size_t size)
{
	int error;

	/* POSIX lets it cut the name without its end; nothing is written behind one that fits. */
	if (!size)
		return -EFAULT;
	buffer[size - 1] = 0;
	error = result(gethostname(buffer, size));
	return error ? error : buffer[size - 1] ? -EFAULT : 0;
}

int net_host_query_records(int fd, void *buffer, size_t size, size_t *needed)
{
	return whither_query_records(fd, buffer, size, needed);
}

int net_host_query_context(int fd, void *buffer, size_t size, size_t *needed)
{
	return whither_query_context(fd, buffer, size, needed);
}

int net_host_set_records(int fd, void *buffer, size_t size, size_t *needed)
{
	return whither_set_records(fd, buffer, size, needed);
}
