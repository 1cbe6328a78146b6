/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* ZwCreateFile and its like: files of the host, devices of the process. */
#include "cmocka_once.h"

#include <ntddk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nt_runner.h"

static char folder[32];

static int begin(void **state)
{
	snprintf(folder, sizeof(folder), "/tmp/whither-nt-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
	return rmdir(folder);
}

/* In the test's folder, behind a prefix of the kernel's. */
static UNICODE_STRING name_of(const char *prefix, const char *file, WCHAR room[128])
{
	char text[128];
	USHORT length = 0;

	snprintf(text, sizeof(text), "%s%s%s", prefix, folder, file);
	for (char *at = text; *at; at++)
		room[length++] = (WCHAR)(*at == '/' && strchr(prefix, ':') ? '\\' : *at);
	return (UNICODE_STRING){(USHORT)(length * 2), 256, room};
}

static NTSTATUS create(UNICODE_STRING name, ULONG access, ULONG how, HANDLE *file,
		       IO_STATUS_BLOCK *block)
{
	OBJECT_ATTRIBUTES attributes;

	InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
				   NULL, NULL);
	memset(block, 0xa5, sizeof(*block));
	return ZwCreateFile(file, access, &attributes, block, NULL, FILE_ATTRIBUTE_NORMAL,
			    FILE_SHARE_READ, how, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
}

static void a_log_is_written_and_read(void **state)
{
	WCHAR room[128];
	UNICODE_STRING name = name_of("\\??\\C:", "/log.txt", room);
	LARGE_INTEGER place = {.QuadPart = 0};
	FILE_STANDARD_INFORMATION standard;
	FILE_POSITION_INFORMATION position;
	FILE_END_OF_FILE_INFORMATION end_of = {{.QuadPart = 3}};
	IO_STATUS_BLOCK block;
	char bytes[16];
	char path[64];
	HANDLE file;

	assert_int_equal(create(name, GENERIC_READ, FILE_OPEN, &file, &block),
			 STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(block.Status, STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(create(name, GENERIC_READ | GENERIC_WRITE, FILE_OPEN_IF, &file, &block),
			 STATUS_SUCCESS);
	assert_int_equal(block.Information, FILE_CREATED);
	assert_int_equal(ZwWriteFile(file, NULL, NULL, NULL, &block, (PVOID) "one", 3, NULL, NULL),
			 STATUS_SUCCESS);
	place = (LARGE_INTEGER){.LowPart = FILE_WRITE_TO_END_OF_FILE, .HighPart = -1};
	assert_int_equal(ZwWriteFile(file, NULL, NULL, NULL, &block, (PVOID) "two!", 4, &place,
				     NULL),
			 STATUS_SUCCESS);
	assert_int_equal(block.Information, 4);
	assert_int_equal(ZwQueryInformationFile(file, &block, &standard, sizeof(standard),
						FileStandardInformation),
			 STATUS_SUCCESS);
	assert_int_equal(standard.EndOfFile.QuadPart, 7);
	assert_false(standard.Directory);
	assert_int_equal(ZwQueryInformationFile(file, &block, &position, sizeof(position),
						FilePositionInformation),
			 STATUS_SUCCESS);
	assert_int_equal(position.CurrentByteOffset.QuadPart, 7);
	place.QuadPart = 2;
	assert_int_equal(ZwReadFile(file, NULL, NULL, NULL, &block, bytes, 3, &place, NULL),
			 STATUS_SUCCESS);
	assert_memory_equal(bytes, "etw", 3);
	assert_int_equal(ZwReadFile(file, NULL, NULL, NULL, &block, bytes, sizeof(bytes), NULL,
				    NULL),
			 STATUS_SUCCESS);
	assert_int_equal(block.Information, 2);
	assert_int_equal(ZwReadFile(file, NULL, NULL, NULL, &block, bytes, sizeof(bytes), NULL,
				    NULL),
			 STATUS_END_OF_FILE);
	assert_int_equal(block.Information, 0);
	assert_int_equal(ZwSetInformationFile(file, &block, &end_of, sizeof(end_of),
					      FileEndOfFileInformation),
			 STATUS_SUCCESS);
	assert_int_equal(ZwQueryInformationFile(file, &block, &standard, sizeof(standard),
						FileStandardInformation),
			 STATUS_SUCCESS);
	assert_int_equal(standard.EndOfFile.QuadPart, 3);
	assert_int_equal(ZwClose(file), STATUS_SUCCESS);
	assert_int_equal(create(name, GENERIC_WRITE, FILE_CREATE, &file, &block),
			 STATUS_OBJECT_NAME_COLLISION);
	name = name_of("\\DosDevices\\", "/log.txt", room);
	assert_int_equal(create(name, GENERIC_WRITE, FILE_OVERWRITE_IF, &file, &block),
			 STATUS_SUCCESS);
	assert_int_equal(block.Information, FILE_OVERWRITTEN);
	/* It was opened for writing alone. */
	assert_int_equal(ZwReadFile(file, NULL, NULL, NULL, &block, bytes, 1, NULL, NULL),
			 STATUS_ACCESS_DENIED);
	ZwClose(file);
	snprintf(path, sizeof(path), "%s/log.txt", folder);
	assert_int_equal(unlink(path), 0);
}

static void wrong_questions(void **state)
{
	WCHAR room[128];
	UNICODE_STRING name = name_of("\\??\\", "", room);
	OBJECT_ATTRIBUTES attributes;
	FILE_STANDARD_INFORMATION standard;
	LARGE_INTEGER place = {.QuadPart = -5};
	IO_STATUS_BLOCK block;
	UNICODE_STRING relative;
	HANDLE file;

	InitializeObjectAttributes(&attributes, &name, 0, NULL, NULL);
	assert_int_equal(ZwOpenFile(&file, FILE_GENERIC_READ, &attributes, &block, FILE_SHARE_READ,
				    FILE_DIRECTORY_FILE),
			 STATUS_SUCCESS);
	assert_int_equal(ZwQueryInformationFile(file, &block, &standard, sizeof(standard),
						FileStandardInformation),
			 STATUS_SUCCESS);
	assert_true(standard.Directory);
	assert_int_equal(ZwQueryInformationFile(file, &block, &standard, sizeof(standard) - 1,
						FileStandardInformation),
			 STATUS_INFO_LENGTH_MISMATCH);
	assert_int_equal(ZwQueryInformationFile(file, &block, &standard, sizeof(standard),
						(FILE_INFORMATION_CLASS)77),
			 STATUS_INVALID_INFO_CLASS);
	assert_int_equal(ZwReadFile(file, NULL, NULL, NULL, &block, &standard, 1, &place, NULL),
			 STATUS_INVALID_PARAMETER);
	assert_int_equal(ZwDeviceIoControlFile(file, NULL, NULL, NULL, &block, 1, NULL, 0, NULL, 0),
			 STATUS_INVALID_DEVICE_REQUEST);
	ZwClose(file);
	assert_int_equal(ZwWriteFile(file, NULL, NULL, NULL, &block, &standard, 1, NULL, NULL),
			 STATUS_INVALID_HANDLE);
	RtlInitUnicodeString(&relative, (PCWSTR)u"\\??\\nothing");
	assert_int_equal(create(relative, GENERIC_READ, FILE_OPEN, &file, &block),
			 STATUS_OBJECT_NAME_NOT_FOUND);
	RtlInitUnicodeString(&relative, (PCWSTR)u"\\SystemRoot\\win.ini");
	assert_int_equal(create(relative, GENERIC_READ, FILE_OPEN, &file, &block),
			 STATUS_OBJECT_NAME_NOT_FOUND);
}

static NTSTATUS NTAPI agree(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);

	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 0;
	if (location->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
		memcpy(irp->AssociatedIrp.SystemBuffer, "reply", 5);
		irp->IoStatus.Information = 5;
	}
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static void a_device_by_its_name(void **state)
{
	PDRIVER_OBJECT driver = nt_driver_object_new("filetest");
	UNICODE_STRING name;
	PDEVICE_OBJECT device;
	IO_STATUS_BLOCK block;
	HANDLE event;
	HANDLE file;
	char bytes[8];

	RtlInitUnicodeString(&name, (PCWSTR)u"\\Device\\filetest");
	driver->MajorFunction[IRP_MJ_CREATE] = agree;
	driver->MajorFunction[IRP_MJ_CLOSE] = agree;
	driver->MajorFunction[IRP_MJ_CLEANUP] = agree;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = agree;
	assert_int_equal(IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
			 STATUS_SUCCESS);
	assert_int_equal(create(name, GENERIC_READ, FILE_OPEN, &file, &block), STATUS_SUCCESS);
	assert_int_equal(block.Information, FILE_OPENED);
	assert_int_equal(ZwCreateEvent(&event, EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE),
			 STATUS_SUCCESS);
	assert_int_equal(ZwDeviceIoControlFile(file, event, NULL, NULL, &block,
					       CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED,
							FILE_ANY_ACCESS),
					       NULL, 0, bytes, sizeof(bytes)),
			 STATUS_SUCCESS);
	assert_int_equal(block.Information, 5);
	assert_memory_equal(bytes, "reply", 5);
	assert_int_equal(ZwWaitForSingleObject(event, FALSE, NULL), STATUS_SUCCESS);
	assert_int_equal(ZwQueryInformationFile(file, &block, bytes, 8, FilePositionInformation),
			 STATUS_INVALID_DEVICE_REQUEST);
	ZwClose(event);
	ZwClose(file);
	nt_driver_object_free(driver);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_log_is_written_and_read),
		cmocka_unit_test(wrong_questions),
		cmocka_unit_test(a_device_by_its_name),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
