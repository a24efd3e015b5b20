/*
 * json: see json.h. Written by hand because a JSON library would refuse the bytes that are not
 * UTF-8, and a command line may hold any.
 */
#include "base/json.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/strv.h"

void
json_add_string(struct buf *b, const char *s)
{
	const char *plain = s;

	buf_addc(b, '"');
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s >= 0x20 && *s != '"' && *s != '\\')
			continue;
		buf_add(b, plain, (size_t)(s - plain));
		if ((unsigned char)*s < 0x20)
			buf_addf(b, "\\u%04x", (unsigned)*s);
		else {
			buf_addc(b, '\\');
			buf_addc(b, *s);
		}
		plain = s + 1;
	}
	buf_add(b, plain, (size_t)(s - plain));
	buf_addc(b, '"');
}

void
json_add_words(struct buf *b, const struct strv *words)
{
	buf_addc(b, '[');
	for (size_t i = 0; i < words->n; i++) {
		if (i > 0)
			buf_addc(b, ',');
		json_add_string(b, words->v[i]);
	}
	buf_addc(b, ']');
}

/* Four hexadecimal digits at *p; -1 if there are none. */
static int
read_hex4(const char **p)
{
	int n = 0;

	for (int i = 0; i < 4; i++, (*p)++) {
		char c = **p;

		if (c >= '0' && c <= '9')
			n = n << 4 | (c - '0');
		else if (c >= 'a' && c <= 'f')
			n = n << 4 | (c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			n = n << 4 | (c - 'A' + 10);
		else
			return -1;
	}
	return n;
}

static void
add_utf8(struct buf *b, int cp)
{
	if (cp < 0x80) {
		buf_addc(b, (char)cp);
		return;
	}
	if (cp < 0x800)
		buf_addc(b, (char)(0xc0 | cp >> 6));
	else {
		if (cp < 0x10000)
			buf_addc(b, (char)(0xe0 | cp >> 12));
		else {
			buf_addc(b, (char)(0xf0 | cp >> 18));
			buf_addc(b, (char)(0x80 | (cp >> 12 & 0x3f)));
		}
		buf_addc(b, (char)(0x80 | (cp >> 6 & 0x3f)));
	}
	buf_addc(b, (char)(0x80 | (cp & 0x3f)));
}

/* What follows "\u", with the second half of a surrogate pair. NUL cannot be in a C string. */
static bool
read_code_point(const char **p, struct buf *b)
{
	int cp = read_hex4(p), low;

	if (cp <= 0 || (cp >= 0xdc00 && cp <= 0xdfff))
		return false;
	if (cp >= 0xd800 && cp <= 0xdbff) {
		if ((*p)[0] != '\\' || (*p)[1] != 'u')
			return false;
		*p += 2;
		if ((low = read_hex4(p)) < 0xdc00 || low > 0xdfff)
			return false;
		cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
	}
	add_utf8(b, cp);
	return true;
}

/* What follows a backslash. */
static bool
read_escape(const char **p, struct buf *b)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at;

	if (**p == 'u') {
		++*p;
		return read_code_point(p, b);
	}
	if (**p == '\0' || (at = strchr(from, **p)) == NULL)
		return false;
	buf_addc(b, to[at - from]);
	++*p;
	return true;
}

/* Up to the closing quote; false if the string is broken. */
static bool
read_rest(const char **p, struct buf *b)
{
	while (**p != '"') {
		if ((unsigned char)**p < 0x20)
			return false;
		if (**p != '\\')
			buf_addc(b, *(*p)++);
		else {
			++*p;
			if (!read_escape(p, b))
				return false;
		}
	}
	++*p;
	return true;
}

bool
json_take(const char **p, char c)
{
	*p += strspn(*p, " \t\r\n");
	if (**p != c)
		return false;
	++*p;
	return true;
}

bool
json_ends(const char *p)
{
	return json_take(&p, '\0');
}

char *
json_take_string(const char **p)
{
	struct buf b = { 0 };

	if (!json_take(p, '"'))
		return NULL;
	if (read_rest(p, &b))
		return buf_string(&b);
	buf_release(&b);
	return NULL;
}

bool
json_take_words(const char **p, struct strv *words)
{
	char *word;

	if (!json_take(p, '['))
		return false;
	if (json_take(p, ']'))
		return true;
	do {
		if ((word = json_take_string(p)) == NULL)
			return false;
		strv_take(words, word);
	} while (json_take(p, ','));
	return json_take(p, ']');
}

bool
json_take_int(const char **p, int64_t *n)
{
	char *end;

	*p += strspn(*p, " \t\r\n");
	if (**p != '-' && !isdigit((unsigned char)**p))
		return false;
	errno = 0;
	*n = strtoll(*p, &end, 10);
	if (errno != 0 || end == *p)
		return false;
	*p = end;
	return true;
}
