/*
 * form_json: answers as one JSON object: see out_ops.h, and forms.h for the module. Members of the
 * object, and rows of a list in it, are written as soon as they are whole; only what is within one
 * of them is held in memory.
 */
#include <jansson.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/module.h"
#include "base/utf8.h"
#include "cli/bulk_line.h"
#include "cli/forms.h"
#include "cli/out_ops.h"
#include "time/duration.h"
#include "time/instant.h"

#define OUT_DEPTH 8

/* Enough digits for µs; more would show how doubles are stored. */
#define FORM (JSON_ENCODE_ANY | JSON_REAL_PRECISION(15))

struct level {
	json_t *value; /* an object or array not yet whole */
	const char *name;
};

struct json {
	struct level open[OUT_DEPTH];
	int depth;
	bool streaming; /* a list is open whose rows are written one by one */
	bool first_row;
};

static void *
json_open(const struct out_style *style)
{
	(void)style;
	fputs("{\"version\": 1", stdout);
	return xcalloc(1, sizeof(struct json));
}

/* Text that is not UTF-8 cannot be in JSON: its odd bytes are shown as on a terminal. */
static json_t *
text_value(const char *text)
{
	json_t *v = json_string(text);
	struct buf b = { 0 };

	if (v != NULL)
		return v;
	utf8_escape(&b, text, strlen(text), true);
	v = json_stringn(b.data, b.len);
	buf_release(&b);
	return v;
}

static json_t *
make_value(const struct out_value *v)
{
	char text[INSTANT_TEXT];

	switch (v->type) {
	case OUT_NULL:
		return json_null();
	case OUT_NUMBER:
		return json_integer(v->number);
	case OUT_TEXT:
		return text_value(v->text);
	case OUT_TIME:
		instant_json(v->number, text, sizeof(text));
		return json_string(text);
	case OUT_DURATION:
		return v->number % USEC == 0 ? json_integer(v->number / USEC) :
					       json_real((double)v->number / (double)USEC);
	case OUT_BOOL:
		return json_boolean(v->number != 0);
	}
	abort();
}

static void
write_name(const char *name)
{
	printf(", \"%s\": ", name);
}

/* Gives a whole value its place: in what is open, else in the output. */
static void
place(struct json *j, const char *name, json_t *v)
{
	if (j->depth > 0) {
		json_t *in = j->open[j->depth - 1].value;

		if (json_is_array(in))
			json_array_append_new(in, v);
		else
			json_object_set_new(in, name, v);
		return;
	}
	if (!j->streaming)
		write_name(name);
	else if (!j->first_row)
		fputs(",\n ", stdout);
	j->first_row = false;
	json_dumpf(v, stdout, FORM);
	json_decref(v);
}

static void
push(struct json *j, const char *name, json_t *v)
{
	if (j->depth == OUT_DEPTH)
		abort();
	j->open[j->depth++] = (struct level){ v, name };
}

static void
json_list(void *form, const char *name, const struct out_column *columns)
{
	struct json *j = form;

	(void)columns;
	if (j->depth > 0 || j->streaming) {
		push(j, name, json_array());
		return;
	}
	write_name(name);
	fputs("[", stdout);
	j->streaming = j->first_row = true;
}

static void
json_open_object(void *form, const char *name)
{
	push(form, name, json_object());
}

static void
json_end(void *form)
{
	struct json *j = form;

	if (j->depth > 0) {
		j->depth--;
		place(j, j->open[j->depth].name, j->open[j->depth].value);
		return;
	}
	j->streaming = false;
	fputs("]", stdout);
}

static void
json_value(void *form, const char *name, const struct out_value *v)
{
	place(form, name, make_value(v));
}

static void
json_finish(void *form)
{
	struct json *j = form;

	while (j->depth > 0 || j->streaming) /* a list cut short by an error */
		json_end(j);
	fputs("}\n", stdout);
	free(j);
}

/* Memory never runs out here: see base/mem.h. */
__attribute__((constructor)) static void
use_own_memory(void)
{
	json_set_alloc_funcs(xmalloc, free);
}

static const struct out_ops out_json = {
	.open = json_open,
	.list = json_list,
	.object = json_open_object,
	.end = json_end,
	.value = json_value,
	.close = json_finish,
};

static const struct form_json form = { &out_json, bulk_line_apply };

MODULE(&form);
