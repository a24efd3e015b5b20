/*
 * found: see found.h.
 */
#include "found.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tree.h"
#include "dice.h"
#include "storm.h"

/* The words of its command line, each ended by NUL, and one more at the end. */
static ssize_t
read_words(pid_t pid, char *words, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return -1;
	n = read(fd, words, size - 1);
	close(fd);
	if (n >= 0)
		words[n] = '\0';
	return n;
}

static const char *
value(const char *words, ssize_t n, const char *option)
{
	size_t len = strlen(option);

	for (const char *w = words; w < words + n; w += strlen(w) + 1)
		if (strncmp(w, option, len) == 0)
			return w + len;
	return NULL;
}

static bool
is_ours(const struct storm *s, pid_t pid, int64_t *runner)
{
	char words[8192];
	ssize_t n = read_words(pid, words, sizeof(words));
	const char *socket = value(words, n, "--socket="), *id = value(words, n, "--id=");
	size_t len = strlen(s->dir);

	if (socket == NULL || id == NULL || strncmp(socket, s->dir, len) != 0 || socket[len] != '/')
		return false;
	*runner = strtoll(id, NULL, 10);
	return true;
}

/* A job between vfork and exec looks like its runner, which leads a session. */
static bool
is_on_its_way(const struct storm *s, const struct tree *t, const struct tree_proc *p)
{
	const struct tree_proc *parent = tree_find(t, p->parent);
	int64_t runner;

	return parent != NULL && parent->session == parent->pid && is_ours(s, parent->pid, &runner);
}

size_t
found_all(struct storm *s, struct found **v)
{
	size_t n = 0, cap = 0;
	struct tree t;
	int64_t runner;

	*v = NULL;
	if (!tree_read(&t))
		return 0;
	for (size_t i = 0; i < t.n; i++) {
		if (!is_ours(s, t.procs[i].pid, &runner) || is_on_its_way(s, &t, &t.procs[i]))
			continue;
		*v = mem_grow(*v, n, &cap, sizeof(**v));
		(*v)[n].runner = runner;
		(*v)[n].id.pid = t.procs[i].pid;
		(*v)[n].id.start = t.procs[i].start;
		strlcpy((*v)[n].id.boot, proc_boot_id(), BOOT_ID_SIZE);
		n++;
	}
	tree_release(&t);
	return n;
}

bool
found_pick(struct storm *s, struct dice *d, struct found *picked)
{
	struct found *v;
	size_t n = found_all(s, &v);

	/* One throw, whatever there is. */
	if (n > 0)
		*picked = v[(size_t)dice_below(d, 1 << 30) % n];
	else
		(void)dice_below(d, 1 << 30);
	free(v);
	return n > 0;
}
