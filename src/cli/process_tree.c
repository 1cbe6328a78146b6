/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "process_tree.h"

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scope_exit.h"

struct process {
	pid_t pid, parent;
	bool below, zombie;
};

static bool read_process(const char *name, struct process *ret)
{
	char path[300], text[512], *tail, state;
	WH_AUTO_FILE file = NULL;
	size_t length;

	snprintf(path, sizeof(path), "/proc/%s/stat", name);
	file = fopen(path, "re");
	if (!file)
		return false;
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	tail = strrchr(text, ')'); /* the name before it may hold anything */
	if (!tail || sscanf(tail + 1, " %c %d", &state, &ret->parent) != 2)
		return false;
	ret->pid = atoi(name);
	ret->zombie = state == 'Z' || state == 'X';
	ret->below = false;
	return true;
}

static struct process *read_all(size_t *ret_count)
{
	WH_AUTO_DIRECTORY directory = opendir("/proc");
	struct process *all = NULL;
	size_t count = 0, room = 0;
	const struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		if (count == room) {
			struct process *grown;

			room = room ? 2 * room : 256;
			grown = reallocarray(all, room, sizeof(*all));
			if (!grown)
				break;
			all = grown;
		}
		if (read_process(entry->d_name, &all[count]))
			count++;
	}
	*ret_count = count;
	return all;
}

/* Marks the children of what is marked, until there are none. */
static void mark(struct process *all, size_t count)
{
	const pid_t self = getpid();
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < count; i++) {
			if (all[i].below)
				continue;
			all[i].below = all[i].parent == self;
			for (size_t j = 0; !all[i].below && j < count; j++)
				all[i].below = all[j].below && all[j].pid == all[i].parent;
			more |= all[i].below;
		}
	}
}

size_t wh_process_tree_signal(int signal)
{
	size_t count = 0, found = 0;
	struct process *all = read_all(&count);

	mark(all, count);
	for (size_t i = 0; i < count; i++) {
		if (!all[i].below || all[i].zombie)
			continue;
		found++;
		if (signal)
			kill(all[i].pid, signal);
	}
	free(all);
	return found;
}
