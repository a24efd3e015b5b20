/*
 * parse: see parse.h. libconfuse cuts the text into keys, sections and values, and keeps the lines;
 * every value goes through the table of keys as soon as it is read, so that an error has its line.
 * Comments are gone by then: see comments.h.
 */
#include "conf/parse.h"

#include <confuse.h>
#include <libgen.h>

#include "base/err.h"
#include "base/mem.h"
#include "conf/comments.h"
#include "conf/keys.h"
#include "job/option.h"

#define OPTION_NAME_MAX 64
#define DEFAULT_KEY "default_"

struct reader {
	struct keys_target target;
	const char *path, *text;
	struct strv seen; /* keys that were set */
	struct err *err;
	bool failed; /* the first error is in err */
};

/*
 * libconfuse hands its callbacks a section and no pointer of ours, so the first option of every
 * section is one that nobody can write: it holds the reader.
 */
static cfg_opt_t
reader_option(struct reader *r)
{
	return (cfg_opt_t){ .name = "\001",
		.type = CFGT_PTR,
		.flags = CFGF_NODEFAULT,
		.simple_value.ptr = (void **)(void *)r };
}

static struct reader *
reader_of(const cfg_t *cfg)
{
	return (struct reader *)(void *)cfg->opts[0].simple_value.ptr;
}

static void on_error(cfg_t *, const char *fmt, va_list) __attribute__((format(printf, 2, 0)));

static void
on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	struct reader *r = reader_of(cfg);
	char text[sizeof(r->err->text)];

	if (r->failed)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	err_set(r->err, E_INPUT, "%s:%d: %s", r->path, cfg->line, text);
	r->failed = true;
}

/* False if the key was set before, in this section. */
static bool
remember(struct reader *r, const cfg_t *cfg, const char *name)
{
	char *full = xasprintf("%s %s %s", cfg->name, cfg->title != NULL ? cfg->title : "", name);

	for (size_t i = 0; i < r->seen.n; i++) {
		if (strcmp(r->seen.v[i], full) == 0) {
			free(full);
			return false;
		}
	}
	strv_take(&r->seen, full);
	return true;
}

static int
find_queue(struct conf *c, const char *name, struct conf_queue **queue, struct err *e)
{
	size_t i;

	for (i = 0; i < c->nqueues && strcmp(c->queues[i].name, name) != 0; i++)
		continue;
	if (i == c->nqueues) {
		if (job_name_check(name, e) < 0)
			return err_prefix(e, "the queue's name");
		c->queues = xreallocarray(c->queues, i + 1, sizeof(*c->queues));
		c->queues[c->nqueues++] = (struct conf_queue){ .name = xstrdup(name) };
	}
	*queue = &c->queues[i];
	return 0;
}

/* libconfuse asks after each value of a list and at its end: all of them are taken each time. */
static int
set_list(struct keys_target *t, const struct key *k, cfg_opt_t *opt, struct err *e)
{
	strv_clear((struct strv *)(void *)((char *)t->conf + k->offset));
	for (unsigned i = 0; i < cfg_opt_size(opt); i++)
		if (k->set(t, k, cfg_opt_getnstr(opt, i), e) < 0)
			return E_INPUT;
	return 0;
}

static int
set_value(struct reader *r, const cfg_t *cfg, cfg_opt_t *opt, struct err *e)
{
	struct keys_target *t = &r->target;
	const char *section = strcmp(cfg->name, "root") == 0 ? NULL : cfg->name;
	const char *value = cfg_opt_getnstr(opt, 0);
	const struct key *k = key_find(section, opt->name);
	char option[OPTION_NAME_MAX];

	t->queue = NULL;
	if (k != NULL && k->list)
		return set_list(t, k, opt, e);
	if (!remember(r, cfg, opt->name))
		return err_set(e, E_INPUT, "set twice");
	if (k == NULL) {
		key_default_option(opt->name, option, sizeof(option));
		return key_set_default(t, option, value, e);
	}
	if (section != NULL && strcmp(section, "queue") == 0 &&
	    find_queue(t->conf, cfg->title, &t->queue, e) < 0)
		return E_INPUT;
	return k->set(t, k, value, e);
}

static int
on_value(cfg_t *cfg, cfg_opt_t *opt)
{
	struct err e;

	if (set_value(reader_of(cfg), cfg, opt, &e) == 0)
		return 0;
	cfg_error(cfg, "%s: %s", opt->name, e.text);
	return -1;
}

static void
add_option(cfg_opt_t **opts, size_t *n, cfg_opt_t opt)
{
	*opts = xreallocarray(*opts, *n + 1, sizeof(**opts));
	(*opts)[(*n)++] = opt;
}

static cfg_opt_t
text_option(const char *name, bool list)
{
	cfg_opt_t one = CFG_STR(name, NULL, CFGF_NODEFAULT);
	cfg_opt_t many = CFG_STR_LIST(name, NULL, CFGF_NODEFAULT);

	one.validcb = many.validcb = on_value;
	return list ? many : one;
}

/* libconfuse is told only of keys that may be there: all of them take longer than most files. */
static bool
is_there(const struct reader *r, const char *name)
{
	return strstr(r->text, name) != NULL;
}

/* The keys of a section (NULL: those outside of all), not ended yet. */
static cfg_opt_t *
section_options(struct reader *r, const char *section, size_t *n)
{
	cfg_opt_t *opts = NULL;

	*n = 0;
	add_option(&opts, n, reader_option(r));
	for (const struct key *k = conf_keys; k->name != NULL; k++)
		if (key_is_of(k, section) && is_there(r, k->name))
			add_option(&opts, n, text_option(k->name, k->list));
	return opts;
}

static void
add_section(cfg_opt_t **opts, size_t *n, struct reader *r, const char *name, cfg_flag_t flags)
{
	size_t count;
	cfg_opt_t end = CFG_END(), *sub = section_options(r, name, &count);
	cfg_opt_t section = CFG_SEC(name, NULL, flags);

	add_option(&sub, &count, end);
	section.subopts = sub;
	add_option(opts, n, section);
}

/* "default_dst_gap" for "dst-gap". The caller's. */
static char *
default_key(const char *option)
{
	char *key = xasprintf(DEFAULT_KEY "%s", option);

	for (char *p = key; *p != '\0'; p++)
		if (*p == '-')
			*p = '_';
	return key;
}

/* libconfuse copies the options that it is given, their names too. */
static cfg_t *
new_parser(struct reader *r)
{
	size_t n;
	cfg_opt_t end = CFG_END(), *opts = section_options(r, NULL, &n);
	bool defaults = is_there(r, DEFAULT_KEY);
	struct strv names = { 0 };
	cfg_t *cfg;

	for (const struct option_def *def = job_options; def->name != NULL; def++) {
		if ((def->where & OPTION_DEFAULT) == 0 || !defaults)
			continue;
		strv_take(&names, default_key(def->name));
		if (is_there(r, names.v[names.n - 1]))
			add_option(&opts, &n, text_option(names.v[names.n - 1], false));
	}
	if (is_there(r, "retention"))
		add_section(&opts, &n, r, "retention", CFGF_NONE);
	if (is_there(r, "queue"))
		add_section(
		    &opts, &n, r, "queue", CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES);
	add_option(&opts, &n, end);
	cfg = mem_need(cfg_init(opts, CFGF_NONE));
	cfg_set_error_function(cfg, on_error);
	for (size_t i = 0; i < n; i++)
		free(opts[i].subopts);
	free(opts);
	strv_clear(&names);
	return cfg;
}

/* An empty list has no value to be told of. */
static void
take_empty_lists(const struct reader *r, cfg_t *cfg)
{
	struct conf *c = r->target.conf;

	for (const struct key *k = conf_keys; k->name != NULL; k++) {
		const cfg_opt_t *opt =
		    k->list && is_there(r, k->name) ? cfg_getopt(cfg, k->name) : NULL;

		if (opt != NULL && (opt->flags & CFGF_MODIFIED) != 0 && opt->nvalues == 0)
			strv_clear((struct strv *)(void *)((char *)c + k->offset));
	}
}

/* Whether any job could have these defaults together. */
static int
check_defaults(struct reader *r)
{
	struct draft d;
	struct job job;
	int rc;

	draft_init(&d, &r->target.defaults.job);
	d.job.user = xstrdup("root");
	d.job.command = xstrdup("true");
	d.cron = xstrdup("@daily");
	if ((rc = draft_finish(&d, NULL, 0, &job, r->err)) == 0)
		job_release(&job);
	else
		err_prefix(r->err, "%s: the defaults", r->path);
	draft_release(&d);
	return rc;
}

static int
parse(struct reader *r, char *text, size_t len)
{
	struct unclosed unclosed = comments_blank(text, len);
	cfg_t *cfg;
	int rc;

	r->text = text;
	cfg = new_parser(r);
	rc = cfg_parse_buf(cfg, text) == CFG_SUCCESS ? 0 : E_INPUT;
	if (rc < 0 && !r->failed)
		err_set(r->err, E_INPUT, "%s:%d: cannot be understood", r->path, cfg->line);
	if (rc == 0 && unclosed.what != NULL)
		rc = err_set(r->err, E_INPUT, "%s:%d: the %s is not closed", r->path, unclosed.line,
		    unclosed.what);
	if (rc == 0)
		rc = check_defaults(r);
	if (rc == 0)
		take_empty_lists(r, cfg);
	cfg_free(cfg);
	return rc;
}

int
conf_parse(struct conf *c, const char *path, char *text, size_t len, struct err *e)
{
	char *copy = xstrdup(path);
	struct reader r = { .path = path, .err = e };
	int rc;

	r.target.conf = c;
	r.target.folder = dirname(copy);
	draft_init(&r.target.defaults, NULL);
	if ((rc = parse(&r, text, len)) == 0) {
		job_release(&c->defaults);
		c->defaults = r.target.defaults.job;
		job_init(&r.target.defaults.job);
	}
	draft_release(&r.target.defaults);
	strv_clear(&r.seen);
	free(copy);
	return rc;
}
