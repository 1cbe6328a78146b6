/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Executables and users: names into the numbers by which the kernel compares. */
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>

#include "config_harness.h"
#include "resolve.h"

static char directory[] = "/tmp/whither-resolve-XXXXXX";

static int enter_directory(void **state)
{
	return !mkdtemp(directory) || chdir(directory);
}

static int leave_directory(void **state)
{
	return chdir("/") || rmdir(directory);
}

/* A file of the directory, by its whole path. */
static const char *make_file(const char *name, const char *text, mode_t mode)
{
	static char path[128];
	int file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	assert_true(file >= 0);
	assert_int_equal(write(file, text, strlen(text)), strlen(text));
	close(file);
	return path;
}

/* What the kernel says of the first mapping of this process's executable. */
static void own_numbers(uint32_t *ret_device, uint64_t *ret_inode)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned int major, minor;
	unsigned long inode;
	char path[4096], line[8192], own[4096];
	ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 1);

	assert_non_null(maps);
	assert_true(length > 0);
	own[length] = '\0';
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%*s %*s %*s %x:%x %lu %4095s", &major, &minor, &inode, path) ==
			    4 &&
		    !strcmp(path, own)) {
			*ret_device = major << 20 | minor;
			*ret_inode = inode;
			fclose(maps);
			return;
		}
	fail_msg("%s is not in /proc/self/maps", own);
}

static void an_executable_is_known_as_the_kernel_knows_it(void **state)
{
	uint32_t device = 0, own_device = 0;
	uint64_t inode = 0, own_inode = 0;
	char own[4096];
	ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 1);

	assert_true(length > 0);
	own[length] = '\0';
	own_numbers(&own_device, &own_inode);
	assert_int_equal(wh_config_resolve_executable(own, &device, &inode), 0);
	assert_int_equal(device, own_device);
	assert_int_equal(inode, own_inode);
}

static void a_link_leads_to_its_executable(void **state)
{
	uint32_t device = 0, link_device = 0;
	uint64_t inode = 0, link_inode = 0;
	char path[128];

	snprintf(path, sizeof(path), "%s/link", directory);
	assert_int_equal(symlink("/bin/sh", path), 0);
	assert_int_equal(wh_config_resolve_executable("/bin/sh", &device, &inode), 0);
	assert_int_equal(wh_config_resolve_executable(path, &link_device, &link_inode), 0);
	assert_int_equal(device, link_device);
	assert_int_equal(inode, link_inode);
	unlink(path);
}

static void assert_no_executable(const char *path, int error, const char *words)
{
	struct wh_parse_fault fault;
	uint32_t device = 7;
	uint64_t inode = 8;

	assert_int_equal(wh_resolve_executable(path, &device, &inode, &fault), error);
	assert_string_equal(fault.text, words);
	assert_int_equal(wh_config_resolve_executable(path, &device, &inode), error);
	assert_int_equal(device, 7);
	assert_int_equal(inode, 8);
}

static void what_no_process_can_run_is_refused(void **state)
{
	char pipe_path[128];

	assert_no_executable("sh", -EINVAL, "expected an absolute path");
	assert_no_executable("./sh", -EINVAL, "expected an absolute path");
	assert_no_executable("", -EINVAL, "expected an absolute path");
	assert_no_executable("/no/such", -ENOENT,
			     "there is no such file; expected the path of a program");
	assert_no_executable("/bin/sh/x", -ENOTDIR,
			     "the file cannot be looked at: Not a directory");
	assert_no_executable("/tmp", -EACCES, "expected an executable file");
	assert_no_executable("/dev/null", -EACCES, "expected an executable file");
	assert_no_executable(make_file("data", "x", 0644), -EACCES, "expected an executable file");
	assert_no_executable(make_file("empty", "", 0755), -ENOEXEC,
			     "the file is empty; expected a program");
	assert_no_executable(make_file("script", "#!/bin/sh\n", 0755), -ENOEXEC,
			     "it is a script, and the kernel would see its interpreter; expected a "
			     "program");
	snprintf(pipe_path, sizeof(pipe_path), "%s/pipe", directory);
	assert_int_equal(mkfifo(pipe_path, 0755), 0);
	assert_no_executable(pipe_path, -EACCES, "expected an executable file");
	unlink("data");
	unlink("empty");
	unlink("script");
	unlink("pipe");
}

static void users_have_names_or_numbers(void **state)
{
	static const struct {
		const char *name;
		uint32_t uid;
	} cases[] = {{"root", 0}, {"0", 0}, {"0012", 12}, {"4294967294", 4294967294u}};
	struct wh_parse_fault fault;
	uint32_t uid;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uid = 7;
		assert_int_equal(wh_resolve_user(cases[i].name, &uid, &fault), 0);
		assert_int_equal(uid, cases[i].uid);
	}
	for (struct passwd *entry = getpwent(); entry; entry = getpwent()) {
		assert_int_equal(wh_resolve_user(entry->pw_name, &uid, &fault), 0);
		assert_int_equal(uid, entry->pw_uid);
	}
	endpwent();
}

static void users_that_are_none(void **state)
{
	static const char *const numbers[] = {"4294967295", "4294967296", "18446744073709551616"};
	static const char *const names[] = {"no-such-user", "-1", "0x0", "1.0", "root ", "Root"};
	struct wh_parse_fault fault;
	uint32_t uid = 7;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		assert_int_equal(wh_resolve_user(numbers[i], &uid, &fault), -EINVAL);
		assert_string_equal(fault.text, "expected a user number from 0 to 4294967294");
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_int_equal(wh_resolve_user(names[i], &uid, &fault), -ENOENT);
		assert_string_equal(fault.text,
				    "there is no such user; expected a name or a number");
	}
	assert_int_equal(uid, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_executable_is_known_as_the_kernel_knows_it),
		cmocka_unit_test(a_link_leads_to_its_executable),
		cmocka_unit_test(what_no_process_can_run_is_refused),
		cmocka_unit_test(users_have_names_or_numbers),
		cmocka_unit_test(users_that_are_none),
	};

	return cmocka_run_group_tests(tests, enter_directory, leave_directory);
}
