/*
 * quote: see quote.h. The rules are those of the shell language of POSIX, section 2.2, Quoting; a
 * line end does not come here.
 */
#include "tab/quote.h"

#include "base/buf.h"

/* p is behind the opening quote; returns the place behind the closing one, or NULL. */
static const char *
single_quoted(const char *p, struct buf *word)
{
	size_t len = strcspn(p, "'");

	buf_add(word, p, len);
	return p[len] == '\'' ? p + len + 1 : NULL;
}

static const char *
double_quoted(const char *p, struct buf *word)
{
	for (; *p != '"'; p++) {
		if (*p == '\\' && p[1] != '\0' && strchr("$`\"\\", p[1]) != NULL)
			p++;
		if (*p == '\0')
			return NULL;
		buf_addc(word, *p);
	}
	return p + 1;
}

const char *
quote_word(const char *p, struct buf *word, const char **wrong)
{
	buf_clear(word);
	while (*p != ' ' && *p != '\t' && *p != '\0') {
		*wrong = p;
		if (*p == '\'')
			p = single_quoted(p + 1, word);
		else if (*p == '"')
			p = double_quoted(p + 1, word);
		else {
			if (*p == '\\' && *++p == '\0')
				return NULL;
			buf_addc(word, *p++);
		}
		if (p == NULL)
			return NULL;
	}
	buf_addc(word, '\0');
	return p;
}
