/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Text that is wide where _UNICODE is defined, and bytes where not. */
#ifndef WHITHER_TCHAR_H
#define WHITHER_TCHAR_H

#include <crt_words.h>

#ifdef _UNICODE
typedef whither_wchar _TCHAR, _TSCHAR, _TUCHAR, _TXCHAR, _TINT;
#define __T(text) L##text
#define WHITHER_T(narrow, wide) wide
#else
typedef char _TCHAR, _TSCHAR, _TUCHAR, _TXCHAR, _TINT;
#define __T(text) text
#define WHITHER_T(narrow, wide) narrow
#endif
#ifndef WHITHER_WINDOWS_H
typedef _TCHAR TCHAR;
#endif
#define _T(text) __T(text)
#define _TEXT(text) __T(text)
#define _TEOF WHITHER_T((-1), ((unsigned short)-1))

#define _tmain WHITHER_T(main, wmain)
#define _tWinMain WHITHER_T(WinMain, wWinMain)
#define _tenviron WHITHER_T(_environ, _wenviron)

#define _tprintf WHITHER_T(printf, wprintf)
#define _tprintf_s WHITHER_T(printf_s, wprintf_s)
#define _ftprintf WHITHER_T(fprintf, fwprintf)
#define _ftprintf_s WHITHER_T(fprintf_s, fwprintf_s)
#define _vtprintf WHITHER_T(vprintf, vwprintf)
#define _vftprintf WHITHER_T(vfprintf, vfwprintf)
#define _stprintf WHITHER_T(sprintf, swprintf)
#define _stprintf_s WHITHER_T(sprintf_s, swprintf_s)
#define _sntprintf WHITHER_T(_snprintf, _snwprintf)
#define _sntprintf_s WHITHER_T(_snprintf_s, _snwprintf_s)
#define _vstprintf_s WHITHER_T(vsprintf_s, vswprintf_s)
#define _vsntprintf WHITHER_T(_vsnprintf, _vsnwprintf)
#define _vsntprintf_s WHITHER_T(_vsnprintf_s, _vsnwprintf_s)
#define _sctprintf WHITHER_T(_scprintf, _scwprintf)
#define _vsctprintf WHITHER_T(_vscprintf, _vscwprintf)
#define _putts WHITHER_T(puts, _putws)
#define _fputts WHITHER_T(fputs, fputws)
#define _tfopen WHITHER_T(fopen, _wfopen)
#define _tfopen_s WHITHER_T(fopen_s, _wfopen_s)

#define _tcslen WHITHER_T(strlen, wcslen)
#define _tcsnlen WHITHER_T(strnlen, wcsnlen)
#define _tcscpy WHITHER_T(strcpy, wcscpy)
#define _tcscpy_s WHITHER_T(strcpy_s, wcscpy_s)
#define _tcsncpy WHITHER_T(strncpy, wcsncpy)
#define _tcsncpy_s WHITHER_T(strncpy_s, wcsncpy_s)
#define _tcscat WHITHER_T(strcat, wcscat)
#define _tcscat_s WHITHER_T(strcat_s, wcscat_s)
#define _tcsncat WHITHER_T(strncat, wcsncat)
#define _tcsncat_s WHITHER_T(strncat_s, wcsncat_s)
#define _tcscmp WHITHER_T(strcmp, wcscmp)
#define _tcsncmp WHITHER_T(strncmp, wcsncmp)
#define _tcsicmp WHITHER_T(_stricmp, _wcsicmp)
#define _tcsnicmp WHITHER_T(_strnicmp, _wcsnicmp)
#define _tcscoll _tcscmp
#define _tcschr WHITHER_T(strchr, wcschr)
#define _tcsrchr WHITHER_T(strrchr, wcsrchr)
#define _tcsstr WHITHER_T(strstr, wcsstr)
#define _tcspbrk WHITHER_T(strpbrk, wcspbrk)
#define _tcsspn WHITHER_T(strspn, wcsspn)
#define _tcscspn WHITHER_T(strcspn, wcscspn)
#define _tcsdup WHITHER_T(_strdup, _wcsdup)
#define _tcslwr WHITHER_T(_strlwr, _wcslwr)
#define _tcsupr WHITHER_T(_strupr, _wcsupr)
#define _tcslwr_s WHITHER_T(_strlwr_s, _wcslwr_s)
#define _tcsrev WHITHER_T(_strrev, _wcsrev)
#define _tcstol WHITHER_T(strtol, wcstol)
#define _tcstoul WHITHER_T(strtoul, wcstoul)
#define _tcstoi64 WHITHER_T(_strtoi64, _wcstoi64)
#define _tcstoui64 WHITHER_T(_strtoui64, _wcstoui64)
#define _ttoi WHITHER_T(atoi, _wtoi)
#define _tstoi _ttoi
#define _ttol _ttoi
#define _tstol _ttoi
#define _ttoi64 WHITHER_T(_atoi64, _wtoi64)
#define _itot WHITHER_T(_itoa, _itow)
#define _itot_s WHITHER_T(_itoa_s, _itow_s)
#define _totlower WHITHER_T(tolower, towlower)
#define _totupper WHITHER_T(toupper, towupper)
#define _istdigit(unit) ((unit) >= '0' && (unit) <= '9')
#define _istspace(unit) ((unit) == ' ' || ((unit) >= '\t' && (unit) <= '\r'))
#define _istalpha(unit) (((unit) | 0x20) >= 'a' && ((unit) | 0x20) <= 'z')
#define _istalnum(unit) (_istdigit(unit) || _istalpha(unit))

#endif
