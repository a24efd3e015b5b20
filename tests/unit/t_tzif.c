/*
 * t_tzif: files of the tz database that are wrong, cut short or made up must be refused.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "scratch.h"
#include "tap.h"
#include "time/tzif.h"
#include "time/zone.h"
#include "time/zone_table.h"

/* What one data block of a file says. Its defaults make a good file, each case spoils one thing. */
struct spec {
	const char *magic;
	char version;
	uint32_t isut, isstd, leaps, times, types, chars;
	int64_t at[3];
	uint8_t index[3];
	int32_t off[2];
	uint8_t dst, name_index;
	const char *names; /* `chars` bytes of it */
	const char *footer;
	int cut; /* bytes to leave out at the end */
};

static const struct spec good = {
    .magic = "TZif",
    .version = '2',
    .times = 3,
    .types = 2,
    .chars = 8,
    .at = {1000, 2000, 3000},
    .index = {1, 0, 1},
    .off = {3600, 7200},
    .names = "CET\0CES",
    .footer = "\nCET-1CEST,M3.5.0,M10.5.0/3\n",
};

static void
add_number(struct buf *b, int64_t n, int bytes)
{
	while (bytes-- > 0)
		buf_addc(b, (char)((uint64_t)n >> (8 * bytes)));
}

static void
add_block(struct buf *b, const struct spec *s, int time_size, bool empty)
{
	const uint32_t counts[] = {s->isut, s->isstd, s->leaps, s->times, s->types, s->chars};
	const uint32_t nothing[] = {0, 0, 0, 0, 1, 1};
	uint32_t times = s->times < 3 ? s->times : 3, types = s->types < 2 ? s->types : 2;

	buf_add(b, s->magic, 4);
	buf_addc(b, s->version);
	for (int i = 0; i < 15; i++)
		buf_addc(b, '\0');
	for (int i = 0; i < 6; i++)
		add_number(b, empty ? nothing[i] : counts[i], 4);
	if (empty) {
		add_number(b, 0, 7);
		return;
	}
	for (uint32_t i = 0; i < times; i++)
		add_number(b, s->at[i], time_size);
	buf_add(b, s->index, times);
	for (uint32_t i = 0; i < types; i++) {
		add_number(b, s->off[i], 4);
		buf_addc(b, (char)s->dst);
		buf_addc(b, (char)s->name_index);
	}
	buf_add(b, s->names, s->chars < 8 ? s->chars : 8);
}

static void
build(struct buf *b, const struct spec *s)
{
	if (s->version == '\0') {
		add_block(b, s, 4, false);
	} else {
		add_block(b, s, 4, true);
		add_block(b, s, 8, false);
		buf_addstr(b, s->footer);
	}
	b->len -= (size_t)s->cut;
}

/* Parses an exact copy on the heap, so that a sanitizer sees a read past its end. */
static int
parse(const void *data, size_t len, struct zone *z, struct err *e)
{
	void *copy = xmemdup(data, len);
	int rc = tzif_parse(copy, len, z, e);

	free(copy);
	return rc;
}

static void
test_good(void)
{
	struct spec first = good;
	struct buf b = {0};
	struct zone z;
	struct err e;

	build(&b, &good);
	if (tap_is_int(parse(b.data, b.len, &z, &e), 0, "a good file is read")) {
		tap_is_int(zone_offset(&z, 999), 3600, "before the first change: the first type");
		tap_is_int(zone_offset(&z, 1000), 7200, "from the first change on");
		tap_is_int(zone_offset(&z, 2999), 3600, "until the last one");
		tap_is_int(zone_offset(&z, 1783000000), 7200, "after it, by the footer: summer");
		zone_table_release(&z);
	}
	buf_clear(&b);
	first.version = '\0';
	build(&b, &first);
	if (tap_is_int(parse(b.data, b.len, &z, &e), 0, "a file of version 1 is read")) {
		tap_is_int(zone_offset(&z, 1783000000), 7200, "its last offset stays");
		zone_table_release(&z);
	}
	buf_release(&b);
}

static void
refuse(const char *why, struct spec s)
{
	struct buf b = {0};
	struct zone z;
	struct err e = {0};
	int rc;

	build(&b, &s);
	rc = parse(b.data, b.len, &z, &e);
	tap_ok(rc == E_INPUT && e.text[0] != '\0', "refused: %s", why);
	if (rc == 0)
		zone_table_release(&z);
	buf_release(&b);
}

#define REFUSE(why, ...)              \
	do {                          \
		struct spec s = good; \
		__VA_ARGS__;          \
		refuse(why, s);       \
	} while (0)

static void
test_bad(void)
{
	REFUSE("a wrong magic", s.magic = "TZiF");
	REFUSE("an unknown version", s.version = '5');
	REFUSE("version 1 written as a digit", s.version = '1');
	REFUSE("no local time type", s.types = 0; s.times = 0);
	REFUSE("no name", s.chars = 0);
	REFUSE("more transitions than bytes", s.times = 100);
	REFUSE("a count of transitions that overflows 32 bits of bytes", s.times = 0xffffffff);
	REFUSE("all counts as large as can be",
	    s.times = s.types = s.chars = s.leaps = s.isstd = s.isut = 0xffffffff);
	REFUSE("more types than an index can name", s.types = 257);
	REFUSE("leap seconds without their records", s.leaps = 1);
	REFUSE("a wrong count of standard indicators", s.isstd = 1);
	REFUSE("a wrong count of UT indicators", s.isut = 1);
	REFUSE("transitions out of order", s.at[1] = 500);
	REFUSE("a transition twice", s.at[1] = 1000);
	REFUSE("a transition at the end of time", s.at[2] = INT64_MAX);
	REFUSE("a transition before all time", s.at[0] = INT64_MIN);
	REFUSE("a type that is not there", s.index[1] = 2);
	REFUSE("an offset of 26 hours", s.off[1] = 26 * 3600);
	REFUSE("an offset of -25 hours", s.off[0] = -25 * 3600);
	REFUSE("an offset of -2^31", s.off[0] = INT32_MIN);
	REFUSE("a DST flag that is none", s.dst = 2);
	REFUSE("a name's index past the names", s.name_index = 8);
	REFUSE("a name without an end", s.names = "CET\0CESTX"; s.name_index = 4);
	REFUSE("no footer", s.footer = "");
	REFUSE("a footer without its first newline", s.footer = "CET-1\n");
	REFUSE("a footer without its last newline", s.footer = "\nCET-1");
	REFUSE("a footer that is no TZ string", s.footer = "\nCentral Europe\n");
	REFUSE("a footer with a month 13", s.footer = "\nCET-1CEST,M13.5.0,M10.5.0\n");
	REFUSE("a footer with a week 6", s.footer = "\nCET-1CEST,M3.6.0,M10.5.0\n");
	REFUSE("a footer with a day 366 that may not be", s.footer = "\nCET-1CEST,J366,J1\n");
	REFUSE("a footer with half a rule", s.footer = "\nCET-1CEST,M3.5.0\n");
	REFUSE("a footer with a time of 168 hours", s.footer = "\nCET-1CEST,M3.5.0/168,M10.5.0\n");
	REFUSE("a footer with an offset of 25 hours", s.footer = "\nCET-25\n");
	REFUSE("a footer with an overlong number", s.footer = "\nCET-0000000000000000001\n");
	REFUSE("the last byte cut off", s.cut = 1);
	REFUSE("cut in the second block", s.cut = 60);
}

/* A file whose leap seconds are whole is refused for what it is. */
static void
test_leap_seconds(void)
{
	struct spec s = good;
	struct buf b = {0};
	struct zone z;
	struct err e = {0};

	s.version = '\0';
	s.leaps = 1;
	build(&b, &s);
	add_number(&b, 78796800, 4);
	add_number(&b, 1, 4);
	parse(b.data, b.len, &z, &e);
	tap_is_str(e.text, "it counts leap seconds", "leap seconds are refused by name");
	buf_release(&b);
}

static uint64_t state = 88172645463325252;

static size_t
random_below(size_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (size_t)(state % n);
}

/* Every length, then random damage: whatever is accepted must answer without harm. */
static void
test_damage(const char *path)
{
	struct buf b = {0};
	struct zone z;
	struct err e;
	char *copy;
	int accepted = 0, refused = 0;
	int64_t at = 0;
	int32_t before, after;

	if (io_read_file(path, &b, 1 << 20, &e) < 0) {
		tap_ok(false, "%s", e.text);
		return;
	}
	for (size_t len = 0; len < b.len; len++)
		refused += parse(b.data, len, &z, &e) == E_INPUT;
	tap_is_int(refused, (int64_t)b.len, "%s: refused wherever it is cut", path);
	copy = xmemdup(b.data, b.len);
	for (int i = 0; i < 5000; i++) {
		memcpy(copy, b.data, b.len);
		for (size_t k = random_below(4) + 1; k > 0; k--)
			copy[random_below(b.len)] = (char)random_below(256);
		if (parse(copy, b.len, &z, &e) < 0)
			continue;
		accepted++;
		for (int64_t t = -5000000000; t < 15000000000; t += 1234567890) {
			zone_offset(&z, t);
			zone_next_change(&z, t, &at, &before, &after);
		}
		zone_table_release(&z);
	}
	tap_ok(accepted > 0 && accepted < 5000, "%s: random damage is survived (%d still readable)",
	    path, accepted);
	free(copy);
	buf_release(&b);
}

/* The same through the door that the program uses. */
static void
test_hostile_database(void)
{
	char *dir = scratch_new("t_tzif"), *path;
	struct err e = {0};

	if (setenv("TZDIR", dir, 1) != 0) {
		tap_ok(false, "a temporary directory");
		return;
	}
	path = xasprintf("%s/Junk", dir);
	io_replace_file(path, "TZif2 and then nothing of use", 29, 0600, &e);
	tap_ok(zone_get("Junk", &e) == NULL && e.code == E_INPUT, "a corrupt zone is refused");
	tap_is_str(e.text, "time zone 'Junk' cannot be used: it is not a TZif file", "by name");
	unlink(path);
	mkfifo(path, 0600);
	tap_ok(zone_get("Junk", &e) == NULL, "a FIFO in the database does not block");
	unlink(path);
	symlink("/dev/zero", path);
	tap_ok(zone_get("Junk", &e) == NULL, "a device in the database is not read");
	unlink(path);
	tap_ok(zone_get("Europe/Berlin", &e) == NULL, "TZDIR is another database");
	tap_ok(zone_get("UTC", &e) != NULL, "UTC is there without one");
	unsetenv("TZDIR");
	scratch_remove(dir);
	free(dir);
	free(path);
}

int
main(void)
{
	test_good();
	test_bad();
	test_leap_seconds();
	test_damage("/usr/share/zoneinfo/Europe/Berlin");
	test_damage("/usr/share/zoneinfo/Africa/Casablanca");
	test_hostile_database();
	zone_cache_free();
	return tap_done();
}
