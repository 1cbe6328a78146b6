/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "event_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "engine_internal.h"
#include "engine_problem.h"
#include "scope_exit.h"

#define LEASE 3000000000ULL /* ns for which the kernel programs believe in a reader */

struct wh_event_stream {
	int events, watch; /* maps */
	struct ring_buffer *ring;
	struct wh_watch mine;
	uint64_t dropped;           /* when it was looked at last */
	char pin[WH_PIN_PATH_SIZE]; /* of watch: still the same? */
	__u32 id;                   /* of watch */
	wh_event_visit visit;
	void *data;
};

static uint64_t boot_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

static int visit_one(void *context, void *bytes, size_t size)
{
	struct wh_event_stream *stream = context;

	if (size < sizeof(struct wh_event) || !stream->visit)
		return 0;
	return stream->visit(bytes, stream->data);
}

static int map_id(int map, __u32 *ret)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(map, &info, &size))
		return -errno;
	*ret = info.id;
	return 0;
}

static int read_dropped(const struct wh_event_stream *stream, uint64_t *ret)
{
	__u32 key = WH_WATCH_KERNEL;
	struct wh_watch told;
	int error = bpf_map_lookup_elem(stream->watch, &key, &told);

	if (!error)
		*ret = told.dropped;
	return error;
}

static int write_watch(const struct wh_event_stream *stream)
{
	__u32 key = WH_WATCH_READER;

	return bpf_map_update_elem(stream->watch, &key, &stream->mine, BPF_ANY);
}

/* Whether another process reads; a dead one does not. */
static int check_reader(const struct wh_event_stream *stream, struct wh_problem *problem)
{
	__u32 key = WH_WATCH_READER;
	struct wh_watch other;
	uint64_t start;
	int error = bpf_map_lookup_elem(stream->watch, &key, &other);

	if (error || other.until < boot_now() || wh_process_start(other.reader_pid, &start, NULL) ||
	    start != other.reader_start)
		return error;
	return wh_problem_set(problem, -EBUSY,
			      "process %u reads the decisions already; one can at a time",
			      other.reader_pid);
}

static int begin(struct wh_event_stream *stream, const struct wh_engine *engine,
		 struct wh_problem *problem)
{
	uint64_t start = 0;
	int error;

	/* The lock is held: nobody else begins meanwhile. */
	stream->events = fcntl(engine->maps.events, F_DUPFD_CLOEXEC, 0);
	stream->watch = fcntl(engine->maps.watch, F_DUPFD_CLOEXEC, 0);
	if (stream->events < 0 || stream->watch < 0)
		return -errno;
	wh_pins_name(&engine->pins, "wh_watch", stream->pin);
	error = check_reader(stream, problem);
	if (error)
		return error;
	stream->ring = ring_buffer__new(stream->events, visit_one, stream, NULL);
	if (!stream->ring)
		return -errno;
	error = map_id(stream->watch, &stream->id) ?: read_dropped(stream, &stream->dropped);
	if (error)
		return error;
	/* What a reader before us left. */
	error = ring_buffer__consume(stream->ring);
	if (error < 0)
		return error;
	error = wh_process_start((uint32_t)getpid(), &start, NULL);
	stream->mine.reader_pid = (__u32)getpid();
	stream->mine.reader_start = start;
	stream->mine.until = boot_now() + LEASE;
	return error ? error : write_watch(stream);
}

int wh_events_open(const struct wh_engine *engine, const struct wh_event_choice *choice,
		   struct wh_event_stream **ret_stream, struct wh_problem *problem)
{
	struct wh_event_stream *stream = calloc(1, sizeof(*stream));
	int error;

	if (!stream)
		return wh_problem_set(problem, -ENOMEM, "out of memory");
	stream->events = -1;
	stream->watch = -1;
	stream->mine =
		(struct wh_watch){.flags = choice->flags, .pid = choice->pid, .uid = choice->uid};
	error = begin(stream, engine, problem);
	if (error) {
		stream->mine.until = 0; /* it was not ours */
		wh_events_close(stream);
		return error == -EBUSY ?
			       error :
			       wh_problem_set(problem, error, "the decisions cannot be read: %s",
					      strerror(-error));
	}
	*ret_stream = stream;
	return 0;
}

void wh_events_close(struct wh_event_stream *stream)
{
	if (!stream)
		return;
	if (stream->mine.until) {
		stream->mine = (struct wh_watch){};
		write_watch(stream);
	}
	ring_buffer__free(stream->ring);
	wh_close_fd(&stream->events);
	wh_close_fd(&stream->watch);
	free(stream);
}

int wh_events_fd(const struct wh_event_stream *stream)
{
	return ring_buffer__epoll_fd(stream->ring);
}

int wh_events_read(struct wh_event_stream *stream, wh_event_visit visit, void *data)
{
	int result;

	stream->visit = visit;
	stream->data = data;
	result = ring_buffer__consume(stream->ring);
	stream->visit = NULL;
	return result < 0 ? result : 0;
}

int wh_events_renew(struct wh_event_stream *stream, uint64_t *ret_dropped, uint64_t *ret_gap)
{
	WH_AUTO_FD pinned = bpf_obj_get(stream->pin);
	uint64_t now = boot_now(), dropped = 0;
	__u32 id = 0;
	int error;

	if (pinned < 0)
		return -ENOENT;
	error = map_id(pinned, &id);
	if (!error && id != stream->id)
		error = -ENOENT;
	if (!error)
		error = read_dropped(stream, &dropped);
	if (error)
		return error;
	*ret_gap = now > stream->mine.until ? now - stream->mine.until : 0;
	*ret_dropped = dropped - stream->dropped;
	stream->dropped = dropped;
	stream->mine.until = now + LEASE;
	return write_watch(stream);
}
