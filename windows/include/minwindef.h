/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The types: in user mode all of windows.h, in a driver what wdm.h has of them. */
#ifndef WHITHER_MINWINDEF_H
#define WHITHER_MINWINDEF_H

#ifdef _KERNEL_MODE
#include <ntmacros.h>
#include <winerror.h>
#ifndef WINAPI
#define WINAPI
#define CALLBACK
#define APIENTRY WINAPI
#endif
#else
#include <windows.h>
#endif

#endif
