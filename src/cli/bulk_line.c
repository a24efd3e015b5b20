/*
 * bulk_line: see bulk_line.h.
 */
#include "cli/bulk_line.h"

#include <jansson.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/strv.h"
#include "cli/bulk_plain.h"
#include "job/draft.h"
#include "job/option.h"

/* A string or number as the text of an option's value; NULL for anything else. The caller's. */
static char *
scalar_text(const json_t *v)
{
	if (json_is_string(v))
		return xstrdup(json_string_value(v));
	if (json_is_integer(v))
		return xasprintf("%lld", (long long)json_integer_value(v));
	if (json_is_real(v))
		return xasprintf("%.15g", json_real_value(v));
	return NULL;
}

static int
wrong_type(const char *key, const char *wanted, struct err *e)
{
	return err_set(e, E_INPUT, "key '%s' wants %s", key, wanted);
}

static const char *
wanted_type(const struct option_def *def)
{
	return def->arg == NULL ? "true or false" : def->repeats ? "a string, a number or a list" :
								   "a string or a number";
}

/* Sets the option to the value, behind "prefix=" if there is a prefix. */
static int
set_scalar(struct draft *d, const struct option_def *def, const char *prefix, const json_t *v,
    struct err *e)
{
	char *text = scalar_text(v), *whole = text;
	int r;

	if (text == NULL || def->arg == NULL) {
		free(text);
		return wrong_type(def->name, wanted_type(def), e);
	}
	if (prefix != NULL)
		whole = xasprintf("%s=%s", prefix, text);
	r = option_set(d, OPTION_SUBMIT, def->name, whole, e);
	if (whole != text)
		free(whole);
	free(text);
	return r;
}

static int
set_array(struct draft *d, const struct option_def *def, const json_t *array, struct err *e)
{
	const json_t *v;
	size_t i;

	if (!def->repeats)
		return wrong_type(def->name, wanted_type(def), e);
	json_array_foreach(array, i, v)
		if (set_scalar(d, def, NULL, v, e) < 0)
			return e->code;
	return 0;
}

/* {"K": "V"} for options that are written K=V. */
static int
set_object(struct draft *d, const struct option_def *def, json_t *object, struct err *e)
{
	const char *key;
	json_t *v;

	if (!def->repeats || strchr(def->arg, '=') == NULL)
		return wrong_type(def->name, wanted_type(def), e);
	json_object_foreach(object, key, v) {
		if (key[0] == '\0' || strchr(key, '=') != NULL)
			return err_set(e, E_INPUT, "key '%s': '%s' is not a name", def->name, key);
		if (set_scalar(d, def, key, v, e) < 0)
			return e->code;
	}
	return 0;
}

static int
set_flag(struct draft *d, const struct option_def *def, bool on, struct err *e)
{
	if (def->arg != NULL)
		return wrong_type(def->name, wanted_type(def), e);
	return on ? option_set(d, OPTION_SUBMIT, def->name, NULL, e) : 0;
}

static int
set_key(struct draft *d, const char *key, json_t *v, struct err *e)
{
	const struct option_def *def = option_find(key);

	if (def == NULL || !(def->where & OPTION_SUBMIT))
		return err_set(e, E_INPUT, "unknown key '%s'", key);
	switch (json_typeof(v)) {
	case JSON_NULL:
		return 0; /* as in the JSON that is printed: it is not there */
	case JSON_TRUE:
	case JSON_FALSE:
		return set_flag(d, def, json_is_true(v), e);
	case JSON_ARRAY:
		return set_array(d, def, v, e);
	case JSON_OBJECT:
		return set_object(d, def, v, e);
	default:
		return set_scalar(d, def, NULL, v, e);
	}
}

/*
 * A list is an argument vector, whatever is in its words; with "shell" it is joined like the words
 * of a command line.
 */
static int
set_argv(struct draft *d, const json_t *array, struct err *e)
{
	struct strv words = { 0 };
	const json_t *v;
	size_t i;

	json_array_foreach(array, i, v) {
		if (!json_is_string(v)) {
			strv_clear(&words);
			return wrong_type("command", "strings in its list", e);
		}
		strv_push(&words, json_string_value(v));
	}
	return bulk_command(d, &words, e);
}

static int
set_command(struct draft *d, const json_t *v, struct err *e)
{
	char *text;
	int r;

	if (v == NULL)
		return err_set(e, E_INPUT, "there is no key 'command'");
	if (json_is_array(v))
		return set_argv(d, v, e);
	if (!json_is_string(v))
		return wrong_type("command", "a string or a list of strings", e);
	d->shell = true;
	text = xstrdup(json_string_value(v));
	r = draft_command(d, 1, &text, e);
	free(text);
	return r;
}

static int
apply_object(struct draft *d, json_t *object, struct err *e)
{
	const char *key;
	json_t *v;

	json_object_foreach(object, key, v)
		if (strcmp(key, "command") != 0 && set_key(d, key, v, e) < 0)
			return e->code;
	/* Last, because "shell" says how it is meant. */
	return set_command(d, json_object_get(object, "command"), e);
}

static int
syntax_error(const json_error_t *j, struct err *e)
{
	switch (json_error_code(j)) {
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return err_set(e, E_INPUT, "column %d: '\\u0000' cannot be in a text", j->column);
	case json_error_duplicate_key:
		return err_set(e, E_INPUT, "column %d: a key is there twice", j->column);
	default:
		return err_set(e, E_INPUT, "column %d: not JSON: %s", j->column, j->text);
	}
}

int
bulk_line_apply(struct draft *d, const char *text, size_t len, struct err *e)
{
	json_error_t j;
	json_t *object;
	int r;

	if ((r = bulk_plain_apply(d, text, len, e)) != 0)
		return r < 0 ? r : 0;
	if ((object = json_loadb(text, len, JSON_REJECT_DUPLICATES, &j)) == NULL)
		return syntax_error(&j, e);
	if (json_is_object(object))
		r = apply_object(d, object, e);
	else
		r = err_set(e, E_INPUT, "not a JSON object");
	json_decref(object);
	return r;
}
