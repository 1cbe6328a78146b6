/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Misdeeds, each in a process of its own, and what the verifier says of them. */
#ifndef WHITHER_MISDEED_H
#define WHITHER_MISDEED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "nt_runner.h"

static char said[65536];

/* Runs a misdeed in a process of its own, with these rules, and keeps what it printed. */
static int commit(void (*misdeed)(void), const char *rules)
{
	size_t size = 0;
	ssize_t more;
	int pipe_ends[2], status;
	pid_t child;

	assert_int_equal(pipe(pipe_ends), 0);
	fflush(NULL);
	child = fork();
	if (!child) {
		dup2(pipe_ends[1], 2);
		close(pipe_ends[0]);
		close(pipe_ends[1]);
		if (nt_verify_set(rules))
			_exit(99);
		misdeed();
		nt_verify_unloaded("misdeed");
		_exit(nt_verify_violations() ? 1 : 0);
	}
	close(pipe_ends[1]);
	while (size < sizeof(said) - 1 &&
	       (more = read(pipe_ends[0], said + size, sizeof(said) - 1 - size)) > 0)
		size += (size_t)more;
	said[size] = 0;
	close(pipe_ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* What the verifier must say of a misdeed, whether its rule is on alone or with all others. */
struct misdeed {
	void (*commit)(void);
	const char *rule;
	const char *bug;
	const char *word;
};

static __attribute__((__unused__)) void check_misdeeds(const struct misdeed *misdeeds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char rules[64];
		char expected[64];

		snprintf(rules, sizeof(rules), "%s=stop", misdeeds[i].rule);
		snprintf(expected, sizeof(expected), "rule %s:", misdeeds[i].rule);
		if (commit(misdeeds[i].commit, rules) != -6 || !strstr(said, misdeeds[i].bug) ||
		    !strstr(said, expected) || !strstr(said, misdeeds[i].word))
			fail_msg("%s, %s: %s", rules, misdeeds[i].bug, said);
		/* All rules on: the same one is first to speak. */
		if (commit(misdeeds[i].commit, "") != -6 || !strstr(said, misdeeds[i].bug))
			fail_msg("all rules, %s: %s", misdeeds[i].bug, said);
	}
}

#endif
