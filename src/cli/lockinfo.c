/*
 * lockinfo: see lockinfo.h. /proc/locks is described in proc(5).
 */
#include "cli/lockinfo.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/*
 * Whether a line of /proc/locks is a flock of this file that is held (not "->", waited for); its
 * pid.
 */
static bool
holds(const char *line, const struct stat *st, pid_t *pid)
{
	unsigned long long inode;
	unsigned major_nr, minor_nr;
	int holder;

	if (sscanf(line, "%*u: FLOCK %*s %*s %d %x:%x:%llu", &holder, &major_nr, &minor_nr,
		&inode) != 4)
		return false;
	if (inode != st->st_ino || major_nr != major(st->st_dev) || minor_nr != minor(st->st_dev))
		return false;
	*pid = holder;
	return true;
}

static bool
find_holder(const struct stat *st, pid_t *pid)
{
	FILE *f = fopen("/proc/locks", "re");
	char line[256];
	bool found = false;

	if (f == NULL)
		return false;
	while (!found && fgets(line, sizeof(line), f) != NULL)
		found = holds(line, st, pid);
	fclose(f);
	return found;
}

void
lockinfo_read(const char *path, struct lockinfo *l)
{
	struct stat st;

	memset(l, 0, sizeof(*l));
	if (stat(path, &st) < 0)
		return;
	l->exists = true;
	l->held = find_holder(&st, &l->holder);
	l->named = joblock_read(path, &l->last);
	l->last_alive = l->named && proc_alive(&l->last.proc);
}
