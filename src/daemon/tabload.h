/*
 * tabload: one tab file on its way into the store, a piece at a time: read, parsed, compared,
 * carried out, and what became of it recorded.
 */
#ifndef DAEMON_TABLOAD_H
#define DAEMON_TABLOAD_H

#include <stdbool.h>
#include <stdint.h>

struct file_stamp;
struct store;
struct tab_context;
struct tab_index;
struct tab_state;
struct tabload;

struct tabload_file {
	struct store *store;
	const char *path, *name; /* name: by which entries know their file */
	const struct tab_context *context;
	uint64_t context_hash;	 /* of all that gives the same text another meaning … */
	uint64_t nodes_hash;	 /* … where an entry is one for each node: not 0 */
	struct tab_state *state; /* what the store has of the file, which is kept up to date */
	struct tab_index *index; /* of its lines, likewise; NULL: none */
};

/*
 * Reads the file. NULL: there is nothing to do, because it is the one in force, or cannot be read
 * (told). All that is given must live until tabload_free. The stamp is of what was read.
 */
struct tabload *tabload_new(const struct tabload_file *, struct file_stamp *);

/* All entries of a file that has gone are to be retired. */
struct tabload *tabload_gone(const struct tabload_file *);

/* Whether the next piece holds the store against others who write. */
bool tabload_writes(const struct tabload *);

/* One piece, by the clock of now. False: that was the last. */
bool tabload_step(struct tabload *, int64_t now);

/* What became of it. */
bool tabload_changed(const struct tabload *); /* something in the store */
bool tabload_again(const struct tabload *);   /* worth another look although the file is the same */

void tabload_free(struct tabload *);

#endif
