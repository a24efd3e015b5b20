/*
 * zone_table: what a zone is in memory (private to this floor): the changes of its offset, in
 * order. Changes of name or DST flag alone are left out when it is built.
 */
#ifndef TIME_ZONE_TABLE_H
#define TIME_ZONE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Offsets are above -25 h and below 26 h (RFC 8536, section 3.2). */
#define OFFSET_MIN (-25 * 3600 + 1)
#define OFFSET_MAX (26 * 3600 - 1)

struct posixtz;

/* What its file was when it was read. */
struct zone_file {
	uint64_t device, inode;
	int64_t size, mtime; /* mtime: ns */
};

struct zone {
	char *name;
	struct zone *next; /* in the cache */
	bool by_name;	   /* whether the database has it under its name */
	bool old;	   /* a newer one has taken its place in the cache */
	char *path;	   /* of its file; NULL: it has none */
	struct zone_file file;
	int64_t *at;	   /* [n], strictly rising */
	int32_t *off;	   /* [n + 1]: off[0] before at[0], off[i + 1] from at[i] on */
	size_t n, cap;
	bool cyclic; /* the last 400 years of the table go on for ever */
};

/* Makes the table of a zone whose offset is off for ever. The other members are left alone. */
void zone_table_init(struct zone *, int32_t off);

/* From `at` on, the offset is off. `at` is not before the last one added. */
void zone_table_add(struct zone *, int64_t at, int32_t off);

/*
 * After `from`, the offsets follow the rule; `from` is not before the last one added. A rule is
 * not followed further back than 1900.
 */
void zone_table_follow(struct zone *, int64_t from, const struct posixtz *);

/* Frees what is in the table; the name and the struct are the owner's. */
void zone_table_release(struct zone *);

#endif
