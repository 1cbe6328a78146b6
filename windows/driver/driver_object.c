/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver_object.h"
#include "driver_options.h"
#include "nt_runner.h"

/* Of --exe. */
extern DRIVER_INITIALIZE DriverEntry __attribute__((weak));

int driver_built_in(void)
{
	return DriverEntry != NULL;
}

static void set_name(struct driver *driver, const char *path)
{
	const char *name = strrchr(path, '/');
	char *end;

	snprintf(driver->name, sizeof(driver->name), "%s", name ? name + 1 : path);
	end = strstr(driver->name, ".so");
	if (end && end != driver->name)
		*end = '\0';
}

static int make_object(struct driver *driver)
{
	char bytes[160];
	size_t length;

	driver->object = nt_driver_object_new(driver->name);
	if (!driver->object) {
		driver_say("%s: no memory", driver->name);
		return -1;
	}
	driver->object->DriverInit = driver->entry;
	length = (size_t)snprintf(bytes, sizeof(bytes),
				  "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\%s",
				  driver->name);
	for (size_t i = 0; i <= length; i++)
		driver->registry_text[i] = (unsigned char)bytes[i];
	driver->registry_path = (UNICODE_STRING){
		.Length = (USHORT)(length * sizeof(WCHAR)),
		.MaximumLength = (USHORT)((length + 1) * sizeof(WCHAR)),
		.Buffer = driver->registry_text,
	};
	return 0;
}

int driver_load(struct driver *driver, const char *path)
{
	char *real = NULL;

	if (!path) {
		set_name(driver, program_invocation_short_name);
		driver->entry = DriverEntry;
		return make_object(driver);
	}
	set_name(driver, path);
	/* Without a slash, dlopen() would look among the system's libraries. */
	real = realpath(path, NULL);
	if (!real) {
		driver_say("%s: %m", path);
		return -1;
	}
	driver->module = dlopen(real, RTLD_NOW | RTLD_LOCAL);
	free(real);
	if (!driver->module) {
		driver_say("%s", dlerror());
		return -1;
	}
	driver->entry = (PDRIVER_INITIALIZE)dlsym(driver->module, "DriverEntry");
	if (!driver->entry) {
		driver_say("%s: there is no DriverEntry in it", path);
		return -1;
	}
	return make_object(driver);
}

int driver_enter(struct driver *driver)
{
	NTSTATUS status = driver->entry(driver->object, &driver->registry_path);

	driver_say("%s: DriverEntry returned 0x%08x", driver->name, status);
	driver->entered = NT_SUCCESS(status);
	for (PDEVICE_OBJECT device = driver->object->DeviceObject; device;
	     device = device->NextDevice)
		device->Flags &= ~DO_DEVICE_INITIALIZING;
	return driver->entered ? 0 : -1;
}

int driver_leave(struct driver *driver)
{
	if (!driver->entered)
		return 0;
	if (!driver->object->DriverUnload) {
		driver_say("%s: it has no DriverUnload, and stays loaded to the end", driver->name);
		return -1;
	}
	driver->object->DriverUnload(driver->object);
	driver->entered = 0;
	if (driver->object->DeviceObject)
		driver_say("%s: it left a device behind", driver->name);
	nt_verify_unloaded(driver->name);
	driver_say("%s: unloaded", driver->name);
	return 0;
}

void driver_release(struct driver *driver)
{
	if (driver->object)
		nt_driver_object_free(driver->object);
	driver->object = NULL;
}
