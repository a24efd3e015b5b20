/*
 * keys: the keys of jobsched.conf, and what each may hold (private to this floor).
 */
#ifndef CONF_KEYS_H
#define CONF_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"
#include "job/draft.h"

struct err;

/* What is being filled. */
struct keys_target {
	struct conf *conf;
	struct draft defaults;
	const char *folder;	  /* of the file: relative paths begin there */
	struct conf_queue *queue; /* of the section that is read */
};

struct key {
	const char *section; /* NULL: none; "retention", "queue" */
	const char *name;
	bool list; /* each value is set by itself, and adds up */
	int (*set)(struct keys_target *, const struct key *, const char *value, struct err *);
	size_t offset;	  /* of the member of struct conf, or of struct conf_queue */
	int64_t min, max; /* of a number or duration */
};

/* Ended by a NULL name. The defaults of policies are not in it: see key_default_option. */
extern const struct key conf_keys[];

/* section NULL: outside of all. */
bool key_is_of(const struct key *, const char *section);

const struct key *key_find(const char *section, const char *name);

/*
 * The name of the option whose default a key "default_…" sets, of `size` bytes; false if it is no
 * such key. The default itself is set by key_set_default.
 */
bool key_default_option(const char *key, char *option, size_t size);
int key_set_default(struct keys_target *, const char *option, const char *value, struct err *);

#endif
