/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* One process for each question: one that hangs or dies is about one connect only. */
#include "run_ask.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <time.h>

#include "address_text.h"
#include "cli_arguments.h"
#include "json_text.h"
#include "process_text.h"
#include "scope_exit.h"

struct dialogue {
	int answers; /* both directions: a socket, so that nobody's death is a SIGPIPE */
	int process; /* pidfd; -1: gone already */
	pid_t pid;   /* of it, and of its group */
};

/* One line of JSON, malloc()ed. NULL: no memory. */
static char *question_text(const struct wh_pended *pended)
{
	json_t *question = json_object(), *destination = json_object();
	char executable[WH_PATH_TEXT], address[INET6_ADDRSTRLEN];
	const struct wh_address *to = &pended->destination->address;
	const struct wh_identity *who = pended->who;
	char *text;

	if (wh_address_is_v4(to))
		inet_ntop(AF_INET, &to->word[3], address, sizeof(address));
	else
		inet_ntop(AF_INET6, to->word, address, sizeof(address));
	wh_json_string(destination, "address", address);
	wh_json_number(destination, "port", WH_HOST16(pended->destination->port));
	wh_json_number(question, "pid", who->pid);
	wh_json_number(question, "start_time", who->start_time);
	wh_json_number(question, "uid", who->uid);
	wh_json_text(question, "name", who->comm, strnlen(who->comm, sizeof(who->comm)));
	wh_json_string(question, "executable", wh_executable_text(who, executable));
	wh_json_member(question, "destination", destination);
	wh_json_string(question, "redirector", pended->redirector);
	text = json_dumps(question, JSON_COMPACT);
	json_decref(question);
	return text;
}

static int start(const struct wh_run_ask *ask, struct dialogue *ret)
{
	char *const words[] = {(char *)ask->program, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int ends[2], error;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -errno;
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
						      POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	error = posix_spawnp(&pid, ask->program, &actions, &attributes, words, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	close(ends[1]);
	if (error) {
		close(ends[0]);
		return -error;
	}
	/* It is collected with whatever else ends: one that is gone has no descriptor. */
	ret->process = pidfd_open(pid, 0);
	ret->pid = pid;
	ret->answers = ends[0];
	return 0;
}

static void finish(const struct dialogue *dialogue)
{
	if (dialogue->process >= 0) {
		/* With what it has started; as long as it is there, nobody else has its number. */
		if (!pidfd_send_signal(dialogue->process, 0, NULL, 0))
			kill(-dialogue->pid, SIGKILL);
		close(dialogue->process);
	}
	/* Now only: who still writes would say on our stderr that nobody reads. */
	close(dialogue->answers);
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

/* Reads until there is an answer. Returns 0, or -ETIME, -EBADMSG, -EINTR: it is not wanted any more. */
static int read_answer(int fd, unsigned int seconds, enum wh_ask_verdict *ret_verdict)
{
	const long deadline = now_ms() + seconds * 1000L;
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	char text[WH_ASK_LINE_MAX];
	size_t size = 0;

	for (;;) {
		long left = deadline - now_ms();
		ssize_t length;
		int result;

		if (left <= 0)
			return -ETIME;
		result = poll(&wait, 1, (int)left);
		if (result < 0)
			return -errno;
		if (!result)
			return -ETIME;
		length = recv(fd, text + size, sizeof(text) - size, MSG_DONTWAIT);
		if (length < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (length > 0)
			size += (size_t)length;
		result = wh_ask_answer_read(text, size, length <= 0, ret_verdict);
		if (result)
			return result < 0 ? result : 0;
	}
}

static int converse(const struct wh_run_ask *ask, const char *question,
		    enum wh_ask_verdict *ret_verdict)
{
	struct dialogue dialogue;
	size_t size = strlen(question);
	int error = start(ask, &dialogue);

	if (error)
		return error;
	/* The question fits into any socket's buffer; who does not read it may answer even so. */
	(void)!send(dialogue.answers, question, size, MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)!send(dialogue.answers, "\n", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	shutdown(dialogue.answers, SHUT_WR);
	error = read_answer(dialogue.answers, ask->timeout_seconds, ret_verdict);
	finish(&dialogue);
	return error;
}

static void say_why(const struct wh_run_ask *ask, const struct wh_pended *pended, int error)
{
	char address[WH_ADDRESS_TEXT], reason[128];
	const char *verdict = ask->verdict == WH_ASK_BLOCK ? "blocked" : "redirected";

	if (error == -ETIME)
		snprintf(reason, sizeof(reason), "no answer within %u s", ask->timeout_seconds);
	else if (error == -EBADMSG)
		snprintf(reason, sizeof(reason), "no answer that is 'redirect' or 'block'");
	else
		snprintf(reason, sizeof(reason), "%s", strerror(-error));
	wh_say("--ask %s: %s about process %u and %s: %s", ask->program, reason, pended->who->pid,
	       wh_address_text(&pended->destination->address, pended->destination->port, address),
	       verdict);
}

enum wh_pended_verdict wh_run_ask(const struct wh_run_ask *ask, const struct wh_pended *pended,
				  bool *ret_remember)
{
	char *question = question_text(pended);
	enum wh_ask_verdict verdict = ask->verdict;
	int error = question ? converse(ask, question, &verdict) : -ENOMEM;

	free(question);
	if (error == -EINTR)
		return WH_PENDED_BLOCK;
	if (error) {
		verdict = ask->verdict;
		say_why(ask, pended, error);
	}
	*ret_remember = !error;
	return verdict == WH_ASK_BLOCK ? WH_PENDED_BLOCK : WH_PENDED_REDIRECT;
}
