/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* The I/O request packet and what is done with it; devices are in wdm_device.h. */
#ifndef WHITHER_WDM_IRP_H
#define WHITHER_WDM_IRP_H

#include <wdm_memory.h>
#include <wdm_thread.h>

#pragma GCC visibility push(default)
WHITHER_BEGIN_C

typedef struct _DEVICE_OBJECT DEVICE_OBJECT, *PDEVICE_OBJECT;
typedef struct _DRIVER_OBJECT DRIVER_OBJECT, *PDRIVER_OBJECT;
typedef struct _FILE_OBJECT FILE_OBJECT, *PFILE_OBJECT;
typedef struct _IRP IRP, *PIRP;

typedef struct _IO_STATUS_BLOCK {
	union {
		NTSTATUS Status;
		PVOID Pointer;
	};
	ULONG_PTR Information;
} IO_STATUS_BLOCK, *PIO_STATUS_BLOCK;

typedef NTSTATUS NTAPI IO_COMPLETION_ROUTINE(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context);
typedef IO_COMPLETION_ROUTINE *PIO_COMPLETION_ROUTINE;
typedef VOID NTAPI DRIVER_CANCEL(PDEVICE_OBJECT DeviceObject, PIRP Irp);
typedef DRIVER_CANCEL *PDRIVER_CANCEL;
typedef VOID NTAPI IO_APC_ROUTINE(PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, ULONG Reserved);
typedef IO_APC_ROUTINE *PIO_APC_ROUTINE;

typedef struct _KAPC {
	UCHAR Type;
	UCHAR SpareByte0;
	UCHAR Size;
	UCHAR SpareByte1;
	ULONG SpareLong0;
	PKTHREAD Thread;
	LIST_ENTRY ApcListEntry;
	PVOID Reserved[3];
	PVOID NormalContext;
	PVOID SystemArgument1;
	PVOID SystemArgument2;
	CCHAR ApcStateIndex;
	KPROCESSOR_MODE ApcMode;
	BOOLEAN Inserted;
} KAPC, *PKAPC, *PRKAPC;

typedef struct _KDEVICE_QUEUE_ENTRY {
	LIST_ENTRY DeviceListEntry;
	ULONG SortKey;
	BOOLEAN Inserted;
} KDEVICE_QUEUE_ENTRY, *PKDEVICE_QUEUE_ENTRY;

/* What else the union of Parameters holds on Windows is not declared: nobody here could fill it. */
typedef struct _IO_STACK_LOCATION {
	UCHAR MajorFunction;
	UCHAR MinorFunction;
	UCHAR Flags;
	UCHAR Control;
	union {
		struct {
			PVOID SecurityContext;
			ULONG Options;
			USHORT __attribute__((__aligned__(8))) FileAttributes;
			USHORT ShareAccess;
			ULONG __attribute__((__aligned__(8))) EaLength;
		} Create;
		struct {
			ULONG Length;
			ULONG __attribute__((__aligned__(8))) Key;
			LARGE_INTEGER ByteOffset;
		} Read;
		struct {
			ULONG Length;
			ULONG __attribute__((__aligned__(8))) Key;
			LARGE_INTEGER ByteOffset;
		} Write;
		struct {
			ULONG OutputBufferLength;
			ULONG __attribute__((__aligned__(8))) InputBufferLength;
			ULONG __attribute__((__aligned__(8))) IoControlCode;
			PVOID Type3InputBuffer;
		} DeviceIoControl;
		struct {
			ULONG Length;
			ULONG __attribute__((__aligned__(8))) FileInformationClass;
		} QueryFile;
		struct {
			PVOID Argument1;
			PVOID Argument2;
			PVOID Argument3;
			PVOID Argument4;
		} Others;
	} Parameters;
	PDEVICE_OBJECT DeviceObject;
	PFILE_OBJECT FileObject;
	PIO_COMPLETION_ROUTINE CompletionRoutine;
	PVOID Context;
} IO_STACK_LOCATION, *PIO_STACK_LOCATION;

struct DECLSPEC_ALIGN(16) _IRP {
	CSHORT Type;
	USHORT Size;
	USHORT AllocationProcessorNumber;
	USHORT Reserved;
	PMDL MdlAddress;
	ULONG Flags;
	union {
		PIRP MasterIrp;
		volatile LONG IrpCount;
		PVOID SystemBuffer;
	} AssociatedIrp;
	LIST_ENTRY ThreadListEntry;
	IO_STATUS_BLOCK IoStatus;
	KPROCESSOR_MODE RequestorMode;
	BOOLEAN PendingReturned;
	CHAR StackCount;
	CHAR CurrentLocation;
	BOOLEAN Cancel;
	KIRQL CancelIrql;
	CCHAR ApcEnvironment;
	UCHAR AllocationFlags;
	PIO_STATUS_BLOCK UserIosb;
	PKEVENT UserEvent;
	union {
		struct {
			PIO_APC_ROUTINE UserApcRoutine;
			PVOID UserApcContext;
		} AsynchronousParameters;
		LARGE_INTEGER AllocationSize;
	} Overlay;
	volatile PDRIVER_CANCEL CancelRoutine;
	PVOID UserBuffer;
	union {
		struct {
			union {
				KDEVICE_QUEUE_ENTRY DeviceQueueEntry;
				PVOID DriverContext[4];
			};
			PETHREAD Thread;
			PCHAR AuxiliaryBuffer;
			struct {
				LIST_ENTRY ListEntry;
				union {
					PIO_STACK_LOCATION CurrentStackLocation;
					ULONG PacketType;
				};
			};
			PFILE_OBJECT OriginalFileObject;
			PVOID IrpExtension;
		} Overlay;
		KAPC Apc;
		PVOID CompletionKey;
	} Tail;
};

#define IO_TYPE_IRP 6
#define IRP_NOCACHE 0x1
#define IRP_SYNCHRONOUS_API 0x4
#define IRP_CREATE_OPERATION 0x80
#define IRP_ASSOCIATED_IRP 0x8
#define IRP_BUFFERED_IO 0x10
#define IRP_DEALLOCATE_BUFFER 0x20
#define IRP_INPUT_OPERATION 0x40
#define IRP_CLOSE_OPERATION 0x400

#define SL_PENDING_RETURNED 0x01
#define SL_ERROR_RETURNED 0x02
#define SL_INVOKE_ON_CANCEL 0x20
#define SL_INVOKE_ON_SUCCESS 0x40
#define SL_INVOKE_ON_ERROR 0x80

#define IO_NO_INCREMENT 0
#define IO_CD_ROM_INCREMENT 1
#define IO_DISK_INCREMENT 1
#define IO_NETWORK_INCREMENT 2
#define IO_NAMED_PIPE_INCREMENT 2
#define EVENT_INCREMENT 1
#define SEMAPHORE_INCREMENT 1

#define IRP_MJ_CREATE 0x00
#define IRP_MJ_CREATE_NAMED_PIPE 0x01
#define IRP_MJ_CLOSE 0x02
#define IRP_MJ_READ 0x03
#define IRP_MJ_WRITE 0x04
#define IRP_MJ_QUERY_INFORMATION 0x05
#define IRP_MJ_SET_INFORMATION 0x06
#define IRP_MJ_QUERY_EA 0x07
#define IRP_MJ_SET_EA 0x08
#define IRP_MJ_FLUSH_BUFFERS 0x09
#define IRP_MJ_QUERY_VOLUME_INFORMATION 0x0a
#define IRP_MJ_SET_VOLUME_INFORMATION 0x0b
#define IRP_MJ_DIRECTORY_CONTROL 0x0c
#define IRP_MJ_FILE_SYSTEM_CONTROL 0x0d
#define IRP_MJ_DEVICE_CONTROL 0x0e
#define IRP_MJ_INTERNAL_DEVICE_CONTROL 0x0f
#define IRP_MJ_SCSI 0x0f
#define IRP_MJ_SHUTDOWN 0x10
#define IRP_MJ_LOCK_CONTROL 0x11
#define IRP_MJ_CLEANUP 0x12
#define IRP_MJ_CREATE_MAILSLOT 0x13
#define IRP_MJ_QUERY_SECURITY 0x14
#define IRP_MJ_SET_SECURITY 0x15
#define IRP_MJ_POWER 0x16
#define IRP_MJ_SYSTEM_CONTROL 0x17
#define IRP_MJ_DEVICE_CHANGE 0x18
#define IRP_MJ_QUERY_QUOTA 0x19
#define IRP_MJ_SET_QUOTA 0x1a
#define IRP_MJ_PNP 0x1b
#define IRP_MJ_MAXIMUM_FUNCTION 0x1b

#define IoSizeOfIrp(count) ((USHORT)(sizeof(IRP) + ((count) * (sizeof(IO_STACK_LOCATION)))))

PIRP NTAPI IoAllocateIrp(CCHAR StackSize, BOOLEAN ChargeQuota);
PIRP NTAPI IoAllocateIrpEx(PDEVICE_OBJECT DeviceObject, CCHAR StackSize, BOOLEAN ChargeQuota);
/* In memory of the caller's, of IoSizeOfIrp(StackSize) bytes; nothing outside of it is used. */
VOID NTAPI IoInitializeIrp(PIRP Irp, USHORT PacketSize, CCHAR StackSize);
VOID NTAPI IoReuseIrp(PIRP Irp, NTSTATUS Status);
VOID NTAPI IoFreeIrp(PIRP Irp);
VOID NTAPI IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost);
NTSTATUS NTAPI IofCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp);
BOOLEAN NTAPI IoCancelIrp(PIRP Irp);
VOID NTAPI IoAcquireCancelSpinLock(PKIRQL Irql);
VOID NTAPI IoReleaseCancelSpinLock(KIRQL Irql);
PDRIVER_CANCEL NTAPI IoSetCancelRoutine(PIRP Irp, PDRIVER_CANCEL CancelRoutine);
VOID NTAPI IoMarkIrpPending(PIRP Irp);
VOID NTAPI IoSetCompletionRoutine(PIRP Irp, PIO_COMPLETION_ROUTINE CompletionRoutine, PVOID Context,
				  BOOLEAN InvokeOnSuccess, BOOLEAN InvokeOnError,
				  BOOLEAN InvokeOnCancel);
NTSTATUS NTAPI IoSetCompletionRoutineEx(PDEVICE_OBJECT DeviceObject, PIRP Irp,
					PIO_COMPLETION_ROUTINE CompletionRoutine, PVOID Context,
					BOOLEAN InvokeOnSuccess, BOOLEAN InvokeOnError,
					BOOLEAN InvokeOnCancel);
#define IoCompleteRequest(irp, boost) IofCompleteRequest(irp, boost)
#define IoCallDriver(device, irp) IofCallDriver(device, irp)

#define IoGetCurrentIrpStackLocation(irp) ((irp)->Tail.Overlay.CurrentStackLocation)
#define IoGetNextIrpStackLocation(irp) ((irp)->Tail.Overlay.CurrentStackLocation - 1)

WHITHER_INLINE VOID IoSetNextIrpStackLocation(PIRP irp)
{
	irp->CurrentLocation--;
	irp->Tail.Overlay.CurrentStackLocation--;
}

WHITHER_INLINE VOID IoSkipCurrentIrpStackLocation(PIRP irp)
{
	irp->CurrentLocation++;
	irp->Tail.Overlay.CurrentStackLocation++;
}

/* All but the completion routine and its context. */
WHITHER_INLINE VOID IoCopyCurrentIrpStackLocationToNext(PIRP irp)
{
	PIO_STACK_LOCATION current = IoGetCurrentIrpStackLocation(irp);
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);

	__builtin_memcpy(next, current, __builtin_offsetof(IO_STACK_LOCATION, CompletionRoutine));
	next->Control = 0;
}

/* Synchronous and asynchronous requests to a device. The first two belong to the I/O manager. */
PIRP NTAPI IoBuildDeviceIoControlRequest(ULONG IoControlCode, PDEVICE_OBJECT DeviceObject,
					 PVOID InputBuffer, ULONG InputBufferLength,
					 PVOID OutputBuffer, ULONG OutputBufferLength,
					 BOOLEAN InternalDeviceIoControl, PKEVENT Event,
					 PIO_STATUS_BLOCK IoStatusBlock);
PIRP NTAPI IoBuildSynchronousFsdRequest(ULONG MajorFunction, PDEVICE_OBJECT DeviceObject,
					PVOID Buffer, ULONG Length, PLARGE_INTEGER StartingOffset,
					PKEVENT Event, PIO_STATUS_BLOCK IoStatusBlock);
PIRP NTAPI IoBuildAsynchronousFsdRequest(ULONG MajorFunction, PDEVICE_OBJECT DeviceObject,
					 PVOID Buffer, ULONG Length, PLARGE_INTEGER StartingOffset,
					 PIO_STATUS_BLOCK IoStatusBlock);

PMDL NTAPI IoAllocateMdl(PVOID VirtualAddress, ULONG Length, BOOLEAN SecondaryBuffer,
			 BOOLEAN ChargeQuota, PIRP Irp);
VOID NTAPI IoFreeMdl(PMDL Mdl);
VOID NTAPI IoBuildPartialMdl(PMDL SourceMdl, PMDL TargetMdl, PVOID VirtualAddress, ULONG Length);

WHITHER_STATIC_ASSERT(sizeof(IO_STATUS_BLOCK) == 16 && sizeof(KAPC) == 88);
WHITHER_STATIC_ASSERT(sizeof(IO_STACK_LOCATION) == 72);
WHITHER_STATIC_ASSERT(__builtin_offsetof(IO_STACK_LOCATION, DeviceObject) == 40);
WHITHER_STATIC_ASSERT(sizeof(IRP) == 208 && __builtin_offsetof(IRP, IoStatus) == 48);
WHITHER_STATIC_ASSERT(__builtin_offsetof(IRP, CancelRoutine) == 104);
WHITHER_STATIC_ASSERT(__builtin_offsetof(IRP, Tail) == 120);

WHITHER_END_C
#pragma GCC visibility pop

#endif
