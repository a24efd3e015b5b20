/*
 * places: see places.h. The XDG variables are those of the XDG Base Directory Specification, which
 * has relative values of them ignored.
 */
#include "conf/places.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "conf/conf.h"

#define HASH_TEXT 17 /* 16 hex digits and NUL */

static void
system_places(struct places *p)
{
	*p = (struct places){
		.config = xstrdup(SYSCONFDIR "/jobsched.conf"),
		.tabs = xstrdup(SYSCONFDIR "/jobsched.d"),
		.calendars = xstrdup(SYSCONFDIR "/jobsched/calendars"),
		.database = xstrdup(LOCALSTATEDIR "/lib/jobsched/jobsched.db"),
		.state = xstrdup(LOCALSTATEDIR "/lib/jobsched"),
		.runtime = xstrdup(RUNSTATEDIR "/jobsched"),
	};
}

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value == '/' ? value : NULL;
}

/* The folder that the variable names, else the one below home. The caller's. */
static char *
xdg(const char *name, const char *home, const char *below)
{
	const char *value = variable(name);

	return value != NULL ? xstrdup(value) : xasprintf("%s/%s", home, below);
}

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

int
places_init(struct places *p, bool system, struct err *e)
{
	const struct passwd *pw = system ? NULL : getpwuid(geteuid());
	const char *account_home = pw != NULL ? pw->pw_dir : NULL, *home = variable("HOME");
	const char *runtime = variable("XDG_RUNTIME_DIR");
	char *config, *state, *own;

	if (system) {
		system_places(p);
		return 0;
	}
	if (home == NULL && (home = account_home) == NULL)
		return err_set(e, E_FAIL, "there is no home: set HOME");
	config = xdg("XDG_CONFIG_HOME", home, ".config");
	state = xdg("XDG_STATE_HOME", home, ".local/state");
	own = xasprintf("%s/.local/state", account_home != NULL ? account_home : "");
	*p = (struct places){
		.config = xasprintf("%s/jobsched/jobsched.conf", config),
		.tabs = xasprintf("%s/jobsched/jobsched.d", config),
		.calendars = xasprintf("%s/jobsched/calendars", config),
		.database = xasprintf("%s/jobsched/jobsched.db", state),
		.state = xasprintf("%s/jobsched", state),
		.runtime = runtime != NULL ? xasprintf("%s/jobsched", runtime) : NULL,
		/* Who changes HOME mostly leaves XDG_RUNTIME_DIR as it is. */
		.runtime_shared = runtime != NULL && !same(own, state),
	};
	free(config);
	free(state);
	free(own);
	return 0;
}

void
places_release(struct places *p)
{
	free(p->config);
	free(p->tabs);
	free(p->calendars);
	free(p->database);
	free(p->state);
	free(p->runtime);
	*p = (struct places){ 0 };
}

char *
place_absolute(const char *path, const char *folder)
{
	char *here, *absolute;

	if (*path == '/')
		return xstrdup(path);
	here = folder != NULL ? xstrdup(folder) : getcwd(NULL, 0);
	/* A current folder that was removed: whatever is to be opened there fails by itself. */
	absolute = xasprintf("%s/%s", here != NULL ? here : "", path);
	free(here);
	return absolute;
}

const char *
place_path(const char *uri)
{
	size_t len =
	    strspn(uri, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");

	if (strncmp(uri, "sqlite:", strlen("sqlite:")) == 0)
		return uri + strlen("sqlite:");
	return len > 0 && uri[len] == ':' ? NULL : uri;
}

int
place_database(const char *uri, const char *folder, char **absolute, struct err *e)
{
	const char *path = place_path(uri);
	char *whole;

	*absolute = NULL;
	if (path == NULL) {
		*absolute = xstrdup(uri);
		return 0;
	}
	if (*path == '\0')
		return err_set(e, E_INPUT, "'%s' names no database", uri);
	/* A file of that name would be made, and told of. */
	if (strcasestr(path, "password=") != NULL)
		return err_set(e, E_INPUT,
		    "a database of PostgreSQL is named by a URI: "
		    "'postgresql://[USER@]HOST[:PORT]/DATABASE'");
	whole = place_absolute(path, folder);
	*absolute = xasprintf("%.*s%s", (int)(path - uri), uri, whole);
	free(whole);
	return 0;
}

void
place_hide(char *argument)
{
	char *rest;

	if (argument == NULL)
		return;
	if ((rest = strstr(argument, "://")) != NULL) {
		if (rest[strcspn(rest, "@%")] == '\0' && strcasestr(rest, "pass") == NULL)
			return;
		rest += strlen("://");
	} else if ((rest = strcasestr(argument, "password=")) == NULL)
		return;
	for (; *rest != '\0'; rest++)
		*rest = '*';
}

/*
 * One name for all ways to write a path: links resolved as far as it exists, so that the name stays
 * the same when the folders and the file are made. The caller's.
 */
static char *
resolve(const char *path)
{
	char *head = xstrdup(path), *real, *whole, *slash;

	while ((real = realpath(head, NULL)) == NULL && (slash = strrchr(head, '/')) != NULL)
		*slash = '\0';
	whole = real != NULL ? xasprintf("%s%s", real, path + strlen(head)) : xstrdup(path);
	free(real);
	free(head);
	return whole;
}

/*
 * Whether the database is another than the usual one; name: its own, resolved. Mostly that can be
 * told without the other's name, which takes a look at each folder.
 */
static bool
is_elsewhere(const struct places *p, const char *path, const char *name)
{
	char *usual;
	bool elsewhere;

	if (same(p->database, path))
		return false;
	if (path == NULL || (access(path, F_OK) == 0 && access(p->database, F_OK) == -1 &&
	    errno == ENOENT))
		return true;
	usual = resolve(p->database);
	elsewhere = !same(name, usual);
	free(usual);
	return elsewhere;
}

/*
 * A URI of another scheme without what may stand before its host: a new password is no new
 * database. The caller's.
 */
static char *
without_user(const char *uri)
{
	const char *host = strstr(uri, "://"), *at;

	if (host == NULL)
		return xstrdup(uri);
	host += strlen("://");
	at = host + strcspn(host, "/?#");
	while (at > host && *at != '@')
		at--;
	return *at == '@' ? xasprintf("%.*s%s", (int)(host - uri), uri, at + 1) : xstrdup(uri);
}

void
places_of_database(const struct places *p, struct conf *c)
{
	const char *path = place_path(c->database);
	char *name = path != NULL ? resolve(path) : without_user(c->database);
	char hash[HASH_TEXT];
	bool elsewhere = is_elsewhere(p, path, name), configured = c->state_dir != NULL;

	c->apart = c->apart && elsewhere;
	snprintf(hash, sizeof(hash), "%016" PRIx64, hash_string(HASH_SEED, name));
	if (!configured)
		c->state_dir = !elsewhere ? xstrdup(p->state)
		    : path != NULL	  ? xasprintf("%s.d", name)
					  : xasprintf("%s/%s", p->state, hash);
	if (c->runtime_dir == NULL && p->runtime != NULL)
		c->runtime_dir = elsewhere || p->runtime_shared
		    ? xasprintf("%s/%s", p->runtime, hash)
		    : xstrdup(p->runtime);
	else if (c->runtime_dir == NULL)
		c->runtime_dir = elsewhere && configured
		    ? xasprintf("%s/run/%s", c->state_dir, hash)
		    : xasprintf("%s/run", c->state_dir);
	free(name);
}
