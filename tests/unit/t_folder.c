/*
 * t_folder: which files are tabs.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/strv.h"
#include "tab/folder.h"
#include "scratch.h"
#include "tap.h"

static char *folder;

static const struct {
	const char *name;
	bool ok;
} names[] = {
	{ "backup", true },
	{ "e2scrub_all", true },
	{ "0hourly", true },
	{ "a-b_c", true },
	{ "php8.2", true },
	{ "company.org", true },
	{ "a.b.c", true },
	{ "old", true },
	{ "", false },
	{ ".", false },
	{ "..", false },
	{ ".placeholder", false },
	{ "backup~", false },
	{ "#backup#", false },
	{ "backup,v", false },
	{ "a b", false },
	{ "a/b", false },
	{ "b\xc3\xa4r", false },
	{ "a.", false },
	{ "backup.bak", false },
	{ "backup.BAK", false },
	{ ".backup.swp", false },
	{ "backup.swp", false },
	{ "backup.orig", false },
	{ "backup.old", false },
	{ "backup.rpmsave", false },
	{ "backup.rpmnew", false },
	{ "backup.rpmorig", false },
	{ "backup.dpkg-old", false },
	{ "backup.dpkg-dist", false },
	{ "backup.ucf-dist", false },
	{ "backup.disabled", false },
};

static void
test_names(void)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *why = NULL;
		bool ok = tab_name_ok(names[i].name, &why);

		tap_ok(ok == names[i].ok && (why == NULL) == ok, "'%s' is %sa tab's name",
		    names[i].name, names[i].ok ? "" : "not ");
	}
}

static char *
at(const char *name)
{
	return xasprintf("%s/%s", folder, name);
}

static void
skipped(void *arg, const char *path, const char *why)
{
	buf_addf(arg, "%s: %s\n", strrchr(path, '/') + 1, why);
}

static void
test_scan(void)
{
	static const char *const files[] = { "b", "Z", "a", "a.bak", ".hidden", "c" };
	struct buf passed_over = { 0 };
	struct strv paths = { 0 };
	struct err e;
	char *sub = at("sub"), *missing = at("missing"), *one = at("a"), *got, way[900];
	bool in_order = true;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		free(scratch_file(folder, files[i], "", 0644));
	mkdir(sub, 0755);
	tap_ok(tab_scan(folder, &paths, skipped, &passed_over, &e) == 0, "a folder can be scanned");
	for (size_t i = 1; i < paths.n; i++)
		in_order = in_order && strcmp(paths.v[i - 1], paths.v[i]) < 0;
	tap_ok(paths.n == 4 && in_order, "its tabs are named in order of their bytes");
	tap_ok(strcmp(strrchr(paths.v[0], '/'), "/Z") == 0, "capitals come first");
	got = buf_string(&passed_over);
	tap_is_str(got,
	    ".hidden: its name begins with a dot\na.bak: its name is that of a leftover\n"
	    "sub: it is a folder\n",
	    "what is passed over is told");
	free(got);
	strv_clear(&paths);

	memset(way, 'x', sizeof(way) - 1);
	way[0] = '/';
	way[sizeof(way) - 1] = '\0';
	tap_ok(tab_scan(way, &paths, NULL, NULL, &e) == E_INPUT && paths.n == 0 &&
		strstr(e.text, "is none for tabs, 768 at most") != NULL,
	    "a path that no store could hold is refused");
	way[TAB_WAY_MAX] = '\0';
	tap_ok(tab_scan(way, &paths, NULL, NULL, &e) != E_INPUT,
	    "one that is as long as it may be is not");
	tap_ok(tab_scan(missing, &paths, NULL, NULL, &e) == 0 && paths.n == 0,
	    "what does not exist adds nothing");
	tap_ok(tab_scan(one, &paths, NULL, NULL, &e) == 0 && paths.n == 1 &&
		strcmp(paths.v[0], one) == 0,
	    "a file is its own list");
	strv_clear(&paths);
	rmdir(sub);
	free(sub);
	free(missing);
	free(one);
}

int
main(void)
{
	folder = scratch_new("t_folder");
	test_names();
	test_scan();
	scratch_remove(folder);
	free(folder);
	return tap_done();
}
