/*
 * folder: see folder.h.
 */
#include "tab/folder.h"

#include <dirent.h>
#include <errno.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/strv.h"
#include "base/trusted.h"
#include "tab/tab.h"

#define NAME_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."

/*
 * What editors, dpkg, ucf, rpm and people who switch a tab off leave behind; case does not count.
 */
static const char *const leftovers[] = { ".bak", ".old", ".orig", ".save", ".rej", ".tmp", ".swp",
	".swo", ".swx", ".rpmsave", ".rpmorig", ".rpmnew", ".dpkg-old", ".dpkg-new", ".dpkg-dist",
	".dpkg-bak", ".dpkg-tmp", ".dpkg-remove", ".ucf-old", ".ucf-new", ".ucf-dist", ".cfsaved",
	".disabled", ".off" };

static bool
is_leftover(const char *name)
{
	size_t len = strlen(name), end;

	for (size_t i = 0; i < sizeof(leftovers) / sizeof(leftovers[0]); i++) {
		end = strlen(leftovers[i]);
		if (len > end && strcasecmp(name + len - end, leftovers[i]) == 0)
			return true;
	}
	return name[len - 1] == '.';
}

bool
tab_name_ok(const char *name, const char **why)
{
	if (*name == '.' || *name == '\0')
		*why = "its name begins with a dot";
	else if (name[strspn(name, NAME_CHARS)] != '\0')
		*why = "its name holds other than letters, digits, '_', '-' and '.'";
	else if (is_leftover(name))
		*why = "its name is that of a leftover";
	else
		return true;
	return false;
}

struct scan {
	const char *path;
	struct strv *paths;
	void (*skipped)(void *, const char *path, const char *why);
	void *arg;
};

static void
take_name(const struct scan *scan, const char *name)
{
	char *path = xasprintf("%s/%s", scan->path, name);
	const char *why = NULL;
	struct stat st;

	/* One that cannot be looked at is taken: reading it tells why. */
	if (tab_name_ok(name, &why) && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		why = "it is a folder";
	if (why == NULL) {
		strv_take(scan->paths, path);
		return;
	}
	if (scan->skipped != NULL)
		scan->skipped(scan->arg, path, why);
	free(path);
}

static int
not_self(const struct dirent *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

/* By bytes: the order is the same in every locale. */
static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int
tab_scan(const char *path, struct strv *paths,
    void (*skipped)(void *, const char *path, const char *why), void *arg, struct err *e)
{
	const struct scan scan = { path, paths, skipped, arg };
	struct dirent **names;
	int n;

	if (strlen(path) > TAB_WAY_MAX)
		return err_set(e, E_INPUT,
		    "a path of %zu bytes is none for tabs, %d at most: '%s'", strlen(path),
		    TAB_WAY_MAX, path);
	n = scandir(path, &names, not_self, by_name);
	if (n == -1 && errno == ENOTDIR) {
		strv_push(paths, path);
		return 0;
	}
	if (n == -1 && errno == ENOENT)
		return 0;
	if (n == -1)
		return err_errno(
		    e, errno == EACCES ? E_PERM : E_FAIL, "cannot read folder '%s'", path);
	for (int i = 0; i < n; i++) {
		take_name(&scan, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return 0;
}

int
tab_read(const char *path, struct buf *text, struct file_stamp *stamp, struct err *e)
{
	return trusted_read(path, TAB_SIZE_MAX, text, stamp, e);
}
