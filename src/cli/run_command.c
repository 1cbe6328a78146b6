/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "run_command.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli_arguments.h"
#include "notify_filter.h"
#include "scope_exit.h"
#include "supervisor_protocol.h"

/* Where a child failed, told to its parent. */
enum stage {
	STAGE_CGROUP,
	STAGE_USER,
	STAGE_FILTER,
	STAGE_EXECUTE,
};

struct failure {
	enum stage stage;
	int error; /* errno */
};

static int number_of(const char *text, unsigned long *ret)
{
	char *end;

	if (!text || *text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*ret = strtoul(text, &end, 10);
	return errno || *end || *ret >= UINT_MAX ? -EINVAL : 0;
}

static int take_entry(const struct passwd *entry, struct wh_run_user *user)
{
	user->uid = entry->pw_uid;
	user->gid = entry->pw_gid;
	user->name = strdup(entry->pw_name);
	user->home = strdup(entry->pw_dir);
	user->shell = strdup(entry->pw_shell);
	return user->name && user->home && user->shell ? 0 : -ENOMEM;
}

/* Who called sudo, as sudo says. */
static int find_caller(struct wh_run_user *user, struct wh_problem *problem)
{
	unsigned long uid, gid;
	const struct passwd *entry;
	int error = 0;

	if (number_of(getenv("SUDO_UID"), &uid) || number_of(getenv("SUDO_GID"), &gid)) {
		snprintf(problem->text, sizeof(problem->text),
			 "--user: this was not called through sudo (no SUDO_UID and SUDO_GID); "
			 "name the user: --user=NAME");
		return -ENOENT;
	}
	entry = getpwuid((uid_t)uid);
	if (entry)
		error = take_entry(entry, user);
	user->uid = (uid_t)uid;
	user->gid = (gid_t)gid;
	return error;
}

int wh_run_user_find(const char *name, struct wh_run_user *ret, struct wh_problem *problem)
{
	struct wh_run_user user = {.changes = true};
	const struct passwd *entry;
	unsigned long uid;
	int error;

	snprintf(problem->text, sizeof(problem->text), "out of memory");
	if (!name) {
		error = find_caller(&user, problem);
	} else {
		entry = getpwnam(name);
		if (!entry && !number_of(name, &uid))
			entry = getpwuid((uid_t)uid);
		if (!entry) {
			snprintf(problem->text, sizeof(problem->text),
				 "--user: there is no user '%s'", name);
			return -ENOENT;
		}
		error = take_entry(entry, &user);
	}
	if (error)
		wh_run_user_free(&user);
	else
		*ret = user;
	return error;
}

void wh_run_user_free(struct wh_run_user *user)
{
	free(user->name);
	free(user->home);
	free(user->shell);
	*user = (struct wh_run_user){0};
}

static int become(const struct wh_run_user *user)
{
	if (!user->changes)
		return 0;
	if (user->name ? initgroups(user->name, user->gid) : setgroups(1, &user->gid))
		return -errno;
	if (setresgid(user->gid, user->gid, user->gid) ||
	    setresuid(user->uid, user->uid, user->uid))
		return -errno;
	if (user->name && (setenv("HOME", user->home, 1) || setenv("SHELL", user->shell, 1) ||
			   setenv("USER", user->name, 1) || setenv("LOGNAME", user->name, 1)))
		return -errno;
	return 0;
}

static void __attribute__((noreturn)) tell(int fd, enum stage stage, int error)
{
	const struct failure failure = {.stage = stage, .error = error};

	(void)!write(fd, &failure, sizeof(failure));
	_exit(WH_EXIT_RUN_FAILED);
}

/* Puts the filter on, and hands its descriptor to the supervisor. Returns 0 or a negative errno. */
static int enter_filter(const struct wh_run_command *command)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {};
	char byte = 0;
	struct iovec part = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control.space)};
	int fd;

	if (setenv(WH_SUPERVISOR_VARIABLE, command->directory, 1))
		return -errno;
	fd = wh_notify_filter_install();
	if (fd < 0)
		return fd;
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	return sendmsg(command->filter_channel, &message, MSG_NOSIGNAL) == 1 ? 0 : -errno;
}

/* In the child. */
static void __attribute__((noreturn))
execute(const struct wh_run_command *command, int report, pid_t parent)
{
	int error;

	if (command->cgroup_entry >= 0 && write(command->cgroup_entry, "0", 1) < 0)
		tell(report, STAGE_CGROUP, errno);
	setrlimit(RLIMIT_NOFILE, command->descriptors);
	error = become(command->user);
	if (error)
		tell(report, STAGE_USER, -error);
	/* Should whither be killed, the command must not go on without being redirected. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(WH_EXIT_RUN_FAILED);
	wh_run_signals_restore(command->signals);
	error = command->filter_channel >= 0 ? enter_filter(command) : 0;
	if (error)
		tell(report, STAGE_FILTER, -error);
	execvp(command->words[0], command->words);
	tell(report, STAGE_EXECUTE, errno);
}

static int explain(const struct wh_run_command *command, const struct failure *failure,
		   struct wh_problem *problem)
{
	const char *reason = strerror(failure->error);

	switch (failure->stage) {
	case STAGE_CGROUP:
		snprintf(problem->text, sizeof(problem->text),
			 "the command cannot enter its cgroup: %s", reason);
		return WH_EXIT_RUN_FAILED;
	case STAGE_USER:
		snprintf(problem->text, sizeof(problem->text),
			 "cannot become user %u: %s (run it as root)", command->user->uid, reason);
		return WH_EXIT_RUN_FAILED;
	case STAGE_FILTER:
		snprintf(problem->text, sizeof(problem->text),
			 "the command cannot be supervised: %s%s", reason,
			 failure->error == EBUSY ? " (it is already: one whither run --engine "
						   "seccomp does not work in another)" :
						   "");
		return WH_EXIT_RUN_FAILED;
	default:
		snprintf(problem->text, sizeof(problem->text), "cannot execute '%s': %s",
			 command->words[0], reason);
		return failure->error == ENOENT ? WH_EXIT_NOT_FOUND : WH_EXIT_CANNOT_EXECUTE;
	}
}

int wh_run_command_start(const struct wh_run_command *command, pid_t *ret_pid,
			 struct wh_problem *problem)
{
	WH_AUTO_FD report = -1;
	WH_AUTO_FD report_end = -1;
	struct failure failure;
	pid_t parent = getpid(), pid;
	ssize_t length;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC)) {
		snprintf(problem->text, sizeof(problem->text), "cannot make a pipe: %s",
			 strerror(errno));
		return WH_EXIT_RUN_FAILED;
	}
	report = ends[0];
	report_end = ends[1];
	pid = fork();
	if (pid < 0) {
		snprintf(problem->text, sizeof(problem->text), "cannot start a process: %s",
			 strerror(errno));
		return WH_EXIT_RUN_FAILED;
	}
	if (!pid)
		execute(command, ends[1], parent);
	close(wh_take_fd(&report_end));
	do
		length = read(report, &failure, sizeof(failure));
	while (length < 0 && errno == EINTR);
	if (length != sizeof(failure)) {
		*ret_pid = pid;
		return 0;
	}
	waitpid(pid, NULL, 0);
	return explain(command, &failure, problem);
}

int wh_run_command_status(int wait_status)
{
	if (WIFSIGNALED(wait_status))
		return WH_EXIT_SIGNAL + WTERMSIG(wait_status);
	return WEXITSTATUS(wait_status);
}
