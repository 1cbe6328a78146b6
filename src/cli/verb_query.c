/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* whither query: asks a socket that this process was given. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "cli_verbs.h"
#include "socket_answers.h"

enum {
	OPTION_RECORDS = 256,
};

static const struct wh_option options[] = {
	{'f', "fd", "N", "the descriptor of the socket; default 0, standard input"},
	{'j', "json", NULL, "for programs"},
	{OPTION_RECORDS, "records", "FILE", "write the records to FILE, as their bytes are"},
	{0},
};

struct request {
	const struct wh_verb *verb;
	const char *records;
	int fd, json;
};

static int take(int id, const char *value, void *data)
{
	struct request *request = data;
	uint64_t number;

	switch (id) {
	case 'f':
		if (wh_argument_number("--fd", value, 0, INT_MAX, &number))
			return -EINVAL;
		request->fd = (int)number;
		return 0;
	case 'j':
		request->json = 1;
		return 0;
	case OPTION_RECORDS:
		request->records = value;
		return 0;
	default:
		return wh_argument_unexpected(request->verb, value);
	}
}

static int is_tcp(int fd)
{
	int protocol = 0;
	socklen_t size = sizeof(protocol);

	return !getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) &&
	       (protocol == IPPROTO_TCP || protocol == 262 /* Multipath TCP */);
}

static const char *explain(int fd, int error)
{
	switch (error) {
	case -ENOENT:
		return "this connection was not redirected";
	case -ENOTCONN:
		return "the socket is not connected";
	case -EINVAL:
		return "the socket listens; ask one that accept() returned";
	case -EOPNOTSUPP:
		return is_tcp(fd) ?
			       "whither is not active in the cgroup where this socket was made" :
			       "it is not a TCP socket";
	case -EBADF:
		return "it is not open";
	case -ENOTSOCK:
		return "it is not a socket; run this with the connection as standard input, as inetd "
		       "and socat do, or name its descriptor with --fd";
	default:
		return strerror(-error);
	}
}

static int write_records(const struct wh_socket_answers *answers, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600);
	ssize_t written;
	int error = 0;

	if (fd < 0)
		return -errno;
	written = write(fd, answers->records, answers->records_size);
	if (written < 0)
		error = -errno;
	else if ((size_t)written != answers->records_size)
		error = -EIO;
	if (close(fd) && !error)
		error = -errno;
	return error;
}

static int run(const struct wh_verb *verb, int argc, char **argv)
{
	struct request request = {.verb = verb, .fd = STDIN_FILENO};
	struct wh_socket_answers answers;
	const char *question;
	int error = wh_arguments_read(verb, argc, argv, take, &request, NULL);

	if (error)
		return wh_arguments_exit(error);
	error = wh_answers_ask(request.fd, &answers, &question);
	if (error) {
		wh_say("descriptor %d, asked for %s: %s", request.fd, question,
		       explain(request.fd, error));
		return WH_EXIT_FAILED;
	}
	if (request.records) {
		error = write_records(&answers, request.records);
		if (error) {
			wh_say("%s: %s", request.records, strerror(-error));
			return WH_EXIT_FAILED;
		}
	}
	if (!request.json) {
		wh_answers_print_text(&answers, stdout);
		return WH_EXIT_OK;
	}
	error = wh_answers_print_json(&answers, stdout);
	if (error)
		wh_say("%s", strerror(-error));
	return error ? WH_EXIT_FAILED : WH_EXIT_OK;
}

const struct wh_verb wh_verb_query = {
	.name = "query",
	.run = run,
	.help = "ask an accepted socket whither it was going, and who asked for it",
	.synopsis = "[OPTION]...",
	.options = options,
	.more = "Needs no privilege. Try: socat TCP-LISTEN:12352,fork EXEC:'whither query'\n",
};
