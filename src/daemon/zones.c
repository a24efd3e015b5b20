/*
 * zones: see zones.h. A line of the setting is the hash of what a zone says, in 16 hex digits, a
 * blank and the zone's name; that of jobs without a zone has no name.
 */
#include "daemon/zones.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strv.h"
#include "daemon/daemon.h"
#include "daemon/fault.h"
#include "store/clock.h"
#include "store/store.h"
#include "time/duration.h"
#include "time/zone.h"

#define LOOK_US (5 * 60 * USEC) /* from one look at the files to the next */
#define HASH_SIZE 16

struct zones {
	struct daemon *daemon;
	struct strv known; /* lines: by what the times in the store were worked out */
	int64_t next_look; /* boot clock */
	size_t used;	   /* zones in the cache at the last look */
	bool busy;
	struct strv same; /* while busy: names of zones that are as they were */
	bool unnamed;
	struct zone_changed done;
};

static char *
line_of(const char *name, const struct zone *z)
{
	return xasprintf("%016" PRIx64 " %s", zone_hash(z), name);
}

static const char *
name_of(const char *line)
{
	return line + HASH_SIZE + 1;
}

static const char *
find(const struct strv *lines, const char *name)
{
	for (size_t i = 0; i < lines->n; i++)
		if (strcmp(name_of(lines->v[i]), name) == 0)
			return lines->v[i];
	return NULL;
}

static void
read_lines(struct strv *lines, char *text)
{
	char *line;

	while ((line = strsep(&text, "\n")) != NULL)
		if (strlen(line) > HASH_SIZE && line[HASH_SIZE] == ' ')
			strv_push(lines, line);
}

int
zones_new(struct zones **out, struct daemon *d, struct err *e)
{
	struct zones *z;
	char *text;
	int rc;

	if ((rc = store_setting_get(d->store, SETTING_ZONES, &text, e)) < 0)
		return rc;
	*out = z = xcalloc(1, sizeof(*z));
	z->daemon = d;
	if (text != NULL)
		read_lines(&z->known, text);
	free(text);
	return 0;
}

void
zones_free(struct zones *z)
{
	if (z == NULL)
		return;
	strv_clear(&z->known);
	strv_clear(&z->same);
	free(z);
}

static void
add_zone(void *arg, const struct zone *zone)
{
	strv_take(arg, line_of(zone_name(zone), zone));
}

static void
count_zone(void *arg, const struct zone *zone)
{
	size_t *n = arg;

	(void)zone;
	++*n;
}

static int
by_bytes(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* What all zones say now, of which anything is known, in one order. */
static void
collect(struct zones *z, struct strv *now)
{
	struct err ignored;

	/* Those that nobody has asked for yet since the start come into the cache. */
	for (size_t i = 0; i < z->known.n; i++)
		if (*name_of(z->known.v[i]) != '\0')
			(void)zone_get(name_of(z->known.v[i]), &ignored);
	strv_take(now, line_of("", z->daemon->zone));
	zone_cache_each(add_zone, now);
	qsort(now->v, now->n, sizeof(*now->v), by_bytes);
}

static void
keep(struct zones *z, const struct strv *now)
{
	char *text = strv_join(now, "\n");
	struct err e;

	if (store_setting_set(z->daemon->store, SETTING_ZONES, text, &e) < 0)
		fault(z->daemon->store, &e, "cannot record what the time zones say");
	else
		strv_copy(&z->known, now);
	free(text);
}

/* Sets same and unnamed. Returns how many zones are not as they were. */
static size_t
compare(struct zones *z, const struct strv *now)
{
	size_t changed = 0;

	z->unnamed = false;
	strv_clear(&z->same);
	for (size_t i = 0; i < now->n; i++) {
		const char *name = name_of(now->v[i]), *was = find(&z->known, name);

		if (was != NULL && strcmp(was, now->v[i]) == 0)
			strv_push(&z->same, name);
		else if (was != NULL) {
			changed++;
			z->unnamed = z->unnamed || *name == '\0';
			log_info("time zone%s%s says something else: next times are worked out "
				 "anew", *name != '\0' ? " " : " of jobs without one", name);
		}
	}
	return changed;
}

static void
renew_zone(struct daemon *d)
{
	const struct zone *zone;
	struct err e;

	if (!zone_cache_refresh())
		return;
	if ((zone = zone_get(d->conf.tz, &e)) != NULL && zone != d->zone) {
		d->zone = zone;
		daemon_tell(d);
	}
}

void
zones_look(struct zones *z, bool at_once)
{
	struct strv now = { 0 };
	int64_t boot = clock_boot();
	size_t used = 0;

	zone_cache_each(count_zone, &used);
	if (!at_once && boot < z->next_look && used == z->used)
		return;
	z->next_look = boot + LOOK_US;
	renew_zone(z->daemon);
	collect(z, &now);
	z->used = now.n - 1;
	if (compare(z, &now) > 0) {
		z->busy = true;
		memset(&z->done, 0, sizeof(z->done));
	} else if (!z->busy && !strv_equal(&now, &z->known))
		keep(z, &now);
	strv_clear(&now);
}

bool
zones_busy(const struct zones *z)
{
	return z->busy;
}

bool
zones_step(struct zones *z)
{
	struct daemon *d = z->daemon;
	const struct zone_change change = { &z->same, z->unnamed, d->zone, clock_wall() };
	struct strv now = { 0 };
	struct err e;

	if (store_zone_change(d->store, &change, &z->done, &e) < 0) {
		fault(d->store, &e, "cannot work out next times anew");
		return false;
	}
	if (z->done.more)
		return true;
	z->busy = false;
	log_info("next times worked out anew: %" PRId64 " are others", z->done.moved);
	collect(z, &now);
	keep(z, &now);
	strv_clear(&now);
	return true;
}
