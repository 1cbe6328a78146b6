/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "pin_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <bpf/bpf.h>

#include "engine_problem.h"
#include "mount_table.h"
#include "scope_exit.h"

#define BPF_MOUNT "/sys/fs/bpf"
#define LINK_PREFIX "link_" /* of the pins of links */

const char *wh_engine_pin_path(void)
{
	return BPF_MOUNT "/" WH_PIN_NAME;
}

static int find_bpf_mount(struct wh_pins *pins, int create, char **ret_mount,
			  struct wh_problem *problem)
{
	int error = wh_find_mount("bpf", BPF_MOUNT, ret_mount);

	if (error != -ENOENT)
		return error ? wh_problem_set(problem, error, "cannot read the mounts: %s",
					      strerror(-error)) :
			       0;
	if (!create)
		return wh_problem_set(problem, -ENOENT, "whither is not active");
	if (mount("bpf", BPF_MOUNT, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RELATIME,
		  "mode=700"))
		return wh_problem_set(problem, -errno,
				      "the bpf file system is not mounted and cannot be mounted at "
				      "%s: %s (mounting needs CAP_SYS_ADMIN)",
				      BPF_MOUNT, strerror(errno));
	pins->mounted = 1;
	*ret_mount = strdup(BPF_MOUNT);
	return *ret_mount ? 0 : -ENOMEM;
}

/* A directory of our name that is not root's was put there to be filled by us. */
static int check_owner(const struct wh_pins *pins, int fd, struct wh_problem *problem)
{
	struct passwd *owner;
	struct stat status;

	if (fstat(fd, &status))
		return wh_problem_set(problem, -errno, "%s: %s", pins->path, strerror(errno));
	if (status.st_uid != 0) {
		owner = getpwuid(status.st_uid);
		return wh_problem_set(
			problem, -EPERM,
			"%s belongs to %s (uid %u), not to root: it is not whither's; "
			"remove it",
			pins->path, owner ? owner->pw_name : "nobody known",
			(unsigned int)status.st_uid);
	}
	if (status.st_mode & 077)
		return wh_problem_set(problem, -EPERM,
				      "%s is open to others than root (mode %03o, expected 700): "
				      "remove it, or chmod 700 it if you trust what is in it",
				      pins->path, (unsigned int)(status.st_mode & 0777));
	return 0;
}

/* Opens and locks the directory. -EAGAIN: it was removed while we waited. */
static int open_and_lock(struct wh_pins *pins, int create, struct wh_problem *problem)
{
	WH_AUTO_FD fd = -1;
	struct stat locked, named;
	int error;

	if (create && geteuid() != 0)
		return wh_problem_set(problem, -EPERM,
				      "what is pinned has to be root's: run it as root, with no "
				      "more capabilities than it needs if you like");
	if (create && mkdir(pins->path, 0700) && errno != EEXIST)
		return wh_problem_set(problem, -errno, "cannot make %s: %s", pins->path,
				      strerror(errno));
	fd = open(pins->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return create ? -EAGAIN : wh_problem_set(problem, -ENOENT, "whither is not active");
	if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
		return wh_problem_set(problem, -ENOTDIR,
				      "%s is not a directory: it is not whither's; remove it",
				      pins->path);
	if (fd < 0)
		return wh_problem_set(problem, -errno, "cannot open %s: %s%s", pins->path,
				      strerror(errno), errno == EACCES ? " (are you root?)" : "");
	error = check_owner(pins, fd, problem);
	if (error)
		return error;
	while (flock(fd, LOCK_EX))
		if (errno != EINTR)
			return wh_problem_set(problem, -errno, "cannot lock %s: %s", pins->path,
					      strerror(errno));
	if (fstat(fd, &locked) || lstat(pins->path, &named) || locked.st_ino != named.st_ino)
		return -EAGAIN;
	pins->fd = wh_take_fd(&fd);
	return 0;
}

int wh_pins_open(struct wh_pins *ret_pins, int create, struct wh_problem *problem)
{
	struct wh_pins pins = {.fd = -1};
	WH_AUTO_FREE char *mount = NULL;
	int error = find_bpf_mount(&pins, create, &mount, problem);

	if (error)
		return error;
	if ((size_t)snprintf(pins.path, sizeof(pins.path), "%s/%s", mount, WH_PIN_NAME) >=
	    sizeof(pins.path))
		return wh_problem_set(problem, -ENAMETOOLONG, "the path %s is too long", mount);
	do
		error = open_and_lock(&pins, create, problem);
	while (error == -EAGAIN);
	if (error)
		return error;
	*ret_pins = pins;
	return 0;
}

void wh_pins_close(struct wh_pins *pins)
{
	wh_close_fd(&pins->fd);
	pins->fd = -1;
}

void wh_pins_name(const struct wh_pins *pins, const char *name, char *ret)
{
	snprintf(ret, WH_PIN_PATH_SIZE, "%s/%s", pins->path, name);
}

/*
 * The hook ends here and now. To unlink the pin would end it too, but some time later, in the
 * kernel's own good time. (The list of connections is no hook and cannot be detached.)
 */
static void detach(const struct wh_pins *pins, const char *name)
{
	char path[WH_PIN_PATH_SIZE];
	WH_AUTO_FD link = -1;

	wh_pins_name(pins, name, path);
	link = bpf_obj_get(path);
	if (link >= 0)
		bpf_link_detach(link);
}

/* Removes what is named in the directory parent, and if it is a directory what is in it. */
static int remove_tree(int parent, const char *name)
{
	WH_AUTO_DIRECTORY directory = NULL;
	struct dirent *entry;
	int fd, error = 0;

	if (!unlinkat(parent, name, 0) || errno == ENOENT)
		return 0;
	if (errno != EISDIR)
		return -errno;
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	directory = fd < 0 ? NULL : fdopendir(fd);
	if (!directory) {
		error = -errno;
		wh_close_fd(&fd);
		return error;
	}
	while (!error && (entry = readdir(directory)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			error = remove_tree(fd, entry->d_name);
	if (!error && unlinkat(parent, name, AT_REMOVEDIR))
		error = -errno;
	return error;
}

int wh_pins_unlink(const struct wh_pins *pins, const char *name)
{
	if (!strncmp(name, LINK_PREFIX, strlen(LINK_PREFIX)))
		detach(pins, name);
	return remove_tree(pins->fd, name);
}

static DIR *open_entries(const struct wh_pins *pins)
{
	int copy = openat(pins->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = copy < 0 ? NULL : fdopendir(copy);
	int error = errno;

	if (!directory)
		wh_close_fd(&copy);
	errno = error;
	return directory;
}

static int is_link(const struct dirent *entry)
{
	return !strncmp(entry->d_name, LINK_PREFIX, strlen(LINK_PREFIX));
}

/* Removes the pins of links, or all others. */
static int unlink_pins(const struct wh_pins *pins, int links)
{
	WH_AUTO_DIRECTORY directory = open_entries(pins);
	struct dirent *entry;
	int error = 0;

	if (!directory)
		return -errno;
	while ((entry = readdir(directory)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") &&
		    is_link(entry) == links)
			error = wh_pins_unlink(pins, entry->d_name) ?: error;
	return error;
}

void wh_pins_remove_others(const struct wh_pins *pins, const char *prefix, const char *kept)
{
	WH_AUTO_DIRECTORY directory = open_entries(pins);
	struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		if (!strncmp(entry->d_name, prefix, strlen(prefix)) && strcmp(entry->d_name, kept))
			wh_pins_unlink(pins, entry->d_name);
}

int wh_pins_have_links(const struct wh_pins *pins)
{
	WH_AUTO_DIRECTORY directory = open_entries(pins);
	struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		if (is_link(entry))
			return 1;
	return 0;
}

int wh_pins_each_link(const struct wh_pins *pins,
		      int (*visit)(const struct wh_pins *pins, const char *name))
{
	WH_AUTO_DIRECTORY directory = open_entries(pins);
	struct dirent *entry;
	int error = directory ? 0 : -errno;

	while (!error && (entry = readdir(directory)))
		if (is_link(entry))
			error = visit(pins, entry->d_name);
	return error;
}

int wh_pins_remove_maps(const struct wh_pins *pins)
{
	return unlink_pins(pins, 0);
}

int wh_pins_remove_all(struct wh_pins *pins, struct wh_problem *problem)
{
	int error = unlink_pins(pins, 1);

	if (!error)
		error = unlink_pins(pins, 0);
	if (!error && rmdir(pins->path) && errno != ENOENT)
		error = -errno;
	if (error)
		return wh_problem_set(problem, error, "cannot empty %s: %s", pins->path,
				      strerror(-error));
	wh_pins_close(pins);
	return 0;
}
