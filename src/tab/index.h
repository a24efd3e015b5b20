/*
 * index: what is kept of each entry of a tab that is in force, so that of a file that has changed
 * only the lines that changed need be read.
 *
 * A line is known by a hash of its text, of all settings above it, and of how many like it stand
 * above it. Hashes of 64 bits are taken for what they were made of.
 */
#ifndef TAB_INDEX_H
#define TAB_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tab;

struct tab_index_entry {
	uint64_t line;
	int64_t id; /* of its job */
	int warnings;
	bool there; /* in the version that is being read */
};

struct tab_index_place {
	uint64_t line;
	size_t at;
};

/* All zero is empty. */
struct tab_index {
	struct tab_index_entry *v; /* as they stood in the file, and behind them what came later */
	struct tab_index_place *order; /* of all of them, by line */
	size_t n;
	uint64_t context; /* for the caller: by which the lines were read */
	size_t twins;	  /* entries whose identity is told from another's by its ordinal only */
	size_t alike;	  /* entries above which their line had stood already; never too few */
	size_t taken;	  /* of this reading: how many are there, */
	size_t next;	  /* and where the next is looked for first */
};
void tab_index_clear(struct tab_index *);

/* Before a reading. */
void tab_index_begin(struct tab_index *);
/* The entry of this line; NULL: there is none. */
struct tab_index_entry *tab_index_find(struct tab_index *, uint64_t line);
/* It is there by now, and was not before. */
void tab_index_take(struct tab_index *, struct tab_index_entry *);

/* After it: forgets what is not there any more, and adds the tab's jobs, whose ids these are. */
void tab_index_update(struct tab_index *, const struct tab *, const int64_t *ids);

#endif
