/*
 * t_pack: numbers, strings and words go through unchanged, and broken bytes are found out.
 */
#include "base/buf.h"
#include "base/strv.h"
#include "guard.h"
#include "tap.h"
#include "wire/pack.h"

static void
test_ints(void)
{
	static const int64_t ints[] = { 0, 1, -1, 255, 256, 1700000000000000, INT64_MAX,
		INT64_MIN };
	enum { N = sizeof(ints) / sizeof(ints[0]) };
	struct buf b = { 0 };
	struct unpack u;

	for (size_t i = 0; i < N; i++)
		pack_int(&b, ints[i]);
	unpack_init(&u, b.data, b.len);
	for (size_t i = 0; i < N; i++)
		tap_is_int(unpack_int(&u), ints[i], "%lld goes through", (long long)ints[i]);
	tap_ok(!u.bad && u.p == u.end, "nothing is left over");
	buf_release(&b);
}

static void
test_bytes_on_the_wire(void)
{
	static const char want[] = "\x02\x01\0\0\0\0\0\0"
				   "\x02\0\0\0hi"
				   "\xff\xff\xff\xff"
				   "\x01\0\0\0\x01\0\0\0x";
	struct strv words = { 0 };
	struct buf b = { 0 };

	strv_push(&words, "x");
	pack_int(&b, 0x102);
	pack_str(&b, "hi");
	pack_str(&b, NULL);
	pack_words(&b, &words);
	tap_ok(b.len == sizeof(want) - 1 && memcmp(b.data, want, b.len) == 0,
	    "the format is little-endian with lengths of 4 bytes");
	strv_clear(&words);
	buf_release(&b);
}

static void
test_strings(void)
{
	struct strv words = { 0 }, got = { 0 };
	struct buf b = { 0 };
	struct unpack u;
	int64_t len;
	char *s;

	strv_push(&words, "");
	strv_push(&words, "two words");
	strv_push(&words, "\xff\n");
	pack_str(&b, "text");
	pack_str(&b, NULL);
	pack_str(&b, "");
	pack_bytes(&b, "a\0b", 3);
	pack_bytes(&b, NULL, 0);
	pack_words(&b, &words);
	unpack_init(&u, b.data, b.len);
	tap_is_str(s = unpack_str(&u), "text", "a string goes through");
	free(s);
	tap_is_str(unpack_str(&u), NULL, "NULL stays NULL");
	tap_is_str(s = unpack_str(&u), "", "an empty string is not NULL");
	free(s);
	s = unpack_bytes(&u, &len);
	tap_ok(len == 3 && memcmp(s, "a\0b", 3) == 0, "bytes may hold a NUL");
	free(s);
	tap_ok(unpack_bytes(&u, &len) == NULL && len == 0, "no bytes are NULL");
	unpack_words(&u, &got);
	tap_ok(strv_equal(&words, &got), "words go through");
	tap_ok(!u.bad && u.p == u.end, "nothing is left over");
	strv_clear(&words);
	strv_clear(&got);
	buf_release(&b);
}

static void
test_missing_fields(void)
{
	struct strv words = { 0 };
	struct unpack u;
	int64_t len;

	unpack_init(&u, NULL, 0);
	tap_is_int(unpack_int(&u), 0, "a missing number is 0");
	tap_is_str(unpack_str(&u), NULL, "a missing string is NULL");
	tap_ok(unpack_bytes(&u, &len) == NULL && len == 0, "missing bytes are none");
	unpack_words(&u, &words);
	tap_is_int((int64_t)words.n, 0, "missing words are none");
	tap_ok(!u.bad, "missing fields are not bad");
}

static void
test_broken(void)
{
	static const struct {
		const char *what, *data;
		size_t len;
		char kind; /* i, s, b, w */
	} cases[] = {
		{ "half a number", "\1\2\3", 3, 'i' },
		{ "half a length", "\1\0", 2, 's' },
		{ "a string that runs over the end", "\5\0\0\0abcd", 8, 's' },
		{ "a length just below NULL", "\xfe\xff\xff\xff", 4, 's' },
		{ "a NUL in a string", "\3\0\0\0a\0b", 7, 's' },
		{ "bytes that run over the end", "\5\0\0\0abcd", 8, 'b' },
		{ "more words than there is room for", "\xff\xff\xff\x7f\1\0\0\0a", 9, 'w' },
		{ "a count of words and no words", "\1\0\0\0", 4, 'w' },
		{ "NULL for a word", "\1\0\0\0\xff\xff\xff\xff", 8, 'w' },
		{ "a word cut short", "\1\0\0\0\2\0\0\0a", 9, 'w' },
	};
	struct strv words = { 0 };
	struct unpack u;
	int64_t len;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unpack_init(&u, cases[i].data, cases[i].len);
		if (cases[i].kind == 'i')
			unpack_int(&u);
		else if (cases[i].kind == 's')
			free(unpack_str(&u));
		else if (cases[i].kind == 'b')
			free(unpack_bytes(&u, &len));
		else
			unpack_words(&u, &words);
		tap_ok(u.bad, "%s is bad", cases[i].what);
		tap_is_int(unpack_int(&u), 0, "%s: what follows is 0", cases[i].what);
		strv_clear(&words);
	}
}

static void
test_garbage(void)
{
	uint64_t state = 88172645463325252;
	struct strv words = { 0 };
	struct guard g;
	struct unpack u;
	char data[64];
	int64_t len;

	guard_init(&g, sizeof(data));
	for (int round = 0; round < 20000; round++) {
		size_t n = guard_random(&state) % sizeof(data);

		for (size_t i = 0; i < n; i++)
			data[i] = (char)(guard_random(&state) % 4 == 0 ? guard_random(&state) : 0);
		unpack_init(&u, guard_copy(&g, data, n), n);
		free(unpack_str(&u));
		unpack_words(&u, &words);
		unpack_int(&u);
		free(unpack_bytes(&u, &len));
		strv_clear(&words);
	}
	tap_ok(true, "garbage is never read past its end");
	guard_release(&g);
}

int
main(void)
{
	test_ints();
	test_bytes_on_the_wire();
	test_strings();
	test_missing_fields();
	test_broken();
	test_garbage();
	return tap_done();
}
