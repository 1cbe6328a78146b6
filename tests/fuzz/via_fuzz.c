/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* --via and the file with its credentials: whatever the bytes, a value that keeps its promises or
 * a sentence that gives nothing away. The first byte chooses. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "via_upstream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void check_problem(const char problem[WH_VIA_PROBLEM])
{
	require(*problem && memchr(problem, '\0', WH_VIA_PROBLEM));
	for (const char *c = problem; *c; c++)
		require(*c >= ' ' && *c <= '~');
}

static void check_via(const char *text)
{
	char problem[WH_VIA_PROBLEM] = "";
	struct wh_via via = {.port = 4711};

	if (wh_via_parse(text, &via, problem)) {
		check_problem(problem);
		require(via.port == 4711);
		return;
	}
	require(!*problem);
	require(via.port > 0 && via.port < 65536);
	require(memchr(via.host, '\0', sizeof(via.host)) && *via.host);
	require(strstr(text, via.host) && !strchr(text, '@'));
	for (const char *c = via.host; *c; c++)
		require(*c > ' ' && *c <= '~' && !strchr("/@[]%?#", *c));
}

static void check_credentials(const char *text, size_t size)
{
	struct wh_relay_upstream upstream = {0};
	char problem[WH_VIA_PROBLEM] = "";
	size_t user, password;

	if (wh_via_credentials_parse(text, size, &upstream, problem)) {
		check_problem(problem);
		require(!upstream.has_credentials);
		return;
	}
	user = strlen(upstream.user);
	password = strlen(upstream.password);
	require(user && user <= WH_RELAY_CREDENTIAL_MAX);
	require(password && password <= WH_RELAY_CREDENTIAL_MAX);
	require(user + 1 + password <= size && user + 1 + password + 2 >= size);
	require(!memcmp(text, upstream.user, user) && text[user] == ':');
	require(!memcmp(text + user + 1, upstream.password, password));
	require(!strpbrk(upstream.user, ":\r\n") && !strpbrk(upstream.password, "\r\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!size)
		return 0;
	/* In its exact size: nothing behind it may be read. */
	text = malloc(size);
	memcpy(text, data + 1, size - 1);
	if (data[0] & 1) {
		text[size - 1] = '\0';
		check_via(text);
	} else {
		check_credentials(text, size - 1);
	}
	free(text);
	return 0;
}
