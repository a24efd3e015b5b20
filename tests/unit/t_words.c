/*
 * t_words: lists of strings as JSON, bytes that are not UTF-8 included.
 */
#include "base/mem.h"
#include "base/strv.h"
#include "job/words.h"
#include "tap.h"

static void
test_round_trips(void)
{
	static const char *const lists[][4] = {
	    {NULL},
	    {"", NULL},
	    {"sh", "-c", "echo \"hi\" \\ there", NULL},
	    {"tab\there", "line\nend", "\x01\x1f\x7f", NULL},
	    {"gr\xc3\xbc\xc3\x9f", "\xf0\x9f\x98\x80", NULL},
	    {"\xff\xfe not UTF-8", "\xc3", NULL},
	    {"[\"a\"]", ",", "]", NULL},
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct strv in = {0}, out = {0};
		char *text;

		for (size_t k = 0; lists[i][k] != NULL; k++)
			strv_push(&in, lists[i][k]);
		text = words_format(&in);
		tap_ok(words_parse(text, &out) == 0 && strv_equal(&in, &out),
		    "list %zu is read back", i);
		free(text);
		strv_clear(&in);
		strv_clear(&out);
	}
}

static void
test_format(void)
{
	struct strv words = {0};
	char *text = words_format(&words);

	tap_is_str(text, "[]", "no word");
	free(text);
	strv_push(&words, "a\"b\\c/d");
	strv_push(&words, "\n");
	text = words_format(&words);
	tap_is_str(text, "[\"a\\\"b\\\\c/d\",\"\\u000a\"]", "only what must be is escaped");
	free(text);
	strv_clear(&words);
}

static void
test_parse(void)
{
	static const struct {
		const char *text, *joined; /* joined by '|'; NULL: refused */
	} cases[] = {
	    {"[]", ""},
	    {" [ ] ", ""},
	    {"[\"a\"]", "a"},
	    {"[ \"a\" ,\n\t\"b\" ]\n", "a|b"},
	    {"[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "\"\\/\b\f\n\r\t"},
	    {"[\"\\u0041\\u00fc\\u20AC\"]", "A\xc3\xbc\xe2\x82\xac"},
	    {"[\"\\ud83d\\ude00\"]", "\xf0\x9f\x98\x80"},
	    {"", NULL},
	    {"a", NULL},
	    {"\"a\"", NULL},
	    {"[", NULL},
	    {"[\"a\"", NULL},
	    {"[\"a", NULL},
	    {"[\"a\\", NULL},
	    {"[\"a\\\"", NULL},
	    {"[\"a\",]", NULL},
	    {"[,\"a\"]", NULL},
	    {"[\"a\"\"b\"]", NULL},
	    {"[\"a\"] x", NULL},
	    {"[1]", NULL},
	    {"[null]", NULL},
	    {"[[\"a\"]]", NULL},
	    {"[\"\\x41\"]", NULL},
	    {"[\"\\u004\"]", NULL},
	    {"[\"\\u\"]", NULL},
	    {"[\"\\u0000\"]", NULL}, /* could not be in a C string */
	    {"[\"\\ude00\"]", NULL}, /* half of a pair */
	    {"[\"\\ud83d\"]", NULL},
	    {"[\"\\ud83d\\u0041\"]", NULL},
	    {"[\"line\nend\"]", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct strv words = {0};
		char *joined = NULL;

		if (words_parse(cases[i].text, &words) == 0)
			joined = strv_join(&words, "|");
		tap_is_str(joined, cases[i].joined, "text %zu is read or refused", i);
		if (cases[i].joined == NULL)
			tap_is_int((int64_t)words.n, 0, "and adds nothing");
		free(joined);
		strv_clear(&words);
	}
}

int
main(void)
{
	struct strv words = {0};
	char *list;

	test_round_trips();
	test_format();
	test_parse();
	strv_push(&words, "first");
	words_parse("[\"second\"]", &words);
	tap_ok(words.n == 2, "words are added to what is there");
	strv_clear(&words);
	tap_is_int(words_index(missed_words, "all"), 2, "a word has its place");
	tap_is_int(words_index(missed_words, "al"), -1, "a part of a word is none");
	list = words_list(missed_words);
	tap_is_str(list, "skip, once or all", "a list for a sentence");
	free(list);
	list = words_list(lock_scope_words);
	tap_is_str(list, "main or tree", "a list of two");
	free(list);
	return tap_done();
}
