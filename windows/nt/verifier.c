/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nt_runner.h"
#include "verifier.h"

#define UNREAD 0xff

static const char *const rule_names[NT_RULES] = {
	[NT_RULE_IRQL] = "irql",
	[NT_RULE_DOUBLE_COMPLETION] = "double-completion",
	[NT_RULE_MISSING_ROUTINE] = "missing-routine",
	[NT_RULE_IRP_TOUCHED] = "irp-touched",
	[NT_RULE_FREED_PENDING] = "freed-pending",
	[NT_RULE_BUFFER_FREED] = "buffer-freed",
	[NT_RULE_STACK_LOCATION] = "stack-location",
	[NT_RULE_MDL] = "mdl",
	[NT_RULE_POOL] = "pool",
	[NT_RULE_POOL_LEAK] = "pool-leak",
	[NT_RULE_LOCK] = "lock",
	[NT_RULE_WAIT] = "wait",
	[NT_RULE_HANDLE] = "handle",
	[NT_RULE_SOCKET_LEFT] = "socket-left",
	[NT_RULE_NESTED_REQUEST] = "nested-request",
};

unsigned char nt_rule_actions[NT_RULES] = {[0 ... NT_RULES - 1] = UNREAD};
static unsigned long violations[NT_RULES];
static pthread_once_t environment_once = PTHREAD_ONCE_INIT;
static pthread_mutex_t print_lock = PTHREAD_MUTEX_INITIALIZER;

const char *nt_verify_names(void)
{
	return "irql double-completion missing-routine irp-touched freed-pending buffer-freed "
	       "stack-location mdl pool pool-leak lock wait handle socket-left nested-request";
}

static void set_all(unsigned char *actions, enum nt_action action)
{
	memset(actions, action, NT_RULES);
	/* What a driver may do, and only once worth a word, stops nobody unless named. */
	if (action == NT_STOP)
		actions[NT_RULE_NESTED_REQUEST] = NT_REPORT;
}

static int action_of(const char *text, size_t length)
{
	static const char *const names[] = {
		[NT_OFF] = "off", [NT_REPORT] = "report", [NT_STOP] = "stop"};

	for (int i = 0; i < 3; i++)
		if (strlen(names[i]) == length && strncmp(names[i], text, length) == 0)
			return i;
	return -EINVAL;
}

/* "stop", "all=report", "irql=off": one word of the list. */
static int apply_word(unsigned char *actions, const char *word, size_t length)
{
	const char *equals = memchr(word, '=', length);
	size_t name = equals ? (size_t)(equals - word) : length;
	int action = equals ? action_of(equals + 1, length - name - 1) : NT_STOP;

	if (!equals && action_of(word, length) >= 0) {
		set_all(actions, action_of(word, length));
		return 0;
	}
	if (action < 0)
		return -EINVAL;
	if ((name == 3 && strncmp(word, "all", 3) == 0) ||
	    (!equals && name == 1 && word[0] == '1')) {
		set_all(actions, action);
		return 0;
	}
	for (size_t i = 0; i < NT_RULES; i++) {
		if (strlen(rule_names[i]) == name && strncmp(rule_names[i], word, name) == 0) {
			actions[i] = (unsigned char)action;
			return 0;
		}
	}
	return -EINVAL;
}

/* An empty list is all rules; the rules that a list does not name are off. */
static int parse(const char *rules, unsigned char *actions)
{
	int result = 0;

	set_all(actions, NT_OFF);
	if (!*rules)
		set_all(actions, NT_STOP);
	while (*rules && !result) {
		size_t length = strcspn(rules, ", ");

		if (length)
			result = apply_word(actions, rules, length);
		rules += length + (rules[length] != 0);
	}
	return result;
}

static void store(const unsigned char *actions)
{
	for (size_t i = 0; i < NT_RULES; i++)
		__atomic_store_n(&nt_rule_actions[i], actions[i], __ATOMIC_RELAXED);
}

static void read_environment(void)
{
	unsigned char actions[NT_RULES] = {NT_OFF};
	const char *rules = getenv("WHITHER_VERIFY");

	if (nt_rule_actions[0] != UNREAD)
		return;
	if (rules && parse(rules, actions)) {
		fprintf(stderr, "whither: WHITHER_VERIFY=%s: no such rule or action; all are on\n",
			rules);
		set_all(actions, NT_STOP);
	}
	store(actions);
}

int nt_rule_action(enum nt_rule rule)
{
	unsigned char action = __atomic_load_n(&nt_rule_actions[rule], __ATOMIC_RELAXED);

	if (action == UNREAD) {
		pthread_once(&environment_once, read_environment);
		action = __atomic_load_n(&nt_rule_actions[rule], __ATOMIC_RELAXED);
	}
	return action;
}

int nt_verify_set(const char *rules)
{
	unsigned char actions[NT_RULES];

	if (!rules)
		set_all(actions, NT_OFF);
	else if (parse(rules, actions))
		return -EINVAL;
	store(actions);
	return 0;
}

bool nt_tracks(void)
{
	return nt_checks(NT_RULE_POOL) || nt_checks(NT_RULE_POOL_LEAK) ||
	       nt_checks(NT_RULE_IRP_TOUCHED) || nt_checks(NT_RULE_FREED_PENDING) ||
	       nt_checks(NT_RULE_DOUBLE_COMPLETION) || nt_checks(NT_RULE_BUFFER_FREED);
}

static void print_place(const char *what, const void *place)
{
	Dl_info info;

	if (!place)
		return;
	if (!dladdr(place, &info) || !info.dli_fname)
		fprintf(stderr, "whither:   %s: %p\n", what, place);
	else if (info.dli_sname)
		fprintf(stderr, "whither:   %s: %s+0x%zx (%s+0x%zx)\n", what, info.dli_sname,
			(size_t)((const char *)place - (const char *)info.dli_saddr),
			info.dli_fname,
			(size_t)((const char *)place - (const char *)info.dli_fbase));
	else
		fprintf(stderr, "whither:   %s: %s+0x%zx\n", what, info.dli_fname,
			(size_t)((const char *)place - (const char *)info.dli_fbase));
}

static void say(int action, enum nt_rule rule, enum nt_bug bug, const void *place,
		const void *other, const char *format, va_list arguments)
{
	__atomic_add_fetch(&violations[rule], 1, __ATOMIC_RELAXED);
	pthread_mutex_lock(&print_lock);
	fprintf(stderr, "whither: verifier: %s (0x%X), rule %s: ", nt_bug_name(bug), bug,
		rule_names[rule]);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	print_place("here", place);
	print_place("before", other);
	if (action == NT_STOP) {
		fflush(NULL);
		abort();
	}
	pthread_mutex_unlock(&print_lock);
}

void nt_violation(enum nt_rule rule, enum nt_bug bug, const void *place, const void *other,
		  const char *format, ...)
{
	const int action = nt_rule_action(rule);
	va_list arguments;

	if (action == NT_OFF)
		return;
	va_start(arguments, format);
	say(action, rule, bug, place, other, format, arguments);
	va_end(arguments);
}

void nt_violation_of(enum nt_action most, enum nt_rule rule, enum nt_bug bug, const void *place,
		     const void *other, const char *format, ...)
{
	const int action = nt_rule_action(rule);
	va_list arguments;

	if (action == NT_OFF)
		return;
	va_start(arguments, format);
	say(action < (int)most ? action : (int)most, rule, bug, place, other, format, arguments);
	va_end(arguments);
}

unsigned long nt_violations(enum nt_rule rule)
{
	return __atomic_load_n(&violations[rule], __ATOMIC_RELAXED);
}

unsigned long nt_verify_violations(void)
{
	unsigned long count = 0;

	for (int i = 0; i < NT_RULES; i++)
		count += nt_violations((enum nt_rule)i);
	return count;
}

void nt_verify_unloaded(const char *driver)
{
	nt_pool_leaks(driver);
}
