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
#include "runner/become.h"
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

static struct cell_door *
door_of(const struct cells *c, int cell)
{
	return cell > 0 && (size_t)cell <= c->ndoors ? &c->doors[cell - 1] : NULL;
}

static bool
is_open(const struct cells *c, int cell)
{
	const struct cell_door *d = door_of(c, cell);

	return d != NULL && d->folder != -1;
}

static void
shut(struct cells *c, int cell)
{
	struct cell_door *d = door_of(c, cell);

	if (d == NULL || d->folder == -1)
		return;
	close(d->folder);
	close(d->events);
	d->folder = d->events = -1;
	c->open--;
}

/* Of one that has gone, and of one that is not open, it is the path that tells. */
static bool
is_populated(const struct cells *c, int cell)
{
	char path[PATH_MAX];

	if (is_open(c, cell))
		return cgroup_populated_at(door_of(c, cell)->events);
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

/*
 * Where it is in nobody's way: a child's new table of descriptors begins with the first 64 of ours,
 * and all but three of these are closed again. The one that follows is that of a lock handed on.
 */
static int
move_up(int fd)
{
	int up = fcntl(fd, F_DUPFD_CLOEXEC, INHERITED_MIN + 1);

	if (up == -1)
		return fd;
	close(fd);
	return up;
}

static int
open_folder(const struct cells *c, int cell)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%d", c->base, cell);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT && make(c, cell))
		fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd;
}

/*
 * At each clone the kernel asks who may write to a group's list of processes, and makes an inode
 * for that if nobody has looked at it.
 */
static void
keep_at_hand(int folder)
{
	struct stat st;

	(void)fstatat(folder, "cgroup.procs", &st, 0);
}

/* Becomes the cell's door, if there may be one more. */
static bool
keep_open(struct cells *c, int cell, int folder)
{
	int events;

	if (c->open >= c->doors_max)
		return false;
	events = openat(folder, "cgroup.events", O_RDONLY | O_CLOEXEC);
	if (events == -1)
		return false;
	keep_at_hand(folder);
	while (c->ndoors < (size_t)cell) {
		c->doors = mem_grow(c->doors, c->ndoors, &c->doors_cap, sizeof(*c->doors));
		c->doors[c->ndoors++] = (struct cell_door){ -1, -1 };
	}
	c->doors[cell - 1] = (struct cell_door){ move_up(folder), move_up(events) };
	c->open++;
	return true;
}

int
cells_enter(struct cells *c, int cell)
{
	int folder;

	if (c->passing != 0)
		close(c->passing);
	c->passing = 0;
	if (cell == 0)
		return -1;
	if (is_open(c, cell))
		return door_of(c, cell)->folder;
	folder = open_folder(c, cell);
	if (folder == -1)
		return -1;
	if (keep_open(c, cell, folder))
		return door_of(c, cell)->folder;
	c->passing = folder;
	return folder;
}

int
cells_enter_anew(struct cells *c, int cell)
{
	shut(c, cell);
	return cells_enter(c, cell);
}

int
cells_take(struct cells *c)
{
	int cell;

	if (c->base == NULL)
		return 0;
	if (c->idle.n > 0)
		return c->idle.v[--c->idle.n];
	if (c->shut.n > 0)
		return c->shut.v[--c->shut.n];
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
	if (cell == 0)
		return;
	if (!is_populated(c, cell)) {
		add(is_open(c, cell) ? &c->idle : &c->shut, cell);
		return;
	}
	/* It may be for long. */
	shut(c, cell);
	add(&c->left, cell);
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
	shut(c, cell);
	if (path != NULL && rmdir(path) == 0)
		add(&c->shut, cell);
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

	if (fd != -1)
		pid = clone_into(fd, false, nothing, NULL);
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
cells_open(struct cells *c, const struct proc_id *self, int doors)
{
	char *own = cgroup_own();
	int fd;

	*c = (struct cells){ .doors_max = doors };
	if (own == NULL)
		return;
	clear_dead(own);
	if ((fd = open(own, O_PATH | O_DIRECTORY | O_CLOEXEC)) != -1) {
		keep_at_hand(fd);
		close(fd);
	}
	c->base = xasprintf("%s/" PREFIX "%d-%" PRIu64, own, (int)self->pid, self->start);
	free(own);
	if (mkdir(c->base, 0755) == 0 && works(c))
		return;
	cells_close(c);
}

void
cells_close(struct cells *c)
{
	(void)cells_enter(c, 0);
	for (int cell = 1; cell <= (int)c->ndoors; cell++)
		shut(c, cell);
	if (c->base != NULL)
		clear(c->base);
	free(c->base);
	free(c->idle.v);
	free(c->shut.v);
	free(c->left.v);
	free(c->doors);
	*c = (struct cells){ 0 };
}
