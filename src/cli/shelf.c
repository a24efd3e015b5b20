/*
 * shelf: see shelf.h.
 */
#include "cli/shelf.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "job/flat.h"
#include "job/job.h"

#define BLOCK (256 * 1024)

/* Before each job. */
struct head {
	size_t size; /* of all that follows */
	int64_t number;
};

static int
open_unlinked(struct err *e)
{
	const char *folder = getenv("TMPDIR");
	char *path = xasprintf("%s/jobsched.XXXXXX", folder != NULL ? folder : "/var/tmp");
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd < 0)
		err_errno(e, E_FAIL, "cannot make a temporary file '%s'", path);
	else
		unlink(path);
	free(path);
	return fd;
}

static int
write_out(struct shelf *k, struct err *e)
{
	if (k->fd < 0 && (k->fd = open_unlinked(e)) < 0)
		return e->code;
	if (io_write_all(k->fd, k->buf.data, k->buf.len) < 0)
		return err_errno(e, E_FAIL, "cannot keep the jobs in a temporary file");
	buf_clear(&k->buf);
	return 0;
}

int
shelf_add(struct shelf *k, const struct job *job, int64_t number, struct err *e)
{
	struct head head = { .number = number };
	size_t begin = k->buf.len;

	buf_add(&k->buf, &head, sizeof(head));
	flat_add(&k->buf, job);
	head.size = k->buf.len - begin - sizeof(head);
	memcpy(k->buf.data + begin, &head, sizeof(head));
	return k->buf.len >= SHELF_IN_MEMORY ? write_out(k, e) : 0;
}

int
shelf_rewind(struct shelf *k, struct err *e)
{
	k->at = 0;
	if (k->fd < 0)
		return 0;
	if (write_out(k, e) < 0)
		return e->code;
	if (lseek(k->fd, 0, SEEK_SET) < 0)
		return err_errno(e, E_FAIL, "cannot read the temporary file");
	return 0;
}

/* Reads on until there are n bytes behind `at`. 1, 0 at the end, or E_FAIL. */
static int
need(struct shelf *k, size_t n, struct err *e)
{
	ssize_t got;

	while (k->buf.len - k->at < n) {
		if (k->fd < 0)
			return 0;
		buf_drop(&k->buf, k->at);
		k->at = 0;
		got = read(k->fd, buf_room(&k->buf, BLOCK), BLOCK);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(e, E_FAIL, "cannot read the temporary file");
		if (got == 0)
			return 0;
		k->buf.len += (size_t)got;
	}
	return 1;
}

int
shelf_next(struct shelf *k, struct job *job, int64_t *number, size_t *size, struct err *e)
{
	struct head head;
	int r;

	if ((r = need(k, sizeof(head), e)) <= 0)
		return r;
	memcpy(&head, k->buf.data + k->at, sizeof(head));
	if ((r = need(k, sizeof(head) + head.size, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, E_FAIL, "the temporary file has become shorter");
	flat_take(k->buf.data + k->at + sizeof(head), job);
	k->at += sizeof(head) + head.size;
	*number = head.number;
	*size = head.size;
	return 1;
}

void
shelf_release(struct shelf *k)
{
	if (k->fd >= 0)
		close(k->fd);
	k->fd = -1;
	buf_release(&k->buf);
}
