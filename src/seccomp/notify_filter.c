/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "notify_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "abi_answer.h"

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE AUDIT_ARCH_RISCV64
#elif defined(__loongarch64)
#define NATIVE AUDIT_ARCH_LOONGARCH64
#else
#define NATIVE 0 /* not known: wh_notify_filter_install() refuses */
#endif

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

#define X32_BIT 0x40000000u
#define MPTCP 262
#define SMC 43 /* AF_SMC: connects by TCP itself */

/* The lower half of an argument: all of ours are int. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ARGUMENT(n) (offsetof(struct seccomp_data, args) + (n)*8ul)
#else
#define ARGUMENT(n) (offsetof(struct seccomp_data, args) + (n)*8ul + 4)
#endif

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))
#define ERROR(number) RETURN(SECCOMP_RET_ERRNO | (number))
#define SKIP_UNLESS(number, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, (count))
/* This call, whatever its arguments. */
#define ON(number, verdict) SKIP_UNLESS(number, 1), verdict
/* This call, if an argument is of this value; or has one of these bits. */
#define ON_VALUE(number, argument, value, verdict) \
	SKIP_UNLESS(number, 4), LOAD(ARGUMENT(argument)), SKIP_UNLESS(value, 1), verdict, ALLOW
#define ON_BITS(number, argument, bits, verdict)          \
	SKIP_UNLESS(number, 4), LOAD(ARGUMENT(argument)), \
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), 0, 1), verdict, ALLOW
/* socket() of this family; or of this protocol, whatever the family. */
#define ON_SOCKET(family, of_family, protocol, of_protocol)                               \
	SKIP_UNLESS(SYS_socket, 7), LOAD(ARGUMENT(0)), SKIP_UNLESS(family, 1), of_family, \
		LOAD(ARGUMENT(2)), SKIP_UNLESS(protocol, 1), of_protocol, ALLOW
#define ALLOW RETURN(SECCOMP_RET_ALLOW)
#define NOTIFY RETURN(SECCOMP_RET_USER_NOTIF)

/*
 * Beside connect(), data in a SYN connects, and so would io_uring: programs have to do without
 * where that is not supported, and they are told that it is not. A call of another ABI has
 * other numbers and could be any of them. Who changes its user is heard of, and goes on: else
 * its user would have to be asked for at each connect.
 */
static const struct sock_filter instructions[] = {
	LOAD(offsetof(struct seccomp_data, arch)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0),
	RETURN(SECCOMP_RET_KILL_PROCESS),
	LOAD(offsetof(struct seccomp_data, nr)),
#ifdef __x86_64__
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1),
	ERROR(ENOSYS),
#endif
	ON(SYS_connect, NOTIFY),
	ON(SYS_getpeername, NOTIFY),
	ON(SYS_listen, NOTIFY),
	ON(SYS_setuid, NOTIFY),
	ON(SYS_setgid, NOTIFY),
	ON(SYS_setreuid, NOTIFY),
	ON(SYS_setregid, NOTIFY),
	ON(SYS_setresuid, NOTIFY),
	ON(SYS_setresgid, NOTIFY),
	ON(SYS_setfsuid, NOTIFY),
	ON(SYS_setfsgid, NOTIFY),
	ON(SYS_io_uring_setup, ERROR(ENOSYS)),
	ON(SYS_io_uring_enter, ERROR(ENOSYS)),
	ON(SYS_io_uring_register, ERROR(ENOSYS)),
	ON_VALUE(SYS_getsockopt, 1, WH_LEVEL, NOTIFY),
	ON_VALUE(SYS_setsockopt, 1, WH_LEVEL, NOTIFY),
	ON_SOCKET(SMC, ERROR(EAFNOSUPPORT), MPTCP, ERROR(EPROTONOSUPPORT)),
	ON_BITS(SYS_sendto, 3, MSG_FASTOPEN, NOTIFY),
	ON_BITS(SYS_sendmsg, 2, MSG_FASTOPEN, NOTIFY),
	ON_BITS(SYS_sendmmsg, 3, MSG_FASTOPEN, NOTIFY),
	ALLOW,
};

int wh_notify_filter_install(void)
{
	const struct sock_fprog program = {
		.len = sizeof(instructions) / sizeof(instructions[0]),
		.filter = (struct sock_filter *)instructions,
	};
	long fd;

	if (!NATIVE)
		return -ENOSYS;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	/* Killable waits are of Linux 5.19: without them a signal makes a second connect. */
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		     SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
		     &program);
	if (fd < 0 && errno == EINVAL)
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
			     &program);
	return fd < 0 ? -errno : (int)fd;
}
