/*
 * tab check: whether files would load, judged as the daemon would. Errors are the answer, so they
 * go to standard output, one line each: file:line:column: message.
 */
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/out.h"
#include "cli/page.h"
#include "cli/tabhints.h"
#include "cli/tabread.h"
#include "tab/tab.h"

struct check_args {
	bool system;
};

static const struct opt options[] = {
	{ .name = "system", .kind = OPT_FLAG, .offset = offsetof(struct check_args, system),
	    .help = "read them as root's tabs, with a user field; root always does" },
	{ 0 },
};

static void
show_warnings(const char *path, const struct tab_note *notes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		page_text("%s:%d:%d: warning: %s", path, notes[i].line, notes[i].column,
		    notes[i].message);
}

static void
show(struct cli *c, const char *path, const struct tabread *r, const struct tab *t,
    const struct tabhints *h)
{
	for (size_t i = 0; i < t->nerrors; i++)
		page_text("%s:%d:%d: %s", path, t->errors[i].line, t->errors[i].column,
		    t->errors[i].message);
	show_warnings(path, t->warnings, t->nwarnings);
	show_warnings(path, h->v, h->n);
	if (h->further > 0)
		page_text("%s: warning: %zu further warnings of this kind", path, h->further);
	if (r->rule != NULL)
		page_text("%s: warning: it would not be loaded: %s", path, r->rule);
	if (t->nerrors == 0 && !c->global.quiet)
		page_text("%s: %zu %s, ok", path, t->n, t->n == 1 ? "entry" : "entries");
}

static void
json_notes(struct out *o, const struct tab_note *notes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		out_object(o, NULL);
		out_number(o, "line", notes[i].line);
		out_number(o, "column", notes[i].column);
		out_text(o, "message", notes[i].message);
		out_end(o);
	}
}

static void
json(struct out *o, const char *path, const struct tabread *r, const struct tab *t,
    const struct tabhints *h)
{
	out_object(o, NULL);
	out_text(o, "file", path);
	out_bool(o, "ok", t->nerrors == 0);
	out_number(o, "entries", (int64_t)t->n);
	out_text(o, "not_loaded_because", r->rule);
	out_list(o, "errors", NULL);
	json_notes(o, t->errors, t->nerrors);
	out_end(o);
	out_list(o, "warnings", NULL);
	json_notes(o, t->warnings, t->nwarnings);
	json_notes(o, h->v, h->n);
	out_end(o);
	out_end(o);
}

/* 0 if it is good, 1 if it is bad or cannot be read. */
static int
check(struct cli *c, const char *path, bool system)
{
	struct tabread r = { .user_field = system || conf_is_system() };
	struct tabhints h;
	struct tab t;
	int status;

	if (tabread_file(c, path, &r, &t) < 0) {
		cli_complain(&c->err);
		return 1;
	}
	tabhints_find(c, &t, &h);
	if (c->global.json)
		json(c->out, path, &r, &t, &h);
	else
		show(c, path, &r, &t, &h);
	tabhints_release(&h);
	status = t.nerrors > 0;
	tab_release(&t);
	return status;
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	const struct check_args *a = args;
	int status = 0;

	out_list(cli_out(c), "tabs", NULL);
	for (int i = 0; i < argc; i++)
		status |= check(c, argv[i], a->system);
	out_end(c->out);
	return status;
}

const struct command cmd_tab_check = {
	.name = "tab check",
	.operands = "FILE...",
	.help = "say whether tab files would load, and what is wrong with them",
	.min = 1,
	.max = -1,
	.flags = CMD_CONF,
	.opts = options,
	.args_size = sizeof(struct check_args),
	.run = run,
};
