/*
 * tabrow: loaded tabs and their errors as rows.
 */
#ifndef CLI_TABROW_H
#define CLI_TABROW_H

#include "cli/out.h"

struct tab_difference;
struct tab_state;

extern const struct out_column tab_columns[];

void tabrow_tab(struct out *, const struct tab_state *);

/* A row of `tab_errors`; nothing if the tab has none. */
void tabrow_error(struct out *, const struct tab_state *);

/* A row of `tab_differences`. */
void tabrow_difference(struct out *, const struct tab_difference *);

#endif
