/*
 * cron_token: the words of one field of an expression: numbers, names and single characters,
 * and the errors that say where they are wrong (private to this floor).
 */
#ifndef TIME_CRON_TOKEN_H
#define TIME_CRON_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

struct cron;
struct err;

enum cron_field { FIELD_MINUTE, FIELD_HOUR, FIELD_DOM, FIELD_MONTH, FIELD_DOW, CRON_FIELDS };

struct cron_field_form {
	const char *name;
	int min, max;
	int top;	   /* where * and open ends stop: Sunday is 0 or 7, but counts once */
	const char *words; /* names of three letters, from min on; or NULL */
};
extern const struct cron_field_form cron_fields[CRON_FIELDS];

struct cron_reader {
	const char *text; /* the whole expression, from which columns are counted */
	uint64_t seed;
	int *column; /* NULL: the sentence is to tell it */
	struct err *err;
	enum cron_field field; /* the one being read, */
	const char *p, *end;   /* what is left of it, */
	int item;	       /* and the place of the item in it */
	struct cron *cron;     /* what it is read into */
};

/* Tells the caller, if it asked, that the error is at `where`. */
void cron_set_column(struct cron_reader *, const char *where);

/* Sets the error to "field: sentence" and the column to that of `where`; returns E_INPUT. */
int cron_fail(struct cron_reader *, const char *where, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The next character of the item in lower case; '\0' at the item's end. Letters are ASCII's. */
static inline int
cron_peek(const struct cron_reader *r)
{
	int ch = r->p < r->end && *r->p != ',' ? (unsigned char)*r->p : '\0';

	return ch >= 'A' && ch <= 'Z' ? ch - 'A' + 'a' : ch;
}

/* Whether the next character is ch (in lower case); then it is passed. */
static inline bool
cron_take(struct cron_reader *r, int ch)
{
	if (cron_peek(r) != ch)
		return false;
	r->p++;
	return true;
}

/* These return 0 or E_INPUT. */
int cron_number(struct cron_reader *, int min, int max, int *out);
int cron_value(struct cron_reader *, int *out); /* a number or a name of the field */
int cron_item_end(struct cron_reader *);	/* nothing more must be there */

#endif
