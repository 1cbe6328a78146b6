/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The kernel programs of whither, one object. A connection's way through them:
 *
 *	connect.bpf.h   connect() is decided, and its address rewritten
 *	flight.bpf.h    SYN to arrival: the record crosses to the accepted socket
 *	answer.bpf.h    the proxy asks the accepted socket
 *	relate.bpf.h    the proxy sets the records on its outbound socket
 *
 * and beside the way: SO_ORIGINAL_DST and getsockname() in original.bpf.h, getpeername() and
 * bind() in socket_name.bpf.h, the list of live connections in listing.bpf.h, the decisions as they
 * happen in events.bpf.h.
 */
#include "answer.bpf.h"
#include "connect.bpf.h"
#include "flight.bpf.h"
#include "listing.bpf.h"
#include "relate.bpf.h"
#include "socket_name.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
