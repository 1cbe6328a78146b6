/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* ZwCreateFile and what is done with its handles. */
#include <string.h>

#include <wdm_file.h>
#include <wdm_string.h>

#include "device_name.h"
#include "host_file.h"
#include "nt_internal.h"
#include "nt_runner.h"
#include "open_file.h"
#include "verifier.h"

/* Writes the block, sets the event; what the call answers. */
static NTSTATUS conclude(NTSTATUS status, ULONG_PTR information, PIO_STATUS_BLOCK block,
			 HANDLE event)
{
	if (block) {
		block->Status = status;
		block->Information = information;
	}
	if (event)
		ZwSetEvent(event, NULL);
	return status;
}

/* The units behind \??\ or its other form, or NULL. */
static const WCHAR *host_name(PCUNICODE_STRING name, size_t *ret_length)
{
	static const WCHAR *const folders[] = {u"\\??\\", u"\\DosDevices\\"};

	for (size_t i = 0; i < ARRAYSIZE(folders); i++) {
		UNICODE_STRING folder;

		RtlInitUnicodeString(&folder, (PCWSTR)folders[i]);
		if (!RtlPrefixUnicodeString(&folder, (PUNICODE_STRING)(ULONG_PTR)name, TRUE))
			continue;
		*ret_length = (name->Length - folder.Length) / sizeof(WCHAR);
		return name->Buffer + folder.Length / sizeof(WCHAR);
	}
	return NULL;
}

static NTSTATUS open_named(PCUNICODE_STRING name, ULONG access, ULONG how, ULONG options,
			   ULONG *ret_done, struct nt_open_file *file)
{
	size_t length = 0;
	const WCHAR *host;
	NTSTATUS status;

	*ret_done = FILE_OPENED;
	status = nt_device_open_wide(name, access, &file->device);
	if (status != STATUS_OBJECT_NAME_NOT_FOUND)
		return status;
	file->device = NULL;
	host = host_name(name, &length);
	return host ? nt_host_file_open(host, length, access, how, options, ret_done,
					&file->descriptor) :
		      status;
}

/* NOLINTNEXTLINE(readability-function-size): Windows' own parameters. */
NTSTATUS NTAPI ZwCreateFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
			    POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
			    PLARGE_INTEGER AllocationSize, ULONG FileAttributes, ULONG ShareAccess,
			    ULONG CreateDisposition, ULONG CreateOptions, PVOID EaBuffer,
			    ULONG EaLength)
{
	struct nt_open_file *file;
	ULONG done = 0;
	NTSTATUS status;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!ObjectAttributes || !ObjectAttributes->ObjectName || ObjectAttributes->RootDirectory)
		return conclude(STATUS_INVALID_PARAMETER, 0, IoStatusBlock, NULL);
	file = nt_open_file_new();
	if (!file)
		return conclude(STATUS_INSUFFICIENT_RESOURCES, 0, IoStatusBlock, NULL);
	status = open_named(ObjectAttributes->ObjectName, DesiredAccess, CreateDisposition,
			    CreateOptions, &done, file);
	if (NT_SUCCESS(status))
		status = nt_handle_new(file, FileHandle);
	if (!NT_SUCCESS(status))
		ObfDereferenceObject(file);
	return conclude(status, NT_SUCCESS(status) ? done : 0, IoStatusBlock, NULL);
}

NTSTATUS NTAPI ZwOpenFile(PHANDLE FileHandle, ACCESS_MASK DesiredAccess,
			  POBJECT_ATTRIBUTES ObjectAttributes, PIO_STATUS_BLOCK IoStatusBlock,
			  ULONG ShareAccess, ULONG OpenOptions)
{
	return ZwCreateFile(FileHandle, DesiredAccess, ObjectAttributes, IoStatusBlock, NULL, 0,
			    ShareAccess, FILE_OPEN, OpenOptions, NULL, 0);
}

/* Where a transfer is to begin; negative: where the file stands. */
static NTSTATUS place_of(int descriptor, PLARGE_INTEGER offset, LONGLONG *ret_at)
{
	struct nt_host_facts facts;
	NTSTATUS status;

	*ret_at = -1;
	if (!offset)
		return STATUS_SUCCESS;
	*ret_at = offset->QuadPart;
	if (offset->QuadPart >= 0)
		return STATUS_SUCCESS;
	if (offset->HighPart != -1 || offset->LowPart < FILE_USE_FILE_POINTER_POSITION)
		return STATUS_INVALID_PARAMETER;
	if (offset->LowPart == FILE_USE_FILE_POINTER_POSITION)
		return STATUS_SUCCESS;
	status = nt_host_file_facts(descriptor, &facts);
	*ret_at = facts.size;
	return status;
}

static NTSTATUS transfer(HANDLE handle, bool reads, HANDLE event, PIO_APC_ROUTINE routine,
			 PIO_STATUS_BLOCK block, PVOID buffer, ULONG size, PLARGE_INTEGER offset)
{
	const struct nt_open_file *file;
	void *object;
	ULONG done = 0;
	LONGLONG at;
	NTSTATUS status;

	if (routine)
		return STATUS_NOT_SUPPORTED;
	status = nt_handle_object(handle, NT_OBJECT_OPEN_FILE, &object);
	if (!NT_SUCCESS(status))
		return status;
	file = object;
	if (file->device) {
		status = nt_file_transfer(handle, reads, buffer, size, &done);
	} else {
		status = place_of(file->descriptor, offset, &at);
		if (NT_SUCCESS(status))
			status = nt_host_file_transfer(file->descriptor, reads, buffer, size, at,
						       &done);
	}
	ObfDereferenceObject(object);
	return conclude(status, done, block, event);
}

/* NOLINTNEXTLINE(readability-function-size) */
NTSTATUS NTAPI ZwReadFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
			  PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
			  ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return transfer(FileHandle, true, Event, ApcRoutine, IoStatusBlock, Buffer, Length,
			ByteOffset);
}

/* NOLINTNEXTLINE(readability-function-size) */
NTSTATUS NTAPI ZwWriteFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
			   PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, PVOID Buffer,
			   ULONG Length, PLARGE_INTEGER ByteOffset, PULONG Key)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return transfer(FileHandle, false, Event, ApcRoutine, IoStatusBlock, Buffer, Length,
			ByteOffset);
}

/* NOLINTNEXTLINE(readability-function-size) */
NTSTATUS NTAPI ZwDeviceIoControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
				     PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
				     ULONG IoControlCode, PVOID InputBuffer,
				     ULONG InputBufferLength, PVOID OutputBuffer,
				     ULONG OutputBufferLength)
{
	ULONG done = 0;
	NTSTATUS status;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (ApcRoutine)
		return STATUS_NOT_SUPPORTED;
	status = nt_file_control(FileHandle, IoControlCode, InputBuffer, InputBufferLength,
				 OutputBuffer, OutputBufferLength, &done);
	return conclude(status, done, IoStatusBlock, Event);
}

static NTSTATUS ask(int descriptor, PVOID room, ULONG size, FILE_INFORMATION_CLASS what,
		    ULONG *ret_size)
{
	FILE_STANDARD_INFORMATION standard = {0};
	FILE_POSITION_INFORMATION position = {0};
	struct nt_host_facts facts;
	NTSTATUS status;

	if (what == FileStandardInformation) {
		if (size < sizeof(standard))
			return STATUS_INFO_LENGTH_MISMATCH;
		status = nt_host_file_facts(descriptor, &facts);
		if (!NT_SUCCESS(status))
			return status;
		standard.AllocationSize.QuadPart = facts.allocated;
		standard.EndOfFile.QuadPart = facts.size;
		standard.NumberOfLinks = facts.links;
		standard.Directory = facts.folder;
		memcpy(room, &standard, *ret_size = sizeof(standard));
		return status;
	}
	if (what != FilePositionInformation)
		return STATUS_INVALID_INFO_CLASS;
	if (size < sizeof(position))
		return STATUS_INFO_LENGTH_MISMATCH;
	status = nt_host_file_place(descriptor, -1, &position.CurrentByteOffset.QuadPart);
	if (NT_SUCCESS(status))
		memcpy(room, &position, *ret_size = sizeof(position));
	return status;
}

static NTSTATUS change(int descriptor, const void *from, ULONG size, FILE_INFORMATION_CLASS what)
{
	LARGE_INTEGER number;

	if (what != FilePositionInformation && what != FileEndOfFileInformation)
		return STATUS_INVALID_INFO_CLASS;
	if (size < sizeof(number))
		return STATUS_INFO_LENGTH_MISMATCH;
	memcpy(&number, from, sizeof(number));
	if (number.QuadPart < 0)
		return STATUS_INVALID_PARAMETER;
	return what == FilePositionInformation ?
		       nt_host_file_place(descriptor, number.QuadPart, &number.QuadPart) :
		       nt_host_file_resize(descriptor, number.QuadPart);
}

NTSTATUS NTAPI ZwQueryInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
				      PVOID FileInformation, ULONG Length,
				      FILE_INFORMATION_CLASS FileInformationClass)
{
	const struct nt_open_file *file;
	ULONG done = 0;
	void *object;
	NTSTATUS status = nt_handle_object(FileHandle, NT_OBJECT_OPEN_FILE, &object);

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!NT_SUCCESS(status))
		return status;
	file = object;
	status = file->device ? STATUS_INVALID_DEVICE_REQUEST :
				ask(file->descriptor, FileInformation, Length, FileInformationClass,
				    &done);
	ObfDereferenceObject(object);
	return conclude(status, done, IoStatusBlock, NULL);
}

NTSTATUS NTAPI ZwSetInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
				    PVOID FileInformation, ULONG Length,
				    FILE_INFORMATION_CLASS FileInformationClass)
{
	const struct nt_open_file *file;
	void *object;
	NTSTATUS status = nt_handle_object(FileHandle, NT_OBJECT_OPEN_FILE, &object);

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!NT_SUCCESS(status))
		return status;
	file = object;
	status = file->device ?
			 STATUS_INVALID_DEVICE_REQUEST :
			 change(file->descriptor, FileInformation, Length, FileInformationClass);
	ObfDereferenceObject(object);
	return conclude(status, 0, IoStatusBlock, NULL);
}
