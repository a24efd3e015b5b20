/*
 * form_table: answers as tables for people: see out_ops.h, and forms.h for the module. Long tables
 * are printed in portions of some hundred lines, each at least as wide as the one before, so that
 * memory stays small and output begins early.
 */
#include <assert.h>
#include <libsmartcols/libsmartcols.h>

#include "base/mem.h"
#include "base/module.h"
#include "cli/out_ops.h"
#include "time/instant.h"

#define PORTION 500
#define COLUMNS_MAX 16
#define KEPT 24 /* columns that a text may have and still be kept whole */

struct table {
	struct out_style style;
	int depth;			  /* of lists and objects that are open */
	int list_depth;			  /* at which the table's list is; 0: none is open */
	const struct out_column *columns;
	struct libscols_table *scols;	  /* the portion being filled */
	struct libscols_line *line;
	size_t lines;
	bool headed;			  /* the headings are printed */
	size_t widths[COLUMNS_MAX];
	bool cut[COLUMNS_MAX];		  /* columns of long texts that may be cut */
};

static void *
table_open(const struct out_style *style)
{
	struct table t = { .style = *style };

	return xmemdup(&t, sizeof(t));
}

static void
new_portion(struct table *t)
{
	t->scols = mem_need(scols_new_table());
	scols_table_enable_noheadings(t->scols, !t->style.header || t->headed);
	for (size_t i = 0; t->columns[i].name != NULL; i++) {
		int flags = (t->columns[i].right ? SCOLS_FL_RIGHT : 0) |
		    (t->columns[i].cut && !t->columns[i].keep ? SCOLS_FL_TRUNC : 0) |
		    (t->columns[i].wrap ? SCOLS_FL_WRAP : 0);
		double width = (double)t->widths[i];

		assert(i < COLUMNS_MAX);
		mem_need(scols_table_new_column(t->scols, t->columns[i].head, width, flags));
	}
	t->lines = 0;
	t->line = NULL;
}

static void
print_portion(struct table *t)
{
	for (size_t i = 0; t->columns[i].name != NULL; i++) {
		struct libscols_column *column = scols_table_get_column(t->scols, i);

		if (t->cut[i])
			scols_column_set_flags(
			    column, scols_column_get_flags(column) | SCOLS_FL_TRUNC);
	}
	if (t->lines > 0)
		scols_print_table(t->scols);
	for (size_t i = 0; t->columns[i].name != NULL && t->lines > 0; i++) {
		size_t width = scols_column_get_width(scols_table_get_column(t->scols, i));

		if (width > t->widths[i])
			t->widths[i] = width;
	}
	t->headed = t->headed || t->lines > 0;
	scols_unref_table(t->scols);
	t->scols = NULL;
}

static void
table_list(void *form, const char *name, const struct out_column *columns)
{
	struct table *t = form;

	(void)name;
	t->depth++;
	if (columns == NULL || t->list_depth > 0)
		return;
	t->list_depth = t->depth;
	t->columns = columns;
	t->headed = false;
	memset(t->widths, 0, sizeof(t->widths));
	memset(t->cut, 0, sizeof(t->cut));
	new_portion(t);
}

static void
table_object(void *form, const char *name)
{
	struct table *t = form;

	(void)name;
	t->depth++;
	if (t->list_depth == 0 || t->depth != t->list_depth + 1)
		return;
	if (t->lines == PORTION) {
		print_portion(t);
		new_portion(t);
	}
	t->line = mem_need(scols_table_new_line(t->scols, NULL));
	t->lines++;
}

static void
table_end(void *form)
{
	struct table *t = form;

	if (t->list_depth == t->depth) {
		print_portion(t);
		t->list_depth = 0;
	}
	t->depth--;
}

static const char *
cell_text(const struct table *t, const struct out_value *v, char *buf, size_t size)
{
	switch (v->type) {
	case OUT_NULL:
		return "-";
	case OUT_NUMBER:
		snprintf(buf, size, "%lld", (long long)v->number);
		return buf;
	case OUT_TEXT:
		return v->text;
	case OUT_TIME:
		instant_human(v->number, t->style.zone, buf, size);
		return buf;
	case OUT_DURATION:
		out_duration_text(v->number, buf, size);
		return buf;
	case OUT_BOOL:
		return v->number ? "yes" : "no";
	}
	abort();
}

static void
table_value(void *form, const char *name, const struct out_value *v)
{
	struct table *t = form;
	char buf[INSTANT_TEXT];

	if (t->list_depth == 0 || t->depth != t->list_depth + 1 || name == NULL)
		return;
	for (size_t i = 0; t->columns[i].name != NULL; i++) {
		const char *text;

		if (strcmp(t->columns[i].name, name) != 0)
			continue;
		text = cell_text(t, v, buf, sizeof(buf));
		scols_line_set_data(t->line, i, text);
		t->cut[i] = t->cut[i] || (t->columns[i].keep && strlen(text) > KEPT);
	}
}

static void
table_close(void *form)
{
	struct table *t = form;

	while (t->depth > 0) /* a list cut short by an error */
		table_end(t);
	free(t);
}

static const struct out_ops out_table = {
	.open = table_open,
	.list = table_list,
	.object = table_object,
	.end = table_end,
	.value = table_value,
	.close = table_close,
};

MODULE(&out_table);
