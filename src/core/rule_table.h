/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * The rules of all active rule sets, compiled into one immutable table.
 *
 * User space sorts and the kernel only walks: rule[] holds the blocking filters, then the
 * permitting ones, then the redirectors in chain order, so the first rule that matches decides.
 * The table says everything about itself (names, sets, texts), so that the next verb can read
 * it back, replace one set and swap the whole: there is no second copy to disagree with.
 *
 * A rule's conditions are a run of tests. Tests of one kind are alternatives and stand
 * together; different kinds must all match. A test that matches leads to the first test of the
 * next kind (.next); the last alternative of a kind that does not match ends the rule.
 */
#ifndef WH_RULE_TABLE_H
#define WH_RULE_TABLE_H

#include "base_types.h"
#include "inet_address.h"
#include "record_layout.h"
#include "slot_set.h"

#define WH_NAME_SIZE 32 /* of sets, redirectors and filters, with the final NUL */

/* Of one set. */
#define WH_SET_REDIRECTORS_MAX 64
#define WH_SET_FILTERS_MAX 256
#define WH_LIST_MAX 64 /* alternatives in one condition */

/* Of all sets together. Powers of two: an index is masked before it is used. */
#define WH_SETS_MAX 128
#define WH_REDIRECTORS_MAX WH_SLOTS
#define WH_FILTERS_MAX 1024
#define WH_RULES_MAX 2048 /* at least redirectors + filters */
#define WH_TESTS_MAX 8192
#define WH_TEXT_SIZE (256 * 1024)

#define WH_CGROUP_LEVELS 16 /* deepest cgroup that a rule can name, the root being level 0 */

#define WH_CONTEXT_MAX 1024 /* bytes */

/* The ids of a cgroup and its ancestors, by level; 0 below its own. */
struct wh_cgroup_path {
	__u64 id[WH_CGROUP_LEVELS];
};

/* In the order in which they are tested: cheap and selective first. */
enum wh_test_kind {
	WH_TEST_NETNS = 1,       /* id: cookie of the socket's namespace; 0: any of this host's */
	WH_TEST_REMOTE_PORT = 2, /* low to high, host order */
	WH_TEST_REMOTE_ADDRESS = 3, /* address, mask */
	WH_TEST_USER = 4,           /* number: uid */
	WH_TEST_EXE = 5,            /* id: inode, number: device */
	WH_TEST_CGROUP = 6,         /* id: cgroup, number: its level */
};

struct wh_test {
	__u8 kind; /* WH_TEST_* */
	__u8 bits; /* prefix length in 128; mask says the same */
	__u8 last; /* 1: the last alternative of its kind */
	__u8 reserved;
	__u16 next; /* index of the first test of the next kind, or the rule's end */
	__u16 low, high;
	__u16 reserved2[3];
	union {
		struct {
			struct wh_address address;
			struct wh_address mask;
		};
		struct {
			__u64 id;
			__u32 number;
			__u32 reserved3;
		};
	};
};

enum wh_rule_kind {
	WH_RULE_BLOCK = 1,
	WH_RULE_PERMIT = 2,
	WH_RULE_REDIRECT = 3,
};

struct wh_rule {
	__u16 kind;  /* WH_RULE_* */
	__u16 index; /* into filter[] or redirector[] */
	__u16 first; /* its first test */
	__u16 end;   /* one past its last */
};

enum wh_owner_flags {
	WH_OWNER_USER = 1 << 0,
	WH_OWNER_EXE = 1 << 1,
	WH_OWNER_CGROUP = 1 << 2,
	WH_OWNER_LISTEN_USER = 1 << 3, /* listen_uid may bind and listen besides the owner */
};
#define WH_OWNER_STATED (WH_OWNER_USER | WH_OWNER_EXE | WH_OWNER_CGROUP)

/* Which processes are the redirector's. What is stated must match, all of it; when nothing is
 * stated the kernel learns who calls listen() on the redirector's address. */
struct wh_owner {
	__u32 flags; /* WH_OWNER_* */
	__u32 uid;
	__u32 listen_uid;
	__u32 executable_device;
	__u64 executable_inode;
	__u64 cgroup;
	__u32 cgroup_level;
	__u32 reserved;
};

enum wh_redirector_flags {
	WH_WHEN_ABSENT_PERMIT = 1 << 0,
	WH_LOCAL_ADDRESS_PROXY = 1 << 1, /* getsockname() tells the proxy its own address */
	/* It takes connects of other namespaces than the one in which it listens. */
	WH_REDIRECTOR_ABROAD = 1 << 2,
};

/* A range of addresses, see spread_address.h. host_bits 0: none. */
struct wh_spread {
	struct wh_address prefix;
	struct wh_address mask;
	__u16 bits;      /* prefix length in 128 */
	__u16 host_bits; /* of the addresses that are used */
};

struct wh_redirector {
	struct wh_guid guid;
	__u64 since;                /* version from which it holds its slot */
	struct wh_slot_set upto;    /* itself and every redirector before it in the order */
	struct wh_endpoint listen4; /* port 0: none */
	struct wh_endpoint listen6;
	struct wh_owner owner;
	__u64 netns; /* cookie of the namespace in which it listens */
	__u16 slot;
	__u16 set;      /* index into set[] */
	__u16 position; /* in its file */
	__u16 flags;    /* enum wh_redirector_flags */
	__s32 weight;
	__u32 context; /* key of its bytes */
	__u32 context_size;
	__u32 context_kind; /* WH_CONTEXT_* */
	__u32 text;         /* offset in text[]: its conditions and owner as written */
	__u32 reserved;
	char name[WH_NAME_SIZE];
	struct wh_spread spread4; /* of listen4 */
	struct wh_spread spread6;
};

struct wh_filter {
	__u16 set;
	__u16 position; /* in its file */
	__u16 slot;     /* of its counters */
	__u16 reserved;
	__u32 text;
	char name[WH_NAME_SIZE];
};

/* A rule set. process_* is 0, or the process with which the set ends. */
struct wh_set {
	char name[WH_NAME_SIZE];
	__u64 process_start; /* ns, CLOCK_BOOTTIME */
	__u32 process_pid;
	__u32 text; /* where it came from: a file name */
};

enum wh_rules_flags {
	WH_RULES_IDENTITY = 1 << 0, /* a test asks for user, exe or cgroup */
	WH_RULES_CGROUP = 1 << 1,   /* a test or an owner asks for a cgroup */
	WH_RULES_OWNED = 1 << 2,    /* an owner is stated: binds are looked at */
	WH_RULES_NETNS = 1 << 3,    /* a test is for any namespace */
};

struct wh_rules {
	__u32 layout;  /* WH_LAYOUT_VERSION */
	__u32 flags;   /* WH_RULES_* */
	__u64 version; /* 1 more with every change */
	__u32 set_count, redirector_count, filter_count, rule_count, test_count, text_size;
	__u64 installed; /* ns, CLOCK_REALTIME */
	__u32 zero;      /* always 0: see wh_index() */
	__u32 reserved;
	__u64 slot_since[WH_SLOTS];    /* version of the latest assignment of each slot */
	__u64 listen_port[65536 / 64]; /* bit by port, host order: somebody's listener */
	struct wh_rule rule[WH_RULES_MAX];
	struct wh_redirector redirector[WH_REDIRECTORS_MAX];
	struct wh_test test[WH_TESTS_MAX];
	/* The kernel reads nothing below this line. */
	struct wh_filter filter[WH_FILTERS_MAX];
	struct wh_set set[WH_SETS_MAX];
	char text[WH_TEXT_SIZE];
};

_Static_assert(sizeof(struct wh_test) == 48, "test");
_Static_assert(sizeof(struct wh_rule) == 8, "rule");
_Static_assert(sizeof(struct wh_owner) == 40, "owner");
_Static_assert(sizeof(struct wh_redirector) == 280, "redirector");
_Static_assert(WH_RULES_MAX >= WH_REDIRECTORS_MAX + WH_FILTERS_MAX, "rules");
_Static_assert(WH_TESTS_MAX <= 65535, "test index");

/*
 * An index whose value the verifier must not follow. It unrolls a loop for every value that it
 * can tell apart, and it cannot tell what a table holds. For us: the index, unchanged.
 */
WH_RULE __u32 wh_index(const struct wh_rules *rules, __u32 index)
{
	return index | rules->zero;
}

WH_RULE int wh_rules_listen_port(const struct wh_rules *rules, __u16 port)
{
	return (rules->listen_port[port / 64] >> (port % 64)) & 1;
}

#endif /* WH_RULE_TABLE_H */
