/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver_control.h"

/* An open device: what CreateFile would have made a handle of. */
struct opened {
	PDEVICE_OBJECT device;
	FILE_OBJECT *file;
	FILE_OBJECT own; /* where no name was given */
};

static NTSTATUS signal_event(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	KeSetEvent(context, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* IRP_MJ_CREATE and its like, which carry nothing. */
static NTSTATUS send_plain(struct opened *opened, UCHAR major)
{
	PIRP irp = IoAllocateIrp(opened->device->StackSize, FALSE);
	PIO_STACK_LOCATION location;
	NTSTATUS status;
	KEVENT done;

	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	KeInitializeEvent(&done, NotificationEvent, FALSE);
	location = IoGetNextIrpStackLocation(irp);
	location->MajorFunction = major;
	location->FileObject = opened->file;
	IoSetCompletionRoutine(irp, signal_event, &done, TRUE, TRUE, TRUE);
	IoCallDriver(opened->device, irp);
	KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
	status = irp->IoStatus.Status;
	IoFreeIrp(irp);
	return status;
}

static NTSTATUS open_first(struct opened *opened, struct driver *drivers, int count)
{
	for (int i = 0; i < count && !opened->device; i++)
		opened->device = drivers[i].object->DeviceObject;
	if (!opened->device)
		return STATUS_NO_SUCH_DEVICE;
	opened->own.Type = 5;
	opened->own.Size = sizeof(opened->own);
	opened->own.DeviceObject = opened->device;
	opened->file = &opened->own;
	return send_plain(opened, IRP_MJ_CREATE);
}

static NTSTATUS open_named(struct opened *opened, const char *name)
{
	static const char prefix[] = "\\DosDevices\\";
	WCHAR text[256];
	size_t length = 0;
	UNICODE_STRING string = {.Buffer = text};

	if (!strncmp(name, "\\\\.\\", 4))
		name += 4;
	if (strlen(name) + sizeof(prefix) > sizeof(text) / sizeof(*text))
		return STATUS_OBJECT_NAME_INVALID;
	for (const char *from = *name == '\\' ? "" : prefix; *from; from++)
		text[length++] = (unsigned char)*from;
	for (; *name; name++)
		text[length++] = (unsigned char)*name;
	string.Length = string.MaximumLength = (USHORT)(length * sizeof(*text));
	return IoGetDeviceObjectPointer(&string, FILE_ALL_ACCESS, &opened->file, &opened->device);
}

static void close_device(struct opened *opened)
{
	if (opened->file != &opened->own) {
		ObDereferenceObject(opened->file);
		return;
	}
	send_plain(opened, IRP_MJ_CLEANUP);
	send_plain(opened, IRP_MJ_CLOSE);
}

static NTSTATUS send_control(struct opened *opened, struct driver_control *control, void *output,
			     size_t capacity, size_t *ret_size)
{
	IO_STATUS_BLOCK status = {.Status = STATUS_UNSUCCESSFUL};
	NTSTATUS returned;
	KEVENT done;
	PIRP irp;

	KeInitializeEvent(&done, NotificationEvent, FALSE);
	irp = IoBuildDeviceIoControlRequest(control->code, opened->device, control->input,
					    (ULONG)control->size, output, (ULONG)capacity, FALSE,
					    &done, &status);
	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	IoGetNextIrpStackLocation(irp)->FileObject = opened->file;
	returned = IoCallDriver(opened->device, irp);
	if (returned == STATUS_PENDING) {
		KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
		returned = status.Status;
	}
	*ret_size = status.Information < capacity ? status.Information : capacity;
	return returned;
}

static void print_answer(uint32_t code, const unsigned char *bytes, size_t size)
{
	printf("0x%08x:", code);
	for (size_t i = 0; i < size; i++)
		printf("%s%02x", i % 4 ? "" : " ", bytes[i]);
	putchar('\n');
}

int driver_controls(const struct driver_options *options, struct driver *drivers, int count)
{
	struct opened opened = {0};
	unsigned char *output;
	NTSTATUS status;
	int failed = 0;

	if (!options->control_count)
		return 0;
	status = options->device ? open_named(&opened, options->device) :
				   open_first(&opened, drivers, count);
	if (!NT_SUCCESS(status)) {
		driver_say("%s: cannot be opened: 0x%08x",
			   options->device ? options->device : "the first device", status);
		return -1;
	}
	output = calloc(1, options->output_size + 1);
	for (int i = 0; output && i < options->control_count; i++) {
		struct driver_control control = options->controls[i];
		size_t size = 0;

		status = send_control(&opened, &control, output, options->output_size, &size);
		if (NT_SUCCESS(status)) {
			print_answer(control.code, output, size);
		} else {
			driver_say("--ioctl 0x%08x: 0x%08x", control.code, status);
			failed = -1;
		}
	}
	free(output);
	close_device(&opened);
	return failed;
}
