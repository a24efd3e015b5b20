/*
 * keys: see keys.h. All values come as text: libconfuse would take 08 for octal and 1e3 for wrong.
 */
#include "conf/keys.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "conf/places.h"
#include "job/option.h"
#include "time/duration.h"
#include "time/zone.h"

#define PREFIX "default_"

static void *
member(struct keys_target *t, const struct key *k)
{
	return (char *)(t->queue != NULL ? (void *)t->queue : (void *)t->conf) + k->offset;
}

static void
put(char **at, char *text)
{
	free(*at);
	*at = text;
}

static int
check_text(const char *value, struct err *e)
{
	if (*value == '\0')
		return err_set(e, E_INPUT, "'' is empty");
	if (strlen(value) > JOB_TEXT_MAX)
		return err_set(e, E_INPUT, "longer than %d bytes", JOB_TEXT_MAX);
	if (!utf8_printable(value, strlen(value)))
		return err_set(e, E_INPUT, "not printable UTF-8");
	return 0;
}

static int
set_number(struct keys_target *t, const struct key *k, const char *value, struct err *e)
{
	const char *wrong = "";
	long long n = 0;

	/* strtonum takes blanks and '+' too. */
	if (*value >= '0' && *value <= '9')
		n = strtonum(value, k->min, k->max, &wrong);
	if (wrong != NULL)
		return err_set(e, E_INPUT, "'%.64s' is not a number from %" PRId64 " to %" PRId64,
		    value, k->min, k->max);
	*(int64_t *)member(t, k) = n;
	return 0;
}

static int
set_duration(struct keys_target *t, const struct key *k, const char *value, struct err *e)
{
	char min[32], max[32];
	int64_t us;

	if (duration_parse(value, &us, e) < 0)
		return E_INPUT;
	if (us < k->min || us > k->max) {
		duration_format(k->min, min, sizeof(min));
		duration_format(k->max, max, sizeof(max));
		return err_set(e, E_INPUT, "'%.64s' is not within %s and %s", value, min, max);
	}
	*(int64_t *)member(t, k) = us;
	return 0;
}

static int
set_text(struct keys_target *t, const struct key *k, const char *value, struct err *e)
{
	if (check_text(value, e) < 0)
		return E_INPUT;
	put(member(t, k), xstrdup(value));
	return 0;
}

static int
set_path(struct keys_target *t, const struct key *k, const char *value, struct err *e)
{
	if (check_text(value, e) < 0)
		return E_INPUT;
	put(member(t, k), place_absolute(value, t->folder));
	return 0;
}

static int
set_database(struct keys_target *t, const struct key *k, const char *value, struct err *e)
{
	char *uri;

	if (check_text(value, e) < 0 || place_database(value, t->folder, &uri, e) < 0)
		return E_INPUT;
	put(member(t, k), uri);
	return 0;
}

static int
add_text(struct keys_target *t, const struct key *k, const char *value, struct err *e)
{
	if (check_text(value, e) < 0)
		return E_INPUT;
	strv_push(member(t, k), value);
	return 0;
}

static int
add_path(struct keys_target *t, const struct key *k, const char *value, struct err *e)
{
	if (check_text(value, e) < 0)
		return E_INPUT;
	strv_take(member(t, k), place_absolute(value, t->folder));
	return 0;
}

static int
set_name(struct keys_target *t, const struct key *k, const char *value, struct err *e)
{
	return job_name_check(value, e) < 0 ? E_INPUT : set_text(t, k, value, e);
}

static int
set_tz(struct keys_target *t, const struct key *k, const char *value, struct err *e)
{
	if (check_text(value, e) < 0 || zone_get(value, e) == NULL)
		return E_INPUT;
	return set_text(t, k, value, e);
}

static int
set_log_level(struct keys_target *t, const struct key *k, const char *value, struct err *e)
{
	if (!log_level_parse(value, member(t, k)))
		return err_set(
		    e, E_INPUT, "'%.64s' is not one of error, warn, info and debug", value);
	return 0;
}

static int
set_flag(struct keys_target *t, const struct key *k, const char *value, struct err *e)
{
	bool on = strcmp(value, "yes") == 0;

	if (!on && strcmp(value, "no") != 0)
		return err_set(e, E_INPUT, "'%.64s' is not one of yes and no", value);
	*(bool *)member(t, k) = on;
	return 0;
}

#define AT(member) .offset = offsetof(struct conf, member)
#define QUEUE_AT(member) .offset = offsetof(struct conf_queue, member)

/* clang-format off */
const struct key conf_keys[] = {
	{ NULL, "database", .set = set_database, AT(database) },
	{ NULL, "tab_dirs", true, .set = add_path, AT(tab_dirs) },
	{ NULL, "calendar_dir", .set = set_path, AT(calendar_dir) },
	{ NULL, "state_dir", .set = set_path, AT(state_dir) },
	{ NULL, "runtime_dir", .set = set_path, AT(runtime_dir) },
	{ NULL, "batch", .set = set_number, AT(batch), 1, 100000 },
	{ NULL, "max_running", .set = set_number, AT(max_running), 1, 100000 },
	{ NULL, "tick", .set = set_duration, AT(tick), USEC, HOUR_US },
	{ NULL, "lease", .set = set_duration, AT(lease), USEC, HOUR_US },
	{ NULL, "node_id", .set = set_name, AT(node_id) },
	{ NULL, "zone", .set = set_text, AT(zone) },
	{ NULL, "tz", .set = set_tz, AT(tz) },
	{ NULL, "labels", true, .set = add_text, AT(labels) },
	{ NULL, "allow_users", true, .set = add_text, AT(allow_users) },
	{ NULL, "deny_users", true, .set = add_text, AT(deny_users) },
	{ NULL, "mailer", .set = set_path, AT(mailer) },
	{ NULL, "on_failure", .set = set_text, AT(on_failure) },
	{ NULL, "runner_patience", .set = set_duration, AT(runner_patience), USEC, DAY_US },
	{ NULL, "cgroups", .set = set_flag, AT(cgroups) },
	{ NULL, "log_level", .set = set_log_level, AT(log_level) },
	{ "retention", "attempts", .set = set_duration, AT(keep_attempts_for), 0, DURATION_MAX },
	{ "retention", "jobs", .set = set_duration, AT(keep_jobs_for), 0, DURATION_MAX },
	{ "retention", "outputs", .set = set_duration, AT(keep_outputs_for), 0, DURATION_MAX },
	{ "retention", "keep", .set = set_number, AT(keep_attempts), 0, 1000000 },
	{ "queue", "max_running", .set = set_number, QUEUE_AT(max_running), 1, 100000 },
	{ .name = NULL },
};
/* clang-format on */

bool
key_is_of(const struct key *k, const char *section)
{
	return section == NULL ? k->section == NULL
			       : k->section != NULL && strcmp(k->section, section) == 0;
}

const struct key *
key_find(const char *section, const char *name)
{
	for (const struct key *k = conf_keys; k->name != NULL; k++)
		if (strcmp(k->name, name) == 0 && key_is_of(k, section))
			return k;
	return NULL;
}

bool
key_default_option(const char *key, char *option, size_t size)
{
	const struct option_def *def;

	if (strncmp(key, PREFIX, strlen(PREFIX)) != 0)
		return false;
	strlcpy(option, key + strlen(PREFIX), size);
	for (char *p = option; *p != '\0'; p++)
		if (*p == '_')
			*p = '-';
	def = option_find(option);
	return def != NULL && (def->where & OPTION_DEFAULT) != 0;
}

int
key_set_default(struct keys_target *t, const char *option, const char *value, struct err *e)
{
	size_t prefix = strlen("option '--': ") + strlen(option);

	if (option_set(&t->defaults, OPTION_DEFAULT, option, value, e) == 0)
		return 0;
	/* The person has written a key, not an option. */
	memmove(e->text, e->text + prefix, strlen(e->text + prefix) + 1);
	return E_INPUT;
}
