/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* whither VERB: finds the verb and calls it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli_verbs.h"
#include "suggestion.h"

static const struct wh_verb *const verbs[] = {
	&wh_verb_run,   &wh_verb_up,    &wh_verb_down, &wh_verb_show,    &wh_verb_check,
	&wh_verb_query, &wh_verb_relay, &wh_verb_why,  &wh_verb_monitor, &wh_verb_doctor,
};
#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static void print_usage(FILE *file)
{
	fprintf(file,
		"usage: whither VERB [ARGUMENT]...\n\n"
		"Diverts the TCP connects of this host's programs to local proxies, and tells\n"
		"the proxies whither each was going and who asked for it.\n\n");
	for (size_t i = 0; i < VERBS; i++)
		fprintf(file, "  %-8s  %s\n", verbs[i]->name, verbs[i]->help);
	fprintf(file, "  %-8s  %s\n", "help", "explain a verb");
	fprintf(file, "\nwhither VERB --help explains a verb. See whither(8) and whither(7).\n");
}

static const struct wh_verb *find_verb(const char *name)
{
	const char *candidates[VERBS + 2], *suggestion;

	for (size_t i = 0; i < VERBS; i++) {
		if (!strcmp(verbs[i]->name, name))
			return verbs[i];
		candidates[i] = verbs[i]->name;
	}
	candidates[VERBS] = "help";
	candidates[VERBS + 1] = NULL;
	suggestion = wh_suggest(name, candidates);
	if (suggestion)
		wh_say("there is no verb '%s'; did you mean '%s'?", name, suggestion);
	else
		wh_say("there is no verb '%s'; see whither --help", name);
	return NULL;
}

static int help(int argc, char **argv)
{
	const struct wh_verb *verb;

	if (argc < 2) {
		print_usage(stdout);
		return WH_EXIT_OK;
	}
	verb = find_verb(argv[1]);
	if (!verb)
		return WH_EXIT_USAGE;
	wh_verb_print_help(verb, stdout);
	return WH_EXIT_OK;
}

static int dispatch(int argc, char **argv)
{
	const struct wh_verb *verb;
	const char *word = argc > 1 ? argv[1] : NULL;

	if (!word) {
		wh_say("expected a verb");
		print_usage(stderr);
		return WH_EXIT_USAGE;
	}
	if (!strcmp(word, "help"))
		return help(argc - 1, argv + 1);
	if (!strcmp(word, "--help") || !strcmp(word, "-h"))
		return help(0, NULL);
	if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
		printf("whither %s\n", WHITHER_VERSION);
		return WH_EXIT_OK;
	}
	if (word[0] == '-') {
		wh_say("there is no option '%s' before the verb; see whither --help", word);
		return WH_EXIT_USAGE;
	}
	verb = find_verb(word);
	return verb ? verb->run(verb, argc - 1, argv + 1) : WH_EXIT_USAGE;
}

/* A descriptor that we open must not become standard output because that was closed. */
static void hold_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", O_RDWR);
}

int main(int argc, char **argv)
{
	int status;

	hold_standard_descriptors();
	status = dispatch(argc, argv);
	/* What was printed is the result: without it, the verb has failed. */
	if ((fflush(stdout) || ferror(stdout)) && status == WH_EXIT_OK) {
		wh_say("cannot write to standard output: %s", strerror(errno));
		status = WH_EXIT_FAILED;
	}
	return status;
}
