/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "host_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ntstatus.h>
#include <wdm_device.h>
#include <wdm_file.h>

#include "utf_units.h"

#define PATH_SIZE 4096

static NTSTATUS status_of(int error)
{
	switch (error) {
	case ENOENT:
		return STATUS_OBJECT_NAME_NOT_FOUND;
	case ENOTDIR:
		return STATUS_OBJECT_PATH_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS:
	case EBADF: /* it was not opened for this */
		return STATUS_ACCESS_DENIED;
	case EISDIR:
		return STATUS_FILE_IS_A_DIRECTORY;
	case EEXIST:
		return STATUS_OBJECT_NAME_COLLISION;
	case ENOSPC:
		return STATUS_DISK_FULL;
	case ENOMEM:
	case EMFILE:
	case ENFILE:
		return STATUS_INSUFFICIENT_RESOURCES;
	case EINVAL:
	case ESPIPE:
		return STATUS_INVALID_PARAMETER;
	default:
		return STATUS_UNSUCCESSFUL;
	}
}

static bool is_letter(WCHAR unit)
{
	return (unit >= 'a' && unit <= 'z') || (unit >= 'A' && unit <= 'Z');
}

/* Without its drive, in UTF-8, with the host's slashes. */
static bool make_path(const WCHAR *name, size_t length, char path[PATH_SIZE])
{
	size_t at = 0;

	if (length > 2 && is_letter(name[0]) && name[1] == ':') {
		name += 2;
		length -= 2;
	}
	if (!length || (name[0] != '\\' && name[0] != '/'))
		return false;
	while (length && at + 4 < PATH_SIZE) {
		uint32_t code;
		const size_t taken = nt_utf16_decode(name, length, &code);

		if (!code)
			return false;
		at += nt_utf8_encode(code == '\\' ? '/' : code, path + at);
		name += taken;
		length -= taken;
	}
	path[at] = '\0';
	return !length;
}

NTSTATUS nt_host_file_open(const WCHAR *name, size_t length, ULONG access, ULONG how, ULONG options,
			   ULONG *ret_done, int *ret_descriptor)
{
	static const int ways[] = {
		[FILE_SUPERSEDE] = O_CREAT | O_TRUNC, [FILE_OPEN] = 0,
		[FILE_CREATE] = O_CREAT | O_EXCL,     [FILE_OPEN_IF] = O_CREAT,
		[FILE_OVERWRITE] = O_TRUNC,           [FILE_OVERWRITE_IF] = O_CREAT | O_TRUNC,
	};
	const bool writes = access & (GENERIC_WRITE | GENERIC_ALL | FILE_WRITE_DATA);
	const bool reads = access & (GENERIC_READ | GENERIC_ALL | FILE_READ_DATA);
	int flags = O_CLOEXEC | (writes ? (reads ? O_RDWR : O_WRONLY) : O_RDONLY);
	char path[PATH_SIZE];
	bool was_there;

	if (how > FILE_OVERWRITE_IF)
		return STATUS_INVALID_PARAMETER;
	if (!make_path(name, length, path))
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (access & FILE_APPEND_DATA && !writes)
		flags = O_CLOEXEC | O_WRONLY | O_APPEND;
	if (options & FILE_DIRECTORY_FILE)
		flags |= O_DIRECTORY;
	was_there = faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) == 0;
	*ret_descriptor = open(path, flags | ways[how], 0666);
	if (*ret_descriptor < 0)
		return status_of(errno);
	if (!was_there)
		*ret_done = FILE_CREATED;
	else if (how == FILE_SUPERSEDE)
		*ret_done = FILE_SUPERSEDED;
	else
		*ret_done = how >= FILE_OVERWRITE ? FILE_OVERWRITTEN : FILE_OPENED;
	return STATUS_SUCCESS;
}

void nt_host_file_close(int descriptor)
{
	close(descriptor);
}

NTSTATUS nt_host_file_transfer(int descriptor, bool reads, void *buffer, ULONG size, LONGLONG at,
			       ULONG *ret_size)
{
	ssize_t done;

	/* One that is told a place goes on behind it the next time. */
	if (at >= 0 && lseek(descriptor, at, SEEK_SET) < 0)
		return status_of(errno);
	do {
		done = reads ? read(descriptor, buffer, size) : write(descriptor, buffer, size);
	} while (done < 0 && errno == EINTR);
	if (done < 0)
		return status_of(errno);
	*ret_size = (ULONG)done;
	return reads && !done && size ? STATUS_END_OF_FILE : STATUS_SUCCESS;
}

NTSTATUS nt_host_file_facts(int descriptor, struct nt_host_facts *ret_facts)
{
	struct stat facts;

	if (fstat(descriptor, &facts))
		return status_of(errno);
	*ret_facts = (struct nt_host_facts){
		.size = facts.st_size,
		.allocated = (LONGLONG)facts.st_blocks * 512,
		.links = (ULONG)facts.st_nlink,
		.folder = S_ISDIR(facts.st_mode),
	};
	return STATUS_SUCCESS;
}

NTSTATUS nt_host_file_place(int descriptor, LONGLONG at, LONGLONG *ret_at)
{
	const off_t place = lseek(descriptor, at < 0 ? 0 : at, at < 0 ? SEEK_CUR : SEEK_SET);

	if (place < 0)
		return status_of(errno);
	*ret_at = place;
	return STATUS_SUCCESS;
}

NTSTATUS nt_host_file_resize(int descriptor, LONGLONG size)
{
	return size < 0                         ? STATUS_INVALID_PARAMETER :
	       ftruncate(descriptor, size) == 0 ? STATUS_SUCCESS :
						  status_of(errno);
}
