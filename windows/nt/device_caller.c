/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The programs that call a driver from this process: open, control, read, write, close. */
#include <stdlib.h>
#include <string.h>

#include "device_name.h"
#include "host_file.h"
#include "nt_internal.h"
#include "nt_runner.h"
#include "open_file.h"
#include "utf_units.h"

#define LONGEST_NAME 256

struct nt_device_handle {
	PFILE_OBJECT file;
	PDEVICE_OBJECT device;
};

static NTSTATUS send_and_wait(PDEVICE_OBJECT device, PIRP irp, PFILE_OBJECT file, PKEVENT event,
			      PIO_STATUS_BLOCK result)
{
	NTSTATUS status;

	IoGetNextIrpStackLocation(irp)->FileObject = file;
	irp->Tail.Overlay.OriginalFileObject = file;
	irp->RequestorMode = UserMode;
	status = IoCallDriver(device, irp);
	if (status != STATUS_PENDING)
		return status;
	KeWaitForSingleObject(event, UserRequest, KernelMode, FALSE, NULL);
	return result->Status;
}

static NTSTATUS transfer(const struct nt_device_handle *handle, UCHAR major, void *buffer,
			 ULONG size, ULONG *ret_size)
{
	PDEVICE_OBJECT top = IoGetAttachedDevice(handle->device);
	LARGE_INTEGER start = {.QuadPart = 0};
	IO_STATUS_BLOCK result = {.Status = STATUS_SUCCESS};
	NTSTATUS status;
	KEVENT event;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildSynchronousFsdRequest(major, top, buffer, size, &start, &event, &result);
	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = send_and_wait(top, irp, handle->file, &event, &result);
	if (ret_size)
		*ret_size = NT_ERROR(status) ? 0 : (ULONG)result.Information;
	return status;
}

static bool widen(const char *name, WCHAR wide[LONGEST_NAME], UNICODE_STRING *ret_string)
{
	size_t left = strlen(name);
	size_t length = 0;
	uint32_t code;

	while (left && length + 2 <= LONGEST_NAME) {
		const size_t taken = nt_utf8_decode(name, left, &code);

		length += nt_utf16_encode(code, wide + length);
		name += taken;
		left -= taken;
	}
	*ret_string = (UNICODE_STRING){(USHORT)(length * sizeof(WCHAR)), LONGEST_NAME, wide};
	return !left;
}

NTSTATUS nt_device_open_wide(PCUNICODE_STRING name, ULONG access,
			     struct nt_device_handle **ret_handle)
{
	struct nt_device_handle *handle;
	PDEVICE_OBJECT device;
	NTSTATUS status = nt_device_name_find(name, &device);

	if (!NT_SUCCESS(status))
		return status;
	if (device->Flags & DO_EXCLUSIVE &&
	    __atomic_fetch_add(&device->ReferenceCount, 1, __ATOMIC_ACQ_REL) > 0) {
		__atomic_fetch_sub(&device->ReferenceCount, 1, __ATOMIC_ACQ_REL);
		ObfDereferenceObject(device);
		return STATUS_ACCESS_DENIED;
	}
	handle = calloc(1, sizeof(*handle));
	if (handle)
		handle->file = nt_object_new(NT_OBJECT_FILE, sizeof(FILE_OBJECT), NULL);
	if (!handle || !handle->file) {
		free(handle);
		ObfDereferenceObject(device);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	handle->device = device;
	handle->file->Type = IO_TYPE_FILE;
	handle->file->Size = sizeof(FILE_OBJECT);
	handle->file->DeviceObject = device;
	handle->file->ReadAccess = (access & (GENERIC_READ | GENERIC_ALL | FILE_READ_DATA)) != 0;
	handle->file->WriteAccess = (access & (GENERIC_WRITE | GENERIC_ALL | FILE_WRITE_DATA)) != 0;
	KeInitializeEvent(&handle->file->Event, NotificationEvent, FALSE);
	status = transfer(handle, IRP_MJ_CREATE, NULL, 0, NULL);
	if (!NT_SUCCESS(status)) {
		if (device->Flags & DO_EXCLUSIVE)
			__atomic_fetch_sub(&device->ReferenceCount, 1, __ATOMIC_ACQ_REL);
		ObfDereferenceObject(handle->file);
		ObfDereferenceObject(device);
		free(handle);
		return status;
	}
	*ret_handle = handle;
	return status;
}

NTSTATUS nt_device_open(const char *name, ULONG access, struct nt_device_handle **ret_handle)
{
	WCHAR wide[LONGEST_NAME];
	UNICODE_STRING string;

	if (!name || !widen(name, wide, &string))
		return STATUS_OBJECT_NAME_INVALID;
	return nt_device_open_wide(&string, access, ret_handle);
}

NTSTATUS nt_device_control(struct nt_device_handle *handle, ULONG code, const void *input,
			   ULONG input_size, void *output, ULONG output_size, ULONG *ret_size)
{
	PDEVICE_OBJECT top = IoGetAttachedDevice(handle->device);
	IO_STATUS_BLOCK result = {.Status = STATUS_SUCCESS};
	NTSTATUS status;
	KEVENT event;
	PIRP irp;

	/* The access that the code asks for. */
	if ((code >> 14 & FILE_READ_ACCESS && !handle->file->ReadAccess) ||
	    (code >> 14 & FILE_WRITE_ACCESS && !handle->file->WriteAccess))
		return STATUS_ACCESS_DENIED;
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildDeviceIoControlRequest(code, top, (void *)input, input_size, output,
					    output_size, FALSE, &event, &result);
	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = send_and_wait(top, irp, handle->file, &event, &result);
	if (ret_size)
		*ret_size = NT_ERROR(status) ? 0 : (ULONG)result.Information;
	return status;
}

NTSTATUS nt_device_read(struct nt_device_handle *handle, void *buffer, ULONG size, ULONG *ret_size)
{
	return transfer(handle, IRP_MJ_READ, buffer, size, ret_size);
}

NTSTATUS nt_device_write(struct nt_device_handle *handle, const void *buffer, ULONG size,
			 ULONG *ret_size)
{
	return transfer(handle, IRP_MJ_WRITE, (void *)buffer, size, ret_size);
}

void nt_device_close(struct nt_device_handle *handle)
{
	if (!handle)
		return;
	transfer(handle, IRP_MJ_CLEANUP, NULL, 0, NULL);
	transfer(handle, IRP_MJ_CLOSE, NULL, 0, NULL);
	if (handle->device->Flags & DO_EXCLUSIVE)
		__atomic_fetch_sub(&handle->device->ReferenceCount, 1, __ATOMIC_ACQ_REL);
	ObfDereferenceObject(handle->file);
	ObfDereferenceObject(handle->device);
	free(handle);
}

static void close_file(void *object)
{
	const struct nt_open_file *file = object;

	nt_device_close(file->device);
	if (file->descriptor >= 0)
		nt_host_file_close(file->descriptor);
}

struct nt_open_file *nt_open_file_new(void)
{
	struct nt_open_file *file = nt_object_new(NT_OBJECT_OPEN_FILE, sizeof(*file), close_file);

	if (file)
		file->descriptor = -1;
	return file;
}

NTSTATUS nt_file_open(PCUNICODE_STRING name, ULONG access, HANDLE *ret_file)
{
	struct nt_open_file *file = nt_open_file_new();
	NTSTATUS status;

	if (!file)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = nt_device_open_wide(name, access, &file->device);
	if (NT_SUCCESS(status))
		status = nt_handle_new(file, ret_file);
	if (!NT_SUCCESS(status))
		ObfDereferenceObject(file);
	return status;
}

/* A file that is a device's, to be dereferenced. */
static NTSTATUS hold_open_device(HANDLE handle, struct nt_open_file **ret_file)
{
	void *object;
	NTSTATUS status = nt_handle_object(handle, NT_OBJECT_OPEN_FILE, &object);

	if (!NT_SUCCESS(status))
		return status;
	if (!((struct nt_open_file *)object)->device) {
		ObfDereferenceObject(object);
		return STATUS_INVALID_DEVICE_REQUEST;
	}
	*ret_file = object;
	return STATUS_SUCCESS;
}

NTSTATUS nt_file_control(HANDLE file, ULONG code, const void *input, ULONG input_size, void *output,
			 ULONG output_size, ULONG *ret_size)
{
	struct nt_open_file *object;
	NTSTATUS status = hold_open_device(file, &object);

	if (!NT_SUCCESS(status))
		return status;
	status = nt_device_control(object->device, code, input, input_size, output, output_size,
				   ret_size);
	ObfDereferenceObject(object);
	return status;
}

NTSTATUS nt_file_transfer(HANDLE file, bool reads, void *buffer, ULONG size, ULONG *ret_size)
{
	struct nt_open_file *object;
	NTSTATUS status = hold_open_device(file, &object);

	if (!NT_SUCCESS(status))
		return status;
	status = transfer(object->device, reads ? IRP_MJ_READ : IRP_MJ_WRITE, buffer, size,
			  ret_size);
	ObfDereferenceObject(object);
	return status;
}

NTSTATUS NTAPI IoGetDeviceObjectPointer(PUNICODE_STRING ObjectName, ACCESS_MASK DesiredAccess,
					PFILE_OBJECT *FileObject, PDEVICE_OBJECT *DeviceObject)
{
	PDEVICE_OBJECT device;
	PFILE_OBJECT file;
	NTSTATUS status = nt_device_name_find(ObjectName, &device);

	if (!NT_SUCCESS(status))
		return status;
	file = nt_object_new(NT_OBJECT_FILE, sizeof(*file), NULL);
	ObfDereferenceObject(device);
	if (!file)
		return STATUS_INSUFFICIENT_RESOURCES;
	file->Type = IO_TYPE_FILE;
	file->Size = sizeof(*file);
	file->DeviceObject = device;
	*FileObject = file;
	*DeviceObject = IoGetAttachedDevice(device);
	return STATUS_SUCCESS;
}
