/*
 * bulk: see bulk.h.
 */
#include "cli/bulk.h"

#include <ctype.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/aside.h"
#include "cli/cli.h"
#include "cli/forms.h"
#include "cli/shelf.h"
#include "cli/names.h"
#include "cli/newjob.h"
#include "cli/out.h"
#include "cli/progress.h"
#include "cli/spool.h"
#include "cli/wake.h"
#include "job/draft.h"
#include "job/each.h"
#include "store/ahead.h"

/* Of more than BULK_AT_ONCE jobs, so many in one transaction, and of long ones fewer. */
#define CHUNK_JOBS 1000
#define CHUNK_SHARED 4000 /* where other writers need not wait for it */
#define CHUNK_BYTES (8 * 1024 * 1024)
#define CHUNKS SUBMITS_AHEAD

struct chunk {
	struct submit what; /* its jobs are `jobs` */
	struct job *jobs;
	int64_t *numbers; /* of their lines */
	int64_t *ids;
	size_t cap, bytes;
};

struct bulk {
	struct cli *cli;
	const struct form_json *json;
	struct newjob new;
	struct spool spool;
	struct shelf kept;	/* jobs of the file that are not stored yet */
	struct names names;	/* in the file */
	struct submit submit;	/* what all chunks have in common */
	struct chunk chunks[CHUNKS];
	size_t first, filled;	/* those that are not stored yet, in their order */
	int64_t total;		/* jobs in the file */
	int64_t before;		/* jobs of the batch that were stored before */
	char *made_up;		/* name of a batch that nobody named */
	struct progress progress;
};

static bool
is_blank(const char *text, size_t len)
{
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		len--;
	return len == 0;
}

static int
at_line(struct bulk *b, int64_t number)
{
	return err_prefix(&b->cli->err, "line %lld", (long long)number);
}

/* The job of the next line that is not blank: 1, 0 at the end, or a failure. */
static int
next_job(struct bulk *b, struct job *j)
{
	struct cli *c = b->cli;
	struct draft d;
	const char *text;
	size_t len;
	int r;

	do
		r = spool_next(&b->spool, &text, &len, &c->err);
	while (r > 0 && is_blank(text, len));
	if (r <= 0)
		return r;
	newjob_draft(&b->new, &d);
	if (b->json->bulk_line(&d, text, len, &c->err) < 0) {
		draft_release(&d);
		return at_line(b, b->spool.number);
	}
	if (newjob_finish(&b->new, &d, j) < 0)
		return at_line(b, b->spool.number);
	return 1;
}

/* ---- all are checked ---- */

/* Whether the store has a job of this name and user. */
static int
check_not_taken(struct bulk *b, const struct job *j)
{
	struct cli *c = b->cli;
	struct job_view v;
	int64_t id;
	bool taken;
	int r = store_job_find(c->store, j->name, j->user, &id, &c->err);

	if (r == E_NOTFOUND || r == E_CONFLICT)
		return 0; /* nobody's, or several other users' */
	if (r < 0 || store_job_get(c->store, id, &v, &c->err) < 0)
		return c->err.code;
	taken = strcmp(v.job.user, j->user) == 0;
	job_view_release(&v);
	if (!taken)
		return 0;
	return err_set(
	    &c->err, E_CONFLICT, "name '%s' is taken by job %lld", j->name, (long long)id);
}

/* What it comes after must be in the store, or above it in the file. */
static int
check_after(struct bulk *b, const struct job *j)
{
	struct cli *c = b->cli;
	int64_t id;

	for (size_t i = 0; i < j->after.n; i++)
		if (!names_has(&b->names, j->user, j->after.v[i]) &&
		    store_job_find(c->store, j->after.v[i], j->user, &id, &c->err) < 0)
			return c->err.code;
	return 0;
}

/* Jobs of the batch that are stored are not judged again: their names are taken, by themselves. */
static int
check_job(struct bulk *b, const struct job *j)
{
	bool stored = b->total <= b->before;

	if (each_wanted(j) && store_shared(b->cli->store))
		return err_set(&b->cli->err, E_INPUT,
		    "'on': a job for each node is submitted by itself, not with '--file'");
	if (check_after(b, j) < 0)
		return b->cli->err.code;
	if (j->name == NULL)
		return 0;
	if (!names_add(&b->names, j->user, j->name))
		return err_set(&b->cli->err, E_CONFLICT, "name '%s' is in the file twice", j->name);
	return stored || b->submit.how != SUBMIT_NEW ? 0 : check_not_taken(b, j);
}

static int
check_all(struct bulk *b)
{
	struct job j;
	int r;

	progress_begin(&b->progress, "checking", b->cli->global.quiet);
	while ((r = next_job(b, &j)) > 0) {
		b->total++;
		if ((r = check_job(b, &j)) < 0)
			at_line(b, b->spool.number);
		else if (b->total > b->before)
			r = shelf_add(&b->kept, &j, b->spool.number, &b->cli->err);
		job_release(&j);
		if (r < 0)
			break;
		progress_show(&b->progress, b->spool.read, b->spool.size);
	}
	progress_end(&b->progress);
	if (r == 0 && b->before > b->total)
		return err_set(&b->cli->err, E_CONFLICT,
		    "batch '%s' has %lld jobs, the file %lld: it is another file", b->submit.batch,
		    (long long)b->before, (long long)b->total);
	return r;
}

/* ---- and then stored ---- */

static void
print_id(struct bulk *b, int64_t id)
{
	if (b->cli->global.json)
		out_number(b->cli->out, NULL, id);
	else
		printf("%lld\n", (long long)id);
}

/* Those of the batch that were stored before. */
static int
print_before(struct bulk *b)
{
	struct cli *c = b->cli;
	struct id_run *runs;
	size_t n;
	int r = store_batch_ids(c->store, b->submit.batch, &runs, &n, &c->err);

	for (size_t i = 0; i < n && r == 0; i++)
		for (int64_t k = 0; k < runs[i].n; k++)
			print_id(b, runs[i].first + k);
	free(runs);
	return r < 0 ? r : out_flush(&c->err);
}

static void
clear_chunk(struct chunk *k)
{
	for (size_t i = 0; i < k->what.n; i++)
		job_release(&k->jobs[i]);
	k->what.n = 0;
	k->bytes = 0;
}

static void
release_chunk(struct chunk *k)
{
	clear_chunk(k);
	free(k->jobs);
	free(k->numbers);
	free(k->ids);
}

/* Ids are printed once their jobs are durable; losing them ends the command. */
static int
store_chunk(struct bulk *b, struct chunk *k)
{
	struct cli *c = b->cli;
	size_t bad = SIZE_MAX;

	if (store_submit(c->store, &k->what, k->ids, &bad, &c->err) < 0) {
		if (bad < k->what.n)
			at_line(b, k->numbers[bad]);
		return c->err.code;
	}
	for (size_t i = 0; i < k->what.n; i++)
		print_id(b, k->ids[i]);
	clear_chunk(k);
	wake_daemons(c->store);
	return out_flush(&c->err);
}

/* The first of those that are filled. */
static int
store_first(struct bulk *b)
{
	int64_t began = clock_boot();
	int r = store_chunk(b, &b->chunks[b->first]);

	b->first = (b->first + 1) % CHUNKS;
	b->filled--;
	if (r == 0 && !store_shared(b->cli->store))
		aside_step(began);
	return r;
}

static void
add_job(struct chunk *k, const struct job *j, int64_t number)
{
	size_t n = k->what.n;

	if (n == k->cap) {
		k->cap = k->cap > 0 ? 2 * k->cap : 256;
		k->jobs = xreallocarray(k->jobs, k->cap, sizeof(*k->jobs));
		k->numbers = xreallocarray(k->numbers, k->cap, sizeof(*k->numbers));
		k->ids = xreallocarray(k->ids, k->cap, sizeof(*k->ids));
	}
	k->jobs[n] = *j;
	k->numbers[n] = number;
	k->what.n++;
}

static bool
is_full(const struct bulk *b, const struct chunk *k)
{
	size_t most = store_shared(b->cli->store) ? CHUNK_SHARED : CHUNK_JOBS;

	return b->total > BULK_AT_ONCE && (k->what.n >= most || k->bytes >= CHUNK_BYTES);
}

/* With the next jobs that are not stored yet: 1, 0 if there are none, or E_FAIL. */
static int
fill_chunk(struct bulk *b, struct chunk *k)
{
	int64_t number;
	struct job j;
	size_t size;
	int r = 1;

	k->what = b->submit;
	while (!is_full(b, k) &&
	    (r = shelf_next(&b->kept, &j, &number, &size, &b->cli->err)) > 0) {
		add_job(k, &j, number);
		k->bytes += size;
	}
	k->what.jobs = k->jobs;
	b->submit.batch_from += (int64_t)k->what.n;
	return r < 0 ? r : k->what.n > 0;
}

/* Several chunks are under way, where there is more than one. */
static int
store_rest(struct bulk *b)
{
	struct chunk *k = b->chunks;
	int r;

	while ((r = fill_chunk(b, k)) > 0) {
		if (b->total > BULK_AT_ONCE)
			store_submit_ahead(b->cli->store, &k->what, k->ids);
		if (++b->filled == CHUNKS && (r = store_first(b)) < 0)
			return r;
		progress_show(&b->progress, b->submit.batch_from, b->total);
		k = &b->chunks[(b->first + b->filled) % CHUNKS];
	}
	while (r == 0 && b->filled > 0)
		r = store_first(b);
	return r;
}

static int
store_all(struct bulk *b)
{
	struct cli *c = b->cli;
	int r;

	if (shelf_rewind(&b->kept, &c->err) < 0)
		return c->err.code;
	if (b->total > BULK_AT_ONCE && b->submit.batch == NULL) {
		b->made_up = xasprintf("%lld-%ld", (long long)c->now, (long)getpid());
		b->submit.batch = b->made_up;
		cli_note(c, "if this is interrupted, go on with --batch=%s", b->made_up);
	}
	if (b->before > 0)
		cli_note(c, "%lld of %lld jobs of batch '%s' were stored before",
		    (long long)b->before, (long long)b->total, b->submit.batch);
	if (c->global.json)
		out_list(cli_out(c), "ids", NULL);
	r = b->before > 0 ? print_before(b) : 0;
	if (r == 0) {
		progress_begin(&b->progress, "storing", c->global.quiet);
		r = store_rest(b);
		progress_end(&b->progress);
	}
	if (c->global.json)
		out_end(c->out);
	return r;
}

static int
prepare(struct bulk *b, const struct bulk_args *a)
{
	struct cli *c = b->cli;

	if ((b->json = form_json(&c->err)) == NULL)
		return c->err.code;
	if (spool_open(&b->spool, a->file, &c->err) < 0)
		return c->err.code;
	if (newjob_init(&b->new, c) < 0 || cli_open(c, STORE_CREATE) < 0 ||
	    (b->submit.zone = cli_daemon_zone(c)) == NULL)
		return c->err.code;
	if (a->batch != NULL &&
	    store_batch_progress(c->store, a->batch, &b->before, &c->err) < 0)
		return c->err.code;
	b->submit.batch_from = b->before;
	b->submit.now = c->now;
	return 0;
}

int
bulk_submit(struct cli *c, const struct bulk_args *a)
{
	struct bulk b = {
		.cli = c,
		.spool.fd = -1,
		.kept.fd = -1,
		.submit = { .how = a->how, .boot_id = proc_boot_id() },
	};
	int r;

	b.submit.batch = a->batch;
	r = prepare(&b, a);

	if (r == 0)
		r = check_all(&b);
	if (r == 0)
		r = store_all(&b);
	for (size_t i = 0; i < CHUNKS; i++)
		release_chunk(&b.chunks[i]);
	free(b.made_up);
	names_release(&b.names);
	newjob_release(&b.new);
	spool_close(&b.spool);
	shelf_release(&b.kept);
	return r;
}
