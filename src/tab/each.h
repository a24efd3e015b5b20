/*
 * each: an entry that is a job for each node (--on=each).
 */
#ifndef TAB_EACH_H
#define TAB_EACH_H

struct line;
struct parser;

/*
 * If the last of the tab's jobs is one for each node, and the context says which nodes there are,
 * it becomes one for each, NAME@NODE, with an identity of its own. What is wrong with one of them
 * is noted as an error of the line.
 */
void each_spread(struct parser *, const struct line *);

#endif
