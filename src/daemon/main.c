/*
 * main: the command line of jobschedd, its signals, and how it becomes a daemon.
 */
#include <err.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "conf/places.h"
#include "daemon/daemon.h"
#include "daemon/detach.h"
#include "daemon/notify.h"
#include "daemon/once.h"
#include "daemon/runners.h"
#include "daemon/singleton.h"
#include "daemon/tabs.h"
#include "daemon/tick.h"
#include "store/store.h"

static const char usage_text[] =
    "usage: jobschedd [-f] [-C FILE] [--db=URI] [-t TAB_FILE_OR_DIR]... [--once]\n"
    "                 [--node-id=ID] [--drain-on-stop]\n"
    "\n"
    "  -f, --foreground       stay in the foreground and log to stderr\n"
    "  -C, --config=FILE      read this config file\n"
    "      --db=URI           use this database\n"
    "  -t, --tabs=PATH        a tab file, or a folder of them, instead of the config's;\n"
    "                         may be given more than once\n"
    "      --once             one tick, then exit (for an existing crontab)\n"
    "      --node-id=ID       the name of this node\n"
    "      --drain-on-stop    when told to stop, wait for the running jobs\n"
    "  -h, --help             show this\n"
    "  -V, --version          show the version\n";

enum { OPT_DB = 256, OPT_ONCE, OPT_NODE, OPT_DRAIN };

static const struct option long_options[] = {
	{ "foreground", no_argument, NULL, 'f' },
	{ "config", required_argument, NULL, 'C' },
	{ "db", required_argument, NULL, OPT_DB },
	{ "tabs", required_argument, NULL, 't' },
	{ "once", no_argument, NULL, OPT_ONCE },
	{ "node-id", required_argument, NULL, OPT_NODE },
	{ "drain-on-stop", no_argument, NULL, OPT_DRAIN },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static void
show(const char *text)
{
	if (fputs(text, stdout) == EOF || fflush(stdout) == EOF)
		errx(1, "cannot write output");
	exit(0);
}

/* An absolute path, because a daemon changes to "/". */
static char *
absolute(const char *path)
{
	char *cwd, *whole;

	if (path[0] == '/')
		return xstrdup(path);
	if ((cwd = getcwd(NULL, 0)) == NULL)
		err(1, "cannot tell the current folder");
	whole = xasprintf("%s/%s", cwd, path);
	free(cwd);
	return whole;
}

/* c is what getopt_long(3) said of the word before optind, and optopt which option that is. */
static void __attribute__((noreturn))
refuse_option(int c, const char *word)
{
	bool is_long = strncmp(word, "--", 2) == 0;
	char letter[] = { '-', (char)optopt, '\0' };

	if (!is_long)
		word = letter;
	if (c == ':')
		errx(2, "option '%s' needs a value; see 'jobschedd --help'", word);
	if (is_long && optopt != 0)
		errx(2, "option '%s' takes no value; see 'jobschedd --help'", word);
	errx(2, "unknown option '%s'; see 'jobschedd --help'", word);
}

static void
parse(int argc, char **argv, struct daemon_args *a)
{
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":fC:t:hV", long_options, NULL)) != -1) {
		switch (c) {
		case 'f':
			a->foreground = true;
			break;
		case 'C':
			a->config = absolute(optarg);
			break;
		case 't':
			strv_take(&a->tabs, absolute(optarg));
			break;
		case OPT_DB:
			a->database = xstrdup(optarg);
			place_hide(optarg);
			break;
		case OPT_ONCE:
			a->once = true;
			break;
		case OPT_NODE:
			a->node_id = optarg;
			break;
		case OPT_DRAIN:
			a->drain_on_stop = true;
			break;
		case 'h':
			show(usage_text);
			break;
		case 'V':
			show("jobschedd " PACKAGE_VERSION "\n");
			break;
		default:
			refuse_option(c, argv[optind - 1]);
		}
	}
	if (optind < argc)
		errx(2, "unexpected argument '%s'", argv[optind]);
}

/* ---- signals ---- */

/* For those who ask for its state. */
static void
tell_draining(struct daemon *d)
{
	char name[PROC_TEXT];
	struct proc_id self;
	struct err e;

	proc_self(&self);
	proc_text(&self, name, sizeof(name));
	if (store_setting_set(d->store, SETTING_STOPPING, name, &e) < 0)
		log_warn("cannot record that this node drains: %s", e.text);
}

static void
on_stop(evutil_socket_t sig, short what, void *arg)
{
	struct daemon *d = arg;

	(void)what;
	log_info("stopping on %s", sig == SIGINT ? "SIGINT" : "SIGTERM");
	notify_state("STOPPING=1");
	/* A second signal does not wait for the jobs. */
	if (d->args->drain_on_stop && !d->stopping && d->running > 0) {
		d->stopping = true;
		log_info("waiting for %" PRId64 " running job%s", d->running,
		    d->running == 1 ? "" : "s");
		tell_draining(d);
		return;
	}
	event_base_loopbreak(d->base);
}

static void
on_reload(evutil_socket_t sig, short what, void *arg)
{
	(void)sig, (void)what;
	notify_state("RELOADING=1");
	daemon_reload(arg);
}

static void
watch_signals(struct daemon *d, struct event *signals[3])
{
	signals[0] = evsignal_new(d->base, SIGTERM, on_stop, d);
	signals[1] = evsignal_new(d->base, SIGINT, on_stop, d);
	signals[2] = evsignal_new(d->base, SIGHUP, on_reload, d);
	for (int i = 0; i < 3; i++)
		event_add(signals[i], NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* ---- running ---- */

struct start {
	struct daemon *daemon;
	struct detach *detach;
};

static void
on_ready(void *arg)
{
	const struct start *s = arg;
	struct daemon *d = s->daemon;

	singleton_write(d->singleton);
	log_info("jobschedd " PACKAGE_VERSION " ready: node '%s', database '%s'", d->node,
	    store_uri(d->store));
	notify_state("READY=1");
	detach_ready(s->detach);
}

static int
serve(struct daemon *d, struct detach *detach)
{
	struct start start = { d, detach };
	struct event *signals[3];
	struct err e;

	if (daemon_attach(d, &e) < 0) {
		log_error("%s", e.text);
		detach_failed(detach, e.text);
		return -e.code;
	}
	watch_signals(d, signals);
	d->ready = on_ready;
	d->ready_arg = &start;
	tick_run(d);
	/* Else when the tabs that are on their way are in force. */
	if (d->ready != NULL && !tabs_busy(d->tabs))
		daemon_loaded(d);
	if (d->failure == 0 && event_base_dispatch(d->base) == -1) {
		log_error("the event loop cannot wait any more: ending");
		d->failure = E_FAIL;
	}
	for (int i = 0; i < 3; i++)
		event_free(signals[i]);
	return -d->failure;
}

/* Its cron mails what it says: by default that is what a person has to know. */
static int
tick_once(struct daemon *d)
{
	if (d->conf.log_level == LOG_LEVEL_INFO)
		log_set_level(LOG_LEVEL_WARN);
	return once_run(d);
}

int
main(int argc, char **argv)
{
	struct daemon_args args = { 0 };
	struct detach detach = { -1 };
	struct daemon d;
	struct err e;
	int other = 0, status;

	setvbuf(stderr, NULL, _IOLBF, 0);
	umask(077);
	/* A reload that is asked for while we start: everything is about to be read anyhow. */
	signal(SIGHUP, SIG_IGN);
	parse(argc, argv, &args);
	log_init("jobschedd", false, LOG_LEVEL_INFO);
	if (!args.foreground && !args.once)
		detach_begin(&detach);
	if (daemon_open(&d, &args, &other, &e) < 0) {
		/* Beside a resident daemon there is nothing left to do for one tick. */
		status = args.once && e.code == E_CONFLICT ? 0 : -e.code;
		if (status != 0)
			detach_failed(&detach, e.text);
	} else
		status = args.once ? tick_once(&d) : serve(&d, &detach);
	daemon_close(&d);
	strv_clear(&args.tabs);
	free((char *)(uintptr_t)args.config);
	free((char *)(uintptr_t)args.database);
	return status;
}
