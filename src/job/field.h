/*
 * field: the members of struct job as a table, so that the store, the tests and the JSON of jobs
 * walk over them instead of naming each.
 */
#ifndef JOB_FIELD_H
#define JOB_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct job;

enum field_type {
	FIELD_INT,	/* int64_t */
	FIELD_DURATION, /* int64_t, µs */
	FIELD_BOOL,	/* bool */
	FIELD_TEXT,	/* char *, NULL allowed */
	FIELD_WORDS,	/* struct strv; as text a JSON array of strings, NULL if empty */
	FIELD_TIME,	/* int64_t instant; INSTANT_NONE is NULL */
	FIELD_CHOICE,	/* an enum, by its word */
};

struct field {
	const char *name; /* in the database, too; quote it: `user` is a keyword to some */
	enum field_type type;
	size_t offset;
	const char *const *words; /* for FIELD_CHOICE: NULL-terminated, index is the value */
	int64_t min, max; /* INT, DURATION: the range; TEXT: max bytes; WORDS: max bytes of all */
	/* Of TEXT, and of each of WORDS; NULL: any text will do. */
	int (*check)(const char *, struct err *);
	bool column; /* stored as a column; the others stand together in one: packed.h */
};

/* All members but id, ended by a field whose name is NULL. */
extern const struct field job_fields[];

/* The field of the member at this offset; the offset must be one. */
const struct field *field_at(size_t offset);

/* Integer value of INT, DURATION, BOOL, TIME, CHOICE. */
int64_t field_int(const struct field *, const struct job *);
void field_set_int(const struct field *, struct job *, int64_t);

/*
 * Text value: TEXT (borrowed from the job, in *mine NULL), WORDS (in *mine, the caller's; NULL if
 * there are none), CHOICE's word (static). NULL for the other types.
 */
const char *field_text(const struct field *, const struct job *, char **mine);
/* Whether it is the same in both. */
bool field_equal(const struct field *, const struct job *, const struct job *);
/* Sets from what field_text gave. Unknown word, broken JSON, a field without text: -1. */
int field_set_text(const struct field *, struct job *, const char *);

#endif
