/*
 * tree: see tree.h.
 */
#include "base/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"

/* More than any environment: its bound is a quarter of the stack limit, 2 MiB as a rule. */
#define ENVIRONMENT_MAX (16 * 1024 * 1024)

/* A line of /proc/PID/stat, see proc(5): pid (command) state parent group session … start. */
static bool
parse_stat(const char *line, struct tree_proc *p)
{
	const char *rest = strrchr(line, ')');
	char state;

	return rest != NULL &&
	    sscanf(rest,
		") %c %d %d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d "
		"%" SCNu64,
		&state, &p->parent, &p->group, &p->session, &p->start) == 5 &&
	    state != 'Z' && state != 'X';
}

static bool
read_proc(int folder, const char *name, struct tree_proc *p)
{
	char path[64], line[1024];
	const char *problem;
	ssize_t n;
	int fd;

	memset(p, 0, sizeof(*p));
	p->pid = (pid_t)strtonum(name, 1, INT_MAX, &problem);
	if (problem != NULL)
		return false;
	snprintf(path, sizeof(path), "%s/stat", name);
	if ((fd = openat(folder, path, O_RDONLY | O_CLOEXEC)) == -1)
		return false;
	n = read(fd, line, sizeof(line) - 1);
	close(fd);
	if (n <= 0)
		return false;
	line[n] = '\0';
	return parse_stat(line, p);
}

static int
compare(const void *a, const void *b)
{
	const struct tree_proc *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

bool
tree_read(struct tree *t)
{
	DIR *folder = opendir("/proc");
	const struct dirent *entry;
	struct tree_proc p;

	memset(t, 0, sizeof(*t));
	if (folder == NULL)
		return false;
	while ((entry = readdir(folder)) != NULL) {
		if (!read_proc(dirfd(folder), entry->d_name, &p))
			continue;
		t->procs = mem_grow(t->procs, t->n, &t->cap, sizeof(*t->procs));
		t->procs[t->n++] = p;
	}
	closedir(folder);
	if (t->n > 0)
		qsort(t->procs, t->n, sizeof(*t->procs), compare);
	return true;
}

void
tree_release(struct tree *t)
{
	free(t->procs);
	memset(t, 0, sizeof(*t));
}

struct tree_proc *
tree_find(const struct tree *t, pid_t pid)
{
	struct tree_proc key = { .pid = pid };

	return t->n > 0 ? bsearch(&key, t->procs, t->n, sizeof(key), compare) : NULL;
}

void
tree_inherit(struct tree *t)
{
	bool changed;

	/*
	 * Parents mostly have lower pids than their children: one pass, and one that finds no more.
	 */
	do {
		changed = false;
		for (size_t i = 0; i < t->n; i++) {
			struct tree_proc *p = &t->procs[i], *parent;

			if (p->owner != NULL || (parent = tree_find(t, p->parent)) == NULL ||
			    parent->owner == NULL)
				continue;
			p->owner = parent->owner;
			changed = true;
		}
	} while (changed);
}

/* The value of a setting in a block of them, each ended by a NUL, as is the block. */
static const char *
find_setting(const struct buf *block, const char *name)
{
	size_t len = strlen(name);

	for (size_t at = 0; at < block->len; at += strlen(block->data + at) + 1)
		if (strncmp(block->data + at, name, len) == 0)
			return block->data + at + len;
	return NULL;
}

int64_t
tree_fence(pid_t pid, const char *database)
{
	struct buf block = { 0 };
	const char *value = NULL, *db, *problem;
	int64_t fence = 0;
	char path[64];
	struct err e;

	snprintf(path, sizeof(path), "/proc/%d/environ", (int)pid);
	if (io_read_file(path, &block, ENVIRONMENT_MAX, &e) == 0) {
		buf_addc(&block, '\0');
		value = find_setting(&block, "JOBSCHED_FENCE=");
		db = database != NULL ? find_setting(&block, "JOBSCHED_DB=") : NULL;
		if (database != NULL && (db == NULL || strcmp(db, database) != 0))
			value = NULL;
	}
	if (value != NULL)
		fence = strtonum(value, 1, INT64_MAX, &problem);
	buf_release(&block);
	return fence;
}
