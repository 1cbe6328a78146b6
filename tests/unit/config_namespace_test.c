/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Executables and cgroups as seen from elsewhere: a chroot, another cgroup namespace, another
 * mount. Each test is a process of its own; whom the kernel does not let make these tests nothing.
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "config_harness.h"
#include "mount_table.h"

#define NOT_ALLOWED 77

/* In a process of its own: says what is wrong, by line. */
#define CHECK(condition)                                                        \
	do {                                                                    \
		if (!(condition)) {                                             \
			fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
			_exit(1);                                               \
		}                                                               \
	} while (0)

static char directory[] = "/tmp/whither-namespace-XXXXXX";
static char cgroup[PATH_MAX + 64];

static int take_mount(const struct wh_mount *candidate, void *data)
{
	if (strcmp(candidate->file_system, "cgroup2") != 0 || strcmp(candidate->root, "/") != 0)
		return 0;
	snprintf(cgroup, sizeof(cgroup), "%s/whither-namespace-test-%d", candidate->point,
		 getpid());
	return 1;
}

static int make_places(void **state)
{
	uint32_t level;
	uint64_t id;

	if (!mkdtemp(directory))
		return -1;
	wh_mounts_visit(take_mount, NULL);
	if (wh_config_resolve_cgroup("/", &id, &level) || mkdir(cgroup, 0755))
		cgroup[0] = '\0';
	return 0;
}

static int remove_places(void **state)
{
	if (cgroup[0])
		rmdir(cgroup);
	return rmdir(directory);
}

/* A process that has nothing of this one but the places: it may go where it likes. */
static void run_alone(const char *name)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (!child) {
		char program[PATH_MAX] = "";

		if (readlink("/proc/self/exe", program, sizeof(program) - 1) > 0)
			execl(program, program, name, directory, cgroup, NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) != NOT_ALLOWED)
		assert_int_equal(WEXITSTATUS(status), 0);
}

static void own_mounts(void)
{
	if (unshare(CLONE_NEWNS) || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL))
		_exit(NOT_ALLOWED);
}

static void resolve_in_chroot(void)
{
	uint32_t device = 0, device_inside = 0;
	uint64_t inode = 0, inode_inside = 0;
	char path[128];
	int program;

	own_mounts();
	CHECK(!chdir(directory));
	snprintf(path, sizeof(path), "%s/program", directory);
	program = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	CHECK(program >= 0 && write(program, "x", 1) == 1 && !close(program));
	CHECK(!wh_config_resolve_executable(path, &device, &inode));
	CHECK(!mkdir("proc", 0755));
	CHECK(!mount("/proc", "proc", "none", MS_BIND | MS_REC, NULL));
	CHECK(!chroot("."));
	/* No mount point that can be seen is that of the program. */
	CHECK(!wh_config_resolve_executable("/program", &device_inside, &inode_inside));
	CHECK(device_inside == device && inode_inside == inode);
}

static void an_executable_in_a_chroot(void **state)
{
	char path[128];

	run_alone("chroot");
	/* Its mounts went with it. */
	snprintf(path, sizeof(path), "%s/proc", directory);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/program", directory);
	unlink(path);
}

/* Where stat() says another device than the kernel compares, the file system's own is right. */
static void resolve_on_overlay(void)
{
	uint32_t device = 0;
	uint64_t inode = 0;
	struct stat status, root;
	char path[128];
	int program;

	own_mounts();
	/* The upper layer on another file system than the lower: so stat() must make devices up. */
	if (mount("tmpfs", directory, "tmpfs", 0, NULL))
		_exit(NOT_ALLOWED);
	CHECK(!chdir(directory));
	CHECK(!mkdir("lower", 0755) && !mkdir("upper", 0755) && !mkdir("merged", 0755));
	if (mount("tmpfs", "lower", "tmpfs", 0, NULL))
		_exit(NOT_ALLOWED);
	CHECK(!mkdir("upper/data", 0755) && !mkdir("upper/work", 0755));
	program = open("lower/program", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	CHECK(program >= 0 && write(program, "x", 1) == 1 && !close(program));
	if (mount("overlay", "merged", "overlay", 0,
		  "lowerdir=lower,upperdir=upper/data,workdir=upper/work"))
		_exit(NOT_ALLOWED);
	CHECK(!chdir("merged") && !stat("program", &status) && !stat(".", &root));
	snprintf(path, sizeof(path), "%s/merged/program", directory);
	CHECK(!wh_config_resolve_executable(path, &device, &inode));
	CHECK(device == (uint32_t)(major(root.st_dev) << 20 | minor(root.st_dev)));
	CHECK(inode == status.st_ino);
}

static void an_executable_on_overlayfs(void **state)
{
	run_alone("overlay");
}

static void resolve_bind_mount(void)
{
	uint64_t id = 0, id_mounted = 0;
	uint32_t level = 0, level_mounted = 0;

	own_mounts();
	CHECK(!mount(cgroup, directory, "none", MS_BIND, NULL));
	CHECK(!wh_config_resolve_cgroup(cgroup, &id, &level));
	CHECK(!wh_config_resolve_cgroup(directory, &id_mounted, &level_mounted));
	CHECK(id == id_mounted && level == 1 && level_mounted == 1);
}

static void a_cgroup_that_is_mounted_elsewhere(void **state)
{
	if (cgroup[0])
		run_alone("bind-mount");
}

static void resolve_in_namespace(void)
{
	char path[PATH_MAX + 128], number[16];
	uint64_t id = 7;
	uint32_t level = 8;
	int file;

	own_mounts();
	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	snprintf(number, sizeof(number), "%d", getpid());
	file = open(path, O_WRONLY | O_CLOEXEC);
	if (file < 0 || write(file, number, strlen(number)) < 0 || unshare(CLONE_NEWCGROUP))
		_exit(NOT_ALLOWED);
	CHECK(wh_config_resolve_cgroup(cgroup, &id, &level) == -EXDEV);
	/* As in a container: the namespace's root looks like the root. */
	CHECK(!mount("cgroup2", directory, "cgroup2", 0, NULL));
	CHECK(wh_config_resolve_cgroup(directory, &id, &level) == -EXDEV);
	CHECK(id == 7 && level == 8);
}

static void a_cgroup_of_a_namespace_has_no_level(void **state)
{
	if (cgroup[0])
		run_alone("namespace");
}

static int run_named(char *const argv[])
{
	static const struct {
		const char *name;
		void (*function)(void);
	} functions[] = {
		{"chroot", resolve_in_chroot},
		{"overlay", resolve_on_overlay},
		{"bind-mount", resolve_bind_mount},
		{"namespace", resolve_in_namespace},
	};

	snprintf(directory, sizeof(directory), "%s", argv[2]);
	snprintf(cgroup, sizeof(cgroup), "%s", argv[3]);
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (!strcmp(argv[1], functions[i].name)) {
			functions[i].function();
			return 0;
		}
	return 1;
}

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_executable_in_a_chroot),
		cmocka_unit_test(an_executable_on_overlayfs),
		cmocka_unit_test(a_cgroup_that_is_mounted_elsewhere),
		cmocka_unit_test(a_cgroup_of_a_namespace_has_no_level),
	};

	if (argc == 4)
		return run_named(argv);
	return cmocka_run_group_tests(tests, make_places, remove_places);
}
