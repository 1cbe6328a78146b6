/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Every parameter of the three redirect codes, right, wrong and missing, at WSAIoctl(). */
#ifndef WHITHER_WINSOCK_REDIRECT_ROWS_H
#define WHITHER_WINSOCK_REDIRECT_ROWS_H

#include "redirect_question.h"
#include "winsock_scene.h"

/* Asks this socket everything that the table has for it, in each of the ways to ask. */
void winsock_rows_ask(const struct question_facts *facts, enum question_place place, SOCKET s);

#endif /* WHITHER_WINSOCK_REDIRECT_ROWS_H */
