/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Lists of connections by stage, each in the order in which their time runs out, and the one
 * timer. It is not set back when a connection's time begins anew: it fires, finds that, and is
 * armed for the next.
 */
#include "relay_internal.h"

#include <sys/timerfd.h>
#include <unistd.h>

static void arm(struct wh_relay *relay, uint64_t at)
{
	struct itimerspec once = {.it_value = {.tv_sec = (time_t)(at / 1000000000ULL),
					       .tv_nsec = (long)(at % 1000000000ULL)}};

	if (relay->timer_at && relay->timer_at <= at)
		return;
	relay->timer_at = at;
	timerfd_settime(relay->timer.fd, TFD_TIMER_ABSTIME, &once, NULL);
}

void wh_relay_arm_tick(struct wh_relay *relay)
{
	arm(relay, wh_relay_now() + WH_RELAY_TICK_NS);
}

static void append(struct wh_relay_list *list, struct wh_relay_connection *connection)
{
	connection->next = NULL;
	connection->previous = list->tail;
	if (list->tail)
		list->tail->next = connection;
	else
		list->head = connection;
	list->tail = connection;
}

static void unlink_one(struct wh_relay_list *list, struct wh_relay_connection *connection)
{
	if (connection->previous)
		connection->previous->next = connection->next;
	else
		list->head = connection->next;
	if (connection->next)
		connection->next->previous = connection->previous;
	else
		list->tail = connection->previous;
}

void wh_relay_list_add(struct wh_relay_connection *connection, enum wh_relay_stage stage)
{
	struct wh_relay *relay = connection->relay;
	struct wh_relay_list *list = &relay->lists[stage];

	connection->stage = (uint8_t)stage;
	connection->since = relay->now;
	append(list, connection);
	if (list->patience)
		arm(relay, connection->since + list->patience);
}

void wh_relay_list_remove(struct wh_relay_connection *connection)
{
	unlink_one(&connection->relay->lists[connection->stage], connection);
}

void wh_relay_list_move(struct wh_relay_connection *connection, enum wh_relay_stage stage)
{
	wh_relay_list_remove(connection);
	wh_relay_list_add(connection, stage);
}

void wh_relay_touch(struct wh_relay_connection *connection)
{
	struct wh_relay_list *list = &connection->relay->lists[WH_RELAY_OPEN];

	if (!list->patience || connection->stage != WH_RELAY_OPEN)
		return;
	connection->since = connection->relay->now;
	unlink_one(list, connection);
	append(list, connection);
}

void wh_relay_set_patience(struct wh_relay *relay)
{
	const struct wh_relay_options *options = &relay->options;
	struct wh_relay_list *lists = relay->lists;

	lists[WH_RELAY_CONNECTING].patience = options->connect_ms * 1000000ULL;
	lists[WH_RELAY_HANDSHAKE].patience = options->handshake_ms * 1000000ULL;
	lists[WH_RELAY_OPEN].patience = options->idle_ms * 1000000ULL;
	lists[WH_RELAY_ABORTING].patience = WH_RELAY_ABORT_NS;
}

/* Those whose time is over; the timer is then armed for the next. */
static void expire(struct wh_relay *relay, struct wh_relay_list *list)
{
	struct wh_relay_connection *connection;

	/* Each leaves this list, or goes to its end with a new time. */
	while (list->patience && (connection = list->head)) {
		if (connection->since + list->patience > relay->now) {
			arm(relay, connection->since + list->patience);
			return;
		}
		wh_relay_expire(connection);
	}
}

void wh_relay_timer_event(struct wh_relay *relay)
{
	struct wh_relay_connection *connection, *next;
	uint64_t expirations;

	if (read(relay->timer.fd, &expirations, sizeof(expirations)) < 0)
		return;
	relay->timer_at = 0;
	for (int stage = 0; stage < WH_RELAY_STAGES; stage++)
		expire(relay, &relay->lists[stage]);
	/* What was sent to a broken connection's other end is delivered without an event. */
	for (connection = relay->lists[WH_RELAY_ABORTING].head; connection; connection = next) {
		next = connection->next;
		wh_relay_settle(connection);
	}
	if (relay->paused) {
		wh_relay_resume_accepting(relay);
		if (relay->paused && relay->connection_count < relay->options.max_connections)
			wh_relay_arm_tick(relay);
	}
}
