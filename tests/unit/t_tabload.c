/*
 * t_tabload: a tab that is edited at random is the same in the store whether only the lines that
 * changed are read or all of them.
 */
#include "daemon/tabload.h"

#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/trusted.h"
#include "store/store.h"
#include "tab/index.h"
#include "tab/tab.h"
#include "scratch.h"
#include "tap.h"
#include "time/zone.h"

#define T0 INT64_C(1700000000000000)
#define ROUNDS 400
#define LINES_MAX 30

/* One store, and what its daemon would keep of the tab. */
struct side {
	struct store *s;
	struct tab_state state;
	struct tab_index index;
};

static char *dir;
static char path[64];
static unsigned seed = 20261127;

static unsigned
roll(unsigned n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % n;
}

static void
open_side(struct side *x, const char *name)
{
	char file[64];
	struct err e;

	memset(x, 0, sizeof(*x));
	snprintf(file, sizeof(file), "%s/%s.db", dir, name);
	if (store_open(&x->s, file, STORE_CREATE, &e) < 0)
		errx(1, "%s", e.text);
	x->state.path = xstrdup(path);
	x->state.loaded_at = x->state.error_at = INSTANT_NONE;
}

static void
close_side(struct side *x)
{
	char file[80];

	for (int i = 0; i < 3; i++) {
		static const char *const ends[] = { "", "-wal", "-shm" };

		snprintf(file, sizeof(file), "%s%s", store_path(x->s), ends[i]);
		unlink(file);
	}
	tab_state_release(&x->state);
	tab_index_clear(&x->index);
	store_close(x->s);
}

/* ---- versions of the tab ---- */

struct version {
	char *v[LINES_MAX];
	size_t n;
};

static char *
random_line(void)
{
	static const char *const settings[] = { "X=1", "X=2", "CRON_TZ=UTC", "MAILTO=" };
	static const char *const odd[] = { "# a comment", "", "61 * * * * true" };

	switch (roll(12)) {
	case 0:
		return xstrdup(settings[roll(4)]);
	case 1:
		/* The last is bad, and rare. */
		return xstrdup(odd[roll(20) == 0 ? 2 : roll(2)]);
	case 2:
	case 3:
	case 4:
		return xasprintf("%u * * * * --name=n%u true", roll(3), roll(40));
	case 5:
	case 6:
		return xasprintf("%u * * * * true", roll(3));
	default:
		return xasprintf("%u %u * * * true %u", roll(60), roll(24), roll(1000));
	}
}

static void
insert_line(struct version *t, char *line)
{
	size_t at = roll((unsigned)t->n + 1);

	memmove(&t->v[at + 1], &t->v[at], (t->n - at) * sizeof(t->v[0]));
	t->v[at] = line;
	t->n++;
}

static char *
remove_line(struct version *t)
{
	size_t at = roll((unsigned)t->n);
	char *line = t->v[at];

	memmove(&t->v[at], &t->v[at + 1], (t->n - at - 1) * sizeof(t->v[0]));
	t->n--;
	return line;
}

static void
edit(struct version *t)
{
	unsigned edits = 1 + roll(3);

	while (edits-- > 0) {
		unsigned what = roll(4);

		if (what == 0 && t->n > 0)
			insert_line(t, remove_line(t)); /* moved */
		else if (what == 1 && t->n > 0)
			free(remove_line(t));
		else if (t->n < LINES_MAX)
			insert_line(t, random_line());
	}
}

static void
write_version(const struct version *t)
{
	FILE *f;

	unlink(path);
	if ((f = fopen(path, "w")) == NULL || fchmod(fileno(f), 0600) == -1)
		err(1, "%s", path);
	for (size_t i = 0; i < t->n; i++)
		fprintf(f, "%s\n", t->v[i]);
	if (fclose(f) != 0)
		err(1, "%s", path);
}

/* ---- loading and comparing ---- */

static void
load(struct side *x, const struct tab_context *ctx, int64_t now)
{
	struct file_stamp stamp = { 0 };
	struct tabload_file file = {
		.store = x->s,
		.path = path,
		.name = "t",
		.context = ctx,
		.context_hash = 1,
		.state = &x->state,
		.index = &x->index,
	};
	struct tabload *l = tabload_new(&file, &stamp);

	while (l != NULL && tabload_step(l, now))
		continue;
	if (l != NULL)
		tabload_free(l);
}

static int
show(void *arg, const struct tab_known *k)
{
	buf_addf(arg, "%s %016" PRIx64 " %s\n", k->key, k->hash, k->retired ? "retired" : "");
	return 0;
}

/* All that the store has of the tab; the caller's. */
static char *
contents(const struct side *x)
{
	struct buf b = { 0 };
	struct err e;

	if (store_tab_known(x->s, path, "", show, &b, &e) < 0)
		errx(1, "%s", e.text);
	buf_addf(&b, "%" PRId64 " entries, %" PRId64 " warnings, error %" PRId64 "\n",
	    x->state.entries, x->state.warnings, x->state.error_line);
	return buf_string(&b);
}

static bool
same_contents(const struct side *a, const struct side *b)
{
	char *x = contents(a), *y = contents(b);
	bool same = strcmp(x, y) == 0;

	if (!same)
		tap_note("by the index:\n%s\nwhole:\n%s", x, y);
	free(x);
	free(y);
	return same;
}

static bool
knows_all(struct side *x)
{
	return x->state.error_line > 0 || (int64_t)x->index.n == x->state.entries;
}

int
main(void)
{
	const struct passwd *pw = getpwuid(geteuid());
	struct tab_context ctx = { .user = pw != NULL ? pw->pw_name : "root", .zone = zone_utc() };
	struct version t = { { NULL }, 0 };
	struct side indexed, whole;
	int same = 0, known = 0, taken = 0;

	dir = scratch_new("t_tabload");
	snprintf(path, sizeof(path), "%s/tab", dir);
	open_side(&indexed, "indexed");
	open_side(&whole, "whole");
	for (int i = 0; i < ROUNDS; i++) {
		ctx.now = T0 + i * INT64_C(1000000);
		edit(&t);
		write_version(&t);
		tab_index_clear(&whole.index);
		load(&indexed, &ctx, ctx.now);
		load(&whole, &ctx, ctx.now);
		if (!same_contents(&indexed, &whole)) {
			for (size_t k = 0; k < t.n; k++)
				tap_note("line %zu: %s", k + 1, t.v[k]);
			break;
		}
		same++;
		known += knows_all(&indexed);
		taken += indexed.state.error_line == 0 && indexed.state.entries > 5;
	}
	tap_is_int(same, ROUNDS, "after each edit the store has what it has of a whole reading");
	tap_is_int(known, ROUNDS, "and each entry in force is in the index");
	tap_ok(taken > ROUNDS / 4, "of tabs that had several entries and were good");
	close_side(&indexed);
	close_side(&whole);
	while (t.n > 0)
		free(t.v[--t.n]);
	scratch_remove(dir);
	free(dir);
	return tap_done();
}
