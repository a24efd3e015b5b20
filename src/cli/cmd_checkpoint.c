/*
 * checkpoint get, checkpoint put: what a job puts by for the next attempt of its occurrence. They
 * work within a job only, and talk to its runner: no database is needed, nor any permission.
 */
#include <errno.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/usock.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "wire/frame.h"
#include "wire/launch.h"
#include "wire/pack.h"

/* The whole answer, or -1: the runner has gone. */
static int
read_answer(int fd, struct buf *in, const void **body, size_t *len)
{
	enum frame_type type;
	ssize_t n;

	for (;;) {
		n = read(fd, buf_room(in, 65536), 65536);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		in->len += (size_t)n;
		n = frame_peek(in->data, in->len, &type, body, len);
		if (n != 0)
			return n > 0 && type == FRAME_CHECKPOINT ? 0 : -1;
	}
}

static int
show(struct cli *c, enum checkpoint_answer how, const char *data, int64_t len)
{
	switch (how) {
	case CHECKPOINT_OK:
		if (len > 0)
			fwrite(data, 1, (size_t)len, stdout);
		return 0;
	case CHECKPOINT_NONE:
		return 1;
	case CHECKPOINT_FAILED:
		return err_set(&c->err, E_FAIL, "the checkpoint is not kept: %.*s", (int)len,
		    data != NULL ? data : "");
	default:
		return err_set(&c->err, E_PERM, "the runner does not know this attempt: the job "
						"has ended, or is another user's");
	}
}

static int
ask(struct cli *c, int fd, const struct buf *question)
{
	struct buf in = { 0 };
	struct unpack u;
	const void *body;
	size_t size;
	int64_t how, len;
	char *data;
	int rc;

	if (io_write_all(fd, question->data, question->len) == -1 ||
	    read_answer(fd, &in, &body, &size) == -1) {
		buf_release(&in);
		return err_set(&c->err, E_STORE, "the runner of this job does not answer");
	}
	unpack_init(&u, body, size);
	how = unpack_int(&u);
	data = unpack_bytes(&u, &len);
	rc = show(c, (enum checkpoint_answer)how, data, len);
	free(data);
	buf_release(&in);
	return rc;
}

/* data NULL: asks for it. */
static int
talk(struct cli *c, const struct buf *data)
{
	const char *name = getenv("JOBSCHED_SOCKET"), *token = getenv("JOBSCHED_TOKEN");
	struct buf body = { 0 }, frame = { 0 };
	int fd, rc;

	if (name == NULL || token == NULL || *name == '\0')
		return err_set(&c->err, E_PERM, "not in a job: only a job has a checkpoint");
	if ((fd = usock_connect(name)) == -1)
		return err_errno(&c->err, E_STORE, "cannot reach the runner of this job");
	pack_str(&body, token);
	if (data != NULL)
		pack_bytes(&body, data->data, data->len);
	frame_add(&frame, data != NULL ? FRAME_CHECKPOINT_PUT : FRAME_CHECKPOINT_GET, &body);
	rc = ask(c, fd, &frame);
	buf_release(&body);
	buf_release(&frame);
	close(fd);
	return rc;
}

static int
run_get(struct cli *c, void *args, int argc, char *const argv[])
{
	(void)args, (void)argc, (void)argv;
	return talk(c, NULL);
}

static int
run_put(struct cli *c, void *args, int argc, char *const argv[])
{
	struct buf data = { 0 };
	int rc;

	(void)args, (void)argc, (void)argv;
	if (io_read_all(STDIN_FILENO, &data, CHECKPOINT_MAX, &c->err) < 0)
		rc = err_prefix(&c->err, "standard input");
	else
		rc = talk(c, &data);
	buf_release(&data);
	return rc;
}

const struct command cmd_checkpoint_get = {
	.name = "checkpoint get",
	.operands = "",
	.help = "in a job: print what the attempt before put by",
	.min = 0,
	.max = 0,
	.flags = CMD_RAW,
	.run = run_get,
};

const struct command cmd_checkpoint_put = {
	.name = "checkpoint put",
	.operands = "",
	.help = "in a job: put standard input by for the next attempt",
	.min = 0,
	.max = 0,
	.flags = CMD_RAW,
	.run = run_put,
};
