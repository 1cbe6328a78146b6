/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* A case as text, for who has to find out why it fails. */
#include <arpa/inet.h>

#include "chain_case.h"

static const char *address_text(const struct wh_address *address)
{
	static char text[INET6_ADDRSTRLEN];

	return inet_ntop(AF_INET6, address, text, sizeof(text));
}

const char *case_endpoint_text(const struct wh_endpoint *endpoint)
{
	static char text[INET6_ADDRSTRLEN + 16];

	snprintf(text, sizeof(text), "[%s]:%u", address_text(&endpoint->address),
		 ntohs(endpoint->port));
	return text;
}

static void print_test(const struct wh_test *test, FILE *file)
{
	switch (test->kind) {
	case WH_TEST_NETNS:
		fprintf(file, " netns=%llu", test->id);
		break;
	case WH_TEST_REMOTE_PORT:
		fprintf(file, " port=%u-%u", test->low, test->high);
		break;
	case WH_TEST_REMOTE_ADDRESS:
		fprintf(file, " address=%s/%u", address_text(&test->address), test->bits);
		break;
	case WH_TEST_USER:
		fprintf(file, " user=%u", test->number);
		break;
	case WH_TEST_EXE:
		fprintf(file, " exe=%u:%llu", test->number, test->id);
		break;
	default:
		fprintf(file, " cgroup=%llu@%u", test->id, test->number);
		break;
	}
}

static void print_rule(const struct case_rule *rule, FILE *file)
{
	for (unsigned int i = 0; i < rule->count; i++)
		print_test(&rule->test[i], file);
	fprintf(file, "\n");
}

static void print_owner(const struct wh_owner *owner, FILE *file)
{
	fprintf(file, " owner");
	if (!(owner->flags & WH_OWNER_STATED))
		fprintf(file, " learned");
	if (owner->flags & WH_OWNER_USER)
		fprintf(file, " user=%u", owner->uid);
	if (owner->flags & WH_OWNER_EXE)
		fprintf(file, " exe=%u:%llu", owner->executable_device, owner->executable_inode);
	if (owner->flags & WH_OWNER_CGROUP)
		fprintf(file, " cgroup=%llu@%u", owner->cgroup, owner->cgroup_level);
}

void case_print(const struct chain_case *world, FILE *file)
{
	fprintf(file, "# version %llu\n", world->version);
	for (unsigned int i = 0; i < world->filter_count; i++) {
		fprintf(file, "# %s:", world->filter[i].kind == WH_RULE_BLOCK ? "block" : "permit");
		print_rule(&world->filter[i].rule, file);
	}
	for (unsigned int i = 0; i < world->redirector_count; i++) {
		const struct case_redirector *redirector = &world->redirector[i];

		fprintf(file,
			"# redirector %u (weight %d, set %c, position %u, slot %u since %llu,",
			redirector->identity, redirector->weight, redirector->set,
			redirector->position, redirector->slot, redirector->since);
		fprintf(file, " process %u%s%s,", redirector->process,
			redirector->listens4 ? ", v4" : "", redirector->listens6 ? ", v6" : "");
		print_owner(&redirector->owner, file);
		fprintf(file, "):");
		print_rule(&redirector->rule, file);
	}
	for (unsigned int i = 0; i < CASE_PROCESSES; i++) {
		const struct case_process *process = &world->process[i];

		fprintf(file,
			"# process %u: user %u, exe %u:%llu, cgroup %llu, sets %u%%, moves %u%%\n",
			i, process->who.uid, process->who.executable_device,
			process->who.executable_inode, process->who.cgroup, process->sets,
			process->moves);
	}
}
