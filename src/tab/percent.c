/*
 * percent: see percent.h.
 */
#include "tab/percent.h"

#include "base/buf.h"

/*
 * Here a backslash means something before a '%' only, so "\\%" is a backslash and a '%', as in
 * cron.
 */
static char *
input_text(const char *p)
{
	struct buf b = { 0 };

	if (*p == '\0')
		return NULL;
	for (; *p != '\0'; p++) {
		if (*p == '\\' && p[1] == '%')
			buf_addc(&b, *++p);
		else
			buf_addc(&b, *p == '%' ? '\n' : *p);
	}
	if (b.data[b.len - 1] != '\n')
		buf_addc(&b, '\n');
	return buf_string(&b);
}

char *
percent_split(char *text)
{
	char *from = text + strcspn(text, "\\%"), *to = from, end;

	for (; *from != '\0' && *from != '%'; from++) {
		/*
		 * A backslash takes the character after it along, so "\\%" does not escape the '%'
		 * in a command.
		 */
		if (*from == '\\' && from[1] != '\0') {
			if (from[1] != '%')
				*to++ = *from;
			from++;
		}
		*to++ = *from;
	}
	end = *from;
	*to = '\0';
	return end == '%' ? input_text(from + 1) : NULL;
}
