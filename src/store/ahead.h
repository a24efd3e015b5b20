/*
 * ahead: many jobs in chunks, of which an engine may have several under way.
 */
#ifndef STORE_AHEAD_H
#define STORE_AHEAD_H

#include <stdint.h>

struct store;
struct submit;

#define SUBMITS_AHEAD 3 /* so many at most that are not submitted yet */

/*
 * This will be submitted soon, behind what was announced before it: an engine may do a part of the
 * work meanwhile. Until store_submit has been called with the same two pointers, and has returned,
 * nothing of what they point to may change; before that nobody sees any of it. What is not
 * submitted after all is forgotten with the next that is, or when the store is closed, and until
 * then it must stay as well.
 */
void store_submit_ahead(struct store *, const struct submit *, int64_t *ids);

#endif
