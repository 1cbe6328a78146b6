/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The maps and programs. Maps are pinned and outlive every verb; programs are loaded only when
 * a hook has to be attached, and live on in their links.
 */
#ifndef WH_PROGRAM_LOAD_H
#define WH_PROGRAM_LOAD_H

#include "pin_directory.h"

/* The maps that user space looks into, by descriptor; -1: not there. */
struct wh_maps {
	int active, settings, totals, redirectors, filters, user_flights;
	int client, outbound, accepted, accepted_chain, listening;
	int flight, flight_chain, issued, issued_chain;
	int contexts, learned, cgroups, events, watch;
};

struct bpf_program;
struct whither_bpf;

/* Opens the pinned maps. -ENOENT: at least one is missing, and nothing is active; -EIO: one is
 * missing although hooks are attached. */
int wh_maps_open(struct wh_maps *ret_maps, const struct wh_pins *pins, struct wh_problem *problem);

/* The pin's name of the map that the kernel calls name (it keeps 15 bytes); NULL: none of ours. */
const char *wh_maps_pin_name(const char *name);

void wh_maps_close(struct wh_maps *maps);

/*
 * Loads the programs over the pinned maps; makes and pins those that are missing, and writes
 * the settings if nobody has yet. Free with
 * wh_programs_free(). The kernel's own
 * explanation of a refusal goes into problem as far as it fits, its end.
 */
int wh_programs_load(struct whither_bpf **ret_programs, const struct wh_pins *pins,
		     struct wh_problem *problem);

void wh_programs_free(struct whither_bpf *programs);

/* A program by its name in the object. */
const struct bpf_program *wh_programs_find(const struct whither_bpf *programs, const char *name);

/* The descriptor of the map of accepted sockets. */
int wh_programs_accepted_map(const struct whither_bpf *programs);

/* A number that differs between builds of the programs. */
__u64 wh_programs_build(void);

#endif /* WH_PROGRAM_LOAD_H */
