/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* What all JSON of this program is made of. */
#ifndef WH_JSON_TEXT_H
#define WH_JSON_TEXT_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "record_layout.h"

/*
 * Members of an object. JSON text is Unicode: a text that is no UTF-8 has each bad byte replaced
 * by U+FFFD, and a second member, KEY_hex, has all of its bytes. When memory runs out a member is
 * missing; wh_json_print() then fails.
 */
void wh_json_text(json_t *object, const char *key, const char *bytes, size_t length);
void wh_json_string(json_t *object, const char *key, const char *text);
void wh_json_number(json_t *object, const char *key, uint64_t number);
void wh_json_flag(json_t *object, const char *key, int flag);

/* Takes the reference to value. */
void wh_json_member(json_t *object, const char *key, json_t *value);
void wh_json_append(json_t *array, json_t *value);
void wh_json_append_string(json_t *array, const char *text);

/* As a hexadecimal string: for 64 bits that mean nothing as a number. */
void wh_json_word(json_t *object, const char *key, uint64_t word);

/* {"address": "192.0.2.1", "port": 80}; null when the port is 0 and the address any. */
json_t *wh_json_address(const struct wh_address *address, __be16 port);

void wh_json_guid(json_t *object, const char *key, const void *guid);

/* A process and its socket: pid, start, user, executable ... */
json_t *wh_json_identity(const struct wh_identity *who);

/* When: {"time": "2026-...Z", "age": 1.25}, from CLOCK_BOOTTIME; null for 0. */
json_t *wh_json_time(uint64_t now, uint64_t then);

/* Prints value, takes its reference, and ends the line. value may be NULL. Returns 0, or -ENOMEM
 * when something could not be made. */
int wh_json_print(json_t *value, FILE *file);

/* The same, all in one line. */
int wh_json_print_line(json_t *value, FILE *file);

#endif /* WH_JSON_TEXT_H */
