/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "privilege_check.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "engine_problem.h"
#include "scope_exit.h"

static const struct {
	int number;
	const char *name;
	const char *why;
} wanted[] = {
	{CAP_BPF, "CAP_BPF", "to load the programs"},
	{CAP_NET_ADMIN, "CAP_NET_ADMIN", "to attach them to sockets' events"},
	{CAP_PERFMON, "CAP_PERFMON", "to let them see who connects"},
};

static int effective_capabilities(unsigned long long *ret)
{
	WH_AUTO_FILE file = fopen("/proc/self/status", "re");
	char line[256];

	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "CapEff: %llx", ret) == 1)
			return 0;
	return -EIO;
}

int wh_privilege_check(struct wh_problem *problem)
{
	unsigned long long have = 0;
	int error = effective_capabilities(&have);
	struct stat status;

	if (error)
		return wh_problem_set(problem, error, "cannot read /proc/self/status: %s",
				      strerror(-error));
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		/* CAP_SYS_ADMIN stands for the first and the last, as in the kernel. */
		if (have & (1ULL << wanted[i].number))
			continue;
		if (wanted[i].number != CAP_NET_ADMIN && (have & (1ULL << CAP_SYS_ADMIN)))
			continue;
		return wh_problem_set(problem, -EPERM, "missing privilege: %s, %s (run it as root)",
				      wanted[i].name, wanted[i].why);
	}
	if (stat("/sys/kernel/btf/vmlinux", &status))
		return wh_problem_set(
			problem, -ENOTSUP,
			"this kernel has no /sys/kernel/btf/vmlinux "
			"(CONFIG_DEBUG_INFO_BTF): whither cannot find its structures");
	return 0;
}
