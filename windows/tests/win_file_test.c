/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* CreateFile and what follows: devices of drivers in this process, files of the host. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <windows.h>

#include "cmocka_once.h"
#include "file_device.h"

#define REVERSE 0x222000

static int make(void **state)
{
	file_device_make();
	return 0;
}

static int remove_device(void **state)
{
	file_device_remove();
	return 0;
}

static HANDLE open_device(void)
{
	return CreateFileW(u"\\\\.\\WhitherFile", GENERIC_READ | GENERIC_WRITE, 0, NULL,
			   OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
}

static void a_device_is_opened_controlled_and_closed(void **state)
{
	char in[] = "abcd";
	char out[8] = {0};
	DWORD bytes = 99;
	HANDLE device = open_device();

	assert_ptr_not_equal(device, INVALID_HANDLE_VALUE);
	assert_int_equal(file_device_opened, 1);
	assert_true(DeviceIoControl(device, REVERSE, in, 4, out, sizeof(out), &bytes, NULL));
	assert_int_equal(bytes, 4);
	assert_string_equal(out, "dcba");
	assert_false(DeviceIoControl(device, REVERSE, in, 4, NULL, 0, &bytes, NULL));
	assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	/* A warning: the output is there, and the call has failed. */
	memset(out, 0, sizeof(out));
	assert_false(DeviceIoControl(device, REVERSE, in, 4, out, 2, &bytes, NULL));
	assert_int_equal(GetLastError(), ERROR_MORE_DATA);
	assert_int_equal(bytes, 2);
	assert_string_equal(out, "dc");
	assert_false(DeviceIoControl(device, 0x222004, in, 4, out, 2, &bytes, NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_FUNCTION);
	assert_int_equal(bytes, 0);
	assert_false(DeviceIoControl(device, REVERSE, in, 4, out, 8, NULL, NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_true(ReadFile(device, out, 3, &bytes, NULL));
	assert_memory_equal(out, "rrr", 3);
	assert_true(WriteFile(device, "12345", 5, &bytes, NULL));
	assert_int_equal(file_device_written, 5);
	assert_true(CloseHandle(device));
	assert_int_equal(file_device_closed, 1);
	assert_false(CloseHandle(device));
	assert_false(DeviceIoControl(device, REVERSE, in, 4, out, 8, &bytes, NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

static void an_overlapped_control_is_done_at_once(void **state)
{
	char in[] = "xy";
	char out[2];
	OVERLAPPED overlapped = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
	HANDLE device = CreateFileA("\\\\?\\WhitherFile", GENERIC_READ | GENERIC_WRITE, 0, NULL,
				    OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);

	assert_true(DeviceIoControl(device, REVERSE, in, 2, out, 2, NULL, &overlapped));
	assert_int_equal(overlapped.InternalHigh, 2);
	assert_int_equal(overlapped.Internal, 0);
	assert_int_equal(WaitForSingleObject(overlapped.hEvent, 0), WAIT_OBJECT_0);
	assert_true(HasOverlappedIoCompleted(&overlapped));
	CloseHandle(overlapped.hEvent);
	CloseHandle(device);
}

static void what_is_not_there_is_said(void **state)
{
	HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
	LARGE_INTEGER size;
	DWORD bytes;

	assert_ptr_equal(CreateFileA("\\\\.\\Nothing", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0,
				     NULL),
			 INVALID_HANDLE_VALUE);
	assert_int_equal(GetLastError(), ERROR_FILE_NOT_FOUND);
	assert_ptr_equal(CreateFileA(NULL, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL),
			 INVALID_HANDLE_VALUE);
	assert_ptr_equal(CreateFileA("/nowhere", GENERIC_READ, 0, NULL, 9, 0, NULL),
			 INVALID_HANDLE_VALUE);
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	/* Another kind of handle. */
	assert_false(ReadFile(event, &bytes, 1, &bytes, NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
	assert_false(GetFileSizeEx(event, &size));
	assert_ptr_equal(GetStdHandle(3), INVALID_HANDLE_VALUE);
	CloseHandle(event);
}

static void files_of_the_host(void **state)
{
	char folder[] = "/tmp/whither-file-XXXXXX";
	char path[64];
	char text[8] = {0};
	OVERLAPPED at = {.Offset = 2};
	LARGE_INTEGER size;
	DWORD bytes;
	HANDLE file;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s\\file", folder);
	assert_ptr_equal(CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0,
				     NULL),
			 INVALID_HANDLE_VALUE);
	assert_int_equal(GetLastError(), ERROR_FILE_NOT_FOUND);
	file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_NEW,
			   FILE_ATTRIBUTE_NORMAL, NULL);
	assert_ptr_not_equal(file, INVALID_HANDLE_VALUE);
	assert_true(WriteFile(file, "hello", 5, &bytes, NULL));
	assert_int_equal(bytes, 5);
	assert_int_equal(GetFileSize(file, NULL), 5);
	assert_true(ReadFile(file, text, 8, &bytes, NULL));
	assert_int_equal(bytes, 0);
	assert_true(ReadFile(file, text, 8, &bytes, &at));
	assert_int_equal(bytes, 3);
	assert_string_equal(text, "llo");
	at.Offset = 5;
	assert_false(ReadFile(file, text, 8, &bytes, &at));
	assert_int_equal(GetLastError(), ERROR_HANDLE_EOF);
	size.QuadPart = 1;
	assert_true(SetFilePointerEx(file, size, &size, FILE_BEGIN));
	assert_true(ReadFile(file, text, 1, &bytes, NULL));
	assert_int_equal(text[0], 'e');
	assert_false(SetFilePointerEx(file, size, NULL, 7));
	assert_true(FlushFileBuffers(file));
	assert_false(DeviceIoControl(file, REVERSE, NULL, 0, NULL, 0, &bytes, NULL));
	assert_true(CloseHandle(file));
	assert_ptr_equal(CreateFileA(path, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL),
			 INVALID_HANDLE_VALUE);
	assert_int_equal(GetLastError(), ERROR_FILE_EXISTS);
	file = CreateFileA(path, GENERIC_WRITE, 0, NULL, TRUNCATE_EXISTING, 0, NULL);
	assert_true(GetFileSizeEx(file, &size));
	assert_int_equal(size.QuadPart, 0);
	CloseHandle(file);
	assert_true(DeleteFileA(path));
	assert_false(DeleteFileA(path));
	assert_int_equal(rmdir(folder), 0);
}

static void the_standard_output_stays_open(void **state)
{
	HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
	DWORD bytes;

	assert_ptr_equal(GetStdHandle(STD_OUTPUT_HANDLE), output);
	assert_true(WriteFile(output, "# out\n", 6, &bytes, NULL));
	assert_true(CloseHandle(output));
	assert_int_equal(write(1, "", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_is_opened_controlled_and_closed),
		cmocka_unit_test(an_overlapped_control_is_done_at_once),
		cmocka_unit_test(what_is_not_there_is_said),
		cmocka_unit_test(files_of_the_host),
		cmocka_unit_test(the_standard_output_stays_open),
	};

	return cmocka_run_group_tests(tests, make, remove_device);
}
