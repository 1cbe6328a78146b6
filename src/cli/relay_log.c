/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "relay_log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "address_text.h"
#include "process_text.h"
#include "safe_text.h"
#include "time_text.h"

#define COMPLAIN_NS 10000000000ull /* between two complaints of the same kind */

struct wh_relay_log {
	bool verbose;
	bool complain;
	int fd; /* -1: no file */
	const char *path;
	char complaint[256]; /* the newest */
	uint64_t complained_at;
	uint64_t kept_back; /* since then */
	struct wh_rule_names *names;
	void *open; /* of tsearch(): struct open_line */
};

/* The first half of the line of an open connection: a client may be gone when it ends. */
struct open_line {
	uint64_t number;
	char *text;
};

static int open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);

	return fd < 0 ? -errno : fd;
}

int wh_relay_log_open(struct wh_relay_log **ret_log, bool verbose, bool complain, const char *path)
{
	struct wh_relay_log *log;

	*ret_log = NULL;
	if (!verbose && !complain && !path)
		return 0;
	log = calloc(1, sizeof(*log));
	if (!log)
		return -ENOMEM;
	log->verbose = verbose;
	log->complain = complain;
	log->path = path;
	log->fd = path ? open_file(path) : -1;
	if (path && log->fd < 0) {
		int error = log->fd;

		free(log);
		return error;
	}
	*ret_log = log;
	return 0;
}

int wh_relay_log_reopen(struct wh_relay_log *log)
{
	int fd;

	if (!log || !log->path)
		return 0;
	fd = open_file(log->path);
	if (fd < 0)
		return fd;
	close(log->fd);
	log->fd = fd;
	return 0;
}

void wh_relay_log_name(struct wh_relay_log *log, struct wh_rule_names *names)
{
	if (!log) {
		wh_rule_names_free(names);
		return;
	}
	wh_rule_names_free(log->names);
	log->names = names;
}

/* In one write each: other processes may write there as well. */
static void write_line(const struct wh_relay_log *log, const char *line)
{
	char moment[WH_MOMENT_TEXT];
	struct timespec now;

	if (log->verbose)
		fprintf(stderr, "whither: %s\n", line);
	if (log->fd < 0)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	wh_moment_text((uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec, moment);
	/* A full disk must not stop a proxy. */
	(void)!dprintf(log->fd, "%s %s\n", moment, line);
}

/* "text:demo", or "hex:00ff" when it is no text; malloc()ed. */
static char *context_text(const struct wh_relay_event *event)
{
	size_t plain_size = 2 * event->context_size + sizeof("text:");
	size_t safe_size = plain_size * WH_SAFE_FACTOR + sizeof("\"\"");
	char *plain = malloc(plain_size), *safe = malloc(safe_size);

	if (plain && safe) {
		if (wh_is_printable(event->context, event->context_size)) {
			snprintf(plain, plain_size, "text:%.*s", (int)event->context_size,
				 (const char *)event->context);
		} else {
			size_t length = (size_t)snprintf(plain, plain_size, "hex:");

			wh_hex_text(event->context, event->context_size, plain + length,
				    plain_size - length);
		}
		wh_safe_text(plain, strlen(plain), true, safe, safe_size);
		free(plain);
		return safe;
	}
	free(plain);
	free(safe);
	return NULL;
}

static void make_chain(const struct wh_relay_log *log, const struct wh_relay_event *event,
		       char ret[WH_CHAIN_TEXT])
{
	ret[0] = '\0';
	for (size_t i = 0; i < event->hop_count; i++)
		wh_chain_text_add(log->names, &event->hops[i].redirector,
				  event->hops[i].flags & WHITHER_HOP_BY_PROCESS, ret);
	if (!event->hop_count)
		wh_chain_text_add(log->names, &event->origin->redirector, false, ret);
}

/* The first half: what does not change while the connection lives. NULL: no memory. */
static char *make_text(const struct wh_relay_log *log, const struct wh_relay_event *event)
{
	const struct whither_origin *origin = event->origin;
	struct wh_identity who = {
		.pid = origin->pid,
		.uid = origin->uid,
		.start_time = origin->start_time,
		.executable_device = origin->executable_device,
		.executable_inode = origin->executable_inode,
	};
	char destination[WH_ADDRESS_TEXT], chain[WH_CHAIN_TEXT], user[WH_USER_TEXT];
	char name[sizeof(origin->comm) * WH_SAFE_FACTOR + 3];
	char path[WH_PATH_TEXT], safe_path[WH_PATH_TEXT * WH_SAFE_FACTOR] = "-";
	char *context = event->context_size ? context_text(event) : NULL, *text;

	wh_executable_text(&who, path);
	if (*path)
		wh_safe_text(path, strlen(path), true, safe_path, sizeof(safe_path));
	make_chain(log, event, chain);
	if (asprintf(&text,
		     "connection %" PRIu64 ": pid=%u name=%s user=%s exe=%s to=%s hops=%s%s%s",
		     event->number, origin->pid,
		     wh_safe_text(origin->comm, strnlen(origin->comm, sizeof(origin->comm)), true,
				  name, sizeof(name)),
		     wh_user_text(origin->uid, user), safe_path,
		     wh_sockaddr_text(&origin->destination, destination), chain,
		     context ? " context=" : "", context ? context : "") < 0)
		text = NULL;
	free(context);
	return text;
}

static void end_line(const struct wh_relay_log *log, const struct wh_relay_event *event,
		     const char *text)
{
	char span[WH_SPAN_TEXT], failure[384] = "", *line;
	const char *name;

	if (event->error) {
		name = strerrorname_np(-event->error);
		snprintf(failure, sizeof(failure), " error=\"%s%s%s (%s)\"",
			 event->problem ? event->problem : "", event->problem ? ": " : "",
			 strerror(-event->error), name ? name : "?");
	}
	if (asprintf(&line, "%s sent=%" PRIu64 " received=%" PRIu64 " time=%s%s", text,
		     event->bytes_sent, event->bytes_received, wh_span_text(event->duration, span),
		     failure) < 0)
		return;
	write_line(log, line);
	free(line);
}

static int by_number(const void *left, const void *right)
{
	const struct open_line *a = left, *b = right;

	return a->number < b->number ? -1 : a->number > b->number;
}

static void remember(struct wh_relay_log *log, const struct wh_relay_event *event)
{
	struct open_line *entry = malloc(sizeof(*entry));

	if (!entry)
		return;
	entry->number = event->number;
	entry->text = make_text(log, event);
	if (!entry->text || !tsearch(entry, &log->open, by_number)) {
		free(entry->text);
		free(entry);
	}
}

static void forget(struct wh_relay_log *log, struct open_line *entry)
{
	tdelete(entry, &log->open, by_number);
	free(entry->text);
	free(entry);
}

static void end_connection(struct wh_relay_log *log, const struct wh_relay_event *event)
{
	struct open_line wanted = {.number = event->number};
	struct open_line *const *found = tfind(&wanted, &log->open, by_number);
	char *text;

	if (found) {
		end_line(log, event, (*found)->text);
		forget(log, *found);
		return;
	}
	text = make_text(log, event);
	if (text)
		end_line(log, event, text);
	free(text);
}

/* Whoever is not shown every line still hears why nothing works; but not for each connection. */
static void complain(struct wh_relay_log *log, const struct wh_relay_event *event)
{
	char text[sizeof(log->complaint)], address[WH_ADDRESS_TEXT], more[48] = "";
	uint64_t now = wh_boot_now();

	snprintf(text, sizeof(text), "%s", event->problem);
	if (!strcmp(text, log->complaint) && now - log->complained_at < COMPLAIN_NS) {
		log->kept_back++;
		return;
	}
	if (log->kept_back)
		snprintf(more, sizeof(more), " (and %" PRIu64 " times before)", log->kept_back);
	fprintf(stderr, "whither: connection %" PRIu64 " to %s: %s: %s%s\n", event->number,
		wh_sockaddr_text(&event->origin->destination, address), text,
		strerror(-event->error), more);
	memcpy(log->complaint, text, sizeof(text));
	log->complained_at = now;
	log->kept_back = 0;
}

void wh_relay_log_event(const struct wh_relay_event *event, void *data)
{
	struct wh_relay_log *log = data;
	char line[128];

	if (!log)
		return;
	if (log->complain && !log->verbose && event->problem && event->origin)
		complain(log, event);
	if (!log->verbose && log->fd < 0)
		return;
	if (!event->origin) {
		snprintf(line, sizeof(line),
			 "connection %" PRIu64 ": was not redirected here, turned away",
			 event->number);
		write_line(log, line);
	} else if (event->kind == WH_RELAY_CONNECTED) {
		remember(log, event);
	} else {
		end_connection(log, event);
	}
}

void wh_relay_log_close(struct wh_relay_log *log)
{
	if (!log)
		return;
	while (log->open) {
		struct open_line *entry = *(struct open_line **)log->open;
		char *line;

		if (asprintf(&line, "%s was cut off", entry->text) >= 0) {
			write_line(log, line);
			free(line);
		}
		forget(log, entry);
	}
	wh_rule_names_free(log->names);
	if (log->fd >= 0)
		close(log->fd);
	free(log);
}
