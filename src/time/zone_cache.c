/*
 * zone_cache: zones by name, each loaded once.
 *
 * The cache is the one mutable static of this floor. A zone is a fact about the system's
 * database, not a state of the program: whoever asks for a name gets the same immutable table,
 * so that thousands of jobs share one, and a context handed down every call would say nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/mem.h"
#include "time/posixtz.h"
#include "time/shown.h"
#include "time/tzif.h"
#include "time/zone.h"
#include "time/zone_table.h"

#define DATABASE "/usr/share/zoneinfo"
#define LOCALTIME "/etc/localtime"
#define NAME_LENGTH 128

/* Real files are below 10 kB. */
#define FILE_LENGTH (256 * 1024)

static struct zone *loaded;
static const struct zone *system_zone;

static int32_t no_offset[] = {0};
static char utc_name[] = "UTC";
static const struct zone utc = {.name = utc_name, .off = no_offset};

const struct zone *
zone_utc(void)
{
	return &utc;
}

static struct zone *
zone_new(const char *name)
{
	struct zone *z = xcalloc(1, sizeof(*z));

	z->name = xstrdup(name);
	return z;
}

static void
zone_free(struct zone *z)
{
	zone_table_release(z);
	free(z->path);
	free(z->name);
	free(z);
}

static struct zone *
remember(struct zone *z)
{
	z->next = loaded;
	return loaded = z;
}

/* A name of the database: words with '/' between them, and no way out of its folder. */
static bool
name_is_plain(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_+/-";
	size_t len = strlen(name);

	return len > 0 && len <= NAME_LENGTH && strspn(name, allowed) == len && name[0] != '/' &&
	       name[0] != '-' && name[len - 1] != '/' && strstr(name, "//") == NULL;
}

/* Opens a regular file; a FIFO or a device must neither block nor be read. */
static int
open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	errno = ENOENT;
	return -1;
}

static void
set_file(const struct stat *st, struct zone_file *f)
{
	*f = (struct zone_file){
	    .device = st->st_dev,
	    .inode = st->st_ino,
	    .size = st->st_size,
	    .mtime = st->st_mtim.tv_sec * INT64_C(1000000000) + st->st_mtim.tv_nsec,
	};
}

static void
note_file(int fd, struct zone_file *f)
{
	struct stat st;

	if (fstat(fd, &st) == 0)
		set_file(&st, f);
}

/* Whether the file is another than was read. One that has gone may come back. */
static bool
file_differs(const struct zone *z)
{
	const struct zone_file *was = &z->file;
	struct zone_file is;
	struct stat st;

	if (z->path == NULL || stat(z->path, &st) == -1)
		return false;
	set_file(&st, &is);
	return is.device != was->device || is.inode != was->inode || is.size != was->size ||
	       is.mtime != was->mtime;
}

static struct zone *
load_bytes(int fd, const char *name, struct err *e)
{
	struct buf bytes = {0};
	struct zone *z = zone_new(name);

	if (io_read_all(fd, &bytes, FILE_LENGTH, e) < 0 ||
	    tzif_parse(bytes.data, bytes.len, z, e) < 0) {
		zone_free(z);
		z = NULL;
		err_prefix(e, "time zone '%s' cannot be used", shown(name).text);
		e->code = E_INPUT;
	}
	buf_release(&bytes);
	return z;
}

/* Loads path as the zone `name`. NULL on failure, with E_NOTFOUND if there is no such file. */
static struct zone *
load(const char *path, const char *name, struct err *e)
{
	struct zone *z;
	int fd = open_file(path);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		err_set(e, E_NOTFOUND, "there is no time zone '%s'", shown(name).text);
	else if (fd < 0)
		err_errno(e, E_INPUT, "time zone '%s' cannot be read", shown(name).text);
	if (fd < 0)
		return NULL;
	z = load_bytes(fd, name, e);
	if (z != NULL) {
		z->path = xstrdup(path);
		note_file(fd, &z->file);
	}
	close(fd);
	return z != NULL ? remember(z) : NULL;
}

static const struct zone *
load_named(const char *name, struct err *e)
{
	const char *dir = getenv("TZDIR");
	struct zone *z;
	char *path;

	if (!name_is_plain(name)) {
		err_set(e, E_INPUT, "there is no time zone '%s'", shown(name).text);
		return NULL;
	}
	for (z = loaded; z != NULL; z = z->next)
		if (z->by_name && !z->old && strcmp(z->name, name) == 0)
			return z;
	path = xasprintf("%s/%s", dir != NULL && *dir != '\0' ? dir : DATABASE, name);
	if ((z = load(path, name, e)) != NULL)
		z->by_name = true;
	else
		e->code = E_INPUT;
	free(path);
	return z;
}

static const struct zone *
load_posix(const char *text)
{
	struct posixtz tz;
	struct zone *z;

	if (!posixtz_parse(text, &tz))
		return NULL;
	z = remember(zone_new(text));
	zone_table_init(z, tz.std);
	zone_table_follow(z, INT64_MIN, &tz);
	return z;
}

/*
 * The environment's TZ as the C library takes it: a name of the database or a path, with or
 * without a colon, or a POSIX string; empty is UTC. NULL if it names no zone.
 */
static const struct zone *
from_environment(const char *tz)
{
	const struct zone *z;
	struct err ignored;

	if (*tz == ':')
		tz++;
	if (*tz == '\0' || strcmp(tz, utc.name) == 0)
		return &utc;
	if (*tz == '/')
		return load(tz, tz, &ignored);
	z = load_named(tz, &ignored);
	return z != NULL ? z : load_posix(tz);
}

/* Where /etc/localtime is a link into the database, the zone has the name it has there. */
static void
name_of_localtime(char *name, size_t size)
{
	static const char folder[] = "zoneinfo/";
	char target[PATH_MAX];
	ssize_t n = readlink(LOCALTIME, target, sizeof(target) - 1);
	const char *found;

	target[n > 0 ? n : 0] = '\0';
	found = strstr(target, folder);
	if (found != NULL)
		found += sizeof(folder) - 1;
	strlcpy(name, found != NULL && name_is_plain(found) ? found : "localtime", size);
}

static const struct zone *
load_system_zone(struct err *e)
{
	const char *tz = getenv("TZ");
	const struct zone *named = tz != NULL ? from_environment(tz) : NULL;
	char name[NAME_LENGTH + 1];
	const struct zone *z;

	if (named != NULL)
		return named;
	name_of_localtime(name, sizeof(name));
	z = load(LOCALTIME, name, e);
	return z == NULL && e->code == E_NOTFOUND ? &utc : z;
}

const struct zone *
zone_get(const char *name, struct err *e)
{
	if (name == NULL || *name == '\0') {
		if (system_zone == NULL)
			system_zone = load_system_zone(e);
		return system_zone;
	}
	return strcmp(name, utc.name) == 0 ? &utc : load_named(name, e);
}

uint64_t
zone_hash(const struct zone *z)
{
	uint64_t h = hash_bytes(HASH_SEED, &z->cyclic, sizeof(z->cyclic));

	h = hash_bytes(h, z->at, z->n * sizeof(*z->at));
	return hash_bytes(h, z->off, (z->n + 1) * sizeof(*z->off));
}

/* Another file has its name. False: it says the same, or cannot be read (yet). */
static bool
renew(struct zone *z)
{
	bool system = system_zone == z;
	char name[NAME_LENGTH + 1];
	struct zone *fresh;
	struct err ignored;

	strlcpy(name, z->name, sizeof(name));
	if (system && strcmp(z->path, LOCALTIME) == 0)
		name_of_localtime(name, sizeof(name));
	if ((fresh = load(z->path, name, &ignored)) == NULL)
		return false;
	if (zone_hash(fresh) == zone_hash(z) && strcmp(name, z->name) == 0) {
		z->file = fresh->file;
		loaded = fresh->next;
		zone_free(fresh);
		return false;
	}
	fresh->by_name = z->by_name;
	z->old = true;
	if (system)
		system_zone = fresh;
	return true;
}

bool
zone_cache_refresh(void)
{
	bool changed = false;

	for (struct zone *z = loaded; z != NULL; z = z->next)
		if (!z->old && file_differs(z))
			changed = renew(z) || changed;
	return changed;
}

void
zone_cache_each(void (*each)(void *, const struct zone *), void *arg)
{
	for (const struct zone *z = loaded; z != NULL; z = z->next)
		if (z->by_name && !z->old)
			each(arg, z);
}

void
zone_cache_free(void)
{
	struct zone *z;

	while ((z = loaded) != NULL) {
		loaded = z->next;
		zone_free(z);
	}
	system_zone = NULL;
}
