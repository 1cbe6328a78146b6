/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/* Every parameter of the three redirect codes, right, wrong and missing, at WskControlSocket(). */
#ifndef WHITHER_WSK_REDIRECT_ROWS_H
#define WHITHER_WSK_REDIRECT_ROWS_H

#include "redirect_question.h"
#include "wsk_scene.h"

/* Asks this socket everything that the table has for it. */
void wsk_rows_ask(const struct question_facts *facts, enum question_place place,
		  PWSK_SOCKET socket);
/* One row's question alone, as often as the table would ask it. */
void wsk_row_ask(const struct question_row *row, const struct question_facts *facts,
		 enum question_place place, enum question_code code, PWSK_SOCKET socket);

#endif /* WHITHER_WSK_REDIRECT_ROWS_H */
