/*
 * out: see out.h. The front: types become values, values go to the form that was chosen.
 */
#include "cli/out.h"

#include <poll.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/strv.h"
#include "cli/forms.h"
#include "cli/out_ops.h"
#include "time/duration.h"
#include "time/instant.h"

struct out {
	const struct out_ops *ops;
	void *form;
	bool table;
};

static const struct out_ops *
find_form(const struct out_style *style, struct err *e)
{
	const struct form_json *json;

	if (!style->json)
		return form_table(e);
	return (json = form_json(e)) != NULL ? json->out : NULL;
}

struct out *
out_new(const struct out_style *style, struct err *e)
{
	const struct out_ops *ops = find_form(style, e);
	struct out *o;

	if (ops == NULL)
		return NULL;
	o = xcalloc(1, sizeof(*o));
	o->ops = ops;
	o->form = ops->open(style);
	o->table = !style->json;
	return o;
}

int
out_close(struct out *o, struct err *e)
{
	o->ops->close(o->form);
	free(o);
	return out_flush(e);
}

void
out_list(struct out *o, const char *name, const struct out_column *columns)
{
	o->ops->list(o->form, name, columns);
}

void
out_object(struct out *o, const char *name)
{
	o->ops->object(o->form, name);
}

void
out_end(struct out *o)
{
	o->ops->end(o->form);
}

static void
put(struct out *o, const char *name, enum out_type type, int64_t number, const char *text)
{
	struct out_value v = { type, number, text };

	o->ops->value(o->form, name, &v);
}

void
out_number(struct out *o, const char *name, int64_t n)
{
	put(o, name, OUT_NUMBER, n, NULL);
}

void
out_text(struct out *o, const char *name, const char *text)
{
	put(o, name, text != NULL ? OUT_TEXT : OUT_NULL, 0, text);
}

void
out_time(struct out *o, const char *name, int64_t us)
{
	put(o, name, us != INSTANT_NONE ? OUT_TIME : OUT_NULL, us, NULL);
}

void
out_duration(struct out *o, const char *name, int64_t us)
{
	put(o, name, us >= 0 ? OUT_DURATION : OUT_NULL, us, NULL);
}

void
out_bool(struct out *o, const char *name, bool b)
{
	put(o, name, OUT_BOOL, b, NULL);
}

void
out_null(struct out *o, const char *name)
{
	put(o, name, OUT_NULL, 0, NULL);
}

void
out_words(struct out *o, const char *name, const struct strv *words)
{
	out_list(o, name, NULL);
	for (size_t i = 0; i < words->n; i++)
		out_text(o, NULL, words->v[i]);
	out_end(o);
}

void
out_cell(struct out *o, const char *column, const char *text)
{
	if (o->table)
		out_text(o, column, text);
}

void
out_duration_text(int64_t us, char *buf, unsigned long size)
{
	if (us < USEC)
		snprintf(buf, size, "%lldms", (long long)(us / 1000));
	else if (us < MINUTE_US)
		snprintf(buf, size, "%lld.%llds", (long long)(us / USEC),
		    (long long)(us % USEC / 100000));
	else
		duration_format(us / USEC * USEC, buf, size);
}

bool
out_broken(void)
{
	return ferror(stdout) != 0;
}

/* Whether nobody reads standard output any more, as behind `| head`. */
static bool
reader_has_gone(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

int
out_flush(struct err *e)
{
	if (fflush(stdout) != 0)
		err_errno(e, E_FAIL, "cannot write output");
	else if (out_broken())
		err_set(e, E_FAIL, "cannot write output");
	else
		return 0;
	if (reader_has_gone())
		e->text[0] = '\0';
	return E_FAIL;
}
