/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "file_device.h"

#include <string.h>
#include <wdm.h>

#include "nt_runner.h"

int file_device_opened;
int file_device_closed;
int file_device_written;

static PDRIVER_OBJECT driver;
static WCHAR device_text[] = u"\\Device\\WhitherFile";
static WCHAR link_text[] = u"\\DosDevices\\WhitherFile";
static UNICODE_STRING device_name = RTL_CONSTANT_STRING(device_text);
static UNICODE_STRING link_name = RTL_CONSTANT_STRING(link_text);

static NTSTATUS complete(PIRP irp, NTSTATUS status, ULONG_PTR bytes)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = bytes;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS NTAPI dispatch(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION at = IoGetCurrentIrpStackLocation(irp);
	const ULONG in = at->Parameters.DeviceIoControl.InputBufferLength;
	const ULONG out = at->Parameters.DeviceIoControl.OutputBufferLength;
	UCHAR *bytes = irp->AssociatedIrp.SystemBuffer;

	switch (at->MajorFunction) {
	case IRP_MJ_CREATE:
		file_device_opened++;
		break;
	case IRP_MJ_CLOSE:
		file_device_closed++;
		break;
	case IRP_MJ_READ:
		memset(bytes, 'r', at->Parameters.Read.Length);
		return complete(irp, STATUS_SUCCESS, at->Parameters.Read.Length);
	case IRP_MJ_WRITE:
		file_device_written += (int)at->Parameters.Write.Length;
		return complete(irp, STATUS_SUCCESS, at->Parameters.Write.Length);
	case IRP_MJ_DEVICE_CONTROL:
		if (at->Parameters.DeviceIoControl.IoControlCode != 0x222000)
			return complete(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
		for (ULONG i = 0; i < in / 2; i++) {
			const UCHAR first = bytes[i];

			bytes[i] = bytes[in - 1 - i];
			bytes[in - 1 - i] = first;
		}
		if (out < in)
			return complete(irp, out ? STATUS_BUFFER_OVERFLOW : STATUS_BUFFER_TOO_SMALL,
					out);
		return complete(irp, STATUS_SUCCESS, in);
	default:
		break;
	}
	return complete(irp, STATUS_SUCCESS, 0);
}

void file_device_make(void)
{
	PDEVICE_OBJECT device;

	driver = nt_driver_object_new("file");
	for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		driver->MajorFunction[i] = dispatch;
	if (IoCreateDevice(driver, 0, &device_name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device))
		return;
	device->Flags |= DO_BUFFERED_IO;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	IoCreateSymbolicLink(&link_name, &device_name);
}

void file_device_remove(void)
{
	IoDeleteSymbolicLink(&link_name);
	nt_driver_object_free(driver);
	nt_stop_threads();
}
