/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * whither: ask a redirected connection where it was going, and who asked for it.
 *
 * A proxy that accepts connections diverted by whither asks the accepted socket three things:
 *
 *	whither_query_origin()   where the client wanted to go, and who the client is;
 *	whither_query_context()  the bytes its own rule attached (optional);
 *	whither_query_records()  an opaque token that stands for this connection's history.
 *
 * It sets that token on the socket it opens towards the destination, before connecting it:
 *
 *	struct whither_origin origin = { .size = sizeof(origin) };
 *	int client = accept(listener, NULL, NULL);
 *
 *	if (whither_query_origin(client, &origin) == 0) {
 *		int out = socket(origin.destination.sa.sa_family, SOCK_STREAM, 0);
 *
 *		whither_relate(out, client);
 *		connect(out, &origin.destination.sa, whither_address_size(&origin.destination));
 *	}
 *
 * From then on both connections are one to the kernel: a redirector that has seen the first
 * never takes the second.
 *
 * Everything here is plain getsockopt() and setsockopt(); a program in any language can do
 * without the library. whither(7) describes the options, their bytes and their errors.
 *
 * All functions return 0 or a negative errno value and leave errno alone. They keep no state,
 * allocate nothing and may be called from any thread; two threads may ask the same socket.
 * Every pointer stays the caller's.
 */
#ifndef WHITHER_WHITHER_H
#define WHITHER_WHITHER_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header; the library's own is whither_version(). */
#define WHITHER_VERSION_MAJOR 0
#define WHITHER_VERSION_MINOR 1
#define WHITHER_VERSION_PATCH 0

#ifndef WHITHER_API
#define WHITHER_API
#endif

/* Level and names of the socket options. The numbers 60 and 70 are those of Windows'
 * IP_WFP_REDIRECT_RECORDS and IP_WFP_REDIRECT_CONTEXT; the level spells "WF". */
#define SOL_WHITHER 0x5746
#define SOL_WFP SOL_WHITHER

#define WHITHER_RECORDS 60 /* get: the token of this connection; set: relate this socket */
#define WHITHER_CONTEXT 70 /* get: the bytes of the redirector's rule */
#define WHITHER_HOPS 71    /* get: array of struct whither_hop, oldest first */
#define WHITHER_ORIGIN 72  /* get: struct whither_origin */

/* Upper limits, in bytes. No answer is larger than WHITHER_ANSWER_MAX. */
#define WHITHER_RECORDS_MAX 128
#define WHITHER_ANSWER_MAX 1024
#define WHITHER_HOPS_MAX 8 /* entries, not bytes */

/*
 * An IPv4 or IPv6 address and port, ready for connect(). 28 bytes; port and address are in
 * network byte order as in every sockaddr. A v4-mapped destination is reported as AF_INET.
 * sa.sa_family is AF_UNSPEC where the address is not known.
 */
union whither_address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* A redirector's identity: the UUIDv5 of its rule set and name, in RFC 4122 byte order. */
struct whither_guid {
	uint8_t byte[16];
};

/* One redirection on the way here. 64 bytes. */
struct whither_hop {
	struct whither_guid redirector;    /* who took the connection */
	union whither_address destination; /* where that connect() was going */
	uint32_t flags;                    /* WHITHER_HOP_*; other bits are 0 */
	uint64_t time;                     /* ns, CLOCK_BOOTTIME, of that connect() */
	uint64_t reserved;                 /* 0 */
};

/* The proxy of this hop did not set records: it was recognised by its process, and what lay
 * before it is not known. */
#define WHITHER_HOP_BY_PROCESS 0x1u

/*
 * Where this connection was going, and who began it. 176 bytes in this version.
 *
 * destination, redirector and time belong to the newest hop: destination is where the
 * connect() that arrived here was going, which is where a proxy goes next. Everything about
 * the client belongs to the oldest hop: the program that began the chain. (When an earlier
 * proxy did not set records, the chain begins at that proxy.)
 *
 * size comes first so that the structure can grow: the caller sets it to the size it was
 * compiled with and finds in it the number of bytes that were filled in.
 */
struct whither_origin {
	uint32_t size;                     /* bytes */
	uint32_t hops;                     /* redirections so far, 1 or more */
	union whither_address destination; /* whither were you going */
	union whither_address client;      /* the client socket's own address */
	uint32_t pid;        /* the client's process (thread group) id, initial pid namespace */
	uint32_t uid;        /* its user, initial user namespace */
	uint64_t start_time; /* its start, ns, CLOCK_BOOTTIME: with pid, unique until reboot */
	uint32_t gid;        /* its group, initial user namespace */
	uint32_t executable_device; /* of the executable, the kernel's: major << 20 | minor */
	uint64_t executable_inode;  /* inode number of the executable; 0 for a kernel thread */
	uint64_t cgroup;            /* id of the cgroup v2 that the client's socket was made in */
	uint64_t netns_cookie;      /* SO_NETNS_COOKIE of the client's network namespace */
	struct whither_guid redirector; /* who took the newest hop */
	uint64_t time;                  /* ns, CLOCK_BOOTTIME, of the newest hop's connect() */
	char comm[16];        /* the process's name, NUL-terminated, as in /proc/PID/comm */
	uint64_t reserved[3]; /* 0 */
};

/*
 * Asks an accepted TCP socket for the token of its connection.
 *
 * buffer: receives the token, at most WHITHER_RECORDS_MAX bytes; may be NULL when size is 0,
 *         to ask for the size alone.
 * needed: may be NULL; holds the token's size in bytes on success and on -ENOBUFS, and is left
 *         alone on every other error.
 *
 * Returns 0, or
 *   -ENOBUFS     size is too small; nothing was written to buffer. (size 0 is such a case.)
 *   -ENOENT      this connection was not redirected
 *   -ENOTCONN    the socket is not connected
 *   -EINVAL      the socket is listening; or buffer is NULL and size is not 0
 *   -EOPNOTSUPP  not a TCP socket, or whither is not active where this socket was made
 *   -ENOMEM      the kernel has no memory left to keep the token valid (only on the first query)
 *   -EBADF, -ENOTSOCK
 *
 * The answer is the same for the life of the connection and can be asked for any number of
 * times. The token is bytes without pointers: it may be copied, stored and handed on, but is
 * of use only to the redirector's own processes, while the connection lives.
 *
 * Needs no privilege. Since 0.1. Source: SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS.
 */
WHITHER_API int whither_query_records(int fd, void *buffer, size_t size, size_t *needed);

/*
 * Asks an accepted TCP socket for the context: the bytes that the redirector's rule chose, at
 * most WHITHER_ANSWER_MAX, exactly as chosen.
 *
 * Parameters and errors as for whither_query_records(); -ENOENT also when the rule chose none.
 * Since 0.1. Source: SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT.
 */
WHITHER_API int whither_query_context(int fd, void *buffer, size_t size, size_t *needed);

/*
 * Relates an outbound TCP socket, not yet connected, to the connection that the token stands
 * for: its connect() then continues that connection. size is the token's exact size. A second
 * call replaces the first; a failed call changes nothing and leaves the socket usable. One
 * token may be set on several sockets.
 *
 * Returns 0, or
 *   -EACCES      the token was issued to another redirector than the one of this process
 *   -ESTALE      its connection is gone, or it was issued under another key
 *   -EBADMSG     malformed
 *   -EOVERFLOW   the token's length fields do not add up, or do not agree with size
 *   -EISCONN     the socket is connected or connecting
 *   -EINVAL      the socket is listening; or buffer is NULL
 *   -ENOBUFS     the kernel has no memory left for it
 *   -EOPNOTSUPP  not a TCP socket, or whither is not active where this socket was made
 *   -EBADF, -ENOTSOCK
 *
 * needed, unlike in the queries, is not used: it may be NULL and is set to size on success.
 * Needs no privilege beyond being a process of the redirector.
 * Since 0.1. Source: SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS.
 */
WHITHER_API int whither_set_records(int fd, void *buffer, size_t size, size_t *needed);

/*
 * Asks an accepted TCP socket where its connection was going and who began it.
 *
 * origin: origin->size must hold the size of the caller's structure, at least 8 and at most
 *         WHITHER_ANSWER_MAX; on success it holds the number of bytes filled in, the smaller of
 *         the two sides' sizes, and what lies beyond is 0.
 *
 * Returns 0, or an error of whither_query_records() but -ENOBUFS; -EINVAL also when origin is
 * NULL or its size is out of bounds (not set, as a rule). On an error *origin is left alone.
 * Since 0.1.
 */
WHITHER_API int whither_query_origin(int fd, struct whither_origin *origin);

/*
 * Asks an accepted TCP socket for the redirections it has been through, oldest first.
 *
 * hops:  receives up to capacity entries; WHITHER_HOPS_MAX are always enough. May be NULL when
 *        capacity is 0.
 * count: may be NULL; holds the number of hops on success and on -ENOBUFS.
 *
 * Returns 0, or an error of whither_query_records(). Since 0.1.
 */
WHITHER_API int whither_query_hops(int fd, struct whither_hop *hops, size_t capacity,
				   size_t *count);

/*
 * Relates outbound, not yet connected, to the accepted socket's connection: the query and the
 * set in one call. Errors of whither_query_records() on accepted and of whither_set_records()
 * on outbound. -ENOENT (accepted was not redirected) leaves outbound as it was, so a proxy that
 * serves direct clients too may ignore it. Since 0.1.
 */
WHITHER_API int whither_relate(int outbound, int accepted);

/*
 * The size of the sockaddr inside: 16 for AF_INET, 28 for AF_INET6, 0 for anything else.
 * address must not be NULL. Since 0.1.
 */
WHITHER_API socklen_t whither_address_size(const union whither_address *address);

/*
 * One sentence in English about an error that a function above returned (its sign does not
 * matter). Never NULL; static storage; thread-safe. Since 0.1.
 */
WHITHER_API const char *whither_strerror(int error);

/* The library's version, "MAJOR.MINOR.PATCH". Static storage. Since 0.1. */
WHITHER_API const char *whither_version(void);

#ifdef __cplusplus
}
#endif

#endif /* WHITHER_WHITHER_H */
