/*
 * shown: see shown.h. A terminal or a log must not be driven by what somebody typed.
 */
#include "time/shown.h"

#include <string.h>

struct shown
shown_part(const char *s, size_t len)
{
	struct shown out;
	const size_t room = sizeof(out.text) - 1;
	size_t n = len <= room ? len : room - 3;

	for (size_t i = 0; i < n; i++)
		out.text[i] = s[i] >= ' ' && s[i] <= '~' ? s[i] : '?';
	out.text[n] = '\0';
	if (len > room)
		strlcat(out.text, "...", sizeof(out.text));
	return out;
}

struct shown
shown(const char *s)
{
	return shown_part(s, strlen(s));
}
