/*
 * opt: see opt.h.
 */
#include "cli/opt.h"

#include "base/err.h"
#include "base/mem.h"
#include "job/option.h"
#include "time/duration.h"

/* The words of a command line that are left. */
struct words {
	int argc;
	char *const *argv;
	int i;
};

void
opt_initial(const struct opt *o, void *args)
{
	for (; o != NULL && o->name != NULL; o++) {
		char *at = (char *)args + o->offset;

		if (o->kind == OPT_FLAG)
			*(bool *)at = false;
		else if (o->kind == OPT_TEXT)
			*(const char **)at = NULL;
		else
			*(int64_t *)at = o->initial;
	}
}

static int
set_number(const struct opt *o, int64_t *to, const char *value, struct err *e)
{
	const char *why;

	*to = strtonum(value, o->min, o->max, &why);
	if (why != NULL)
		return err_set(e, E_INPUT, "option '--%s': '%s' is not a number from %lld to %lld",
		    o->name, value, (long long)o->min, (long long)o->max);
	return 0;
}

static int
set_duration(const struct opt *o, int64_t *to, const char *value, struct err *e)
{
	if (duration_parse(value, to, e) < 0)
		return err_prefix(e, "option '--%s'", o->name);
	if (*to < o->min || *to > o->max)
		return err_set(e, E_INPUT, "option '--%s': '%s' is out of range", o->name, value);
	return 0;
}

static int
set_value(const struct opt *o, void *args, const char *value, struct err *e)
{
	char *at = (char *)args + o->offset;

	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)at = true;
		return 0;
	case OPT_TEXT:
		*(const char **)at = value;
		return 0;
	case OPT_NUMBER:
		return set_number(o, (int64_t *)at, value, e);
	case OPT_DURATION:
		return set_duration(o, (int64_t *)at, value, e);
	}
	abort();
}

/* Sets option i of a set; a flag may be said again, a value may not. */
static int
set_option(struct opt_set *s, size_t i, const char *value, struct err *e)
{
	const struct opt *o = &s->opts[i];

	if (o->kind != OPT_FLAG && (s->given & UINT64_C(1) << i))
		return err_set(e, E_INPUT, "option '--%s' is given twice", o->name);
	s->given |= UINT64_C(1) << i;
	return set_value(o, s->args, value, e);
}

/* The value of an option that wants one: what follows '=', else the next word. */
static int
want_value(struct words *w, const char *shown, const char *attached, const char **value,
    struct err *e)
{
	*value = attached;
	if (attached == NULL && w->i < w->argc)
		*value = w->argv[w->i++];
	if (*value == NULL)
		return err_set(e, E_INPUT, "option '%s' needs a value", shown);
	return 0;
}

static int
value_of(struct words *w, bool wanted, const char *shown, const char *attached, const char **value,
    struct err *e)
{
	*value = NULL;
	if (wanted)
		return want_value(w, shown, attached, value, e);
	if (attached != NULL)
		return err_set(e, E_INPUT, "option '%s' takes no value", shown);
	return 0;
}

static void
add_pair(struct opt_parse *p, const char *name, const char *value)
{
	p->pairs = mem_grow(p->pairs, p->npairs, &p->pairs_cap, sizeof(*p->pairs));
	p->pairs[p->npairs++] = (struct opt_pair){ name, value };
}

/* Finds an option by its name or, if name is NULL, by its letter. */
static bool
find(const struct opt_set *s, const char *name, char letter, size_t *i)
{
	for (*i = 0; s->opts != NULL && s->opts[*i].name != NULL; ++*i)
		if (name != NULL ? strcmp(s->opts[*i].name, name) == 0
				 : s->opts[*i].letter == letter)
			return true;
	return false;
}

static int
parse_job_option(struct opt_parse *p, struct words *w, const char *name, const char *shown,
    const char *attached, struct err *e)
{
	const struct option_def *def = p->job ? option_find(name) : NULL;
	const char *value;

	if (def == NULL || !(def->where & OPTION_SUBMIT))
		return err_set(e, E_INPUT, "unknown option '%s'", shown);
	if (value_of(w, def->arg != NULL, shown, attached, &value, e) < 0)
		return e->code;
	add_pair(p, def->name, value);
	return 0;
}

static int
parse_long(struct opt_parse *p, struct words *w, const char *word, struct err *e)
{
	const char *attached = strchr(word, '='), *value;
	char *name = attached != NULL ? xstrndup(word + 2, (size_t)(attached - word - 2)) :
					xstrdup(word + 2);
	char *shown = xasprintf("--%s", name);
	struct opt_set *s = &p->own;
	size_t i;
	int r;

	if (attached != NULL)
		attached++;
	if (!find(s, name, 0, &i) && !find(s = &p->global, name, 0, &i))
		r = parse_job_option(p, w, name, shown, attached, e);
	else if ((r = value_of(w, s->opts[i].arg != NULL, shown, attached, &value, e)) == 0)
		r = set_option(s, i, value, e);
	free(shown);
	free(name);
	return r;
}

static int
parse_short(struct opt_parse *p, struct words *w, const char *word, struct err *e)
{
	char shown[] = { '-', word[1], '\0' };
	const char *attached = word[2] != '\0' ? word + 2 : NULL, *value;
	struct opt_set *s = &p->own;
	size_t i;

	if (!find(s, NULL, word[1], &i) && !find(s = &p->global, NULL, word[1], &i))
		return err_set(e, E_INPUT, "unknown option '%s'", word);
	if (value_of(w, s->opts[i].arg != NULL, shown, attached, &value, e) < 0)
		return e->code;
	return set_option(s, i, value, e);
}

int
opt_parse(struct opt_parse *p, int argc, char *const argv[], struct err *e)
{
	struct words w = { argc, argv, 0 };
	bool ended = false;
	int r = 0;

	opt_initial(p->own.opts, p->own.args);
	p->operands = xcalloc((size_t)argc + 1, sizeof(*p->operands));
	while (r == 0 && w.i < argc) {
		char *word = argv[w.i++];

		if (ended || word[0] != '-' || word[1] == '\0') {
			p->operands[p->noperands++] = word;
			ended = ended || p->command_line;
		} else if (strcmp(word, "--") == 0)
			ended = true;
		else if (word[1] == '-')
			r = parse_long(p, &w, word, e);
		else
			r = parse_short(p, &w, word, e);
	}
	return r;
}

void
opt_release(struct opt_parse *p)
{
	free(p->operands);
	free(p->pairs);
}
