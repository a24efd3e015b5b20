/*
 * address: see address.h. Rather too much is taken away than too little: in what libpq would not
 * understand there may be a password as well.
 */
#include "store/pg/address.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

static int
hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : (tolower((unsigned char)c) - 'a') + 10;
}

/* Whether these n bytes are that word; letters may be written as %XX. */
static bool
is_word(const char *p, size_t n, const char *word)
{
	const char *end = p + n;

	for (; p < end && *word != '\0'; word++) {
		char c = *p;

		if (c == '%' && end - p > 2 && isxdigit((unsigned char)p[1]) &&
		    isxdigit((unsigned char)p[2])) {
			c = (char)(hex(p[1]) * 16 + hex(p[2]));
			p += 2;
		}
		p++;
		if (tolower((unsigned char)c) != *word)
			return false;
	}
	return p == end && *word == '\0';
}

static bool
is_secret(const char *p, size_t n)
{
	static const char *const secrets[] = {"password", "sslpassword", "oauth_client_secret",
	    "scram_client_key", "scram_server_key"};

	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		if (is_word(p, n, secrets[i]))
			return true;
	return false;
}

/* "user:password@hosts", up to the path or the parameters. */
static void
add_authority(struct buf *b, const char *p, const char *end)
{
	const char *at = end, *colon;

	while (at > p && at[-1] != '@')
		at--;
	if (at > p && (colon = memchr(p, ':', (size_t)(at - p))) != NULL) {
		buf_add(b, p, (size_t)(colon - p));
		p = at - 1;
	}
	buf_add(b, p, (size_t)(end - p));
}

static void
add_parameters(struct buf *b, const char *p)
{
	char before = '?';

	for (const char *end; *p != '\0'; p = *end != '\0' ? end + 1 : end) {
		end = p + strcspn(p, "&");
		if (is_secret(p, strcspn(p, "=&")))
			continue;
		buf_addc(b, before);
		buf_add(b, p, (size_t)(end - p));
		before = '&';
	}
}

char *
pg_address_shown(const char *locator)
{
	const char *p = locator, *path, *at, *parameters;
	struct buf b = {0};

	buf_addstr(&b, "postgresql:");
	if (strncmp(p, "//", 2) != 0)
		return buf_string(&b);
	buf_addstr(&b, "//");
	p += 2;
	path = p + strcspn(p, "/?");
	/* In a password both should have been written otherwise, and end nothing. */
	if ((at = strrchr(p, '@')) != NULL && at > path && memchr(p, '=', (size_t)(at - p)) == NULL)
		path = at + strcspn(at, "/?");
	add_authority(&b, p, path);
	parameters = path + strcspn(path, "?");
	buf_add(&b, path, (size_t)(parameters - path));
	if (*parameters == '?')
		add_parameters(&b, parameters + 1);
	return buf_string(&b);
}
