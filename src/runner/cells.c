/*
 * cells: see cells.h. Whoever manages the groups above ours may remove what is empty, at any time:
 * a folder that has gone is made again.
 */
#include "runner/cells.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/mem.h"
#include "base/proc.h"
#include "runner/clone.h"

#define PREFIX "jobsched-"
/* More are not made: jobs beyond go without. */
#define CELLS_MAX 8192
/* So many in which somebody was left are looked at, before another is made. */
#define LOOKS 4

static void
add(struct cell_list *l, int cell)
{
	l->v = mem_grow(l->v, l->n, &l->cap, sizeof(*l->v));
	l->v[l->n++] = cell;
}

static void
remove_first(struct cell_list *l)
{
	l->n--;
	memmove(l->v, l->v + 1, l->n * sizeof(*l->v));
}

char *
cells_path(const struct cells *c, int cell)
{
	return cell != 0 ? xasprintf("%s/%d", c->base, cell) : NULL;
}

static bool
is_populated(const struct cells *c, int cell)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%d", c->base, cell);
	return cgroup_populated(path);
}

static bool
make(const struct cells *c, int cell)
{
	char *path = cells_path(c, cell);
	bool done = mkdir(path, 0755) == 0 || errno == EEXIST;

	if (!done && errno == ENOENT)
		done = mkdir(c->base, 0755) == 0 && mkdir(path, 0755) == 0;
	free(path);
	return done;
}

int
cells_enter(const struct cells *c, int cell)
{
	char path[PATH_MAX];
	int fd;

	if (cell == 0)
		return -1;
	snprintf(path, sizeof(path), "%s/%d", c->base, cell);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT && make(c, cell))
		fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd;
}

int
cells_take(struct cells *c)
{
	int cell;

	if (c->base == NULL)
		return 0;
	if (c->idle.n > 0)
		return c->idle.v[--c->idle.n];
	for (size_t i = 0; i < LOOKS && c->left.n > 0; i++) {
		cell = c->left.v[0];
		remove_first(&c->left);
		if (!is_populated(c, cell))
			return cell;
		add(&c->left, cell);
	}
	if (c->made >= CELLS_MAX || !make(c, c->made + 1))
		return 0;
	return ++c->made;
}

void
cells_give(struct cells *c, int cell)
{
	if (cell != 0)
		add(is_populated(c, cell) ? &c->left : &c->idle, cell);
}

/*
 * Since Linux 6.14 a group counts its KILLs, and whoever is cloned into it from a group with
 * another count dies at once. One that is made anew counts from 0.
 */
void
cells_renew(struct cells *c, int cell)
{
	char *path = cells_path(c, cell);

	/* Else somebody is in it still, or has made groups of his own: nobody gets it any more. */
	if (path != NULL && rmdir(path) == 0)
		add(&c->idle, cell);
	free(path);
}

static void
nothing(void *arg)
{
	(void)arg;
	_exit(0);
}

/* Whether processes can be started in one: the only way to know. */
static bool
works(struct cells *c)
{
	int cell = cells_take(c), fd = cells_enter(c, cell);
	pid_t pid = -1;
	int status = 1;

	if (fd != -1) {
		pid = clone_into(fd, nothing, NULL);
		close(fd);
	}
	while (pid != -1 && waitpid(pid, &status, 0) == -1 && errno == EINTR)
		continue;
	cells_give(c, cell);
	return status == 0;
}

/* Removes a runner's folder, and those in it, but for those in which somebody lives. */
static void
clear(const char *base)
{
	DIR *folder = opendir(base);
	const struct dirent *entry;
	char *path;

	if (folder == NULL)
		return;
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		path = mem_join(base, strlen(base), '/', entry->d_name);
		(void)rmdir(path);
		free(path);
	}
	closedir(folder);
	(void)rmdir(base);
}

static void
clear_dead(const char *own)
{
	DIR *folder = opendir(own);
	const struct dirent *entry;
	struct proc_id id = { .pid = 0 };
	char *path;

	if (folder == NULL)
		return;
	strlcpy(id.boot, proc_boot_id(), sizeof(id.boot));
	while ((entry = readdir(folder)) != NULL) {
		if (sscanf(entry->d_name, PREFIX "%d-%" SCNu64, &id.pid, &id.start) != 2 ||
		    proc_look(&id) != 0)
			continue;
		path = mem_join(own, strlen(own), '/', entry->d_name);
		clear(path);
		free(path);
	}
	closedir(folder);
}

void
cells_open(struct cells *c, const struct proc_id *self)
{
	char *own = cgroup_own();

	*c = (struct cells){ 0 };
	if (own == NULL)
		return;
	clear_dead(own);
	c->base = xasprintf("%s/" PREFIX "%d-%" PRIu64, own, (int)self->pid, self->start);
	free(own);
	if (mkdir(c->base, 0755) == 0 && works(c))
		return;
	cells_close(c);
}

void
cells_close(struct cells *c)
{
	if (c->base != NULL)
		clear(c->base);
	free(c->base);
	free(c->idle.v);
	free(c->left.v);
	memset(c, 0, sizeof(*c));
}
