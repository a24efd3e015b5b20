/*
 * node: the nodes of a store as people and scripts see them.
 */
#ifndef CLI_NODE_H
#define CLI_NODE_H

#include <stdbool.h>

#include "cli/out.h"

struct node;

extern const struct out_column node_columns[];

/* The row of a node. */
void node_row(struct out *, const struct node *);

/*
 * Its state; "gone" if it should be live on this machine and its process is not there. Static or
 * borrowed.
 */
const char *node_state(const struct node *);

/* Whether it takes work, as far as can be seen from here. */
bool node_is_live(const struct node *);

#endif
