/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "cli_arguments.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "suggestion.h"

#define OPTIONS_MAX 32
#define HELP 'h'

void wh_say(const char *format, ...)
{
	char line[2048];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	/* In one write: others may write there too. */
	fprintf(stderr, "whither: %s\n", line);
}

static const struct wh_option help_option = {HELP, "help", NULL, "show this"};

/* What getopt_long() wants to know. */
struct getopt_tables {
	struct option options[OPTIONS_MAX + 2];
	char letters[3 * OPTIONS_MAX + 8];
	size_t length; /* of letters */
};

static int kind_of_argument(const struct wh_option *option)
{
	if (!option->argument)
		return no_argument;
	return option->argument[0] == '[' ? optional_argument : required_argument;
}

static void add_option(struct getopt_tables *tables, size_t index, const struct wh_option *option)
{
	static const char *const marks[] = {
		[no_argument] = "", [required_argument] = ":", [optional_argument] = "::"};
	int kind = kind_of_argument(option);

	tables->options[index] =
		(struct option){.name = option->name, .has_arg = kind, .val = option->id};
	if (option->id > 255)
		return;
	tables->length += (size_t)snprintf(tables->letters + tables->length,
					   sizeof(tables->letters) - tables->length, "%c%s",
					   option->id, marks[kind]);
}

static void make_tables(const struct wh_verb *verb, struct getopt_tables *tables)
{
	size_t count = 0;

	memset(tables, 0, sizeof(*tables));
	/* '-': words in order; ':': say so when an argument is missing. */
	tables->letters[tables->length++] = '-';
	tables->letters[tables->length++] = ':';
	for (; verb->options[count].name && count < OPTIONS_MAX; count++)
		add_option(tables, count, &verb->options[count]);
	add_option(tables, count, &help_option);
}

/* The option that getopt_long() means by optopt; NULL: none of ours. */
static const struct wh_option *find_option(const struct wh_verb *verb, int id)
{
	const struct wh_option *option = verb->options;

	while (option->name && option->id != id)
		option++;
	if (option->name)
		return option;
	return id == HELP ? &help_option : NULL;
}

static int say_missing(const struct wh_verb *verb)
{
	const struct wh_option *option = find_option(verb, optopt);

	wh_say("%s: option '--%s' needs a value: %s", verb->name, option->name, option->argument);
	return -EINVAL;
}

static int say_unknown_name(const struct wh_verb *verb, const char *word)
{
	const char *candidates[OPTIONS_MAX + 2], *suggestion;
	char name[64];
	size_t count = 0;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="), word + 2);
	for (; verb->options[count].name && count < OPTIONS_MAX; count++)
		candidates[count] = verb->options[count].name;
	candidates[count++] = help_option.name;
	candidates[count] = NULL;
	suggestion = wh_suggest(name, candidates);
	if (suggestion)
		wh_say("%s: there is no option '%s'; did you mean '--%s'?", verb->name, word,
		       suggestion);
	else
		wh_say("%s: there is no option '%s'; see whither %s --help", verb->name, word,
		       verb->name);
	return -EINVAL;
}

/* optopt tells: 0 for a long form that is unknown or ambiguous, a letter for a short one, and an
 * id of ours for an option that was given a value and takes none. */
static int say_unknown(const struct wh_verb *verb, char **argv)
{
	const struct wh_option *option;

	if (!optopt)
		return say_unknown_name(verb, argv[optind - 1]);
	option = find_option(verb, optopt);
	if (option)
		wh_say("%s: option '--%s' takes no value; found '%s'", verb->name, option->name,
		       argv[optind - 1]);
	else
		wh_say("%s: there is no option '-%c'; see whither %s --help", verb->name, optopt,
		       verb->name);
	return -EINVAL;
}

/* One result of getopt_long(). */
static int handle(const struct wh_verb *verb, char **argv, int id, wh_take_argument take,
		  void *data)
{
	switch (id) {
	case ':':
		return say_missing(verb);
	case '?':
		return say_unknown(verb, argv);
	default:
		return take(id, optarg, data);
	}
}

int wh_arguments_read(const struct wh_verb *verb, int argc, char **argv, wh_take_argument take,
		      void *data, int *ret_rest)
{
	struct getopt_tables tables;
	int id, result;

	make_tables(verb, &tables);
	optind = 0; /* begin anew */
	opterr = 0;
	while ((id = getopt_long(argc, argv, tables.letters, tables.options, NULL)) != -1) {
		if (id == HELP) {
			wh_verb_print_help(verb, stdout);
			return WH_ARGUMENTS_HELP;
		}
		result = handle(verb, argv, id, take, data);
		if (result < 0)
			return result;
		if (result == WH_TAKE_STOP) {
			optind--;
			break;
		}
	}
	if (ret_rest) {
		*ret_rest = optind;
		return 0;
	}
	for (; optind < argc; optind++) {
		result = take(WH_WORD, argv[optind], data);
		if (result < 0)
			return result;
	}
	return 0;
}

int wh_arguments_exit(int result)
{
	return result == WH_ARGUMENTS_HELP ? WH_EXIT_OK : WH_EXIT_USAGE;
}

static void print_option(const struct wh_option *option, FILE *file)
{
	const char *argument = option->argument ? option->argument : "";
	const char *between = option->argument && argument[0] != '[' ? " " : "";
	char form[64];
	int width;

	if (option->id > 255)
		width = snprintf(form, sizeof(form), "    --%s%s%s", option->name, between,
				 argument);
	else
		width = snprintf(form, sizeof(form), "-%c, --%s%s%s", option->id, option->name,
				 between, argument);
	if (width > 26)
		fprintf(file, "  %s\n%28s  %s\n", form, "", option->help);
	else
		fprintf(file, "  %-26s  %s\n", form, option->help);
}

void wh_verb_print_help(const struct wh_verb *verb, FILE *file)
{
	fprintf(file, "usage: whither %s%s%s\n\n%s\n\n", verb->name, *verb->synopsis ? " " : "",
		verb->synopsis, verb->help);
	for (const struct wh_option *option = verb->options; option->name; option++)
		print_option(option, file);
	print_option(&help_option, file);
	if (verb->more)
		fprintf(file, "\n%s", verb->more);
}

int wh_argument_number(const char *option, const char *text, uint64_t low, uint64_t high,
		       uint64_t *ret)
{
	uint64_t number;
	char *end;

	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno || *end || text[0] < '0' || text[0] > '9' || number < low || number > high) {
		wh_say("%s: found '%s'; expected a number from %" PRIu64 " to %" PRIu64, option,
		       text, low, high);
		return -EINVAL;
	}
	*ret = number;
	return 0;
}

int wh_argument_unexpected(const struct wh_verb *verb, const char *word)
{
	wh_say("%s: did not expect '%s'; usage: whither %s%s%s", verb->name, word, verb->name,
	       *verb->synopsis ? " " : "", verb->synopsis);
	return -EINVAL;
}
