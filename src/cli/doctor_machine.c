/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor.h"
#include "privilege_check.h"
#include "run_leftovers.h"
#include "safe_text.h"
#include "status.h"

#define BPF_FILE_SYSTEM 0xcafe4a11u

static void check_kernel(struct wh_doctor *doctor)
{
	struct utsname name;
	unsigned int major = 0, minor = 0;
	struct stat status;

	if (uname(&name) || sscanf(name.release, "%u.%u", &major, &minor) != 2)
		wh_doctor_add(doctor, WH_FINDING_NOT_TESTED, "kernel", "its version is not known");
	else if (major < 6 || (major == 6 && minor < 1))
		wh_doctor_add(doctor, WH_FINDING_FAILED, "kernel",
			      "Linux %s; expected 6.1 or later", name.release);
	else
		wh_doctor_add(doctor, WH_FINDING_OK, "kernel", "Linux %s", name.release);
	if (stat("/sys/kernel/btf/vmlinux", &status))
		wh_doctor_add(doctor, WH_FINDING_FAILED, "kernel types",
			      "there is no /sys/kernel/btf/vmlinux; expected a kernel with "
			      "CONFIG_DEBUG_INFO_BTF");
	else
		wh_doctor_add(doctor, WH_FINDING_OK, "kernel types", "/sys/kernel/btf/vmlinux");
}

static void check_mounts(struct wh_doctor *doctor)
{
	char *mount = NULL, *own = NULL;
	struct wh_problem problem = {0};
	struct statfs bpf;
	struct stat namespace;

	if (wh_cgroup_self(&mount, &own, &problem))
		wh_doctor_add(doctor, WH_FINDING_FAILED, "cgroup v2", "%s", problem.text);
	else if (!stat("/proc/self/ns/cgroup", &namespace) && namespace.st_ino != 0xeffffffbu)
		wh_doctor_add(doctor, WH_FINDING_WARNING, "cgroup v2",
			      "mounted at %s, seen from inside of a cgroup namespace: hooks reach "
			      "what is below it, no more; run whither outside",
			      mount);
	else
		wh_doctor_add(doctor, WH_FINDING_OK, "cgroup v2", "mounted at %s", mount);
	free(mount);
	free(own);
	if (statfs("/sys/fs/bpf", &bpf))
		wh_doctor_add(doctor, WH_FINDING_NOT_TESTED, "bpf file system", "/sys/fs/bpf: %s",
			      strerror(errno));
	else if ((unsigned int)bpf.f_type != BPF_FILE_SYSTEM)
		wh_doctor_add(doctor, WH_FINDING_WARNING, "bpf file system",
			      "not mounted at /sys/fs/bpf: 'up' mounts it, with CAP_SYS_ADMIN");
	else
		wh_doctor_add(doctor, WH_FINDING_OK, "bpf file system", "mounted at /sys/fs/bpf");
}

/* Which programs are at work, and whether they are ours. */
static void check_version(struct wh_doctor *doctor)
{
	struct wh_settings settings;

	if (wh_engine_settings(doctor->engine, &settings))
		return;
	if (strncmp(settings.program_version, WHITHER_VERSION, sizeof(settings.program_version)) !=
	    0)
		wh_doctor_add(
			doctor, WH_FINDING_WARNING, "version",
			"the kernel programs are of whither %.16s, this is %s: 'whither up' of "
			"any set replaces them",
			settings.program_version, WHITHER_VERSION);
	else
		wh_doctor_add(doctor, WH_FINDING_OK, "version", "kernel programs of whither %.16s",
			      settings.program_version);
}

static void check_engine(struct wh_doctor *doctor)
{
	struct wh_problem problem = {0};
	struct stat status;
	int error = wh_privilege_check(&problem);

	if (error) {
		wh_doctor_add(doctor, error == -EPERM ? WH_FINDING_NOT_TESTED : WH_FINDING_FAILED,
			      "privilege", "%s", problem.text);
		return;
	}
	wh_doctor_add(doctor, WH_FINDING_OK, "privilege", "CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON");
	error = wh_cli_engine_open(&doctor->engine, WH_ENGINE_READ, &problem);
	doctor->privileged = error == 0 || error == -ENOENT;
	if (error == -ENOENT && !lstat(wh_engine_pin_path(), &status))
		wh_doctor_add(doctor, WH_FINDING_WARNING, "pins",
			      "%s holds what a verb left that did not end; 'whither down --all' "
			      "removes it",
			      wh_engine_pin_path());
	else if (error == -ENOENT)
		wh_doctor_add(doctor, WH_FINDING_OK, "active", "no: no set of rules is in force");
	else if (error)
		wh_doctor_add(doctor, WH_FINDING_FAILED, "pins", "%s", problem.text);
	if (error)
		return;
	wh_doctor_add(doctor, WH_FINDING_OK, "active", "%u sets of rules, pinned in %s",
		      wh_engine_rules(doctor->engine)->set_count, wh_engine_pin_path());
	check_version(doctor);
}

void wh_doctor_machine(struct wh_doctor *doctor)
{
	check_kernel(doctor);
	check_mounts(doctor);
	check_engine(doctor);
}

static void add_hook(struct wh_doctor *doctor, const struct wh_hook *hook)
{
	char names[sizeof(hook->other_names) * WH_SAFE_FACTOR];

	wh_safe_text(hook->other_names, strlen(hook->other_names), false, names, sizeof(names));
	if (hook->needed && !hook->attached)
		wh_doctor_add(
			doctor, WH_FINDING_FAILED, "hooks",
			"%s is not attached: connections pass unseen; 'whither up' of any set "
			"attaches it again",
			hook->name);
	else if (hook->needed && hook->others && strncmp(hook->name, "connect", 7) == 0)
		wh_doctor_add(
			doctor, WH_FINDING_WARNING, "hooks",
			"%s: other programs are attached too, %u of them behind ours: %s; those "
			"see the proxy's address instead of the destination",
			hook->name, hook->later, names);
	else if (hook->needed && hook->others)
		wh_doctor_add(doctor, WH_FINDING_OK, "hooks", "%s, beside %s", hook->name, names);
}

static void check_listener(struct wh_doctor *doctor, const struct wh_status_redirector *redirector,
			   const struct wh_status_listener *listener)
{
	const struct wh_listening *listening = &listener->listening;
	const char *name = redirector->rule->name, *family;
	char path[sizeof(listening->executable) * WH_SAFE_FACTOR];

	family = listener == &redirector->listener[1] ? "IPv6" : "IPv4";
	if (!listener->endpoint.port)
		return;
	wh_safe_text(listening->executable, strlen(listening->executable), false, path,
		     sizeof(path));
	if (listener->error)
		wh_doctor_add(doctor, WH_FINDING_NOT_TESTED, "listeners",
			      "%s/%s, %s: it listens in another network namespace", redirector->set,
			      name, family);
	else if (!listening->present)
		wh_doctor_add(doctor, WH_FINDING_FAILED, "listeners",
			      "%s/%s, %s: nobody listens; start the proxy, or take the rules down",
			      redirector->set, name, family);
	else if (!listening->allowed)
		wh_doctor_add(
			doctor, WH_FINDING_FAILED, "listeners",
			"%s/%s, %s: pid %u (%s) listens, who is not its owner; end it, or state "
			"its owner in the rules",
			redirector->set, name, family, listening->who.pid, path);
	else
		wh_doctor_add(doctor, WH_FINDING_OK, "listeners", "%s/%s, %s: pid %u (%s)",
			      redirector->set, name, family, listening->who.pid, path);
}

void wh_doctor_rules(struct wh_doctor *doctor)
{
	struct wh_problem problem = {0};
	struct wh_status status;
	size_t before;

	if (!doctor->engine)
		return;
	if (wh_status_collect(doctor->engine, &status, &problem)) {
		wh_doctor_add(doctor, WH_FINDING_FAILED, "rules", "%s", problem.text);
		return;
	}
	before = doctor->count;
	for (int i = 0; i < status.hook_count; i++)
		add_hook(doctor, &status.hooks[i]);
	if (doctor->count == before)
		wh_doctor_add(doctor, WH_FINDING_OK, "hooks", "all attached, nobody beside them");
	for (__u32 i = 0; i < status.rules->redirector_count; i++) {
		const struct wh_status_redirector *redirector = &status.redirectors[i];

		check_listener(doctor, redirector, &redirector->listener[0]);
		check_listener(doctor, redirector, &redirector->listener[1]);
		if (!(redirector->rule->owner.flags & WH_OWNER_STATED))
			wh_doctor_add(
				doctor, WH_FINDING_WARNING, "owners",
				"%s/%s states no owner: whoever listens on its address gets its "
				"connections; state owner-user, owner-exe or owner-cgroup",
				redirector->set, redirector->rule->name);
	}
	if (status.totals.lost)
		wh_doctor_add(doctor, WH_FINDING_WARNING, "records",
			      "%llu connections arrived without their records: no memory, or "
			      "addresses translated on the way",
			      (unsigned long long)status.totals.lost);
	wh_status_clear(&status);
}
