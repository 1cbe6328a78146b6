/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Whole rule files. Whatever the bytes: a set that keeps its promises, or errors that do. */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clean_text.h"
#include "config.h"

#define NETNS 4711

#define PROMISE(condition)                                                                \
	do {                                                                              \
		if (!(condition)) {                                                       \
			fprintf(stderr, "line %d: not kept: %s\n", __LINE__, #condition); \
			abort();                                                          \
		}                                                                         \
	} while (0)

static void check_conditions(const struct wh_conditions *conditions)
{
	unsigned int count[WH_TEST_CGROUP + 1] = {0};
	unsigned int kind = 0;

	PROMISE(conditions->text);
	PROMISE(wh_clean_span(conditions->text, strlen(conditions->text)) ==
		strlen(conditions->text));
	for (__u32 i = 0; i < conditions->test_count; i++) {
		const struct wh_test *test = &conditions->tests[i];

		PROMISE(test->kind >= kind && test->kind <= WH_TEST_CGROUP);
		kind = test->kind;
		PROMISE(++count[kind] <= WH_LIST_MAX);
		if (kind == WH_TEST_REMOTE_PORT)
			PROMISE(test->low > 0 && test->low <= test->high);
		if (kind == WH_TEST_REMOTE_ADDRESS)
			PROMISE(test->bits <= 128);
		if (kind == WH_TEST_CGROUP)
			PROMISE(test->number < WH_CGROUP_LEVELS);
	}
	PROMISE(count[WH_TEST_NETNS] == 1 && conditions->tests[0].id == NETNS);
}

static void check_name(const char *name)
{
	PROMISE(strlen(name) > 0 && strlen(name) < WH_NAME_SIZE);
	PROMISE(name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789._-")] == '\0');
}

static void check_redirector(const struct wh_redirector_rule *rule)
{
	check_name(rule->name);
	PROMISE(rule->line > 0);
	PROMISE(rule->listen4.port || rule->listen6.port);
	PROMISE(!rule->spread4.host_bits || rule->listen4.port);
	PROMISE(!rule->spread6.host_bits || rule->listen6.port);
	PROMISE(!rule->listen4.port || wh_address_is_v4(&rule->listen4.address));
	PROMISE(!rule->listen6.port || !wh_address_is_v4(&rule->listen6.address));
	PROMISE(!rule->listen4.port || !wh_address_is_any(&rule->listen4.address));
	PROMISE(!rule->listen6.port || !wh_address_is_any(&rule->listen6.address));
	PROMISE(!(rule->owner.flags & WH_OWNER_LISTEN_USER) ||
		(rule->owner.flags & WH_OWNER_STATED));
	PROMISE(!rule->owner.flags == !*rule->owner_text);
	PROMISE((rule->context_kind == WH_CONTEXT_BYTES) == (rule->context != NULL));
	PROMISE(rule->context_size <= WH_CONTEXT_MAX);
	PROMISE(rule->netns == NETNS && !rule->flags);
	check_conditions(&rule->conditions);
}

static void check_set(const struct wh_rule_set *set)
{
	PROMISE(!strcmp(set->name, "fuzz") && !strcmp(set->source, "<stdin>"));
	PROMISE(set->redirector_count + set->filter_count > 0);
	PROMISE(set->redirector_count <= WH_SET_REDIRECTORS_MAX);
	PROMISE(set->filter_count <= WH_SET_FILTERS_MAX);
	for (__u32 i = 0; i < set->redirector_count; i++) {
		check_redirector(&set->redirectors[i]);
		for (__u32 j = 0; j < i; j++)
			PROMISE(strcmp(set->redirectors[i].name, set->redirectors[j].name) != 0);
	}
	for (__u32 i = 0; i < set->filter_count; i++) {
		check_name(set->filters[i].name);
		PROMISE(set->filters[i].kind == WH_RULE_BLOCK ||
			set->filters[i].kind == WH_RULE_PERMIT);
		check_conditions(&set->filters[i].conditions);
		for (__u32 j = 0; j < i; j++)
			PROMISE(strcmp(set->filters[i].name, set->filters[j].name) != 0);
	}
}

/* Each message is a line, and they are in the order of the file. */
static void check_messages(char *const *texts, size_t count)
{
	int last = 0;

	PROMISE(count <= 1001);
	for (size_t i = 0; i < count; i++) {
		int line = 0;

		PROMISE(wh_clean_span(texts[i], strlen(texts[i])) == strlen(texts[i]));
		PROMISE(!strncmp(texts[i], "<stdin>:", 8));
		if (sscanf(texts[i], "<stdin>:%d:", &line) != 1)
			line = INT_MAX;
		PROMISE(line >= last);
		last = line;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct wh_config_report report = {0};
	struct wh_rule_set *set = NULL;
	int file = memfd_create("rules", MFD_CLOEXEC);
	int result;

	if (file < 0 || write(file, bytes, size) != (ssize_t)size ||
	    lseek(file, 0, SEEK_SET) != 0 || dup2(file, STDIN_FILENO) < 0)
		abort();
	close(file);
	result = wh_config_read("-", "fuzz", NETNS, &set, &report);
	check_messages(report.errors, report.error_count);
	check_messages(report.warnings, report.warning_count);
	if (result) {
		PROMISE(!set && report.error_count && !report.warning_count);
		PROMISE(result == -EINVAL || result == -EFBIG);
	} else {
		PROMISE(set && !report.error_count);
		check_set(set);
	}
	wh_config_free(set);
	wh_config_report_free(&report);
	return 0;
}
