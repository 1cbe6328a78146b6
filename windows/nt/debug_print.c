/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "debug_print.h"

#include <errno.h>
#include <ntstatus.h>
#include <string.h>
#include <unistd.h>
#include <wdm_print.h>

#include "format_engine.h"

#define LINE_MOST 4096

static void write_error(void *context, const char *text, size_t size)
{
	int saved = errno;

	while (size) {
		ssize_t written = write(STDERR_FILENO, text, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			break;
		text += written;
		size -= (size_t)written;
	}
	errno = saved;
}

static struct {
	nt_debug_print_sink *sink;
	void *context;
} target = {write_error, NULL};

void nt_debug_print_to(nt_debug_print_sink *sink, void *context)
{
	target.sink = sink ? sink : write_error;
	target.context = context;
}

/* What a refused format had before the refused conversion is printed. */
ULONG vDbgPrintExWithPrefix(PCCH Prefix, ULONG ComponentId, ULONG Level, PCCH Format, va_list List)
{
	char line[LINE_MOST];
	size_t used = Prefix ? strnlen(Prefix, sizeof(line) - 1) : 0;
	int length = 0;

	if (used)
		memcpy(line, Prefix, used);
	memset(line + used, 0, sizeof(line) - used);
	if (Format)
		length = nt_format_bytes(line + used, sizeof(line) - 1 - used, Format, List);
	if (length < 0)
		used += strlen(line + used);
	else
		used += (size_t)length < sizeof(line) - 1 - used ? (size_t)length :
								   sizeof(line) - 1 - used;
	if (used)
		target.sink(target.context, line, used);
	return (ULONG)(Format ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER);
}

ULONG vDbgPrintEx(ULONG ComponentId, ULONG Level, PCCH Format, va_list List)
{
	return vDbgPrintExWithPrefix(NULL, ComponentId, Level, Format, List);
}

ULONG DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...)
{
	va_list arguments;
	ULONG status;

	va_start(arguments, Format);
	status = vDbgPrintExWithPrefix(NULL, ComponentId, Level, Format, arguments);
	va_end(arguments);
	return status;
}

ULONG DbgPrint(PCSTR Format, ...)
{
	va_list arguments;
	ULONG status;

	va_start(arguments, Format);
	status = vDbgPrintExWithPrefix(NULL, DPFLTR_DEFAULT_ID, DPFLTR_INFO_LEVEL, Format,
				       arguments);
	va_end(arguments);
	return status;
}
