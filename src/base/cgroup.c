/*
 * cgroup: see cgroup.h.
 */
#include "base/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"

#define FILE_MAX (16 * 1024 * 1024)

/* The caller's; NULL if it cannot be read. */
static char *
read_text(const char *path)
{
	struct buf text = { 0 };
	struct err e;

	if (io_read_file(path, &text, FILE_MAX, &e) == 0)
		return buf_string(&text);
	buf_release(&text);
	return NULL;
}

/*
 * Where groups are mounted, and which of them is there, from a line of /proc/self/mountinfo, see
 * proc_pid_mountinfo(5): id parent device root place options [tags ...] - type source options. A
 * place with blanks in it, which are escaped, is passed over.
 */
static bool
parse_mount(char *line, const char **root, const char **place)
{
	char *type = strstr(line, " - cgroup2 ");

	if (type == NULL)
		return false;
	for (int i = 0; i < 3; i++)
		strsep(&line, " ");
	*root = strsep(&line, " ");
	*place = strsep(&line, " ");
	return line != NULL && strchr(*place, '\\') == NULL;
}

/* A group's folder, by its name in /proc/PID/cgroup; NULL: it is not below what is mounted. */
static char *
find_folder(char *mounts, const char *name)
{
	const char *root, *place;
	size_t len;
	char *line;

	while ((line = strsep(&mounts, "\n")) != NULL) {
		if (!parse_mount(line, &root, &place))
			continue;
		len = strcmp(root, "/") == 0 ? 0 : strlen(root);
		if (strncmp(name, root, len) != 0 || name[len] != '/')
			return NULL;
		name += len;
		return xasprintf("%s%s", place, strcmp(name, "/") == 0 ? "" : name);
	}
	return NULL;
}

/* What follows "0::" in a line of /proc/self/cgroup; of the others each is of version 1. */
static const char *
find_name(char *groups)
{
	char *line;

	while ((line = strsep(&groups, "\n")) != NULL)
		if (strncmp(line, "0::/", 4) == 0)
			/* Outside of what our namespace shows. */
			return strstr(line, "/..") == NULL ? line + 3 : NULL;
	return NULL;
}

char *
cgroup_own(void)
{
	char *groups = read_text("/proc/self/cgroup"), *mounts = read_text("/proc/self/mountinfo");
	const char *name = groups != NULL ? find_name(groups) : NULL;
	char *path = mounts != NULL && name != NULL ? find_folder(mounts, name) : NULL;

	free(groups);
	free(mounts);
	return path;
}

static void
each_here(const char *path, void (*each)(void *, pid_t), void *arg)
{
	char *file = xasprintf("%s/cgroup.procs", path), *all = read_text(file), *rest = all, *line;
	const char *problem;
	pid_t pid;

	/* 0 is one that our pid namespace does not show. */
	while ((line = strsep(&rest, "\n")) != NULL) {
		pid = (pid_t)strtonum(line, 1, INT_MAX, &problem);
		if (problem == NULL)
			each(arg, pid);
	}
	free(all);
	free(file);
}

void
cgroup_each(const char *path, void (*each)(void *, pid_t), void *arg)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	char *below;

	if (folder == NULL)
		return;
	each_here(path, each, arg);
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		below = mem_join(path, strlen(path), '/', entry->d_name);
		cgroup_each(below, each, arg);
		free(below);
	}
	closedir(folder);
}

/* On the way of every job: no memory is asked for. */
bool
cgroup_populated_at(int events)
{
	char text[256] = "";
	ssize_t n;

	do
		n = pread(events, text, sizeof(text) - 1, 0);
	while (n == -1 && errno == EINTR);
	return n > 0 && strstr(text, "populated 1") != NULL;
}

bool
cgroup_populated(const char *path)
{
	char file[PATH_MAX];
	bool populated;
	int fd;

	snprintf(file, sizeof(file), "%s/cgroup.events", path);
	if ((fd = open(file, O_RDONLY | O_CLOEXEC)) == -1)
		return false;
	populated = cgroup_populated_at(fd);
	close(fd);
	return populated;
}

void
cgroup_kill(const char *path)
{
	char *file = xasprintf("%s/cgroup.kill", path);
	int fd = open(file, O_WRONLY | O_CLOEXEC);

	free(file);
	if (fd == -1)
		return;
	(void)!write(fd, "1", 1);
	close(fd);
}
