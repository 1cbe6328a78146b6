/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "file_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Returns 0, -EFBIG when there is more than max, or another negative errno. */
static int read_all(int fd, char *text, size_t max, size_t *ret_length)
{
	size_t length = 0;

	for (;;) {
		ssize_t count = read(fd, text + length, max + 1 - length);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -errno;
		if (!count)
			break;
		length += (size_t)count;
		if (length > max)
			return -EFBIG;
	}
	*ret_length = length;
	return 0;
}

static int read_path(const char *path, char *text, size_t *ret_length)
{
	int fd, result;

	if (!strcmp(path, "-"))
		return read_all(STDIN_FILENO, text, WH_FILE_MAX, ret_length);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	result = read_all(fd, text, WH_FILE_MAX, ret_length);
	close(fd);
	return result;
}

int wh_file_read(const char *path, char **ret_text, size_t *ret_length,
		 struct wh_report_writer *writer)
{
	char *text = malloc(WH_FILE_MAX + 1);
	int result;

	if (!text) {
		wh_report_no_memory(writer);
		return -ENOMEM;
	}
	result = read_path(path, text, ret_length);
	if (result == -EFBIG)
		wh_report_error(writer, WH_LINE_NONE, NULL, "found more than %zu bytes",
				WH_FILE_MAX);
	else if (result)
		wh_report_error(writer, WH_LINE_NONE, NULL, "cannot be read: %s",
				strerror(-result));
	if (result) {
		free(text);
		return result;
	}
	*ret_text = text;
	return 0;
}
