/*
 * comments: see comments.h. Quotes are those of libconfuse: in both kinds a backslash takes the
 * next character along.
 */
#include "conf/comments.h"

#include <stdbool.h>

struct scan {
	char *p, *end;
	int line;
	int depth, brace_line; /* of the outermost open brace */
};

static void
step(struct scan *s)
{
	if (*s->p++ == '\n')
		s->line++;
}

static bool
begins(const struct scan *s, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(s->end - s->p) >= len && memcmp(s->p, text, len) == 0;
}

static void
skip_quoted(struct scan *s)
{
	char quote = *s->p;

	step(s);
	while (s->p < s->end && *s->p != quote) {
		if (*s->p == '\\' && s->p + 1 < s->end)
			step(s);
		step(s);
	}
	if (s->p < s->end)
		step(s);
}

static void
blank(struct scan *s)
{
	if (*s->p != '\n')
		*s->p = ' ';
	step(s);
}

static void
blank_line(struct scan *s)
{
	while (s->p < s->end && *s->p != '\n')
		blank(s);
}

/* False if its end is missing. */
static bool
blank_block(struct scan *s)
{
	while (s->p < s->end && !begins(s, "*/"))
		blank(s);
	if (s->p == s->end)
		return false;
	blank(s);
	blank(s);
	return true;
}

static void
count_brace(struct scan *s)
{
	if (*s->p == '{' && s->depth++ == 0)
		s->brace_line = s->line;
	else if (*s->p == '}' && s->depth > 0)
		s->depth--;
	step(s);
}

struct unclosed
comments_blank(char *text, size_t len)
{
	struct scan s = { .p = text, .end = text + len, .line = 1 };
	int line;

	while (s.p < s.end) {
		line = s.line;
		if (*s.p == '"' || *s.p == '\'')
			skip_quoted(&s);
		else if (*s.p == '#' || begins(&s, "//"))
			blank_line(&s);
		else if (begins(&s, "/*")) {
			if (!blank_block(&s))
				return (struct unclosed){ "comment", line };
		} else
			count_brace(&s);
	}
	if (s.depth > 0)
		return (struct unclosed){ "brace", s.brace_line };
	return (struct unclosed){ NULL, 0 };
}
