/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Verbs and their arguments. Each verb describes its options in a table; parsing and --help are
 * made from it, so that neither can say what the other does not know.
 */
#ifndef WH_CLI_ARGUMENTS_H
#define WH_CLI_ARGUMENTS_H

#include <stdint.h>
#include <stdio.h>

/* Exit statuses; whither(8) promises them. */
enum wh_exit {
	WH_EXIT_OK = 0,
	WH_EXIT_FAILED = 1,
	WH_EXIT_USAGE = 2,
	WH_EXIT_RUN_FAILED = 125, /* of "run": whither itself failed */
	WH_EXIT_CANNOT_EXECUTE = 126,
	WH_EXIT_NOT_FOUND = 127,
	WH_EXIT_SIGNAL = 128, /* + its number */
};

struct wh_option {
	int id;               /* the letter of its short form; above 255: it has none */
	const char *name;     /* of its long form */
	const char *argument; /* "FILE"; "[=NAME]" when it may be left out; NULL: takes none */
	const char *help;
};

struct wh_verb {
	const char *name;
	int (*run)(const struct wh_verb *verb, int argc, char **argv); /* returns a wh_exit */
	const char *help;                                              /* one line */
	const char *synopsis;            /* what follows the name: "NAME|FILE|-" */
	const struct wh_option *options; /* the last has no name; --help is not among them */
	const char *more;                /* paragraphs below the options, or NULL */
};

#define WH_WORD 1 /* the id under which a word that is no option is taken */

/* What wh_take_argument() may return beside 0 and a negative errno. */
#define WH_TAKE_STOP 1 /* this word and all after it belong to nobody here */

/* Takes one argument. value is that of an option, NULL when it has none, or the word. Errors have
 * been said on stderr. */
typedef int (*wh_take_argument)(int id, const char *value, void *data);

/*
 * Reads argv[1] and on, in the order written; options and words may be mixed.
 *
 * Returns 0, and in *ret_rest (may be NULL) the index of the first word that was not taken: after
 * WH_TAKE_STOP that word, after "--" the one behind it (without ret_rest these are taken as words
 * too); WH_ARGUMENTS_HELP when help was asked for and printed; or -EINVAL after saying on stderr
 * what was wrong.
 */
#define WH_ARGUMENTS_HELP 1
int wh_arguments_read(const struct wh_verb *verb, int argc, char **argv, wh_take_argument take,
		      void *data, int *ret_rest);

/* The exit status for what wh_arguments_read() returned, if that is not 0. */
int wh_arguments_exit(int result);

/* "usage: whither up ...", the options, and the rest. */
void wh_verb_print_help(const struct wh_verb *verb, FILE *file);

/* A whole number in decimal from low to high, or an error on stderr and -EINVAL. */
int wh_argument_number(const char *option, const char *text, uint64_t low, uint64_t high,
		       uint64_t *ret);

/* For a word that the verb cannot use: says so, and returns -EINVAL. */
int wh_argument_unexpected(const struct wh_verb *verb, const char *word);

/* A sentence on stderr, as all of this program's: "whither: ...". */
void wh_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* WH_CLI_ARGUMENTS_H */
