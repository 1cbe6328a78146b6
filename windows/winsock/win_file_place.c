/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Sizes and places of files, and what else is asked of them. */
#include "win_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static BOOL fail(DWORD error)
{
	SetLastError(error);
	return FALSE;
}

int win_file_descriptor(HANDLE handle)
{
	struct ws_object *object;
	const struct win_file *file = win_file_hold(handle, &object);
	int descriptor = -1;

	if (!file)
		return -1;
	if (!file->device)
		descriptor = fcntl(file->descriptor, F_DUPFD_CLOEXEC, 3);
	win_file_let_go(object);
	return descriptor;
}

BOOL WINAPI GetFileSizeEx(HANDLE hFile, PLARGE_INTEGER lpFileSize)
{
	struct ws_object *object;
	struct win_file *file = win_file_hold(hFile, &object);
	struct stat facts;
	BOOL done;

	if (!file)
		return FALSE;
	done = !file->device && fstat(file->descriptor, &facts) == 0;
	if (done)
		lpFileSize->QuadPart = facts.st_size;
	win_file_let_go(object);
	return done ? TRUE : fail(ERROR_INVALID_FUNCTION);
}

DWORD WINAPI GetFileSize(HANDLE hFile, LPDWORD lpFileSizeHigh)
{
	LARGE_INTEGER size;

	if (!GetFileSizeEx(hFile, &size))
		return INVALID_FILE_SIZE;
	if (lpFileSizeHigh)
		*lpFileSizeHigh = (DWORD)size.HighPart;
	SetLastError(ERROR_SUCCESS);
	return size.LowPart;
}

BOOL WINAPI SetFilePointerEx(HANDLE hFile, LARGE_INTEGER liDistanceToMove,
			     PLARGE_INTEGER lpNewFilePointer, DWORD dwMoveMethod)
{
	struct ws_object *object;
	struct win_file *file = dwMoveMethod <= FILE_END ? win_file_hold(hFile, &object) : NULL;
	off_t at;

	if (!file)
		return dwMoveMethod <= FILE_END ? FALSE : fail(ERROR_INVALID_PARAMETER);
	at = file->device ? -1 :
			    lseek(file->descriptor, liDistanceToMove.QuadPart, (int)dwMoveMethod);
	win_file_let_go(object);
	if (at < 0)
		return fail(ERROR_INVALID_PARAMETER);
	if (lpNewFilePointer)
		lpNewFilePointer->QuadPart = at;
	return TRUE;
}

BOOL WINAPI FlushFileBuffers(HANDLE hFile)
{
	struct ws_object *object;
	struct win_file *file = win_file_hold(hFile, &object);
	bool failed;

	if (!file)
		return FALSE;
	failed = !file->device && fsync(file->descriptor) && errno != EINVAL && errno != EROFS;
	win_file_let_go(object);
	return failed ? fail(ERROR_GEN_FAILURE) : TRUE;
}

BOOL WINAPI DeleteFileA(LPCSTR lpFileName)
{
	char path[WIN_PATH_SIZE];

	if (!lpFileName || !win_file_path(lpFileName, path))
		return fail(ERROR_INVALID_PARAMETER);
	return unlink(path) == 0 ? TRUE : fail(win_file_error(errno));
}
