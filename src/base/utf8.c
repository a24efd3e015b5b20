/*
 * utf8: see utf8.h. The ranges are table 3-7 of the Unicode standard.
 */
#include "base/utf8.h"

#include "base/buf.h"

/* Length of the well-formed sequence at s (1..4), 0 if there is none; its code point in *cp. */
static size_t
sequence(const unsigned char *s, size_t len, unsigned *cp)
{
	unsigned char lead = s[0], low = 0x80, high = 0xbf;
	size_t n = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 :
	    lead < 0xf5				 ? 4 :
						   0;

	if (n == 0 || n > len)
		return 0;
	*cp = n == 1 ? lead : lead & (0x7fu >> n);
	if (lead == 0xe0)
		low = 0xa0;
	else if (lead == 0xed)
		high = 0x9f;
	else if (lead == 0xf0)
		low = 0x90;
	else if (lead == 0xf4)
		high = 0x8f;
	for (size_t i = 1; i < n; i++) {
		if (s[i] < low || s[i] > high)
			return 0;
		*cp = *cp << 6 | (s[i] & 0x3fu);
		low = 0x80;
		high = 0xbf;
	}
	return n;
}

static bool
is_control(unsigned cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
}

static bool
all(const char *s, size_t len, bool controls)
{
	const unsigned char *p = (const unsigned char *)s;
	unsigned cp;

	for (size_t i = 0, n; i < len; i += n) {
		if ((n = sequence(p + i, len - i, &cp)) == 0)
			return false;
		if (!controls && is_control(cp))
			return false;
	}
	return true;
}

bool
utf8_valid(const char *s, size_t len)
{
	return all(s, len, true);
}

bool
utf8_printable(const char *s, size_t len)
{
	return all(s, len, false);
}

void
utf8_escape(struct buf *b, const char *s, size_t len, bool keep_newlines)
{
	const unsigned char *p = (const unsigned char *)s;
	unsigned cp;

	for (size_t i = 0, n; i < len; i += n) {
		n = sequence(p + i, len - i, &cp);
		if (n > 0 && (!is_control(cp) || (keep_newlines && (cp == '\n' || cp == '\t')))) {
			buf_add(b, s + i, n);
			continue;
		}
		n = n > 0 ? n : 1;
		for (size_t k = i; k < i + n; k++)
			buf_addf(b, "\\x%02x", p[k]);
	}
}
