/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "driver_options.h"

enum {
	OPTION_IOCTL = 256,
	OPTION_DEVICE,
	OPTION_OUTPUT,
	OPTION_VERIFY,
	OPTION_FAULT,
	OPTION_TRACE,
	OPTION_ONCE,
};

static const struct option long_options[] = {
	{"ioctl", required_argument, NULL, OPTION_IOCTL},
	{"device", required_argument, NULL, OPTION_DEVICE},
	{"output-size", required_argument, NULL, OPTION_OUTPUT},
	{"verify", optional_argument, NULL, OPTION_VERIFY},
	{"fault", required_argument, NULL, OPTION_FAULT},
	{"trace", no_argument, NULL, OPTION_TRACE},
	{"once", no_argument, NULL, OPTION_ONCE},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

void driver_say(const char *format, ...)
{
	va_list arguments;

	flockfile(stderr);
	fputs("whither-driver: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	funlockfile(stderr);
}

void driver_print_usage(FILE *file, bool built_in)
{
	fputs(built_in ?
		      "usage: PROGRAM [OPTION]...\n\n"
		      "Runs the Windows driver that is part of this program: calls its DriverEntry,\n" :
		      "usage: whither-driver run [OPTION]... DRIVER.so...\n\n"
		      "Runs Windows drivers made by whither-cc: calls each one's DriverEntry,\n",
	      file);
	fputs("waits for SIGINT or SIGTERM, and calls its DriverUnload.\n\n"
	      "  --ioctl CODE[=HEX]     after the entry, send this device control, with these\n"
	      "                         bytes as its input; its answer is printed in hexadecimal\n"
	      "  --device NAME          the device, by its symbolic link (default: the first one)\n"
	      "  --output-size N        room for a control's answer, in bytes (default: 4096)\n"
	      "  --once                 unload after the entry and the controls, without waiting\n"
	      "  --verify[=RULES]       check the driver: RULE=stop|report|off,..., all=report\n"
	      "                         (default: all=stop)\n"
	      "  --fault N|each         let the N-th allocation fail, or the first one of each call\n"
	      "                         stack\n"
	      "  --trace                print trace messages\n"
	      "  -h, --help             this text\n"
	      "  -V, --version          the version\n\n"
	      "A second SIGINT ends at once. See whither-driver(8).\n",
	      file);
}

void driver_print_version(void)
{
	printf("whither-driver %s\n", WHITHER_VERSION);
}

static int read_number(const char *option, const char *text, uint64_t most, uint64_t *ret)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || end == text || *end || *text == '-' || value > most) {
		driver_say("%s: '%s' is not a number from 0 to %llu", option, text,
			   (unsigned long long)most);
		return -EINVAL;
	}
	*ret = value;
	return 0;
}

static int nibble(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit = (char)tolower((unsigned char)digit);
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Bytes in hexadecimal; blanks, colons and commas between them are skipped. */
static int read_bytes(struct driver_control *control, const char *text)
{
	control->input = malloc(strlen(text) / 2 + 1);
	if (!control->input)
		return -ENOMEM;
	while (*text) {
		if (strchr(" :,", *text)) {
			text++;
			continue;
		}
		if (nibble(text[0]) < 0 || nibble(text[1]) < 0) {
			driver_say("--ioctl: '%s' is not two hexadecimal digits a byte", text);
			return -EINVAL;
		}
		control->input[control->size++] =
			(unsigned char)(nibble(text[0]) << 4 | nibble(text[1]));
		text += 2;
	}
	return 0;
}

static int read_control(struct driver_options *options, const char *text)
{
	struct driver_control *control = &options->controls[options->control_count];
	const char *bytes = strchr(text, '=');
	char code[32] = "";
	uint64_t value;

	if (options->control_count == RUN_CONTROLS_MAX) {
		driver_say("--ioctl: %d are the most", RUN_CONTROLS_MAX);
		return -EINVAL;
	}
	snprintf(code, sizeof(code), "%.*s", bytes ? (int)(bytes - text) : 31, text);
	if (read_number("--ioctl", code, UINT32_MAX, &value))
		return -EINVAL;
	control->code = (uint32_t)value;
	options->control_count++;
	return bytes ? read_bytes(control, bytes + 1) : 0;
}

static int read_option(struct driver_options *options, int option, char *value)
{
	uint64_t number;

	switch (option) {
	case OPTION_IOCTL:
		return read_control(options, value);
	case OPTION_DEVICE:
		options->device = value;
		return 0;
	case OPTION_OUTPUT:
		if (read_number("--output-size", value, 1 << 24, &number))
			return -EINVAL;
		options->output_size = number;
		return 0;
	case OPTION_VERIFY:
		options->verify = value ? value : "";
		return 0;
	case OPTION_FAULT:
		options->fault_each = !strcmp(value, "each");
		if (options->fault_each)
			return 0;
		return read_number("--fault", value, UINT32_MAX, &options->fault);
	case OPTION_TRACE:
		options->trace = true;
		return 0;
	case OPTION_ONCE:
		options->once = true;
		return 0;
	default:
		return -EINVAL;
	}
}

int driver_options_read(struct driver_options *options, int argc, char **argv, bool built_in)
{
	int option, result;

	*options = (struct driver_options){.output_size = 4096};
	optind = 1;
	while ((option = getopt_long(argc, argv, "hV", long_options, NULL)) >= 0) {
		if (option == 'h') {
			driver_print_usage(stdout, built_in);
			return RUN_OPTIONS_DONE;
		}
		if (option == 'V') {
			driver_print_version();
			return RUN_OPTIONS_DONE;
		}
		if (option == '?')
			return -EINVAL;
		result = read_option(options, option, optarg);
		if (result)
			return result;
	}
	options->drivers = argv + optind;
	options->driver_count = argc - optind;
	if (built_in && options->driver_count) {
		driver_say("what is '%s'? This program is its own driver", options->drivers[0]);
		return -EINVAL;
	}
	if (!built_in && !options->driver_count) {
		driver_say("expected a driver; see whither-driver --help");
		return -EINVAL;
	}
	return 0;
}

void driver_options_free(struct driver_options *options)
{
	for (int i = 0; i < options->control_count; i++)
		free(options->controls[i].input);
}
