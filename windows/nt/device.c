/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Driver and device objects, and the stacks that devices stand in. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "device_name.h"
#include "nt_internal.h"
#include "nt_runner.h"
#include "registry_tree.h"
#include "verifier.h"

/* Over all lists of devices, stacks and extensions. */
static KSPIN_LOCK lock;

struct extension {
	struct extension *next;
	void *key;
	max_align_t data[];
};

struct driver {
	DRIVER_OBJECT object;
	DRIVER_EXTENSION extension;
	struct extension *extensions;
	WCHAR name[64];
};

static NTSTATUS refuse(PDEVICE_OBJECT device, PIRP irp)
{
	irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_INVALID_DEVICE_REQUEST;
}

static void destroy_driver(void *object)
{
	struct driver *driver = object;

	while (driver->extensions) {
		struct extension *next = driver->extensions->next;

		free(driver->extensions);
		driver->extensions = next;
	}
}

/* The key that DriverEntry is told of. Without memory, the driver finds none. */
static void make_service_key(const char *name)
{
	char path[160];
	WCHAR wide[160];
	int length = snprintf(path, sizeof(path),
			      "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\%s", name);

	for (int i = 0; i < length && i < (int)sizeof(path); i++)
		wide[i] = (unsigned char)path[i];
	nt_registry_lock();
	if (length < (int)sizeof(path))
		nt_key_ensure(wide, (size_t)length * sizeof(WCHAR));
	nt_registry_unlock();
}

PDRIVER_OBJECT nt_driver_object_new(const char *name)
{
	struct driver *driver = nt_object_new(NT_OBJECT_DRIVER, sizeof(*driver), destroy_driver);
	char path[64];
	int length = snprintf(path, sizeof(path), "\\Driver\\%s", name);

	if (!driver)
		return NULL;
	if (length > (int)sizeof(path) - 1)
		length = sizeof(path) - 1;
	for (int i = 0; i < length; i++)
		driver->name[i] = (unsigned char)path[i];
	driver->object.Type = IO_TYPE_DRIVER;
	driver->object.Size = sizeof(driver->object);
	driver->object.DriverName =
		(UNICODE_STRING){(USHORT)(length * 2), sizeof(driver->name), driver->name};
	driver->object.DriverExtension = &driver->extension;
	driver->extension.DriverObject = &driver->object;
	for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		driver->object.MajorFunction[i] = refuse;
	make_service_key(name);
	return &driver->object;
}

void nt_driver_object_free(PDRIVER_OBJECT driver)
{
	if (!driver)
		return;
	while (driver->DeviceObject)
		IoDeleteDevice(driver->DeviceObject);
	ObfDereferenceObject(driver);
}

NTSTATUS NTAPI IoAllocateDriverObjectExtension(PDRIVER_OBJECT DriverObject,
					       PVOID ClientIdentificationAddress,
					       ULONG DriverObjectExtensionSize,
					       PVOID *DriverObjectExtension)
{
	struct driver *driver = CONTAINING_RECORD(DriverObject, struct driver, object);
	struct extension *extension;
	KIRQL irql;

	if (IoGetDriverObjectExtension(DriverObject, ClientIdentificationAddress))
		return STATUS_OBJECT_NAME_COLLISION;
	extension = calloc(1, sizeof(*extension) + DriverObjectExtensionSize);
	if (!extension)
		return STATUS_INSUFFICIENT_RESOURCES;
	extension->key = ClientIdentificationAddress;
	irql = KeAcquireSpinLockRaiseToDpc(&lock);
	extension->next = driver->extensions;
	driver->extensions = extension;
	KeReleaseSpinLock(&lock, irql);
	*DriverObjectExtension = extension->data;
	return STATUS_SUCCESS;
}

PVOID NTAPI IoGetDriverObjectExtension(PDRIVER_OBJECT DriverObject,
				       PVOID ClientIdentificationAddress)
{
	struct extension *extension;
	KIRQL irql = KeAcquireSpinLockRaiseToDpc(&lock);

	extension = CONTAINING_RECORD(DriverObject, struct driver, object)->extensions;
	while (extension && extension->key != ClientIdentificationAddress)
		extension = extension->next;
	KeReleaseSpinLock(&lock, irql);
	return extension ? extension->data : NULL;
}

NTSTATUS NTAPI IoCreateDevice(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
			      PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
			      ULONG DeviceCharacteristics, BOOLEAN Exclusive,
			      PDEVICE_OBJECT *DeviceObject)
{
	PDEVICE_OBJECT device;
	NTSTATUS status;
	KIRQL irql;

	NT_MAX_IRQL(APC_LEVEL);
	device = nt_fault(__func__, sizeof(*device) + DeviceExtensionSize, 'iveD') ?
			 NULL :
			 nt_object_new(NT_OBJECT_DEVICE, sizeof(*device) + DeviceExtensionSize,
				       NULL);
	if (!device)
		return STATUS_INSUFFICIENT_RESOURCES;
	device->Type = IO_TYPE_DEVICE;
	device->Size = (USHORT)(sizeof(*device) + DeviceExtensionSize);
	device->DriverObject = DriverObject;
	device->DeviceExtension = DeviceExtensionSize ? device + 1 : NULL;
	device->DeviceType = DeviceType;
	device->Characteristics = DeviceCharacteristics;
	device->Flags = DO_DEVICE_INITIALIZING | (Exclusive ? DO_EXCLUSIVE : 0);
	device->StackSize = 1;
	if (DeviceName && DeviceName->Length) {
		status = nt_device_name_add(DeviceName, device);
		if (!NT_SUCCESS(status)) {
			ObfDereferenceObject(device);
			return status;
		}
	}
	irql = KeAcquireSpinLockRaiseToDpc(&lock);
	device->NextDevice = DriverObject->DeviceObject;
	DriverObject->DeviceObject = device;
	KeReleaseSpinLock(&lock, irql);
	*DeviceObject = device;
	return STATUS_SUCCESS;
}

/* NOLINTNEXTLINE(readability-function-size): the parameters that Windows gave it. */
NTSTATUS NTAPI IoCreateDeviceSecure(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
				    PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
				    ULONG DeviceCharacteristics, BOOLEAN Exclusive,
				    PCUNICODE_STRING DefaultSDDLString, LPCGUID DeviceClassGuid,
				    PDEVICE_OBJECT *DeviceObject)
{
	return IoCreateDevice(DriverObject, DeviceExtensionSize, DeviceName, DeviceType,
			      DeviceCharacteristics, Exclusive, DeviceObject);
}

void NTAPI IoDeleteDevice(PDEVICE_OBJECT DeviceObject)
{
	PDEVICE_OBJECT *link;
	KIRQL irql;

	NT_MAX_IRQL(APC_LEVEL);
	nt_device_name_remove(DeviceObject);
	irql = KeAcquireSpinLockRaiseToDpc(&lock);
	link = &DeviceObject->DriverObject->DeviceObject;
	while (*link && *link != DeviceObject)
		link = &(*link)->NextDevice;
	if (*link)
		*link = DeviceObject->NextDevice;
	KeReleaseSpinLock(&lock, irql);
	ObfDereferenceObject(DeviceObject);
}

static PDEVICE_OBJECT top_of(PDEVICE_OBJECT device)
{
	while (device->AttachedDevice)
		device = device->AttachedDevice;
	return device;
}

PDEVICE_OBJECT NTAPI IoGetAttachedDevice(PDEVICE_OBJECT DeviceObject)
{
	KIRQL irql = KeAcquireSpinLockRaiseToDpc(&lock);
	PDEVICE_OBJECT top = top_of(DeviceObject);

	KeReleaseSpinLock(&lock, irql);
	return top;
}

PDEVICE_OBJECT NTAPI IoGetAttachedDeviceReference(PDEVICE_OBJECT DeviceObject)
{
	KIRQL irql = KeAcquireSpinLockRaiseToDpc(&lock);
	PDEVICE_OBJECT top = top_of(DeviceObject);

	ObfReferenceObject(top);
	KeReleaseSpinLock(&lock, irql);
	return top;
}

PDEVICE_OBJECT NTAPI IoAttachDeviceToDeviceStack(PDEVICE_OBJECT Source, PDEVICE_OBJECT Target)
{
	KIRQL irql = KeAcquireSpinLockRaiseToDpc(&lock);
	PDEVICE_OBJECT top = top_of(Target);

	top->AttachedDevice = Source;
	Source->StackSize = (CCHAR)(top->StackSize + 1);
	KeReleaseSpinLock(&lock, irql);
	return top;
}

NTSTATUS NTAPI IoAttachDevice(PDEVICE_OBJECT SourceDevice, PUNICODE_STRING TargetDevice,
			      PDEVICE_OBJECT *AttachedDevice)
{
	PDEVICE_OBJECT device;
	NTSTATUS status = nt_device_name_find(TargetDevice, &device);

	if (!NT_SUCCESS(status))
		return status;
	*AttachedDevice = IoAttachDeviceToDeviceStack(SourceDevice, device);
	ObfDereferenceObject(device);
	return STATUS_SUCCESS;
}

/* TargetDevice: the lower of the two. */
void NTAPI IoDetachDevice(PDEVICE_OBJECT TargetDevice)
{
	KIRQL irql = KeAcquireSpinLockRaiseToDpc(&lock);

	TargetDevice->AttachedDevice = NULL;
	KeReleaseSpinLock(&lock, irql);
}

PDEVICE_OBJECT NTAPI IoGetRelatedDeviceObject(PFILE_OBJECT FileObject)
{
	return IoGetAttachedDevice(FileObject->DeviceObject);
}

/* The program's end is no shutdown that a driver would hear of. */
NTSTATUS NTAPI IoRegisterShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
	DeviceObject->Flags |= DO_SHUTDOWN_REGISTERED;
	return STATUS_SUCCESS;
}

void NTAPI IoUnregisterShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
	DeviceObject->Flags &= ~DO_SHUTDOWN_REGISTERED;
}

/* What IoCreateDeviceSecure() may be given; nobody reads it. */
#define SDDL(text)                                                       \
	{                                                                \
		sizeof(text) - sizeof(WCHAR), sizeof(text), (PWCH)(text) \
	}
const UNICODE_STRING SDDL_DEVOBJ_KERNEL_ONLY = SDDL(u"D:P");
const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL = SDDL(u"D:P(A;;GA;;;SY)");
const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_ALL = SDDL(u"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R =
	SDDL(u"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)");
const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R =
	SDDL(u"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGW;;;WD)(A;;GR;;;RC)");
const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX =
	SDDL(u"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGWGX;;;WD)(A;;GRGWGX;;;RC)");
