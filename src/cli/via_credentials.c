/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Who we are to the proxy behind the relay. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scope_exit.h"
#include "via_upstream.h"

#define FILE_MAX 1024 /* more than both may be long */

static int refuse(char problem[WH_VIA_PROBLEM], const char *text)
{
	snprintf(problem, WH_VIA_PROBLEM, "%s", text);
	return -EINVAL;
}

/* HTTP splits at the first colon; a control character splits a header. */
static bool is_text(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	return true;
}

static int set(struct wh_relay_upstream *upstream, const char *user, size_t user_size,
	       const char *password, size_t password_size, char problem[WH_VIA_PROBLEM])
{
	if (!user_size || user_size > WH_RELAY_CREDENTIAL_MAX)
		return refuse(problem, "the user must have 1 to 255 bytes");
	if (!password_size || password_size > WH_RELAY_CREDENTIAL_MAX)
		return refuse(problem, "the password must have 1 to 255 bytes");
	if (!is_text(user, user_size) || !is_text(password, password_size))
		return refuse(problem, "user and password may not have control characters");
	if (memchr(user, ':', user_size))
		return refuse(problem, "the user may not have a colon");
	memset(upstream->user, 0, sizeof(upstream->user));
	memset(upstream->password, 0, sizeof(upstream->password));
	memcpy(upstream->user, user, user_size);
	memcpy(upstream->password, password, password_size);
	upstream->has_credentials = 1;
	return 0;
}

int wh_via_credentials_parse(const char *text, size_t size, struct wh_relay_upstream *upstream,
			     char problem[WH_VIA_PROBLEM])
{
	const char *colon;

	if (size && text[size - 1] == '\n')
		size--;
	if (size && text[size - 1] == '\r')
		size--;
	if (memchr(text, '\n', size))
		return refuse(problem, "expected one line, USER:PASSWORD; found more");
	colon = memchr(text, ':', size);
	if (!colon)
		return refuse(problem, "expected USER:PASSWORD; found no colon");
	return set(upstream, text, (size_t)(colon - text), colon + 1,
		   size - 1 - (size_t)(colon - text), problem);
}

static int read_environment(struct wh_relay_upstream *upstream, char problem[WH_VIA_PROBLEM])
{
	const char *user = getenv(WH_VIA_USER_VARIABLE);
	const char *password = getenv(WH_VIA_PASSWORD_VARIABLE);
	char reason[WH_VIA_PROBLEM];

	upstream->has_credentials = 0;
	if (!user && !password)
		return 0;
	if (!user || !password)
		return refuse(problem, user ? "there is " WH_VIA_USER_VARIABLE
					      ", but no " WH_VIA_PASSWORD_VARIABLE :
					      "there is " WH_VIA_PASSWORD_VARIABLE
					      ", but no " WH_VIA_USER_VARIABLE);
	if (!set(upstream, user, strlen(user), password, strlen(password), reason))
		return 0;
	snprintf(problem, WH_VIA_PROBLEM, "%s, %s: %.300s", WH_VIA_USER_VARIABLE,
		 WH_VIA_PASSWORD_VARIABLE, reason);
	return -EINVAL;
}

static int fail(const char *path, int error, const char *reason, char problem[WH_VIA_PROBLEM])
{
	snprintf(problem, WH_VIA_PROBLEM, "%.200s: %.200s", path, reason);
	return error;
}

int wh_via_credentials_read(const char *path, struct wh_relay_upstream *upstream,
			    char problem[WH_VIA_PROBLEM])
{
	char text[FILE_MAX], reason[WH_VIA_PROBLEM];
	WH_AUTO_FD fd = -1;
	struct stat status;
	ssize_t size;
	int error;

	if (!path)
		return read_environment(upstream, problem);
	/* Somebody might put a pipe there, and wait. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &status))
		return fail(path, -errno, strerror(errno), problem);
	if (!S_ISREG(status.st_mode))
		return fail(path, -EINVAL, "is no regular file", problem);
	if (status.st_mode & 077)
		return fail(path, -EPERM, "others may read or write it: chmod 600", problem);
	size = read(fd, text, sizeof(text));
	if (size < 0)
		return fail(path, -errno, strerror(errno), problem);
	if (size == sizeof(text))
		return fail(path, -EINVAL, "is too long for a user and a password", problem);
	error = wh_via_credentials_parse(text, (size_t)size, upstream, reason);
	explicit_bzero(text, sizeof(text));
	return error ? fail(path, error, reason, problem) : 0;
}

void wh_via_credentials_hide(void)
{
	unsetenv(WH_VIA_USER_VARIABLE);
	unsetenv(WH_VIA_PASSWORD_VARIABLE);
}
