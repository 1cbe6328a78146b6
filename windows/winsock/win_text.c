/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Text, of windows.h: bytes are UTF-8. */
#include "status_table.h"
#include "utf_units.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <windows.h>

static int refuse(DWORD error)
{
	SetLastError(error);
	return 0;
}

int WINAPI lstrlenW(LPCWSTR lpString)
{
	return lpString ? (int)nt_utf16_length(lpString, INT_MAX) : 0;
}

int WINAPI lstrlenA(LPCSTR lpString)
{
	return lpString ? (int)strnlen(lpString, INT_MAX) : 0;
}

int WINAPI lstrcmpA(LPCSTR lpString1, LPCSTR lpString2)
{
	return strcmp(lpString1 ? lpString1 : "", lpString2 ? lpString2 : "");
}

int WINAPI lstrcmpiA(LPCSTR lpString1, LPCSTR lpString2)
{
	return strcasecmp(lpString1 ? lpString1 : "", lpString2 ? lpString2 : "");
}

LPSTR WINAPI lstrcpyA(LPSTR lpString1, LPCSTR lpString2)
{
	return memcpy(lpString1, lpString2, strlen(lpString2) + 1);
}

LPWSTR WINAPI lstrcpyW(LPWSTR lpString1, LPCWSTR lpString2)
{
	return memcpy(lpString1, lpString2, ((size_t)lstrlenW(lpString2) + 1) * sizeof(WCHAR));
}

/* The replacement that stands in the text itself, and not for something in it. */
static bool is_genuine(const char *bytes, size_t left)
{
	return left >= 3 && memcmp(bytes, "\xef\xbf\xbd", 3) == 0;
}

int WINAPI MultiByteToWideChar(UINT CodePage, DWORD dwFlags, LPCSTR lpMultiByteStr, int cbMultiByte,
			       LPWSTR lpWideCharStr, int cchWideChar)
{
	size_t size = cbMultiByte < 0 ? 0 : (size_t)cbMultiByte;
	size_t count = 0;
	uint16_t units[2];
	uint32_t code;

	if (!lpMultiByteStr || !cbMultiByte || cchWideChar < 0 || (cchWideChar && !lpWideCharStr))
		return refuse(ERROR_INVALID_PARAMETER);
	if (cbMultiByte < 0)
		size = strlen(lpMultiByteStr) + 1;
	for (size_t at = 0; at < size;) {
		size_t used = nt_utf8_decode(lpMultiByteStr + at, size - at, &code);
		size_t made = nt_utf16_encode(code, units);

		if (dwFlags & MB_ERR_INVALID_CHARS && code == NT_REPLACEMENT &&
		    !is_genuine(lpMultiByteStr + at, size - at))
			return refuse(ERROR_NO_UNICODE_TRANSLATION);
		if (cchWideChar && count + made > (size_t)cchWideChar)
			return refuse(ERROR_INSUFFICIENT_BUFFER);
		if (cchWideChar)
			memcpy(lpWideCharStr + count, units, made * sizeof(units[0]));
		at += used;
		count += made;
	}
	return count > INT_MAX ? refuse(ERROR_INVALID_PARAMETER) : (int)count;
}

int WINAPI WideCharToMultiByte(UINT CodePage, DWORD dwFlags, LPCWSTR lpWideCharStr, int cchWideChar,
			       LPSTR lpMultiByteStr, int cbMultiByte, LPCSTR lpDefaultChar,
			       LPBOOL lpUsedDefaultChar)
{
	size_t size = cchWideChar < 0 ? 0 : (size_t)cchWideChar;
	size_t count = 0;
	uint32_t code;
	char bytes[4];

	if (!lpWideCharStr || !cchWideChar || cbMultiByte < 0 || (cbMultiByte && !lpMultiByteStr))
		return refuse(ERROR_INVALID_PARAMETER);
	if (cchWideChar < 0)
		size = (size_t)lstrlenW(lpWideCharStr) + 1;
	if (lpUsedDefaultChar)
		*lpUsedDefaultChar = FALSE;
	for (size_t at = 0; at < size;) {
		size_t used = nt_utf16_decode(lpWideCharStr + at, size - at, &code);
		size_t made = nt_utf8_encode(code, bytes);

		if (dwFlags & WC_ERR_INVALID_CHARS && code == NT_REPLACEMENT &&
		    lpWideCharStr[at] != NT_REPLACEMENT)
			return refuse(ERROR_NO_UNICODE_TRANSLATION);
		if (cbMultiByte && count + made > (size_t)cbMultiByte)
			return refuse(ERROR_INSUFFICIENT_BUFFER);
		if (cbMultiByte)
			memcpy(lpMultiByteStr + count, bytes, made);
		at += used;
		count += made;
	}
	return count > INT_MAX ? refuse(ERROR_INVALID_PARAMETER) : (int)count;
}

/* In the words of the host's error that it stands for. */
static const char *words_of(DWORD error)
{
	for (int host = 1; host < 134; host++)
		if ((DWORD)net_wsa_of_errno(host) == error && error != WSAEINVAL)
			return strerrordesc_np(host);
	switch (error) {
	case 0:
		return "The operation completed successfully";
	case WSAEINVAL:
	case ERROR_INVALID_PARAMETER:
		return "Invalid argument";
	case ERROR_ACCESS_DENIED:
		return "Access denied";
	case ERROR_INVALID_HANDLE:
		return "The handle is not valid";
	case ERROR_NOT_ENOUGH_MEMORY:
		return "Not enough memory";
	case ERROR_INSUFFICIENT_BUFFER:
		return "The buffer is too small";
	case ERROR_IO_PENDING:
		return "The operation is under way";
	case ERROR_IO_INCOMPLETE:
		return "The operation is not complete";
	case WSANOTINITIALISED:
		return "WSAStartup has not been called";
	case WSAHOST_NOT_FOUND:
		return "No such host is known";
	case WSATRY_AGAIN:
		return "The name servers did not answer";
	case (DWORD)FWP_E_NOT_FOUND:
		return "The connection has no redirect context";
	default:
		return NULL;
	}
}

DWORD WINAPI FormatMessageA(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
			    LPSTR lpBuffer, DWORD nSize, __builtin_va_list *Arguments)
{
	const char *words = words_of(dwMessageId);
	const char *end = dwFlags & FORMAT_MESSAGE_MAX_WIDTH_MASK ? ". " : ".\r\n";
	char text[160];
	size_t size;
	char *copy;

	if (!(dwFlags & FORMAT_MESSAGE_FROM_SYSTEM) || !lpBuffer)
		return (DWORD)refuse(ERROR_INVALID_PARAMETER);
	if (words)
		snprintf(text, sizeof(text), "%s%s", words, end);
	else
		snprintf(text, sizeof(text), "Error %u%s", dwMessageId, end);
	size = strlen(text) + 1;
	if (dwFlags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
		copy = LocalAlloc(0, size > nSize ? size : nSize);
		if (!copy)
			return (DWORD)refuse(ERROR_NOT_ENOUGH_MEMORY);
		memcpy(lpBuffer, &copy, sizeof(copy));
	} else {
		copy = lpBuffer;
		if (size > nSize)
			return (DWORD)refuse(ERROR_INSUFFICIENT_BUFFER);
	}
	memcpy(copy, text, size);
	return (DWORD)size - 1;
}

DWORD WINAPI FormatMessageW(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
			    LPWSTR lpBuffer, DWORD nSize, __builtin_va_list *Arguments)
{
	char text[160];
	LPWSTR copy = lpBuffer;
	DWORD size = FormatMessageA(dwFlags & ~(DWORD)FORMAT_MESSAGE_ALLOCATE_BUFFER, lpSource,
				    dwMessageId, dwLanguageId, lpBuffer ? text : NULL, sizeof(text),
				    Arguments);

	if (!size)
		return 0;
	if (dwFlags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
		nSize = nSize > size ? nSize : size + 1;
		copy = LocalAlloc(0, nSize * sizeof(WCHAR));
		if (!copy)
			return (DWORD)refuse(ERROR_NOT_ENOUGH_MEMORY);
		memcpy(lpBuffer, &copy, sizeof(copy));
	}
	if (size >= nSize)
		return (DWORD)refuse(ERROR_INSUFFICIENT_BUFFER);
	MultiByteToWideChar(CP_UTF8, 0, text, -1, copy, (int)nSize);
	return size;
}
