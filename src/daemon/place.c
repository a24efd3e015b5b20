/*
 * place: see place.h. A line for each process: "boot pid start node".
 */
#include "daemon/place.h"

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/io.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "daemon/daemon.h"
#include "store/store.h"

#define FILE_MAX ((size_t)64 << 10)
#define LINES_MAX 100	/* of daemons that did not get as far as the store */
#define LOOK_US 500000	/* between two tries */

static char *
path_of(const struct daemon *d)
{
	return xasprintf("%s/node", d->conf.state_dir);
}

/* Those that had this name. */
static void
read_lines(struct daemon *d, char *text)
{
	char *line, *name;
	int spaces;

	while ((line = strsep(&text, "\n")) != NULL) {
		for (name = line, spaces = 0; *name != '\0' && spaces < 3; name++)
			spaces += *name == ' ';
		if (spaces == 3 && strcmp(name, d->node) == 0) {
			name[-1] = '\0';
			strv_push(&d->was, line);
		}
	}
}

/* One that is damaged, or was never there, costs a wait. */
static void
read_file(struct daemon *d, const char *path)
{
	struct buf b = {0};
	struct err e;
	char *text;

	if (access(path, F_OK) == 0 && io_read_file(path, &b, FILE_MAX, &e) < 0)
		log_warn("%s", e.text);
	text = buf_string(&b);
	read_lines(d, text);
	free(text);
}

static int
write_file(const struct daemon *d, const char *path, const char *self, struct err *e)
{
	size_t from = d->was.n > LINES_MAX ? d->was.n - LINES_MAX : 0;
	struct buf b = {0};
	char *text;
	int rc;

	for (size_t i = from; i < d->was.n; i++)
		buf_addf(&b, "%s %s\n", d->was.v[i], d->node);
	buf_addf(&b, "%s %s\n", self, d->node);
	text = buf_string(&b);
	rc = io_replace_file(path, text, strlen(text), 0600, e);
	free(text);
	return rc;
}

/* ---- one that has the name ---- */

struct heard {
	const char *node;
	int64_t at;
};

static int
note_heard(void *arg, const struct node *n)
{
	struct heard *h = arg;

	if (strcmp(n->id, h->node) == 0)
		h->at = n->heartbeat_at;
	return 0;
}

static int
last_heard(const struct daemon *d, int64_t *at, struct err *e)
{
	struct heard h = {d->node, 0};
	int rc = store_node_list(d->store, note_heard, &h, e);

	*at = h.at;
	return rc;
}

/* One that lives renews its lease long before it is over. */
static int
wait_for_name(struct daemon *d, struct err *e)
{
	struct err conflict = *e;
	int64_t first, at;
	int rc;

	if ((rc = last_heard(d, &first, e)) < 0)
		return rc;
	log_warn("%s; it may have gone, and then its lease runs out: waiting for that",
	    conflict.text);
	do {
		usleep(LOOK_US);
		if ((rc = last_heard(d, &at, e)) < 0)
			return rc;
		if (at != first) {
			*e = conflict;
			return e->code;
		}
	} while ((rc = daemon_register(d, e)) == E_CONFLICT);
	return rc;
}

/* Whoever is killed on the way is known by either of the files. */
static int
take_shared(struct daemon *d, const char *path, struct err *e)
{
	char self[PROC_TEXT];
	struct proc_id id;
	int rc;

	proc_self(&id);
	proc_text(&id, self, sizeof(self));
	read_file(d, path);
	if ((rc = write_file(d, path, self, e)) < 0)
		return rc;
	if ((rc = daemon_register(d, e)) == E_CONFLICT)
		rc = wait_for_name(d, e);
	if (rc < 0)
		return rc;
	strv_clear(&d->was);
	return write_file(d, path, self, e);
}

int
place_take(struct daemon *d, struct err *e)
{
	char *path;
	int rc;

	if (!store_shared(d->store))
		return daemon_register(d, e);
	path = path_of(d);
	rc = take_shared(d, path, e);
	free(path);
	return rc;
}
