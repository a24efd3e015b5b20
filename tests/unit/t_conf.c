/*
 * t_conf: what jobsched.conf may hold, what is said about one that is wrong, and where things are.
 *
 * Places are asked for with the mode given, so that both modes are tested whoever runs this.
 */
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "conf/conf.h"
#include "conf/keys.h"
#include "conf/places.h"
#include "job/option.h"
#include "scratch.h"
#include "tap.h"
#include "time/duration.h"
#include "time/zone.h"

static char *folder;

static char *
at(const char *name)
{
	return xasprintf("%s/%s", folder, name);
}

static char *
write_file(const char *text)
{
	char *path = at("jobsched.conf");
	struct err e;

	if (io_replace_file(path, text, strlen(text), 0644, &e) < 0)
		abort();
	return path;
}

/* Loads a config with this text. */
static int
load(struct conf *c, const char *text, struct err *e)
{
	char *path = write_file(text);
	int rc = conf_load(c, path, NULL, e);

	free(path);
	return rc;
}

static void
test_defaults(void)
{
	struct conf c;
	struct err e;

	if (!tap_ok(load(&c, "", &e) == 0, "an empty config is a config"))
		tap_note("%s", e.text);
	tap_is_int(c.batch, 1000, "batch is 1000");
	tap_is_int(c.max_running, 1000, "max_running is 1000");
	tap_is_int(c.tick, MINUTE_US, "tick is a minute");
	tap_is_int(c.keep_attempts_for, 90 * DAY_US, "attempts are kept 90 days");
	tap_is_int(c.keep_jobs_for, 90 * DAY_US, "ended jobs are kept 90 days");
	tap_is_int(c.keep_outputs_for, 30 * DAY_US, "outputs are kept 30 days");
	tap_is_int(c.keep_attempts, 10, "the newest 10 attempts are kept");
	tap_is_str(c.mailer, "/usr/sbin/sendmail", "the mailer is sendmail");
	tap_is_int(c.log_level, LOG_LEVEL_INFO, "the log level is info");
	tap_is_int(c.runner_patience, 2 * MINUTE_US, "patience is two minutes");
	tap_ok(c.cgroups, "there may be control groups");
	tap_ok(c.node_id == NULL && c.zone == NULL && c.tz == NULL && c.on_failure == NULL &&
		c.nqueues == 0 && c.labels.n == 0,
	    "the rest is not set");
	tap_is_int(c.tab_dirs.n, 1, "there is one tab folder");
	tap_is_int(c.defaults.priority, 5, "jobs have the defaults of jobs");
	tap_ok(c.file != NULL && *c.file == '/', "the file is named by its whole path");
	conf_release(&c);
}

static const char whole[] = "# all keys\n"
			    "database = \"sub/x.db\"\n"
			    "tab_dirs = { \"/srv/tabs\", 'more' }\n"
			    "calendar_dir = days\n"
			    "state_dir = /srv/state\n"
			    "runtime_dir = run\n"
			    "batch = 500\n"
			    "max_running = \"64\"\n"
			    "tick = 30\n"
			    "node_id = node-1\n"
			    "zone = fra1\n"
			    "tz = Europe/Berlin\n"
			    "queue heavy { max_running = 2 }\n"
			    "labels = { \"disk=ssd\", 'arch=x' }\n"
			    "allow_users = { root, backup }\n"
			    "deny_users = nobody\n"
			    "mailer = /usr/bin/msmtp\n"
			    "on_failure = 'logger -t jobs \"${JOB}\"'\n"
			    "cgroups = no\n"
			    "runner_patience = 10s\n"
			    "log_level = debug\n"
			    "retention {\n"
			    "\tattempts = 1w\n"
			    "\tjobs = \"2d\" outputs = 0\n"
			    "\tkeep = 3\n"
			    "}\n"
			    "queue \"two words\" {\n\tmax_running = 7\n}\n"
			    "default_retries = 3\n"
			    "default_backoff = \"30s..10m\"\n"
			    "default_dst_gap = skip\n"
			    "default_missed = all:5\n"
			    "default_output = 1M\n"
			    "default_mail = ops@example.org\n";

static void
test_all_keys(void)
{
	char *path = at("sub/x.db"), *run = at("run"), *more = at("more"), *days = at("days");
	struct conf c;
	struct err e;

	setenv("JOB", "wrong", 1);
	if (!tap_ok(load(&c, whole, &e) == 0, "a config with every key loads"))
		tap_note("%s", e.text);
	tap_is_str(c.database, path, "a relative database lies beside the config");
	tap_ok(c.tab_dirs.n == 2 && strcmp(c.tab_dirs.v[0], "/srv/tabs") == 0 &&
		strcmp(c.tab_dirs.v[1], more) == 0,
	    "a list takes the place of the default, relative paths in it begin at the config");
	tap_is_str(c.calendar_dir, days, "calendar_dir");
	tap_is_str(c.state_dir, "/srv/state", "state_dir");
	tap_is_str(c.runtime_dir, run, "runtime_dir");
	tap_ok(
	    c.batch == 500 && c.max_running == 64 && c.tick == 30 * USEC, "numbers and durations");
	tap_is_str(c.node_id, "node-1", "node_id");
	tap_is_str(c.zone, "fra1", "zone");
	tap_is_str(c.tz, "Europe/Berlin", "tz");
	tap_ok(c.labels.n == 2 && strcmp(c.labels.v[0], "disk=ssd") == 0, "labels");
	tap_ok(c.allow_users.n == 2 && c.deny_users.n == 1, "a list of one needs no braces");
	tap_is_str(c.mailer, "/usr/bin/msmtp", "mailer");
	tap_is_str(c.on_failure, "logger -t jobs \"${JOB}\"", "single quotes keep what is in them");
	tap_is_int(c.log_level, LOG_LEVEL_DEBUG, "log_level");
	tap_ok(!c.cgroups, "cgroups");
	tap_is_int(c.runner_patience, 10 * USEC, "runner_patience");
	tap_ok(c.keep_attempts_for == 7 * DAY_US && c.keep_jobs_for == 2 * DAY_US &&
		c.keep_outputs_for == 0 && c.keep_attempts == 3,
	    "retention");
	tap_ok(c.nqueues == 2 && strcmp(c.queues[0].name, "heavy") == 0 &&
		c.queues[0].max_running == 2 && strcmp(c.queues[1].name, "two words") == 0 &&
		c.queues[1].max_running == 7,
	    "queues");
	tap_ok(c.defaults.retries == 3 && c.defaults.backoff == 30 * USEC &&
		c.defaults.backoff_max == 10 * MINUTE_US && c.defaults.dst_gap == DST_GAP_SKIP &&
		c.defaults.missed == MISSED_ALL && c.defaults.missed_max == 5 &&
		c.defaults.output == 1048576,
	    "defaults of policies");
	tap_is_str(c.defaults.mail, "ops@example.org", "default_mail");
	conf_release(&c);
	free(path);
	free(run);
	free(days);
	free(more);
}

static const struct {
	const char *text, *want; /* what follows the path; NULL: it is a good one */
} texts[] = {
	{ "\n\nbatches = 5\n", ":3: no such option 'batches'" },
	{ "retention { keeps = 1 }\n", ":1: no such option 'keeps'" },
	{ "queue a {\n priority = 1\n}\n", ":2: no such option 'priority'" },
	{ "default_name = x\n", ":1: no such option 'default_name'" },
	{ "default_ = x\n", ":1: no such option 'default_'" },
	{ "batch 5\n", ":1: missing equal sign after option 'batch'" },
	{ "batch = \n", ":2: premature end of file" },
	{ "queue { max_running = 1 }\n", ":1: missing title for section 'queue'" },
	{ "# c\nqueue a {\n# }\n\n", ":2: the brace is not closed" },
	{ "labels = {\n a", ":2: premature end of file" },
	{ "queue a { max_running = 1 }}\n", ":1: unexpected closing brace" },
	{ "\n/* c\n", ":2: the comment is not closed" },
	{ "# one\n\n  ## two # three\nbatch = 0\n", ":4: batch: " },
	{ "zone = a # b\nbatch = 0\n", ":2: batch: " },
	{ "/* one\n two */ // three\n/**/ batch = 0\n", ":3: batch: " },
	{ "retention { # c\n # d\n keep = x }\n", ":3: keep: " },
	{ "labels = { a, # c }\n b, # d\n '' }\n", ":3: labels: " },
	{ "on_failure = \"a # \\\" /* {\"\nmailer = 'b // { \\''\nbatch = 0\n", ":3: batch: " },
	{ "on_failure = \"a\n # b\"\nbatch = 0\n", ":2: on_failure: not printable" },
	{ "node_id = \"a\n", ":2: premature end of file" },
	{ "node_id = 'a\n", ":2: unterminated string constant" },
	{ "batch = 0\n", ":1: batch: '0' is not a number from 1 to 100000" },
	{ "batch = 100000\n", NULL },
	{ "batch = 100001\n", ":1: batch: '100001' is not a number from 1 to 100000" },
	{ "# c\nmax_running = 1e3\n", ":2: max_running: '1e3' is not a number from 1 to 100000" },
	{ "tick = -1\n", ":1: tick: " },
	{ "tick = 0\n", ":1: tick: '0' is not within 1s and 1h" },
	{ "tick = 1h30m\n", ":1: tick: '1h30m' is not within 1s and 1h" },
	{ "tz = Mars/Base\n", ":1: tz: " },
	{ "node_id = 17\n", ":1: node_id: '17' is all digits, which is an id" },
	{ "state_dir = ''\n", ":1: state_dir: '' is empty" },
	{ "database = 'sqlite:'\n", ":1: database: 'sqlite:' names no database" },
	{ "cgroups = maybe\n", ":1: cgroups: 'maybe' is not one of yes and no" },
	{ "log_level = loud\n", ":1: log_level: 'loud' is not one of error, warn, info and debug" },
	{ "tab_dirs = { a,\n '' }\n", ":2: tab_dirs: '' is empty" },
	{ "zone = \"a\\x1b\"\n", ":1: zone: not printable UTF-8" },
	{ "batch = 1\nbatch = 2\n", ":2: batch: set twice" },
	{ "default_nice = 1\ndefault_nice = 2\n", ":2: default_nice: set twice" },
	{ "queue a { max_running = 1 }\nqueue a { max_running = 2 }\n",
	    ":2: found duplicate title 'a'" },
	{ "queue a { max_running = 1 }\nqueue b { max_running = 1 }\n", NULL },
	{ "queue a {\n max_running = 0\n}\n",
	    ":2: max_running: '0' is not a number from 1 to 100000" },
	{ "queue a/b { max_running = 1 }\n",
	    ":1: max_running: the queue's name: 'a/b' holds a '/'" },
	{ "\nretention {\n attempts = 3x\n}\n", ":3: attempts: " },
	{ "default_retries = x\n", ":1: default_retries: 'x' is not a number from " },
	{ "default_overlap = no\n", ":1: default_overlap: 'no' is not one of " },
	{ "default_deadline = 1s\ndefault_jitter = 2s\n",
	    ": the defaults: the deadline must be longer than the jitter" },
	{ "tab_dirs += { x }\n", NULL },
};

static void
test_text(const char *text, const char *path, const char *want)
{
	char *whole_want = xasprintf("%s%s", path, want != NULL ? want : "");
	struct err e = { 0, "" };
	struct buf shown = { 0 };
	struct conf c;
	int rc = load(&c, text, &e);
	char *name;
	bool held;

	utf8_escape(&shown, text, strlen(text), false);
	name = buf_string(&shown);
	held = want == NULL ? rc == 0
			    : rc == E_INPUT && strncmp(e.text, whole_want, strlen(whole_want)) == 0;
	if (!tap_ok(held, "\"%s\" is %s%s", name, want != NULL ? "refused: " : "good",
		want != NULL ? want : ""))
		tap_note("%d '%s'", rc, e.text);
	conf_release(&c);
	free(whole_want);
	free(name);
}

static void
test_texts(void)
{
	static const char nul[] = "zone = a\n\0batch = 0\n";
	char *path = at("jobsched.conf");
	struct conf c;
	struct err e;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		test_text(texts[i].text, path, texts[i].want);
	if (io_replace_file(path, nul, sizeof(nul) - 1, 0644, &e) < 0)
		abort();
	tap_ok(conf_load(&c, path, NULL, &e) == E_INPUT && strstr(e.text, ":2: a NUL byte") != NULL,
	    "a NUL byte is refused");
	free(path);
}

static void
test_lists(void)
{
	struct conf c;
	struct err e;

	tap_ok(load(&c, "tab_dirs = {}\n", &e) == 0 && c.tab_dirs.n == 0, "a list may be empty");
	conf_release(&c);
	tap_ok(load(&c, "deny_users = { a, b }\ndeny_users += { c }\n", &e) == 0 &&
		c.deny_users.n == 3,
	    "'+=' adds to a list");
	conf_release(&c);
	/* What a broken string leaves in the lexer must not reach the next file. */
	if (load(&c, "zone = \"a\n", &e) == 0)
		conf_release(&c);
	tap_ok(load(&c, "zone = a\n", &e) == 0, "a good file is read after a broken one");
	conf_release(&c);
}

static void
test_users(void)
{
	struct conf c;
	struct err e;

	if (load(&c, "allow_users = { a, b }\ndeny_users = { b }\n", &e) < 0)
		abort();
	tap_ok(conf_user_refused(&c, "a") == NULL, "an allowed user may");
	tap_ok(conf_user_refused(&c, "b") != NULL, "one that is denied too may not");
	tap_ok(conf_user_refused(&c, "c") != NULL, "one that is not allowed may not");
	conf_release(&c);
	if (load(&c, "deny_users = b\n", &e) < 0)
		abort();
	tap_ok(conf_user_refused(&c, "c") == NULL, "without allow_users all others may");
	conf_release(&c);
}

static void
test_which(void)
{
	char *path = write_file("batch = 7\ndatabase = in-file.db\n"),
	     *missing = at("missing.conf");
	char *in_file = at("in-file.db"), *by_option = at("option.db"), *by_env = at("env.db");
	struct conf c;
	struct err e;

	tap_is_int(conf_load(&c, missing, NULL, &e), E_INPUT, "a config that is named must exist");
	setenv("JOBSCHED_CONFIG", missing, 1);
	tap_is_int(conf_load(&c, NULL, NULL, &e), E_INPUT, "also one named by JOBSCHED_CONFIG");
	setenv("JOBSCHED_CONFIG", path, 1);
	tap_ok(
	    conf_load(&c, NULL, NULL, &e) == 0 && c.batch == 7, "JOBSCHED_CONFIG names the config");
	tap_is_str(c.database, in_file, "the config names the database");
	conf_release(&c);
	setenv("JOBSCHED_DB", by_env, 1);
	tap_ok(conf_load(&c, NULL, NULL, &e) == 0, "JOBSCHED_DB is set");
	tap_is_str(c.database, by_env, "JOBSCHED_DB overrules the config");
	conf_release(&c);
	tap_ok(conf_load(&c, NULL, by_option, &e) == 0, "and so is --db");
	tap_is_str(c.database, by_option, "--db overrules JOBSCHED_DB");
	conf_release(&c);
	tap_is_int(conf_load(&c, NULL, "", &e), E_INPUT, "an empty --db names no database");
	unsetenv("JOBSCHED_CONFIG");
	unsetenv("JOBSCHED_DB");
	free(path);
	free(missing);
	free(in_file);
	free(by_option);
	free(by_env);
}

static void
test_safety(void)
{
	char *path;
	struct conf c;
	struct err e;

	if (geteuid() != 0) {
		tap_ok(!conf_is_system(), "user mode asks nothing of its config");
		return;
	}
	path = write_file("");
	if (chmod(path, 0664) == -1)
		abort();
	tap_is_int(
	    conf_load(&c, path, NULL, &e), E_PERM, "root's config may not be writable by others");
	if (chmod(path, 0644) == -1 || chown(path, 12345, 0) == -1)
		abort();
	tap_is_int(conf_load(&c, path, NULL, &e), E_PERM, "root's config has to be root's");
	tap_is_int(conf_load(&c, folder, NULL, &e), E_INPUT, "a folder is no config");
	free(path);
}

/* What places_of_database makes of this database and these settings. */
static void
place(const struct places *p, const char *database, const char *state, const char *runtime,
    struct conf *c)
{
	struct err e;

	memset(c, 0, sizeof(*c));
	if (place_database(database, folder, &c->database, &e) < 0)
		abort();
	c->state_dir = xstrdup(state);
	c->runtime_dir = xstrdup(runtime);
	places_of_database(p, c);
}

/* "HEAD/" and 16 hex digits. */
static bool
is_hashed(const char *path, const char *head)
{
	size_t len = strlen(head);

	return strncmp(path, head, len) == 0 && path[len] == '/' && strlen(path) == len + 17 &&
	    strspn(path + len + 1, "0123456789abcdef") == 16;
}

static void
test_system_places(void)
{
	struct places p;
	struct conf c, other;
	struct err e;

	if (places_init(&p, true, &e) < 0)
		abort();
	tap_is_str(p.config, SYSCONFDIR "/jobsched.conf", "system: config");
	tap_is_str(p.tabs, SYSCONFDIR "/jobsched.d", "system: tabs");
	tap_is_str(p.calendars, SYSCONFDIR "/jobsched/calendars", "system: calendars");
	tap_is_str(p.database, LOCALSTATEDIR "/lib/jobsched/jobsched.db", "system: database");
	place(&p, p.database, NULL, NULL, &c);
	tap_is_str(c.state_dir, LOCALSTATEDIR "/lib/jobsched", "system: state");
	tap_is_str(c.runtime_dir, "/run/jobsched", "system: runtime");
	conf_release(&c);

	place(&p, "/x/y.db", NULL, NULL, &c);
	tap_is_str(c.state_dir, "/x/y.db.d", "a database elsewhere has its state beside it");
	tap_ok(is_hashed(c.runtime_dir, "/run/jobsched"), "and a runtime folder of its own");
	place(&p, "sqlite:/x/y.db", NULL, NULL, &other);
	tap_is_str(other.runtime_dir, c.runtime_dir, "the same by another way to write it");
	tap_is_str(other.state_dir, c.state_dir, "and the same state");
	tap_is_str(other.database, "sqlite:/x/y.db", "which is kept");
	conf_release(&other);
	place(&p, "/x/z.db", NULL, NULL, &other);
	tap_ok(strcmp(other.runtime_dir, c.runtime_dir) != 0, "another database has another");
	conf_release(&other);
	conf_release(&c);

	place(&p, "/x/y.db", "/s", "/r", &c);
	tap_is_str(c.state_dir, "/s", "what is configured stays: state");
	tap_is_str(c.runtime_dir, "/r", "what is configured stays: runtime");
	conf_release(&c);

	place(&p, "postgresql://me:secret@host/db", NULL, NULL, &c);
	place(&p, "postgresql://me:other@host/db", NULL, NULL, &other);
	tap_is_str(c.database, "postgresql://me:secret@host/db", "another scheme passes unchanged");
	tap_ok(is_hashed(c.state_dir, p.state) && is_hashed(c.runtime_dir, p.runtime),
	    "its state and runtime folders are below the default ones");
	tap_is_str(other.state_dir, c.state_dir, "a new password is no new database");
	conf_release(&c);
	conf_release(&other);
	places_release(&p);
}

static void
test_paths(void)
{
	char *real = at("real"), *linked = at("linked"), *one = at("real/a/b.db");
	char *other = at("linked/a/../a//b.db"), *relative = at("rel.db"), *made = at("real/a");
	struct places p;
	struct conf c, d;
	struct err e;

	if (places_init(&p, true, &e) < 0 || mkdir(real, 0700) == -1 ||
	    symlink("real", linked) == -1)
		abort();
	place(&p, one, NULL, NULL, &c);
	if (mkdir(made, 0700) == -1)
		abort();
	place(&p, other, NULL, NULL, &d);
	tap_is_str(
	    d.runtime_dir, c.runtime_dir, "a path through a link is the same, now and once made");
	tap_is_str(d.state_dir, c.state_dir, "and has the same state");
	conf_release(&c);
	conf_release(&d);
	place(&p, "rel.db", NULL, NULL, &c);
	tap_is_str(c.database, relative, "a relative path is made absolute");
	conf_release(&c);
	place(&p, "sqlite:rel.db", NULL, NULL, &c);
	tap_ok(strncmp(c.database, "sqlite:/", 8) == 0 && strcmp(c.database + 7, relative) == 0,
	    "also behind 'sqlite:'");
	conf_release(&c);
	places_release(&p);
	free(real);
	free(linked);
	free(one);
	free(other);
	free(relative);
	free(made);
}

static void
test_user_places(void)
{
	const struct passwd *pw = getpwuid(geteuid());
	struct places p;
	struct conf c;
	struct err e;

	setenv("HOME", "/h", 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_STATE_HOME");
	unsetenv("XDG_RUNTIME_DIR");
	if (places_init(&p, false, &e) < 0)
		abort();
	tap_is_str(p.config, "/h/.config/jobsched/jobsched.conf", "user: config");
	tap_is_str(p.tabs, "/h/.config/jobsched/jobsched.d", "user: tabs");
	tap_is_str(p.calendars, "/h/.config/jobsched/calendars", "user: calendars");
	tap_is_str(p.database, "/h/.local/state/jobsched/jobsched.db", "user: database");
	place(&p, p.database, NULL, NULL, &c);
	tap_is_str(c.state_dir, "/h/.local/state/jobsched", "user: state");
	tap_is_str(c.runtime_dir, "/h/.local/state/jobsched/run", "user: runtime is in the state");
	conf_release(&c);
	place(&p, "/x/y.db", NULL, NULL, &c);
	tap_is_str(c.runtime_dir, "/x/y.db.d/run", "user: elsewhere too");
	conf_release(&c);
	place(&p, "/x/y.db", "/s", NULL, &c);
	tap_ok(is_hashed(c.runtime_dir, "/s/run"), "user: not alone in a configured state folder");
	conf_release(&c);
	places_release(&p);

	setenv("XDG_CONFIG_HOME", "/c", 1);
	setenv("XDG_STATE_HOME", "relative", 1);
	setenv("XDG_RUNTIME_DIR", "/r", 1);
	if (places_init(&p, false, &e) < 0)
		abort();
	tap_is_str(p.config, "/c/jobsched/jobsched.conf", "XDG_CONFIG_HOME counts");
	tap_is_str(p.state, "/h/.local/state/jobsched", "a relative XDG_STATE_HOME does not");
	place(&p, p.database, NULL, NULL, &c);
	tap_ok(is_hashed(c.runtime_dir, "/r/jobsched"),
	    "XDG_RUNTIME_DIR is not shared with the user's real home");
	conf_release(&c);
	places_release(&p);

	unsetenv("XDG_STATE_HOME");
	setenv("HOME", pw != NULL ? pw->pw_dir : "/", 1);
	if (places_init(&p, false, &e) < 0)
		abort();
	place(&p, p.database, NULL, NULL, &c);
	tap_ok(pw == NULL || strcmp(c.runtime_dir, "/r/jobsched") == 0,
	    "whose own database has the plain folder");
	conf_release(&c);
	places_release(&p);
}

static void
test_own_user(void)
{
	const struct passwd *pw = getpwuid(geteuid());
	char *name;
	struct err e;
	int rc = conf_own_user(&name, &e);

	tap_ok(pw == NULL ? rc == E_FAIL : rc == 0 && strcmp(name, pw->pw_name) == 0,
	    "the own user has the account's name, or is told to have none");
	free(name);
}

static char *
read_text(const char *below_srcdir)
{
	const char *srcdir = getenv("srcdir");
	char *path = xasprintf("%s/%s", srcdir != NULL ? srcdir : ".", below_srcdir);
	struct buf text = { 0 };
	struct err e;

	if (!tap_ok(io_read_file(path, &text, 1000000, &e) == 0, "%s is there", below_srcdir))
		tap_note("%s", e.text);
	free(path);
	return buf_string(&text);
}

/* Calls each for all that can stand in the file: a key by its section. */
static void
each_key(void (*each)(void *arg, const char *section, const char *key), void *arg)
{
	for (const struct key *k = conf_keys; k->name != NULL; k++)
		each(arg, k->section, k->name);
	for (const struct option_def *def = job_options; def->name != NULL; def++) {
		char *name = xasprintf("default_%s", def->name);

		for (char *p = name; *p != '\0'; p++)
			if (*p == '-')
				*p = '_';
		if ((def->where & OPTION_DEFAULT) != 0)
			each(arg, NULL, name);
		free(name);
	}
}

static void
is_in_manual(void *text, const char *section, const char *key)
{
	bool queue = section != NULL && strcmp(section, "queue") == 0;
	char *item = xasprintf("\n.It Ic %s ", queue ? "queue" : key);

	tap_ok(strstr(text, item) != NULL, "the manual has %s", queue ? "queue" : key);
	free(item);
}

/* The examples of the manual are its literal lines: each is a config by itself. */
static void
test_manual(void)
{
	char *text = read_text("man/jobsched.conf.5"), *rest = text, *line, *quote;
	struct conf c;
	struct err e;

	each_key(is_in_manual, text);
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (strncmp(line, ".Dl ", 4) != 0)
			continue;
		line += 4;
		while ((quote = strstr(line, "\\(dq")) != NULL) {
			*quote = '"';
			memmove(quote + 1, quote + 4, strlen(quote + 4) + 1);
		}
		if (!tap_ok(load(&c, line, &e) == 0, "an example of the manual: %s", line))
			tap_note("%s", e.text);
		conf_release(&c);
	}
	free(text);
}

static void
is_in_example(void *text, const char *section, const char *key)
{
	char *line = xasprintf("\n%s%s = ", section != NULL ? "\t" : "", key);

	tap_ok(strstr(text, line) != NULL, "the example has %s", key);
	free(line);
}

/* A '#' with no blank behind it is before a setting. */
static void
test_example(void)
{
	char *text = read_text("examples/jobsched.conf"), *to = text;
	struct conf c;
	struct err e;

	for (const char *p = text; *p != '\0'; p++)
		if (*p != '#' || (p > text && p[-1] != '\n') || p[1] == ' ' || p[1] == '\n')
			*to++ = *p;
	*to = '\0';
	each_key(is_in_example, text);
	if (!tap_ok(load(&c, text, &e) == 0, "the example loads with all of its keys"))
		tap_note("%s", e.text);
	tap_ok(c.nqueues == 2 && c.keep_attempts_for == 90 * DAY_US && c.batch == 1000,
	    "and they have their values");
	conf_release(&c);
	free(text);
}

int
main(void)
{
	unsetenv("JOBSCHED_CONFIG");
	unsetenv("JOBSCHED_DB");
	folder = scratch_new("t_conf");
	test_defaults();
	test_all_keys();
	test_texts();
	test_lists();
	test_users();
	test_which();
	test_safety();
	test_system_places();
	test_paths();
	test_user_places();
	test_own_user();
	test_manual();
	test_example();
	scratch_remove(folder);
	free(folder);
	zone_cache_free();
	return tap_done();
}
