/*
 * text: statements in PostgreSQL's terms, see handle.h. What stands in quotes stays as it is.
 */
#include "store/pg/handle.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"

static const char hint[] = "INDEXED BY ";

/* The end of what begins with a quote. */
static const char *
quoted(const char *p)
{
	const char *end = strchr(p + 1, *p);

	return end != NULL ? end + 1 : p + strlen(p);
}

static const char *
word_end(const char *p)
{
	while (isalnum((unsigned char)*p) || *p == '_')
		p++;
	return p;
}

static const char *
add_value(struct buf *b, const char *p, int *n)
{
	const char *end = ++p;

	while (isdigit((unsigned char)*end))
		end++;
	if (end > p)
		buf_addf(b, "$%.*s", (int)(end - p), p);
	else
		buf_addf(b, "$%d", ++*n);
	return end;
}

char *
pg_put_number(char *to, int64_t n)
{
	static const char two[] = "000102030405060708091011121314151617181920212223242526272829"
				  "303132333435363738394041424344454647484950515253545556575859"
				  "606162636465666768697071727374757677787980818283848586878889"
				  "90919293949596979899";
	uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;
	char digits[20], *p = digits + sizeof(digits);

	if (n < 0)
		*to++ = '-';
	for (; rest >= 100; rest /= 100) {
		p -= 2;
		memcpy(p, two + 2 * (rest % 100), 2);
	}
	do
		*--p = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	memcpy(to, p, (size_t)(digits + sizeof(digits) - p));
	return to + (digits + sizeof(digits) - p);
}

void
pg_add_number(struct buf *b, int64_t n)
{
	char *to = buf_room(b, 20);

	b->len += (size_t)(pg_put_number(to, n) - to);
}

char *
pg_statement(const char *text)
{
	struct buf b = {0};
	const char *end;
	int n = 0;

	for (const char *p = text; *p != '\0'; p = end) {
		if (*p == '?') {
			end = add_value(&b, p, &n);
			continue;
		}
		if (strncmp(p, hint, sizeof(hint) - 1) == 0) {
			end = word_end(p + sizeof(hint) - 1);
			continue;
		}
		end = *p == '\'' || *p == '"' ? quoted(p) : p + 1;
		buf_add(&b, p, (size_t)(end - p));
	}
	return buf_string(&b);
}
