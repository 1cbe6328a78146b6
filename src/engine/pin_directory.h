/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The pin directory, /sys/fs/bpf/whither: all that is left of whither when no verb runs. It is
 * root's alone, and holding its lock is holding whither's.
 */
#ifndef WH_PIN_DIRECTORY_H
#define WH_PIN_DIRECTORY_H

#include "engine.h"

#define WH_PIN_NAME "whither"
#define WH_PIN_DIRECTORY_SIZE 192
#define WH_PIN_PATH_SIZE 320

struct wh_pins {
	char path[WH_PIN_DIRECTORY_SIZE]; /* of the directory */
	int fd;                           /* of it, locked; -1: none */
	int mounted;                      /* we mounted the bpf file system for it */
};

/*
 * Finds (create: makes) the directory, checks that it is root's, and locks it. -ENOENT: there
 * is none. Mounts the bpf file system when it is missing and create is set.
 */
int wh_pins_open(struct wh_pins *ret_pins, int create, struct wh_problem *problem);

void wh_pins_close(struct wh_pins *pins);

/* Writes the path of a pin into ret, of WH_PIN_PATH_SIZE bytes. */
void wh_pins_name(const struct wh_pins *pins, const char *name, char *ret);

/* Removes a pin, or whatever else bears the name; a hook that it held is detached when this
 * returns. */
int wh_pins_unlink(const struct wh_pins *pins, const char *name);

/* Whether any hook is pinned. */
int wh_pins_have_links(const struct wh_pins *pins);

/* Calls visit for each pin of a link, until it returns an error. */
int wh_pins_each_link(const struct wh_pins *pins,
		      int (*visit)(const struct wh_pins *pins, const char *name));

/* Removes the pins whose name begins with prefix, but the one called kept. */
void wh_pins_remove_others(const struct wh_pins *pins, const char *prefix, const char *kept);

/* Removes every pin but those of links. */
int wh_pins_remove_maps(const struct wh_pins *pins);

/* Removes everything in it, links first so that the hooks go before what they use, and the
 * directory. The lock goes with it. */
int wh_pins_remove_all(struct wh_pins *pins, struct wh_problem *problem);

#endif /* WH_PIN_DIRECTORY_H */
