/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What whither-driver was asked for. */
#ifndef DRIVER_OPTIONS_H
#define DRIVER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Exit statuses; whither-driver(8) promises them. */
enum run_exit {
	RUN_OK = 0,
	RUN_FAILED = 1, /* a driver that cannot be loaded, an entry or a control that failed */
	RUN_USAGE = 2,
	RUN_VIOLATION = 3, /* the verifier found something */
	RUN_SIGNAL = 128,  /* + its number: ended before the driver was unloaded */
};

#define RUN_CONTROLS_MAX 64

/* --ioctl CODE[=HEX] */
struct driver_control {
	uint32_t code;
	unsigned char *input;
	size_t size;
};

struct driver_options {
	char **drivers; /* paths, or none where the driver is part of the program */
	int driver_count;
	struct driver_control controls[RUN_CONTROLS_MAX];
	int control_count;
	const char *device; /* the link that controls go to; NULL: the first device */
	size_t output_size; /* of a control's answer */
	const char *verify; /* NULL: off */
	uint64_t fault;     /* the allocation that fails; 0: none */
	bool fault_each;    /* each call stack's first fails */
	bool trace;
	bool once; /* unload after the controls */
};

/*
 * Reads the words behind "run". built_in: the driver is part of this program, and words are no
 * paths.
 *
 * Returns 0, RUN_OPTIONS_DONE when --help or --version was asked for and printed, or -EINVAL after
 * saying on stderr what was wrong. driver_options_free() also after a failure.
 */
#define RUN_OPTIONS_DONE 1
int driver_options_read(struct driver_options *options, int argc, char **argv, bool built_in);
void driver_options_free(struct driver_options *options);

void driver_print_usage(FILE *file, bool built_in);
void driver_print_version(void);

/* A sentence on stderr, as all of this program's: "whither-driver: ...". */
void driver_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* DRIVER_OPTIONS_H */
