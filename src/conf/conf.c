/*
 * conf: see conf.h.
 */
#include "conf/conf.h"

#include <errno.h>
#include <pwd.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "conf/file.h"
#include "conf/places.h"
#include "time/duration.h"

static void
set_defaults(struct conf *c)
{
	memset(c, 0, sizeof(*c));
	c->batch = 1000;
	c->max_running = 1000;
	c->tick = MINUTE_US;
	c->lease = 30 * USEC;
	c->keep_attempts_for = 90 * DAY_US;
	c->keep_jobs_for = 90 * DAY_US;
	c->keep_outputs_for = 30 * DAY_US;
	c->keep_attempts = 10;
	c->mailer = xstrdup("/usr/sbin/sendmail");
	c->runner_patience = 2 * MINUTE_US;
	c->cgroups = true;
	c->log_level = LOG_LEVEL_INFO;
	job_init(&c->defaults);
}

/* A variable that is set and says something. */
static const char *
environment(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

static int
read_file(struct conf *c, const struct places *p, const char *file, struct err *e)
{
	bool found;
	char *path;
	int rc;

	if (file == NULL)
		file = environment("JOBSCHED_CONFIG");
	path = place_absolute(file != NULL ? file : p->config, NULL);
	rc = conf_file_read(c, path, conf_is_system(), file != NULL, &found, e);
	if (rc == 0 && found)
		c->file = path;
	else
		free(path);
	return rc;
}

static int
choose_database(struct conf *c, const struct places *p, const char *database, struct err *e)
{
	char *absolute;

	if (database == NULL)
		database = environment("JOBSCHED_DB");
	c->apart = database != NULL;
	if (database == NULL && c->database != NULL)
		return 0;
	if (place_database(database != NULL ? database : p->database, NULL, &absolute, e) < 0)
		return e->code;
	free(c->database);
	c->database = absolute;
	return 0;
}

/* In place of tab_dirs until they are configured; no configured folder is without a name. */
#define NOT_CONFIGURED ""

static void
choose_tabs(struct conf *c, const struct places *p)
{
	if (c->tab_dirs.n != 1 || strcmp(c->tab_dirs.v[0], NOT_CONFIGURED) != 0)
		return;
	strv_clear(&c->tab_dirs);
	if (!c->apart)
		strv_push(&c->tab_dirs, p->tabs);
}

int
conf_load(struct conf *c, const char *file, const char *database, struct err *e)
{
	struct places p;
	int rc;

	set_defaults(c);
	if ((rc = places_init(&p, conf_is_system(), e)) < 0)
		goto fail;
	strv_push(&c->tab_dirs, NOT_CONFIGURED);
	c->calendar_dir = xstrdup(p.calendars);
	if ((rc = read_file(c, &p, file, e)) == 0 &&
	    (rc = choose_database(c, &p, database, e)) == 0) {
		places_of_database(&p, c);
		choose_tabs(c, &p);
	}
	places_release(&p);
	if (rc == 0)
		return 0;
fail:
	conf_release(c);
	return rc;
}

int
conf_check_folder(const struct conf *c, struct err *e)
{
	const char *path = place_path(c->database);
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;
	char *folder;
	int rc = 0;

	if (!c->apart || slash == NULL || slash == path)
		return 0;
	folder = xstrndup(path, (size_t)(slash - path));
	if (access(folder, F_OK) == -1 && errno == ENOENT)
		rc = err_set(e, E_STORE,
		    "the folder '%s' of the database is not there: 'jobsched db init' makes it",
		    folder);
	free(folder);
	return rc;
}

void
conf_release(struct conf *c)
{
	free(c->file);
	free(c->database);
	strv_clear(&c->tab_dirs);
	free(c->calendar_dir);
	free(c->state_dir);
	free(c->runtime_dir);
	free(c->node_id);
	free(c->zone);
	free(c->tz);
	strv_clear(&c->labels);
	strv_clear(&c->allow_users);
	strv_clear(&c->deny_users);
	job_release(&c->defaults);
	free(c->mailer);
	free(c->on_failure);
	for (size_t i = 0; i < c->nqueues; i++)
		free(c->queues[i].name);
	free(c->queues);
	memset(c, 0, sizeof(*c));
}

static bool
holds(const struct strv *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->v[i], name) == 0)
			return true;
	return false;
}

const char *
conf_user_refused(const struct conf *c, const char *user)
{
	if (holds(&c->deny_users, user))
		return "deny_users of the config names this account";
	if (c->allow_users.n > 0 && !holds(&c->allow_users, user))
		return "allow_users of the config does not name this account";
	return NULL;
}

bool
conf_is_system(void)
{
	return geteuid() == 0;
}

/*
 * Of /etc/passwd itself: that is where nearly all systems look first, and to ask them needs another
 * file and a daemon. What begins with a sign is no account but stands for others.
 */
static const struct passwd *
local_account(uid_t uid)
{
	FILE *f = fopen("/etc/passwd", "re");
	const struct passwd *pw = NULL;

	if (f == NULL)
		return NULL;
	while ((pw = fgetpwent(f)) != NULL)
		if (pw->pw_name[0] == '+' || pw->pw_name[0] == '-' || pw->pw_uid == uid)
			break;
	fclose(f);
	return pw != NULL && pw->pw_uid == uid && strchr("+-", pw->pw_name[0]) == NULL ? pw : NULL;
}

int
conf_own_user(char **name, struct err *e)
{
	const struct passwd *pw = local_account(geteuid());

	*name = NULL;
	if (pw == NULL)
		pw = getpwuid(geteuid());
	if (pw == NULL)
		return err_set(e, E_FAIL, "user %ju has no account", (uintmax_t)geteuid());
	*name = xstrdup(pw->pw_name);
	return 0;
}
