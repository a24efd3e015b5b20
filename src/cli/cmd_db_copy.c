/*
 * db copy: a whole database into another, of another kind or of the same.
 */
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/out.h"
#include "cli/page.h"
#include "cli/progress.h"
#include "conf/places.h"
#include "store/copy.h"

static void
show(void *arg, int64_t done, int64_t all)
{
	progress_show(arg, done, all);
}

/* A path is one from here; what may be a password is not for all who list processes. */
static int
open_named(struct cli *c, char *name, enum store_mode mode, struct store **s)
{
	char *uri;
	int r = place_database(name, NULL, &uri, &c->err);

	if (r < 0)
		return r;
	place_hide(name);
	r = store_open(s, uri, mode, &c->err);
	free(uri);
	return r;
}

/* What runs has its runner's journal on the side of the old one. */
static int
check_still(struct cli *c, struct store *from)
{
	struct store_status status;
	int64_t running;

	if (store_status(from, c->now, &status, &c->err) < 0)
		return c->err.code;
	running = status.jobs[JOB_RUNNING];
	store_status_release(&status);
	if (running == 0)
		return 0;
	return err_set(&c->err, E_CONFLICT,
	    "%lld %s in database '%s': stop its jobschedd with --drain-on-stop first",
	    (long long)running, running == 1 ? "job runs" : "jobs run", store_uri(from));
}

static void
print_sum(struct cli *c, const struct copied *sum)
{
	char hash[17];
	struct out *o = cli_out(c);

	out_number(o, "rows", sum->rows);
	out_list(o, "tables", NULL);
	for (size_t i = 0; i < sum->n; i++) {
		snprintf(hash, sizeof(hash), "%016llx", (unsigned long long)sum->v[i].hash);
		out_object(o, NULL);
		out_text(o, "name", sum->v[i].name);
		out_number(o, "rows", sum->v[i].rows);
		out_text(o, "hash", hash);
		out_end(o);
	}
	out_end(o);
}

static int
copy(struct cli *c, struct store *from, struct store *to)
{
	struct progress bar;
	struct copy_watch watch = { show, &bar };
	struct copied sum;
	int r;

	progress_begin(&bar, "copying", c->global.quiet || c->global.json);
	r = store_copy(from, to, &watch, &sum, &c->err);
	progress_end(&bar);
	if (r < 0)
		return r;
	cli_say(c, "copied %lld rows of %zu tables from '%s' to '%s', and read them again",
	    (long long)sum.rows, sum.n, store_uri(from), store_uri(to));
	if (c->global.json)
		print_sum(c, &sum);
	copied_release(&sum);
	return 0;
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	struct store *from = NULL, *to = NULL;
	int r;

	(void)args, (void)argc;
	if ((r = open_named(c, argv[0], STORE_READ, &from)) == 0 &&
	    (r = check_still(c, from)) == 0 &&
	    (r = open_named(c, argv[1], STORE_CREATE, &to)) == 0)
		r = copy(c, from, to);
	store_close(from);
	store_close(to);
	return r;
}

const struct command cmd_db_copy = {
	.name = "db copy",
	.operands = "FROM TO",
	.help = "copy a whole database into an empty one, of the same kind or another",
	.min = 2,
	.max = 2,
	.run = run,
};
