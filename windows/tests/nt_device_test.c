/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Devices by their names, called from this process: buffered, direct, neither, read, write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <wdm_device.h>

#include "nt_runner.h"

#define NAME(text)                                                       \
	{                                                                \
		sizeof(text) - sizeof(WCHAR), sizeof(text), (PWCH)(text) \
	}
#define CODE(method) CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, method, FILE_ANY_ACCESS)

static UNICODE_STRING device_name = NAME(u"\\Device\\Echo");
static UNICODE_STRING link_name = NAME(u"\\DosDevices\\EchoLink");
static int opened, cleaned, closed;
static bool later, refuses;

static NTSTATUS finish(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS count(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);

	assert_non_null(location->FileObject);
	switch (location->MajorFunction) {
	case IRP_MJ_CREATE:
		if (refuses)
			return finish(irp, STATUS_ACCESS_DENIED, 0);
		opened++;
		location->FileObject->FsContext = &opened;
		break;
	case IRP_MJ_CLEANUP:
		cleaned++;
		break;
	default:
		assert_ptr_equal(location->FileObject->FsContext, &opened);
		closed++;
	}
	return finish(irp, STATUS_SUCCESS, 0);
}

/* Turns each byte of the input over, whatever the method. */
static NTSTATUS turn(PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
	const ULONG method =
		METHOD_FROM_CTL_CODE(location->Parameters.DeviceIoControl.IoControlCode);
	ULONG size = location->Parameters.DeviceIoControl.InputBufferLength;
	const ULONG room = location->Parameters.DeviceIoControl.OutputBufferLength;
	const unsigned char *from = irp->AssociatedIrp.SystemBuffer;
	unsigned char *to = irp->AssociatedIrp.SystemBuffer;

	if (method == METHOD_NEITHER) {
		from = location->Parameters.DeviceIoControl.Type3InputBuffer;
		to = irp->UserBuffer;
	} else if (method == METHOD_OUT_DIRECT) {
		to = MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority);
		assert_int_equal(MmGetMdlByteCount(irp->MdlAddress), room);
	}
	if (size > room)
		return finish(irp, STATUS_BUFFER_TOO_SMALL, 0);
	for (ULONG i = 0; i < size; i++)
		to[i] = (unsigned char)~from[i];
	return finish(irp, STATUS_SUCCESS, size);
}

static void turn_later(PVOID context)
{
	turn(context);
}

static NTSTATUS control(PDEVICE_OBJECT device, PIRP irp)
{
	HANDLE handle;

	if (!later)
		return turn(irp);
	IoMarkIrpPending(irp);
	assert_int_equal(PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, turn_later, irp),
			 STATUS_SUCCESS);
	ZwClose(handle);
	return STATUS_PENDING;
}

static NTSTATUS transfer(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);

	if (location->MajorFunction == IRP_MJ_READ)
		memset(irp->AssociatedIrp.SystemBuffer, 'r', location->Parameters.Read.Length);
	else
		assert_int_equal(*(char *)irp->AssociatedIrp.SystemBuffer, 'w');
	return finish(irp, STATUS_SUCCESS, location->Parameters.Read.Length);
}

static PDRIVER_OBJECT driver;
static PDEVICE_OBJECT device;

static int load(void **state)
{
	driver = nt_driver_object_new("echo");
	driver->MajorFunction[IRP_MJ_CREATE] = count;
	driver->MajorFunction[IRP_MJ_CLEANUP] = count;
	driver->MajorFunction[IRP_MJ_CLOSE] = count;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
	driver->MajorFunction[IRP_MJ_READ] = transfer;
	driver->MajorFunction[IRP_MJ_WRITE] = transfer;
	assert_int_equal(IoCreateDevice(driver, 16, &device_name, FILE_DEVICE_UNKNOWN, 0, FALSE,
					&device),
			 STATUS_SUCCESS);
	device->Flags |= DO_BUFFERED_IO;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	assert_int_equal(IoCreateSymbolicLink(&link_name, &device_name), STATUS_SUCCESS);
	return 0;
}

static int unload(void **state)
{
	IoDeleteSymbolicLink(&link_name);
	IoDeleteDevice(device);
	nt_driver_object_free(driver);
	return 0;
}

static struct nt_device_handle *open_echo(const char *name)
{
	struct nt_device_handle *handle = NULL;

	assert_int_equal(nt_device_open(name, GENERIC_READ | GENERIC_WRITE, &handle),
			 STATUS_SUCCESS);
	return handle;
}

static void device_has_its_extension_and_its_name(void **state)
{
	PDEVICE_OBJECT second;

	assert_non_null(device->DeviceExtension);
	assert_int_equal(*(long *)device->DeviceExtension, 0);
	assert_int_equal(IoCreateDevice(driver, 0, &device_name, FILE_DEVICE_UNKNOWN, 0, FALSE,
					&second),
			 STATUS_OBJECT_NAME_COLLISION);
	assert_int_equal(IoCreateSymbolicLink(&link_name, &device_name),
			 STATUS_OBJECT_NAME_COLLISION);
	assert_int_equal(driver->DriverName.Length, 12 * sizeof(WCHAR));
	assert_memory_equal(driver->DriverName.Buffer, u"\\Driver\\echo", 24);
}

static void device_is_opened_by_every_form_of_its_name(void **state)
{
	static const char *const names[] = {"\\\\.\\EchoLink",      "\\\\?\\EchoLink",
					    "\\??\\echolink",       "\\DosDevices\\EchoLink",
					    "\\GLOBAL??\\EchoLink", "\\Device\\Echo"};
	struct nt_device_handle *handle;

	opened = cleaned = closed = 0;
	for (size_t i = 0; i < 6; i++)
		nt_device_close(open_echo(names[i]));
	assert_int_equal(opened, 6);
	assert_int_equal(cleaned, 6);
	assert_int_equal(closed, 6);
	assert_int_equal(nt_device_open("\\\\.\\Other", 0, &handle), STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(nt_device_open("\\\\.\\Echo", 0, &handle), STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(nt_device_open("", 0, &handle), STATUS_OBJECT_NAME_NOT_FOUND);
	refuses = true;
	assert_int_equal(nt_device_open("\\\\.\\EchoLink", 0, &handle), STATUS_ACCESS_DENIED);
	refuses = false;
	assert_int_equal(closed, 6);
}

static void control_codes_of_every_method_carry_their_buffers(void **state)
{
	static const ULONG methods[] = {METHOD_BUFFERED, METHOD_OUT_DIRECT, METHOD_NEITHER};
	struct nt_device_handle *handle = open_echo("\\\\.\\EchoLink");

	for (size_t i = 0; i < 6; i++) {
		unsigned char input[] = {1, 2, 3}, output[5] = {9, 9, 9, 9, 9};
		ULONG size = 77;

		later = i >= 3;
		assert_int_equal(nt_device_control(handle, CODE(methods[i % 3]), input, 3, output,
						   5, &size),
				 STATUS_SUCCESS);
		assert_int_equal(size, 3);
		assert_memory_equal(output, "\xfe\xfd\xfc\x09\x09", 5);
		size = 77;
		assert_int_equal(nt_device_control(handle, CODE(methods[i % 3]), input, 3, output,
						   2, &size),
				 STATUS_BUFFER_TOO_SMALL);
		assert_int_equal(size, 0);
		assert_memory_equal(output, "\xfe\xfd\xfc\x09\x09", 5);
	}
	later = false;
	nt_device_close(handle);
}

static void function_without_a_routine_is_refused(void **state)
{
	PDRIVER_DISPATCH kept = driver->MajorFunction[IRP_MJ_SHUTDOWN];
	PDRIVER_OBJECT other = nt_driver_object_new("other");
	struct nt_device_handle *handle = open_echo("\\\\.\\EchoLink");
	ULONG size;

	assert_non_null(kept);
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = other->MajorFunction[IRP_MJ_DEVICE_CONTROL];
	assert_int_equal(nt_device_control(handle, CODE(METHOD_BUFFERED), NULL, 0, NULL, 0, &size),
			 STATUS_INVALID_DEVICE_REQUEST);
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
	nt_device_close(handle);
	nt_driver_object_free(other);
}

static void access_that_the_code_wants_must_be_there(void **state)
{
	struct nt_device_handle *handle;
	ULONG size;

	assert_int_equal(nt_device_open("\\\\.\\EchoLink", GENERIC_READ, &handle), STATUS_SUCCESS);
	assert_int_equal(nt_device_control(handle,
					   CTL_CODE(FILE_DEVICE_UNKNOWN, 1, METHOD_BUFFERED,
						    FILE_WRITE_ACCESS),
					   NULL, 0, NULL, 0, &size),
			 STATUS_ACCESS_DENIED);
	nt_device_close(handle);
}

static void bytes_are_read_and_written(void **state)
{
	struct nt_device_handle *handle = open_echo("\\\\.\\EchoLink");
	char bytes[4] = "wwww";
	ULONG size;

	assert_int_equal(nt_device_write(handle, bytes, 4, &size), STATUS_SUCCESS);
	assert_int_equal(size, 4);
	assert_int_equal(nt_device_read(handle, bytes, 4, &size), STATUS_SUCCESS);
	assert_memory_equal(bytes, "rrrr", 4);
	nt_device_close(handle);
}

static void device_outlives_its_deletion_while_it_is_open(void **state)
{
	UNICODE_STRING name = NAME(u"\\Device\\Brief");
	struct nt_device_handle *handle;
	PDEVICE_OBJECT brief;

	assert_int_equal(IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, TRUE, &brief),
			 STATUS_SUCCESS);
	handle = open_echo("\\Device\\Brief");
	/* It is exclusive. */
	assert_int_equal(nt_device_open("\\Device\\Brief", 0, &handle), STATUS_ACCESS_DENIED);
	IoDeleteDevice(brief);
	assert_int_equal(nt_device_open("\\Device\\Brief", 0, &handle),
			 STATUS_OBJECT_NAME_NOT_FOUND);
	nt_device_close(handle);
}

static void handle_is_a_device_until_it_is_closed(void **state)
{
	UNICODE_STRING name = NAME(u"\\\\.\\EchoLink");
	char bytes[2] = {1, 2};
	HANDLE file;
	ULONG size;

	closed = 0;
	assert_int_equal(nt_file_open(&name, GENERIC_READ, &file), STATUS_SUCCESS);
	assert_int_equal(nt_file_control(file, CODE(METHOD_BUFFERED), bytes, 2, bytes, 2, &size),
			 STATUS_SUCCESS);
	assert_int_equal(size, 2);
	assert_int_equal((unsigned char)bytes[1], 0xfd);
	assert_int_equal(nt_file_transfer(file, true, bytes, 2, &size), STATUS_SUCCESS);
	assert_int_equal(bytes[0], 'r');
	assert_int_equal(ZwClose(file), STATUS_SUCCESS);
	assert_int_equal(closed, 1);
	assert_int_equal(nt_file_transfer(file, true, bytes, 2, &size), STATUS_INVALID_HANDLE);
	assert_int_equal(ZwClose((HANDLE)5), STATUS_INVALID_HANDLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(device_has_its_extension_and_its_name),
		cmocka_unit_test(device_is_opened_by_every_form_of_its_name),
		cmocka_unit_test(control_codes_of_every_method_carry_their_buffers),
		cmocka_unit_test(function_without_a_routine_is_refused),
		cmocka_unit_test(access_that_the_code_wants_must_be_there),
		cmocka_unit_test(bytes_are_read_and_written),
		cmocka_unit_test(device_outlives_its_deletion_while_it_is_open),
		cmocka_unit_test(handle_is_a_device_until_it_is_closed),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
