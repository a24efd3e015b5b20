/*
 * words: see words.h.
 */
#include "job/words.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/strv.h"

const char *const overlap_words[] = {"skip", "wait", "replace", NULL};
const char *const missed_words[] = {"skip", "once", "all", NULL};
const char *const mail_on_words[] = {"failure", "never", "output", "always", NULL};
const char *const order_on_failure_words[] = {"hold", "go", NULL};
const char *const lock_scope_words[] = {"main", "tree", NULL};
const char *const dst_gap_words[] = {"default", "after", "skip", NULL};
const char *const dst_repeat_words[] = {"default", "once", "both", NULL};

char *
words_format(const struct strv *words)
{
	struct buf b = { 0 };

	json_add_words(&b, words);
	return buf_string(&b);
}

int
words_parse(const char *text, struct strv *words)
{
	struct strv read = { 0 };
	int rc = json_take_words(&text, &read) && json_ends(text) ? 0 : -1;

	for (size_t i = 0; rc == 0 && i < read.n; i++)
		strv_push(words, read.v[i]);
	strv_clear(&read);
	return rc;
}

int
words_index(const char *const *list, const char *word)
{
	for (int i = 0; list[i] != NULL; i++)
		if (strcmp(list[i], word) == 0)
			return i;
	return -1;
}

char *
words_list(const char *const *list)
{
	struct buf b = {0};

	for (size_t i = 0; list[i] != NULL; i++) {
		if (i > 0)
			buf_addstr(&b, list[i + 1] == NULL ? " or " : ", ");
		buf_addstr(&b, list[i]);
	}
	return buf_string(&b);
}
