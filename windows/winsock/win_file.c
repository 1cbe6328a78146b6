/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* CreateFile, DeviceIoControl, ReadFile, WriteFile: devices of drivers in this process, files of the host. */
#include "win_file.h"

#include "nt_device_calls.h"
#include "ws_object.h"

#include <errno.h>
#include <fcntl.h>
#include <ntstatus.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <winternl.h>

static BOOL fail(DWORD error)
{
	SetLastError(error);
	return FALSE;
}

DWORD win_file_error(int error)
{
	switch (error) {
	case ENOENT:
		return ERROR_FILE_NOT_FOUND;
	case ENOTDIR:
		return ERROR_PATH_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EISDIR:
		return ERROR_ACCESS_DENIED;
	case EEXIST:
		return ERROR_FILE_EXISTS;
	case EBADF:
		return ERROR_INVALID_HANDLE;
	case ENOMEM:
		return ERROR_NOT_ENOUGH_MEMORY;
	case EINVAL:
		return ERROR_INVALID_PARAMETER;
	case EPIPE:
		return ERROR_BROKEN_PIPE;
	default:
		return ERROR_GEN_FAILURE;
	}
}

void win_file_close(struct win_file *file)
{
	if (file->device)
		nt_device_close(file->device);
	else if (file->owned)
		close(file->descriptor);
	free(file);
}

struct win_file *win_file_hold(HANDLE handle, struct ws_object **ret_object)
{
	struct win_file *file = NULL;

	ws_lock();
	*ret_object = ws_object_find(handle, WS_FILE);
	if (*ret_object) {
		(*ret_object)->references++;
		file = (*ret_object)->file;
	}
	ws_unlock();
	if (!file)
		SetLastError(ERROR_INVALID_HANDLE);
	return file;
}

void win_file_let_go(struct ws_object *object)
{
	struct win_file *last = NULL;

	ws_lock();
	if (object->references == 1) {
		last = object->file;
		object->file = NULL;
	}
	ws_object_release(object);
	ws_unlock();
	if (last)
		win_file_close(last);
}

static HANDLE make_handle(struct win_file file)
{
	struct win_file *copy = malloc(sizeof(*copy));
	struct ws_object *object;
	HANDLE handle = copy ? ws_object_create(WS_FILE, &object) : NULL;

	if (!handle) {
		free(copy);
		if (file.device)
			nt_device_close(file.device);
		else if (file.owned)
			close(file.descriptor);
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
		return INVALID_HANDLE_VALUE;
	}
	*copy = file;
	ws_lock();
	object->file = copy;
	ws_unlock();
	return handle;
}

bool win_file_path(const char *name, char path[WIN_PATH_SIZE])
{
	const size_t length = strlen(name);

	if (length >= WIN_PATH_SIZE)
		return false;
	for (size_t i = 0; i <= length; i++)
		path[i] = (char)(name[i] == '\\' ? '/' : name[i]);
	return true;
}

static HANDLE open_host_file(const char *name, DWORD access, DWORD how)
{
	static const int ways[] = {
		[CREATE_NEW] = O_CREAT | O_EXCL,
		[CREATE_ALWAYS] = O_CREAT | O_TRUNC,
		[OPEN_EXISTING] = 0,
		[OPEN_ALWAYS] = O_CREAT,
		[TRUNCATE_EXISTING] = O_TRUNC,
	};
	const bool writes = access & (GENERIC_WRITE | GENERIC_ALL | FILE_WRITE_DATA);
	const bool reads = access & (GENERIC_READ | GENERIC_ALL | FILE_READ_DATA);
	int flags = writes ? (reads ? O_RDWR : O_WRONLY) : O_RDONLY;
	char path[WIN_PATH_SIZE];
	int descriptor;

	if (how < CREATE_NEW || how > TRUNCATE_EXISTING || !win_file_path(name, path)) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return INVALID_HANDLE_VALUE;
	}
	if (access & FILE_APPEND_DATA && !writes)
		flags = O_WRONLY | O_APPEND;
	descriptor = open(path, flags | ways[how] | O_CLOEXEC, 0666);
	if (descriptor < 0) {
		SetLastError(win_file_error(errno));
		return INVALID_HANDLE_VALUE;
	}
	SetLastError(ERROR_SUCCESS);
	return make_handle((struct win_file){.descriptor = descriptor, .owned = true});
}

HANDLE WINAPI CreateFileA(LPCSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
			  LPSECURITY_ATTRIBUTES lpSecurityAttributes, DWORD dwCreationDisposition,
			  DWORD dwFlagsAndAttributes, HANDLE hTemplateFile)
{
	struct win_file file = {NULL, -1, false};
	NTSTATUS status;

	if (!lpFileName) {
		SetLastError(ERROR_PATH_NOT_FOUND);
		return INVALID_HANDLE_VALUE;
	}
	if (strncmp(lpFileName, "\\\\.\\", 4) != 0 && strncmp(lpFileName, "\\\\?\\", 4) != 0)
		return open_host_file(lpFileName, dwDesiredAccess, dwCreationDisposition);
	status = nt_device_open(lpFileName, dwDesiredAccess, &file.device);
	if (!NT_SUCCESS(status)) {
		SetLastError(RtlNtStatusToDosError(status));
		return INVALID_HANDLE_VALUE;
	}
	SetLastError(ERROR_SUCCESS);
	return make_handle(file);
}

HANDLE WINAPI CreateFileW(LPCWSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
			  LPSECURITY_ATTRIBUTES lpSecurityAttributes, DWORD dwCreationDisposition,
			  DWORD dwFlagsAndAttributes, HANDLE hTemplateFile)
{
	char name[WIN_PATH_SIZE];

	if (!lpFileName ||
	    !WideCharToMultiByte(CP_UTF8, 0, lpFileName, -1, name, sizeof(name), NULL, NULL)) {
		SetLastError(ERROR_PATH_NOT_FOUND);
		return INVALID_HANDLE_VALUE;
	}
	return CreateFileA(name, dwDesiredAccess, dwShareMode, lpSecurityAttributes,
			   dwCreationDisposition, dwFlagsAndAttributes, hTemplateFile);
}

HANDLE WINAPI GetStdHandle(DWORD nStdHandle)
{
	static HANDLE handles[3];
	const DWORD which = STD_INPUT_HANDLE - nStdHandle;
	HANDLE handle;
	HANDLE none = NULL;

	if (which > 2) {
		SetLastError(ERROR_INVALID_HANDLE);
		return INVALID_HANDLE_VALUE;
	}
	handle = __atomic_load_n(&handles[which], __ATOMIC_ACQUIRE);
	if (handle)
		return handle;
	handle = make_handle((struct win_file){NULL, (int)which, false});
	if (handle != INVALID_HANDLE_VALUE &&
	    !__atomic_compare_exchange_n(&handles[which], &none, handle, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_ACQUIRE)) {
		CloseHandle(handle);
		handle = none;
	}
	return handle;
}

/* What the call answers, and writes into its OVERLAPPED. */
static BOOL conclude(NTSTATUS status, ULONG bytes, LPDWORD ret_bytes, LPOVERLAPPED overlapped)
{
	if (ret_bytes)
		*ret_bytes = bytes;
	if (overlapped) {
		overlapped->InternalHigh = bytes;
		__atomic_store_n(&overlapped->Internal, (ULONG_PTR)(ULONG)status, __ATOMIC_RELEASE);
		if (overlapped->hEvent)
			SetEvent((HANDLE)((ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)1));
	}
	/* A warning is a failure of the call, whose output is there. */
	return (ULONG)status >> 30 < 2 ? TRUE : fail(RtlNtStatusToDosError(status));
}

static BOOL transfer_host(const struct win_file *file, bool reads, void *buffer, DWORD size,
			  LPDWORD ret_bytes, LPOVERLAPPED overlapped)
{
	const off_t at =
		overlapped ? (off_t)((ULONGLONG)overlapped->OffsetHigh << 32 | overlapped->Offset) :
			     0;
	ssize_t done;

	if (overlapped && reads)
		done = pread(file->descriptor, buffer, size, at);
	else if (overlapped)
		done = pwrite(file->descriptor, buffer, size, at);
	else if (reads)
		done = read(file->descriptor, buffer, size);
	else
		done = write(file->descriptor, buffer, size);
	if (done < 0)
		return fail(win_file_error(errno));
	if (overlapped && reads && !done && size)
		return conclude(STATUS_END_OF_FILE, 0, ret_bytes, overlapped);
	return conclude(STATUS_SUCCESS, (ULONG)done, ret_bytes, overlapped);
}

static BOOL transfer(HANDLE handle, bool reads, void *buffer, DWORD size, LPDWORD ret_bytes,
		     LPOVERLAPPED overlapped)
{
	struct ws_object *object;
	struct win_file *file;
	NTSTATUS status;
	ULONG bytes = 0;
	BOOL done;

	if (!ret_bytes && !overlapped)
		return fail(ERROR_INVALID_PARAMETER);
	if (ret_bytes)
		*ret_bytes = 0;
	file = win_file_hold(handle, &object);
	if (!file)
		return FALSE;
	if (file->device) {
		status = reads ? nt_device_read(file->device, buffer, size, &bytes) :
				 nt_device_write(file->device, buffer, size, &bytes);
		done = conclude(status, bytes, ret_bytes, overlapped);
	} else {
		done = transfer_host(file, reads, buffer, size, ret_bytes, overlapped);
	}
	win_file_let_go(object);
	return done;
}

BOOL WINAPI ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead,
		     LPDWORD lpNumberOfBytesRead, LPOVERLAPPED lpOverlapped)
{
	return transfer(hFile, true, lpBuffer, nNumberOfBytesToRead, lpNumberOfBytesRead,
			lpOverlapped);
}

BOOL WINAPI WriteFile(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite,
		      LPDWORD lpNumberOfBytesWritten, LPOVERLAPPED lpOverlapped)
{
	return transfer(hFile, false, (void *)(ULONG_PTR)lpBuffer, nNumberOfBytesToWrite,
			lpNumberOfBytesWritten, lpOverlapped);
}

BOOL WINAPI DeviceIoControl(HANDLE hDevice, DWORD dwIoControlCode, LPVOID lpInBuffer,
			    DWORD nInBufferSize, LPVOID lpOutBuffer, DWORD nOutBufferSize,
			    LPDWORD lpBytesReturned, LPOVERLAPPED lpOverlapped)
{
	struct ws_object *object;
	struct win_file *file;
	ULONG bytes = 0;
	BOOL done;

	if (!lpBytesReturned && !lpOverlapped)
		return fail(ERROR_INVALID_PARAMETER);
	file = win_file_hold(hDevice, &object);
	if (!file)
		return FALSE;
	if (file->device) {
		NTSTATUS status = nt_device_control(file->device, dwIoControlCode, lpInBuffer,
						    nInBufferSize, lpOutBuffer, nOutBufferSize,
						    &bytes);

		done = conclude(status, bytes, lpBytesReturned, lpOverlapped);
	} else {
		done = fail(ERROR_INVALID_FUNCTION);
	}
	win_file_let_go(object);
	return done;
}
