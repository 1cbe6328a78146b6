/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The terminal by keys, and folders, as conio.h and direct.h have them. */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <conio.h>
#include <crt_files.h>

int _kbhit(void)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&input, 1, 0) > 0;
}

/* One byte past the stream's buffer: keys are not lines. */
static int read_key(bool echo)
{
	struct termios before;
	struct termios raw;
	unsigned char key;
	const bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
	ssize_t count;

	if (terminal) {
		raw = before;
		raw.c_lflag &= ~(tcflag_t)(ICANON | (echo ? 0 : ECHO));
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	count = read(STDIN_FILENO, &key, 1);
	if (terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	return count == 1 ? key : -1;
}

int _getch(void)
{
	return read_key(false);
}

int _getche(void)
{
	return read_key(true);
}

int _putch(int character)
{
	const unsigned char byte = (unsigned char)character;

	fflush(stdout);
	return write(STDOUT_FILENO, &byte, 1) == 1 ? character : -1;
}

int _mkdir(const char *path)
{
	return mkdir(path, 0777);
}

char *_getcwd(char *to, int size)
{
	return getcwd(to, size > 0 ? (size_t)size : 0);
}
