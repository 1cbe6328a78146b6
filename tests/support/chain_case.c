/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "chain_case.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "rule_builder.h"

static const char *const destinations[] = {"192.0.2.7",      "192.0.2.200", "198.51.100.1",
					   "127.0.0.1",      "2001:db8::7", "2001:db8:1::7",
					   "::ffff:10.0.0.1"};
static const unsigned int ports[] = {53, 80, 443, 8080, 65535};
static const unsigned int lengths[] = {0, 1, 32, 48, 64, 96, 97, 104, 120, 127, 128};
/* Few slots, on both sides of the words' borders, so that they are soon given to others. */
static const unsigned int slots[] = {0,   1,   2,   62,  63,  64,  65,  127,
				     128, 129, 191, 192, 200, 254, 255, 3};
static const struct wh_cgroup_path cgroups[] = {
	{{1}},          {{1, 11}},      {{1, 12}},      {{1, 11, 111}},      {{1, 11, 112}},
	{{1, 12, 121}}, {{1, 12, 122}}, {{1, 12, 123}}, {{1, 12, 123, 124}}, {{1, 13}},
};

#define COUNT(array) ((unsigned int)(sizeof(array) / sizeof((array)[0])))
#define ONE_OF(random, array) ((array)[random_below(random, COUNT(array))])

static unsigned int level_of(const struct wh_cgroup_path *path)
{
	unsigned int level = 0;

	while (level + 1 < WH_CGROUP_LEVELS && path->id[level + 1])
		level++;
	return level;
}

const struct wh_cgroup_path *case_cgroup_path(__u64 cgroup)
{
	for (unsigned int i = 0; i < COUNT(cgroups); i++)
		if (cgroups[i].id[level_of(&cgroups[i])] == cgroup)
			return &cgroups[i];
	return NULL;
}

struct wh_endpoint case_destination(struct random_source *random)
{
	return endpoint_of(ONE_OF(random, destinations), (__u16)ONE_OF(random, ports));
}

struct wh_endpoint case_listener(const struct case_redirector *redirector, int inet6)
{
	return endpoint_of(inet6 ? "::1" : "127.0.0.1", (__u16)(10000 + redirector->identity));
}

struct wh_guid case_guid(unsigned int identity)
{
	return (struct wh_guid){{0xc0, [15] = (__u8)identity}};
}

static struct wh_test random_test(struct random_source *random, __u8 kind)
{
	struct wh_test test = {.kind = kind};
	const struct wh_cgroup_path *path;

	switch (kind) {
	case WH_TEST_NETNS:
		test.id = random_chance(random, 80) ? CASE_NETNS : CASE_NETNS + 1;
		break;
	case WH_TEST_REMOTE_PORT:
		test.low = (__u16)ONE_OF(random, ports);
		test.high = random_chance(random, 50) ? test.low : 8080;
		break;
	case WH_TEST_REMOTE_ADDRESS:
		test.address = address_of(ONE_OF(random, destinations));
		test.bits = (__u8)ONE_OF(random, lengths);
		break;
	case WH_TEST_USER:
		test.number = random_chance(random, 70) ? 1000 + random_below(random, 3) :
							  13 + random_below(random, 6);
		break;
	case WH_TEST_EXE:
		test.id = 1 + random_below(random, 6);
		test.number = 8;
		break;
	default:
		path = &ONE_OF(random, cgroups);
		test.number = level_of(path);
		test.id = path->id[test.number];
		break;
	}
	return test;
}

/* density: percent of the kinds that have a condition. */
static struct case_rule random_rule(struct random_source *random, unsigned int density)
{
	struct case_rule rule = {};

	for (unsigned int kind = WH_TEST_NETNS; kind <= WH_TEST_CGROUP; kind++) {
		unsigned int room = CASE_TESTS - rule.count;

		if (!room || !random_chance(random, density))
			continue;
		for (unsigned int n = 1 + random_below(random, room < 3 ? room : 3); n > 0; n--)
			rule.test[rule.count++] = random_test(random, (__u8)kind);
	}
	return rule;
}

static struct wh_owner random_owner(struct random_source *random,
				    const struct case_process *process)
{
	struct wh_owner owner = {.flags = random_below(random, WH_OWNER_STATED + 1)};
	unsigned int level = level_of(process->path);

	if (level && random_chance(random, 20))
		level--;

	owner.uid = process->who.uid;
	owner.executable_device = process->who.executable_device;
	owner.executable_inode = process->who.executable_inode;
	owner.cgroup = process->path->id[level];
	owner.cgroup_level = level;
	return owner;
}

static unsigned int free_slot(const struct chain_case *world, struct random_source *random)
{
	for (;;) {
		unsigned int slot = ONE_OF(random, slots), i = 0;

		while (i < world->redirector_count && world->redirector[i].slot != slot)
			i++;
		if (i == world->redirector_count)
			return slot;
	}
}

int case_order(const struct case_redirector *a, const struct case_redirector *b)
{
	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	if (a->set != b->set)
		return a->set < b->set ? -1 : 1;
	return a->position < b->position ? -1 : a->position > b->position;
}

static int compare_redirectors(const void *a, const void *b)
{
	return case_order(a, b);
}

static void sort(struct chain_case *world)
{
	qsort(world->redirector, world->redirector_count, sizeof(world->redirector[0]),
	      compare_redirectors);
}

/* Several redirectors may be of one process. */
static void add_redirector(struct chain_case *world, struct random_source *random,
			   unsigned int density)
{
	struct case_redirector *added = &world->redirector[world->redirector_count];
	unsigned int proxies = random_chance(random, 30) ? 2 : CASE_REDIRECTORS;

	*added = (struct case_redirector){.identity = world->identities++,
					  .weight = (int)random_below(random, 3) - 1,
					  .set = (char)('a' + random_below(random, 3)),
					  .slot = free_slot(world, random),
					  .since = world->version};
	added->rule = random_rule(random, density);
	added->position = added->identity;
	added->process = CASE_CLIENTS + random_below(random, proxies);
	added->owner = random_owner(random, &world->process[added->process]);
	added->listens4 = random_chance(random, 98);
	added->listens6 = !added->listens4 || random_chance(random, 90);
	world->slot_since[added->slot] = world->version;
	world->redirector_count++;
}

static void add_process(struct case_process *process, struct random_source *random,
			unsigned int index, enum case_manner manner)
{
	static const unsigned int mixed[] = {100, 100, 0, 0, 50};

	*process = (struct case_process){
		.who = {.pid = index + 1,
			.uid = index < CASE_CLIENTS ? 1000 + random_below(random, 3) :
						      13 + random_below(random, 6),
			.executable_device = 8,
			.executable_inode = 1 + random_below(random, 3) +
					    (index < CASE_CLIENTS ? 0 : random_below(random, 8)),
			.start_time = random_word(random),
			.netns = CASE_NETNS},
		.path = &ONE_OF(random, cgroups),
		.sets = manner == CASE_ALL_SET  ? 100 :
			manner == CASE_NONE_SET ? 0 :
						  ONE_OF(random, mixed)};
	process->who.cgroup = process->path->id[level_of(process->path)];
}

void case_generate(struct chain_case *world, struct random_source *random, enum case_manner manner,
		   int moving)
{
	unsigned int count = 1 + random_below(random, CASE_REDIRECTORS);
	unsigned int density = random_below(random, 35);

	memset(world, 0, sizeof(*world));
	world->version = 1 + random_below(random, 3);
	for (unsigned int i = 0; i < CASE_PROCESSES; i++)
		add_process(&world->process[i], random, i, manner);
	/* One of them goes elsewhere. */
	if (moving)
		for (unsigned int n = 1 + random_below(random, 3); n > 0; n--)
			world->process[CASE_CLIENTS + random_below(random, CASE_REDIRECTORS)].moves =
				80;
	while (world->redirector_count < count)
		add_redirector(world, random, density);
	sort(world);
	if (!random_chance(random, 40))
		return;
	world->filter_count = 1 + random_below(random, CASE_FILTERS);
	for (unsigned int i = 0; i < world->filter_count; i++) {
		world->filter[i].rule = random_rule(random, 60);
		world->filter[i].kind = i ? WH_RULE_PERMIT : WH_RULE_BLOCK;
	}
}

void case_change(struct chain_case *world, struct random_source *random)
{
	world->version++;
	for (unsigned int n = 1 + random_below(random, 3); n > 0; n--) {
		unsigned int i = random_below(random, world->redirector_count);
		struct case_redirector *redirector = &world->redirector[i];

		switch (random_below(random, 4)) {
		case 0:
			redirector->weight = (int)random_below(random, 3) - 1;
			break;
		case 1:
			redirector->rule = random_rule(random, random_below(random, 50));
			break;
		case 2:
			if (world->redirector_count > 1)
				*redirector = world->redirector[--world->redirector_count];
			break;
		default:
			if (world->redirector_count < CASE_REDIRECTORS &&
			    world->identities < CASE_IDENTITIES)
				add_redirector(world, random, random_below(random, 50));
			break;
		}
	}
	sort(world);
}

static void compile_rule(const struct case_rule *rule, struct wh_rules *rules)
{
	for (unsigned int i = 0; i < rule->count; i++)
		rules_add_test(rules, &rule->test[i]);
}

void case_compile(const struct chain_case *world, struct wh_rules *rules)
{
	rules_clear(rules, world->version);
	for (unsigned int i = 0; i < world->filter_count; i++) {
		rules_add_filter(rules, world->filter[i].kind);
		compile_rule(&world->filter[i].rule, rules);
	}
	for (unsigned int i = 0; i < world->redirector_count; i++) {
		const struct case_redirector *from = &world->redirector[i];
		struct wh_endpoint listen4 = case_listener(from, 0),
				   listen6 = case_listener(from, 1);
		struct wh_redirector *to = rules_add_redirector(rules, from->slot);

		to->guid = case_guid(from->identity);
		to->since = from->since;
		to->owner = from->owner;
		to->netns = CASE_NETNS;
		rules_listen(rules, to, from->listens4 ? &listen4 : NULL,
			     from->listens6 ? &listen6 : NULL);
		compile_rule(&from->rule, rules);
	}
	memcpy(rules->slot_since, world->slot_since, sizeof(world->slot_since));
}
