/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

#include "process_text.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine.h"

char *wh_user_text(uint32_t uid, char ret[WH_USER_TEXT])
{
	static struct {
		bool known;
		uint32_t uid;
		char text[WH_USER_TEXT];
	} cache[64]; /* lists name the same few users again and again */
	unsigned int slot = uid % 64;

	if (!cache[slot].known || cache[slot].uid != uid) {
		const struct passwd *user = getpwuid(uid);

		if (user)
			snprintf(cache[slot].text, WH_USER_TEXT, "%s", user->pw_name);
		else
			snprintf(cache[slot].text, WH_USER_TEXT, "%u", uid);
		cache[slot].known = true;
		cache[slot].uid = uid;
	}
	memcpy(ret, cache[slot].text, WH_USER_TEXT);
	return ret;
}

bool wh_process_lives(const struct wh_identity *who)
{
	uint64_t start, slack;

	if (!who->pid || wh_process_start(who->pid, &start, &slack))
		return false;
	return start <= who->start_time + slack && who->start_time <= start + slack;
}

char *wh_executable_text(const struct wh_identity *who, char ret[WH_PATH_TEXT])
{
	char link[64];
	struct stat executable;
	ssize_t length;

	ret[0] = '\0';
	snprintf(link, sizeof(link), "/proc/%u/exe", who->pid);
	if (!wh_process_lives(who) || stat(link, &executable) ||
	    executable.st_ino != who->executable_inode)
		return ret;
	length = readlink(link, ret, WH_PATH_TEXT - 1);
	ret[length > 0 ? length : 0] = '\0';
	return ret;
}
