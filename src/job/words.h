/*
 * words: lists of strings as a JSON array in a text column; bytes that are not UTF-8 go through as
 * they are. And lists of fixed words.
 */
#ifndef JOB_WORDS_H
#define JOB_WORDS_H

#include <stddef.h>

struct strv;

char *words_format(const struct strv *);	  /* the caller's; "[]" if empty */
int words_parse(const char *text, struct strv *); /* appends; -1 if it is no array of strings */

/* The words of the enums of job.h and cron.h, in their order. */
extern const char *const overlap_words[], *const missed_words[], *const mail_on_words[];
extern const char *const order_on_failure_words[], *const lock_scope_words[];
extern const char *const dst_gap_words[], *const dst_repeat_words[]; /* "default" first */

/* Index of word in a NULL-terminated list, -1 if it is not there. */
int words_index(const char *const *list, const char *word);
/* "skip, once or all": for messages. The caller's. */
char *words_list(const char *const *list);

#endif
