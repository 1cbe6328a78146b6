/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Included by io.h, direct.h, process.h: the host's files by descriptor, folders, the process's number. */
#ifndef WHITHER_CRT_FILES_H
#define WHITHER_CRT_FILES_H

#include <crt_more.h>

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

__INT64_TYPE__ whither_read(int descriptor, void *to, size_t count) __asm__("read");
__INT64_TYPE__ whither_write(int descriptor, const void *from, size_t count) __asm__("write");
WHITHER_INLINE int _read(int descriptor, void *to, unsigned int count)
{
	return (int)whither_read(descriptor, to, count);
}
WHITHER_INLINE int _write(int descriptor, const void *from, unsigned int count)
{
	return (int)whither_write(descriptor, from, count);
}
int _open(const char *path, int flags, ...) __asm__("open");
int _close(int descriptor) __asm__("close");
__INT64_TYPE__ _lseeki64(int descriptor, __INT64_TYPE__ offset, int from) __asm__("lseek");
__INT64_TYPE__ _lseek(int descriptor, __INT64_TYPE__ offset, int from) __asm__("lseek");
int _dup(int descriptor) __asm__("dup");
int _dup2(int descriptor, int other) __asm__("dup2");
int _isatty(int descriptor) __asm__("isatty");
int _access(const char *path, int mode) __asm__("access");
int _unlink(const char *path) __asm__("unlink");
int _rmdir(const char *path) __asm__("rmdir");
int _chdir(const char *path) __asm__("chdir");
char *_getcwd(char *to, int size);
int _mkdir(const char *path);
int _getpid(void) __asm__("getpid");

/* Text is not translated; the flags have the host's numbers. */
#define _O_RDONLY 0
#define _O_WRONLY 1
#define _O_RDWR 2
#define _O_CREAT 0100
#define _O_EXCL 0200
#define _O_TRUNC 01000
#define _O_APPEND 02000
#define _O_BINARY 0
#define _O_TEXT 0
#define _O_U8TEXT 0
#define _O_U16TEXT 0
#ifndef O_BINARY
#define O_BINARY 0
#define O_TEXT 0
#endif
#define _S_IREAD 0400
#define _S_IWRITE 0200
#define _setmode(descriptor, mode) ((void)(descriptor), (void)(mode), _O_BINARY)
#define _MAX_PATH 260

WHITHER_END_C
#pragma GCC visibility pop

#endif
