/*
 * brief: see brief.h. The first byte says what is in the file.
 */
#include "runner/brief.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "runner/environment.h"
#include "wire/frame.h"
#include "wire/pack.h"

#define BRIEF 'b'
#define FAILURE 'f'

static void
pack_user(struct buf *b, const struct user *u)
{
	pack_str(b, u->name);
	pack_str(b, u->home);
	pack_int(b, u->uid);
	pack_int(b, u->gid);
	pack_bytes(b, u->groups, (size_t)u->ngroups * sizeof(*u->groups));
}

static void
unpack_user(struct unpack *from, struct user *u)
{
	int64_t size;

	u->name = unpack_str(from);
	u->home = unpack_str(from);
	u->uid = (uid_t)unpack_int(from);
	u->gid = (gid_t)unpack_int(from);
	u->groups = (gid_t *)(void *)unpack_bytes(from, &size);
	u->ngroups = (int)(size / (int64_t)sizeof(*u->groups));
	if (u->name == NULL || u->home == NULL)
		from->bad = true;
	else
		environment_of_user(u);
}

int
brief_write(const struct brief *brief, const char *folder, struct err *e)
{
	struct launch l = brief->launch;
	struct buf text = { 0 }, b = { 0 };
	int fd = io_nameless("brief", folder);

	/* The one has a file of its own; the other is the runner's to hand out. */
	l.stdin_text = l.checkpoint = NULL;
	l.checkpoint_len = 0;
	launch_pack(&text, &l);
	buf_addc(&b, BRIEF);
	pack_int(&b, brief->runner);
	pack_int(&b, brief->tree);
	pack_user(&b, &brief->user);
	pack_words(&b, &brief->told);
	pack_bytes(&b, text.data, text.len);
	if (fd == -1 || io_write_all(fd, b.data, b.len) == -1 || lseek(fd, 0, SEEK_SET) == -1) {
		err_errno(e, E_FAIL, "cannot tell 'jobsched-session' what to run");
		if (fd != -1)
			close(fd);
		fd = E_FAIL;
	}
	buf_release(&text);
	buf_release(&b);
	return fd;
}

int
brief_read(int fd, struct brief *brief, struct err *e)
{
	struct buf b = { 0 };
	struct unpack u;
	char *text;
	int64_t len;
	int rc;

	memset(brief, 0, sizeof(*brief));
	if ((rc = io_read_all(fd, &b, FRAME_BODY_MAX, e)) < 0 || b.len == 0 || b.data[0] != BRIEF) {
		buf_release(&b);
		return rc < 0 ? rc : err_set(e, E_FAIL, "there is no brief");
	}
	unpack_init(&u, b.data + 1, b.len - 1);
	brief->runner = (pid_t)unpack_int(&u);
	brief->tree = (int)unpack_int(&u);
	unpack_user(&u, &brief->user);
	unpack_words(&u, &brief->told);
	text = unpack_bytes(&u, &len);
	if (launch_unpack(text, (size_t)len, &brief->launch) == -1 || u.bad)
		rc = err_set(e, E_FAIL, "the brief is broken");
	free(text);
	buf_release(&b);
	return rc;
}

void
brief_release(struct brief *brief)
{
	launch_release(&brief->launch);
	strv_clear(&brief->told);
	free(brief->user.name);
	free(brief->user.home);
	free(brief->user.groups);
	strv_clear(&brief->user.settings);
}

/* The runner looks only when we are gone: nobody sees what is halfway. */
void
brief_answer(int fd, const char *failure)
{
	char mark = FAILURE;

	if (ftruncate(fd, 0) == -1 || failure == NULL || lseek(fd, 0, SEEK_SET) == -1 ||
	    io_write_all(fd, &mark, 1) == -1)
		return;
	(void)io_write_all(fd, failure, strlen(failure));
}

int
brief_judge(int fd, int status, struct err *e)
{
	char text[sizeof(e->text)] = "";
	struct buf shown = { 0 };
	ssize_t n;

	do
		n = pread(fd, text, sizeof(text), 0);
	while (n == -1 && errno == EINTR);
	if (n == 0)
		return 0;
	if (n > 0 && text[0] == FAILURE) {
		/* Modules of PAM may have put in anything. */
		utf8_escape(&shown, text + 1, (size_t)n - 1, false);
		err_set(e, E_FAIL, "%.*s", (int)shown.len, shown.data != NULL ? shown.data : "");
		buf_release(&shown);
		return e->code;
	}
	return err_set(e, E_FAIL, "'jobsched-session' ended before the job ran: %s %d",
	    WIFSIGNALED(status) ? "signal" : "status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}
