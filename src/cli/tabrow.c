/*
 * tabrow: see tabrow.h.
 */
#include "cli/tabrow.h"

#include "cli/out.h"
#include "store/store.h"

const struct out_column tab_columns[] = {
	{ .name = "path", .head = "TAB" },
	{ .name = "entries", .head = "ENTRIES", .right = true },
	{ .name = "loaded_at", .head = "LOADED" },
	{ .name = "warnings", .head = "WARNINGS", .right = true },
	{ .name = "error", .head = "ERROR", .wrap = true },
	{ 0 },
};

static void
position(struct out *o, const char *name, int64_t n)
{
	if (n > 0)
		out_number(o, name, n);
	else
		out_null(o, name);
}

void
tabrow_tab(struct out *o, const struct tab_state *t)
{
	out_object(o, NULL);
	out_text(o, "path", t->path);
	out_number(o, "entries", t->entries);
	out_time(o, "loaded_at", t->loaded_at);
	out_number(o, "size", t->size);
	out_number(o, "warnings", t->warnings);
	out_text(o, "error", t->error);
	out_end(o);
}

void
tabrow_error(struct out *o, const struct tab_state *t)
{
	if (t->error == NULL)
		return;
	out_object(o, NULL);
	out_text(o, "file", t->path);
	position(o, "line", t->error_line);
	position(o, "column", t->error_column);
	out_text(o, "message", t->error);
	out_time(o, "since", t->error_at);
	out_end(o);
}

void
tabrow_difference(struct out *o, const struct tab_difference *t)
{
	out_object(o, NULL);
	out_text(o, "node", t->node);
	out_text(o, "file", t->path);
	out_text(o, "what", t->what);
	out_time(o, "since", t->since);
	out_end(o);
}
