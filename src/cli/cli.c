/*
 * cli: see cli.h.
 */
#include "cli/cli.h"

#include <err.h>
#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/opt.h"
#include "cli/out.h"
#include "cli/upcoming.h"
#include "conf/calendars.h"
#include "conf/places.h"
#include "store/notices.h"
#include "time/instant.h"
#include "time/zone.h"

#define GLOBAL(member) offsetof(struct cli_globals, member)

const struct opt cli_options[] = {
	{ .name = "config", .letter = 'C', .kind = OPT_TEXT, .arg = "FILE",
	    .offset = GLOBAL(config), .help = "read this config file" },
	{ .name = "db", .kind = OPT_TEXT, .arg = "URI", .offset = GLOBAL(db),
	    .help = "use this database: a path, sqlite:PATH or postgresql://..." },
	{ .name = "json", .kind = OPT_FLAG, .offset = GLOBAL(json),
	    .help = "print one JSON object" },
	{ .name = "no-header", .kind = OPT_FLAG, .offset = GLOBAL(no_header),
	    .help = "print tables without headings" },
	{ .name = "quiet", .letter = 'q', .kind = OPT_FLAG, .offset = GLOBAL(quiet),
	    .help = "say nothing but results and errors" },
	{ .name = "help", .letter = 'h', .kind = OPT_FLAG, .offset = GLOBAL(help),
	    .help = "print how to use it, and exit" },
	{ .name = "version", .letter = 'V', .kind = OPT_FLAG, .offset = GLOBAL(version),
	    .help = "print the version, and exit" },
	{ 0 },
};

int
cli_init(struct cli *c)
{
	c->now = clock_wall();
	c->local = zone_get(NULL, &c->err);
	return c->local != NULL ? 0 : c->err.code;
}

int
cli_conf(struct cli *c)
{
	int r = conf_load(&c->conf, c->global.config, c->global.db, &c->err);

	place_hide((char *)(uintptr_t)c->global.db);
	return r;
}

int
cli_release(struct cli *c)
{
	int r;

	if (c->store != NULL)
		store_close(c->store);
	if (c->calendars != NULL)
		calendars_free(c->calendars);
	r = cli_answered(c);
	conf_release(&c->conf);
	free(c->user);
	return r;
}

/* The database's file; another scheme has none that begins with '/'. */
static const char *
path_of(const char *uri)
{
	static const char scheme[] = "sqlite:";

	return strncmp(uri, scheme, strlen(scheme)) == 0 ? uri + strlen(scheme) : uri;
}

/* A server's database has an address instead. */
static bool
is_file(const struct cli *c)
{
	return strstr(c->conf.database, "://") == NULL;
}

int
cli_make_folder(struct cli *c)
{
	const char *path = path_of(c->conf.database), *slash = strrchr(path, '/');
	char *folder;
	int r;

	if (path[0] != '/' || slash == path)
		return 0;
	folder = xstrndup(path, (size_t)(slash - path));
	r = io_mkdirs(folder, 0700, &c->err);
	free(folder);
	if (r == E_FAIL)
		c->err.code = E_STORE; /* the store is out of reach, whatever keeps it so */
	return r < 0 ? c->err.code : 0;
}

/* At first use not even the folder of the default database is there. */
static int
check_folder(struct cli *c)
{
	int r = conf_check_folder(&c->conf, &c->err);

	return r < 0 ? r : cli_make_folder(c);
}

/* Puts a hint behind the error, where there is room. */
static void
hint(struct err *e, const char *text)
{
	strlcat(e->text, text, sizeof(e->text));
}

static void
hint_at_way_out(const struct cli *c, struct err *e)
{
	const char *path = path_of(c->conf.database);

	if (e->code == E_PERM && !conf_is_system())
		hint(e, " (your own jobs need no permission: leave --db and JOBSCHED_DB away)");
	else if (e->code == E_STORE && is_file(c) && access(path, F_OK) == -1 && errno == ENOENT)
		hint(e, ": 'jobsched submit' or 'jobsched db init' makes one");
}

int
cli_clock(struct cli *c, enum store_mode mode)
{
	return is_file(c) ? 0 : cli_open(c, mode);
}

int
cli_open(struct cli *c, enum store_mode mode)
{
	int r;

	if (c->store != NULL)
		return 0;
	r = mode == STORE_CREATE ? check_folder(c) : 0;

	if (r == 0 && (r = store_open(&c->store, c->conf.database, mode, &c->err)) < 0)
		hint_at_way_out(c, &c->err);
	/* Times count from the store's clock: what a command says of them, it says after this. */
	if (r == 0 && store_shared(c->store))
		c->now = clock_wall();
	/* What ends here may be what others come after; they fail with it. */
	if (r == 0)
		store_tell_failures(c->store, c->conf.on_failure != NULL);
	return r;
}

/*
 * Names may be UTF-8 whatever the locale, so that tables come out alike under cron and at a
 * terminal.
 */
void
cli_locale(void)
{
	setlocale(LC_CTYPE, "");
	if (MB_CUR_MAX == 1)
		setlocale(LC_CTYPE, "C.UTF-8");
}

const char *
cli_user(struct cli *c)
{
	if (c->user == NULL && conf_own_user(&c->user, &c->err) < 0)
		return NULL;
	return c->user;
}

/*
 * A zone that has no name here, such as a text of POSIX in the daemon's TZ, is as good as none.
 * Mostly it is the local one, which is loaded.
 */
static const struct zone *
told_zone(struct cli *c)
{
	const struct zone *zone;
	struct err ignored;
	char *name;

	if (store_setting_get(c->store, SETTING_ZONE, &name, &ignored) < 0 || name == NULL)
		return NULL;
	zone = strcmp(name, zone_name(c->local)) == 0 ? c->local : zone_get(name, &ignored);
	free(name);
	return zone;
}

const struct zone *
cli_daemon_zone(struct cli *c)
{
	const struct zone *told;

	if (c->conf.tz != NULL)
		return zone_get(c->conf.tz, &c->err);
	told = c->store != NULL ? told_zone(c) : NULL;
	return told != NULL ? told : c->local;
}

static void
tell_fault(void *cli, const char *name, const char *fault, bool in_force)
{
	if (fault != NULL)
		cli_note(cli, "calendar '%s': %s%s", name, fault,
		    in_force ? "" : "; jobs that name it do not run until it is there");
}

int
cli_upcoming(struct cli *c, struct upcoming_context *ctx)
{
	struct calendars_setup setup = {
		.folder = c->conf.calendar_dir,
		.tell = tell_fault,
		.arg = c,
	};

	if ((ctx->zone = cli_daemon_zone(c)) == NULL)
		return c->err.code;
	if (c->calendars == NULL)
		c->calendars = calendars_new(&setup);
	ctx->calendar = calendars_get;
	ctx->arg = c->calendars;
	return 0;
}

struct out *
cli_out(struct cli *c)
{
	struct out_style style = { c->global.json, !c->global.no_header, c->local };

	/* Something is missing of what was installed: nobody can be answered. */
	if (c->out == NULL && (c->out = out_new(&style, &c->err)) == NULL)
		errx(-E_FAIL, "%s", c->err.text);
	return c->out;
}

int
cli_answered(struct cli *c)
{
	int r = c->out != NULL ? out_close(c->out, &c->err) : out_flush(&c->err);

	c->out = NULL;
	c->answered = true;
	return r;
}

int
cli_time(struct cli *c, const char *option, const char *text, int64_t *us)
{
	if (text == NULL)
		return 0;
	if (instant_parse(text, c->local, c->now, us, &c->err) < 0)
		return err_prefix(&c->err, "option '--%s'", option);
	return 0;
}

int
cli_job(struct cli *c, const char *ref, int64_t *id)
{
	const char *user = cli_user(c);

	return user == NULL ? c->err.code : store_job_find(c->store, ref, user, id, &c->err);
}

int
cli_each_job(struct cli *c, int argc, char *const argv[],
    int (*one)(struct cli *, int64_t, void *), void *arg)
{
	int64_t id;
	int status = 0;

	for (int i = 0; i < argc; i++) {
		if (cli_job(c, argv[i], &id) == 0 && one(c, id, arg) == 0)
			continue;
		cli_complain(&c->err);
		if (status == 0)
			status = -c->err.code;
	}
	return status;
}

/* One line: whatever came in from outside cannot break it or drive the terminal. */
static void
print_line(FILE *to, const char *prefix, const char *text)
{
	struct buf b = { 0 };

	utf8_escape(&b, text, strlen(text), false);
	buf_addc(&b, '\n');
	fputs(prefix, to);
	fwrite(b.data, 1, b.len, to);
	buf_release(&b);
}

void
cli_complain(const struct err *e)
{
	if (e->text[0] != '\0')
		print_line(stderr, "jobsched: ", e->text);
}

void
cli_note(const struct cli *c, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (c->global.quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	print_line(stderr, "jobsched: ", text);
}

void
cli_say(const struct cli *c, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (c->global.quiet || c->global.json)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	print_line(stdout, "", text);
}
