/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * bench_programs [prefix=wh_]: the loaded kernel programs of this name, a line each:
 *
 *	program NAME ID RUNS NANOSECONDS VERIFIED TRANSLATED MACHINE-BYTES
 *
 * Runs and nanoseconds are counted while kernel.bpf_stats_enabled is 1. VERIFIED is the number
 * of instructions that the verifier walked through, TRANSLATED those of the program. And
 * "map NAME BYTES", of all maps of this name, what they take while they are as full as now.
 */
#include <bpf/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench_support.h"

/* "memlock:" of the descriptor; elements in socket storage are not in it. */
static unsigned long map_bytes(int fd)
{
	unsigned long bytes = 0;
	char path[64], line[128];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "memlock: %lu", &bytes) == 1)
			break;
	if (file)
		fclose(file);
	return bytes;
}

static void print_maps(const char *prefix)
{
	__u32 id = 0;

	while (!bpf_map_get_next_id(id, &id)) {
		struct bpf_map_info info = {0};
		__u32 size = sizeof(info);
		int fd = bpf_map_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (!bpf_obj_get_info_by_fd(fd, &info, &size) &&
		    !strncmp(info.name, prefix, strlen(prefix)))
			printf("map %s %lu\n", info.name, map_bytes(fd));
		close(fd);
	}
}

int main(int count, char **arguments)
{
	const char *prefix = argument(arguments, "prefix", "wh_");
	__u32 id = 0;

	while (!bpf_prog_get_next_id(id, &id)) {
		struct bpf_prog_info info = {0};
		__u32 size = sizeof(info);
		int fd = bpf_prog_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (!bpf_obj_get_info_by_fd(fd, &info, &size) &&
		    !strncmp(info.name, prefix, strlen(prefix)))
			printf("program %s %u %llu %llu %u %u %u\n", info.name, id,
			       (unsigned long long)info.run_cnt,
			       (unsigned long long)info.run_time_ns, info.verified_insns,
			       info.xlated_prog_len / 8, info.jited_prog_len);
		close(fd);
	}
	print_maps(prefix);
	return 0;
}
