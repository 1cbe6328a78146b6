/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The terminal, by keys. Standard input that is none is read as it comes. */
#ifndef WHITHER_CONIO_H
#define WHITHER_CONIO_H

#include <crt_more.h>

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

/* Whether _getch() would not wait. */
int _kbhit(void);
/* -1 at the end. */
int _getch(void);
int _getche(void);
int _putch(int character);
#define kbhit _kbhit
#define getch _getch
#define getche _getche
#define _cprintf printf
#define _cputs(text) (printf("%s", (text)), 0)

WHITHER_END_C
#pragma GCC visibility pop

#endif
