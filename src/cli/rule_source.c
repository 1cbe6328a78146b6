/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "rule_source.h"

#include <errno.h>
#include <string.h>

#include "cli_arguments.h"
#include "engine.h"
#include "scope_exit.h"
#include "suggestion.h"

#define SUFFIX ".conf"
#define NAMES_MAX 256

static size_t stem_length(const char *file)
{
	size_t length = strlen(file);

	if (length <= strlen(SUFFIX) || strcmp(file + length - strlen(SUFFIX), SUFFIX) != 0)
		return 0;
	return length - strlen(SUFFIX);
}

int wh_rule_source_is_file(const char *word)
{
	return strchr(word, '/') || stem_length(word);
}

/* The set in the directory whose name is most like word; malloc()ed, or NULL. */
static char *suggest(const char *word)
{
	WH_AUTO_DIRECTORY directory = opendir(WH_RULE_DIRECTORY);
	const char *names[NAMES_MAX + 1] = {NULL};
	const struct dirent *entry;
	const char *best;
	char *copy = NULL;
	size_t count = 0;

	if (!directory)
		return NULL;
	while (count < NAMES_MAX && (entry = readdir(directory))) {
		size_t length = stem_length(entry->d_name);
		char *name = length ? strndup(entry->d_name, length) : NULL;

		if (name)
			names[count++] = name;
	}
	best = wh_suggest(word, names);
	if (best)
		copy = strdup(best);
	while (count)
		free((char *)names[--count]);
	return copy;
}

static void say_no_set(const char *word, const char *path)
{
	WH_AUTO_FREE char *suggestion = suggest(word);

	if (suggestion)
		wh_say("there is no set '%s' (%s); did you mean '%s'?", word, path, suggestion);
	else if (!access(word, F_OK))
		wh_say("there is no set '%s' (%s); to read the file, write ./%s", word, path, word);
	else
		wh_say("there is no set '%s': %s does not exist", word, path);
}

int wh_rule_source_path(const char *word, char **ret_path)
{
	char *path;

	if (!strcmp(word, "-") || wh_rule_source_is_file(word)) {
		path = strdup(word);
	} else {
		if (asprintf(&path, WH_RULE_DIRECTORY "/%s" SUFFIX, word) < 0)
			return -ENOMEM;
		if (access(path, F_OK) && errno == ENOENT) {
			say_no_set(word, path);
			free(path);
			return -ENOENT;
		}
	}
	if (!path)
		return -ENOMEM;
	*ret_path = path;
	return 0;
}

int wh_rule_source_read(const char *word, const char *name, struct wh_rule_set **ret_set,
			struct wh_config_report *report)
{
	uint64_t netns;
	char *path;
	int error = wh_netns_cookie(&netns);

	if (error) {
		wh_say("the network namespace has no cookie (kernel older than 5.14?): %s",
		       strerror(-error));
		return error;
	}
	error = wh_rule_source_path(word, &path);
	if (error) {
		if (error != -ENOENT)
			wh_say("%s: %s", word, strerror(-error));
		return error;
	}
	if (!name && !strcmp(path, "-"))
		name = "stdin";
	error = wh_config_read(path, name, netns, ret_set, report);
	if (error && !report->error_count)
		wh_say("%s: %s", word, strerror(-error));
	free(path);
	return error;
}

void wh_report_say(const struct wh_config_report *report)
{
	for (size_t i = 0; i < report->error_count; i++)
		wh_say("%s", report->errors[i]);
	for (size_t i = 0; i < report->warning_count; i++)
		wh_say("warning: %s", report->warnings[i]);
}
