/*
 * out: what a command answers, as rows of named fields: JSON for scripts, aligned tables for
 * people. How either is made is behind struct out_ops, in modules that are loaded by need: forms.h.
 *
 * Lists and objects nest like parentheses. In JSON all of it appears, in order, in one object that
 * begins with "version"; the rows of an outermost list are written as they come, so a list of any
 * length takes little memory. For people only lists with columns appear, each as a table at its
 * end; what else they should see, a command prints itself.
 */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct out;
struct strv;
struct zone;

struct out_style {
	bool json;
	bool header;		 /* tables have a line of headings */
	const struct zone *zone; /* of times for people */
};

/* Which fields of a row people see, and under which heading. Ended by a NULL name. */
struct out_column {
	const char *name; /* of the field */
	const char *head;
	bool right; /* numbers */
	bool cut;   /* where a terminal is too narrow, its texts are cut */
	bool keep;  /* ... only if one is long: they are what a thing goes by */
	bool wrap;  /* ... or go on in further lines: none of them may be lost */
};

/* NULL, with E_FAIL: its form could not be loaded. */
struct out *out_new(const struct out_style *, struct err *);

/* Writes what is left, and frees. E_FAIL if standard output did not take all. */
int out_close(struct out *, struct err *);

/* name NULL: an element of the list that is open. columns NULL: not for people. */
void out_list(struct out *, const char *name, const struct out_column *columns);
void out_object(struct out *, const char *name);
void out_end(struct out *);

/* The field `name` of the open object; name NULL: an element of the open list. */
void out_number(struct out *, const char *name, int64_t);
void out_text(struct out *, const char *name, const char *); /* NULL: null */
void out_time(struct out *, const char *name, int64_t us);   /* INSTANT_NONE: null */
void out_duration(struct out *, const char *name, int64_t us); /* below 0: null */
void out_bool(struct out *, const char *name, bool);
void out_null(struct out *, const char *name);
void out_words(struct out *, const char *name, const struct strv *);

/* A cell of a table: for people only, where they should see another text than JSON has. */
void out_cell(struct out *, const char *column, const char *text);

/* Durations for people: "3ms", "2.5s", "1h30m". */
void out_duration_text(int64_t us, char *buf, unsigned long size);

/* Whether writing to standard output has failed, so that a long list may end early. */
bool out_broken(void);

/*
 * Sends on what is buffered; E_FAIL if standard output did not take all that was written so far,
 * without a sentence if that is because its reader has gone: he knows.
 */
int out_flush(struct err *);

#endif
