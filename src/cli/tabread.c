/*
 * tabread: see tabread.h.
 */
#include "cli/tabread.h"

#include <errno.h>
#include <libgen.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/trusted.h"
#include "cli/cli.h"
#include "tab/folder.h"
#include "tab/tab.h"

/*
 * The identity of its folder's file: path below the tab folder it is in, else its last part.
 * Written as the daemon would find it; a file elsewhere is taken for one that will be put into a
 * folder.
 */
static char *
tab_name(const struct conf *conf, const char *path)
{
	char *copy = xstrdup(path), *name;

	for (size_t i = 0; i < conf->tab_dirs.n; i++) {
		size_t n = strlen(conf->tab_dirs.v[i]);

		if (strncmp(path, conf->tab_dirs.v[i], n) == 0 && path[n] == '/') {
			free(copy);
			return xstrdup(path + n + 1);
		}
	}
	name = xstrdup(basename(copy));
	free(copy);
	return name;
}

static const char *
user_refused(void *conf, const char *user)
{
	return conf_user_refused(conf, user);
}

/* Reads what the rules forbid the daemon to read, but never a device or a FIFO. */
static int
read_anyway(const char *path, struct buf *text, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(e, E_INPUT, "'%s' is not a regular file", path);
	return io_read_file(path, text, TAB_SIZE_MAX, e);
}

static int
read_text(struct cli *c, const char *path, struct tabread *r, struct buf *text)
{
	struct file_stamp stamp;
	char *copy = xstrdup(path);
	const char *why;

	r->rule = NULL;
	if (!tab_name_ok(basename(copy), &why))
		r->rule = why;
	free(copy);
	if (tab_read(path, text, &stamp, &c->err) == 0)
		return 0;
	if (c->err.code != E_PERM)
		return c->err.code;
	strlcpy(r->text, c->err.text, sizeof(r->text));
	r->rule = r->text;
	buf_clear(text);
	return read_anyway(path, text, &c->err);
}

int
tabread_file(struct cli *c, const char *path, struct tabread *r, struct tab *tab)
{
	struct tab_context context = {
		.user_field = r->user_field,
		.user = cli_user(c),
		.defaults = &c->conf.defaults,
		.zone = cli_daemon_zone(c),
		.now = c->now,
		.user_refused = user_refused,
		.arg = &c->conf,
	};
	struct buf text = { 0 };
	char *name;
	int code;

	if (context.user == NULL || context.zone == NULL)
		return c->err.code;
	if ((code = read_text(c, path, r, &text)) == 0) {
		name = tab_name(&c->conf, path);
		tab_parse(&context, path, name, text.data != NULL ? text.data : "", text.len, tab);
		free(name);
	}
	buf_release(&text);
	return code;
}
