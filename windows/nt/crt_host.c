/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The host's files, environment, time and memory under the names of Microsoft's C library. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <crt_more.h>

#include "utf_units.h"

#define PATH_SIZE 4096

errno_t localtime_s(struct tm *ret_time, const LONGLONG *time)
{
	if (!ret_time || !time)
		return EINVAL;
	return localtime_r(time, ret_time) ? 0 : EINVAL;
}

errno_t gmtime_s(struct tm *ret_time, const LONGLONG *time)
{
	if (!ret_time || !time)
		return EINVAL;
	return gmtime_r(time, ret_time) ? 0 : EINVAL;
}

errno_t asctime_s(char *to, size_t size, const struct tm *time)
{
	char text[64];

	if (!to || !size)
		return EINVAL;
	to[0] = 0;
	if (!time || size < 26 || !asctime_r(time, text))
		return EINVAL;
	memcpy(to, text, strlen(text) + 1);
	return 0;
}

errno_t ctime_s(char *to, size_t size, const LONGLONG *time)
{
	struct tm parts;

	if (to && size)
		to[0] = 0;
	if (!time || localtime_s(&parts, time))
		return EINVAL;
	return asctime_s(to, size, &parts);
}

errno_t strerror_s(char *to, size_t size, int error)
{
	char text[256];

	if (!to || !size)
		return EINVAL;
	return strncpy_s(to, size, strerror_r(error, text, sizeof(text)), size - 1);
}

/* Backslashes turned into slashes; false: too long. */
static bool host_path(const char *path, char ret_path[PATH_SIZE])
{
	size_t length = strlen(path);

	if (length >= PATH_SIZE)
		return false;
	for (size_t i = 0; i <= length; i++)
		ret_path[i] = (char)(path[i] == '\\' ? '/' : path[i]);
	return true;
}

/* The flags of Windows that have no meaning here are left out: t, S, R, T, D, N, and ", ccs=...". */
static void host_mode(const char *mode, char ret_mode[8])
{
	size_t length = 0;

	for (; *mode && *mode != ',' && length < 7; mode++)
		if (strchr("rwabx+", *mode))
			ret_mode[length++] = *mode;
	ret_mode[length] = 0;
}

static FILE *open_file(const char *path, const char *mode, FILE *instead)
{
	char host[PATH_SIZE];
	char flags[8];

	if (!host_path(path, host)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	host_mode(mode, flags);
	return instead ? freopen(host, flags, instead) : fopen(host, flags);
}

errno_t fopen_s(FILE **ret_stream, const char *path, const char *mode)
{
	if (!ret_stream)
		return EINVAL;
	*ret_stream = NULL;
	if (!path || !mode)
		return EINVAL;
	*ret_stream = open_file(path, mode, NULL);
	return *ret_stream ? 0 : errno;
}

errno_t freopen_s(FILE **ret_stream, const char *path, const char *mode, FILE *stream)
{
	if (!ret_stream)
		return EINVAL;
	*ret_stream = NULL;
	if (!path || !mode || !stream)
		return EINVAL;
	/* The console, for a program that had none. */
	if (!_stricmp(path, "CONOUT$") || !_stricmp(path, "CONIN$") || !_stricmp(path, "CON")) {
		*ret_stream = stream;
		return 0;
	}
	*ret_stream = open_file(path, mode, stream);
	return *ret_stream ? 0 : errno;
}

FILE *_fsopen(const char *path, const char *mode, int sharing)
{
	return path && mode ? open_file(path, mode, NULL) : NULL;
}

static bool narrow(const WCHAR *text, char *to, size_t size)
{
	size_t left = nt_utf16_length(text, size);
	uint32_t code;

	while (left && size > 4) {
		const size_t taken = nt_utf16_decode(text, left, &code);
		const size_t made = nt_utf8_encode(code, to);

		text += taken;
		left -= taken;
		to += made;
		size -= made;
	}
	*to = 0;
	return !left;
}

errno_t _wfopen_s(FILE **ret_stream, const WCHAR *path, const WCHAR *mode)
{
	char host[PATH_SIZE] = "";
	char flags[64] = "";

	if (!ret_stream)
		return EINVAL;
	*ret_stream = NULL;
	if (!path || !mode)
		return EINVAL;
	if (!narrow(path, host, sizeof(host)) || !narrow(mode, flags, sizeof(flags)))
		return ENAMETOOLONG;
	return fopen_s(ret_stream, host, flags);
}

FILE *_wfopen(const WCHAR *path, const WCHAR *mode)
{
	FILE *stream;
	errno_t error = _wfopen_s(&stream, path, mode);

	if (error)
		errno = error;
	return stream;
}

/* *ret_size counts the terminator; 0: there is no such variable. */
errno_t getenv_s(size_t *ret_size, char *to, size_t size, const char *name)
{
	const char *value = name ? getenv(name) : NULL;

	if (!ret_size || !name || (!to && size))
		return EINVAL;
	*ret_size = value ? strlen(value) + 1 : 0;
	if (to && size)
		to[0] = 0;
	if (!value || !size)
		return 0;
	if (*ret_size > size)
		return ERANGE;
	memcpy(to, value, *ret_size);
	return 0;
}

errno_t _dupenv_s(char **ret_value, size_t *ret_size, const char *name)
{
	const char *value = name ? getenv(name) : NULL;

	if (!ret_value || !name)
		return EINVAL;
	*ret_value = value ? strdup(value) : NULL;
	if (ret_size)
		*ret_size = *ret_value ? strlen(value) + 1 : 0;
	return value && !*ret_value ? ENOMEM : 0;
}

/* An empty value removes the variable. */
errno_t _putenv_s(const char *name, const char *value)
{
	if (!name || !value)
		return EINVAL;
	return (*value ? setenv(name, value, 1) : unsetenv(name)) ? errno : 0;
}

void *_aligned_malloc(size_t size, size_t alignment)
{
	void *block;

	if (!alignment || alignment & (alignment - 1))
		return NULL;
	if (alignment < sizeof(void *))
		alignment = sizeof(void *);
	return posix_memalign(&block, alignment, size ? size : 1) ? NULL : block;
}

void _aligned_free(void *block)
{
	free(block);
}
