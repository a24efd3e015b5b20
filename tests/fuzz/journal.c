/*
 * journal: what a dead runner left, read back and taken in.
 *
 * The input is a list of records: type, length of the body in two bytes, body; each becomes a
 * frame. Type 0 stands for bytes that are no frame: what a kill or a bad disk left. A start whose
 * body begins with '!' is one of this boot: the next byte is its fence, the rest what its lock file
 * holds.
 *
 * Read up to any byte, the journal gives the records that were whole by then, and nothing else; and
 * each open attempt is judged once.
 */
#include "wire/journal.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "daemon/takein.h"
#include "fuzz.h"
#include "job/attempt.h"
#include "store/store.h"
#include "wire/joblock.h"
#include "wire/launch.h"

#define CUTS 16
#define OPEN 3 /* open attempts: of fences 1 to OPEN */

struct records {
	struct buf frames;
	size_t n;
	bool foreign; /* a lock file elsewhere is named: see fuzz.h */
};

static void
write_file(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	HOLDS(fd != -1 && io_write_all(fd, data, len) == 0);
	close(fd);
}

static char *
lock_path(void)
{
	return xasprintf("%s/lock", fuzz_folder());
}

/* Puts a start of this boot in place of its short form. */
static void
make_start(struct buf *body)
{
	struct start s = { .fence = 1 + (unsigned char)body->data[1] % (OPEN + 1), .job_id = 1 };
	char text[JOBLOCK_TEXT];

	memset(text, ' ', sizeof(text));
	memcpy(text, body->data + 2, body->len - 2 < sizeof(text) ? body->len - 2 : sizeof(text));
	s.lock = lock_path();
	write_file(s.lock, text, sizeof(text));
	strlcpy(s.boot, proc_boot_id(), sizeof(s.boot));
	buf_clear(body);
	start_pack(body, &s);
	start_release(&s);
}

static void
make(struct buf *file, const uint8_t *data, size_t len)
{
	struct buf body = { 0 };

	while (len >= 3) {
		unsigned type = data[0] % FRAME_TYPES;
		size_t n = (size_t)data[1] | (size_t)data[2] << 8;

		data += 3;
		len -= 3;
		n = n < len ? n : len;
		buf_clear(&body);
		buf_add(&body, data, n);
		if (type == FRAME_START && n > 2 && data[0] == '!')
			make_start(&body);
		if (type == 0)
			buf_add(file, data, n);
		else
			frame_add(file, (enum frame_type)type, &body);
		data += n;
		len -= n;
	}
	buf_release(&body);
}

static void
note(void *arg, enum frame_type type, const void *body, size_t len)
{
	struct records *r = arg;
	char *ours = lock_path();
	struct buf b = { 0 };
	struct start s;

	buf_add(&b, body, len);
	frame_add(&r->frames, type, &b);
	buf_release(&b);
	r->n++;
	if (type == FRAME_START && start_unpack(body, len, &s) == 0) {
		r->foreign |= s.lock != NULL && strcmp(s.lock, ours) != 0;
		start_release(&s);
	}
	free(ours);
}

static void
read_back(const char *path, struct records *r)
{
	struct err e;

	memset(r, 0, sizeof(*r));
	HOLDS(journal_read(path, note, r, &e) == 0);
}

/* What was read is the beginning of the file, and a shorter file gives a beginning of it. */
static void
check_cuts(const char *path, const struct buf *file, const struct records *whole)
{
	size_t step = file->len / CUTS + 1;
	struct records r;

	HOLDS(whole->frames.len <= file->len);
	HOLDS(whole->n == 0 || memcmp(whole->frames.data, file->data, whole->frames.len) == 0);
	for (size_t len = file->len; len >= step; len -= step) {
		HOLDS(truncate(path, (off_t)(len - step)) == 0);
		read_back(path, &r);
		HOLDS(r.frames.len <= whole->frames.len && r.n <= whole->n);
		HOLDS(r.frames.len <= len - step);
		HOLDS(r.n == 0 || memcmp(r.frames.data, whole->frames.data, r.frames.len) == 0);
		HOLDS(r.n == whole->n || r.frames.len < whole->frames.len);
		buf_release(&r.frames);
	}
}

struct judged {
	int of[OPEN + 1];
	int survivors, unstored;
};

static void
count(struct judged *j, int64_t fence)
{
	HOLDS(fence >= 1 && fence <= OPEN);
	j->of[fence]++;
}

static void
take_result(void *arg, struct result *r)
{
	count(arg, r->fence);
	HOLDS(r->not_started || r->outcome < OUTCOME_COUNT);
}

static int
take_survivor(void *arg, const struct start *s, const struct proc_id *proc)
{
	struct judged *j = arg;

	HOLDS(proc->pid > 0 && proc->start > 0);
	count(j, s->fence);
	j->survivors++;
	return 1;
}

static int
take_checkpoint(void *arg, const struct kept *k)
{
	HOLDS(k->fence >= 1 && k->fence <= OPEN);
	(void)arg;
	return 0;
}

static void
check_takein(const char *path)
{
	const struct takein_calls calls = { take_result, take_survivor, take_checkpoint };
	struct open_attempt open[OPEN];
	struct judged j;
	struct err e;
	int unsettled, judged = 0;

	memset(open, 0, sizeof(open));
	memset(&j, 0, sizeof(j));
	for (int i = 0; i < OPEN; i++)
		open[i].fence = i + 1;
	unsettled = takein(path, proc_boot_id(), fuzz_folder(), open, OPEN, &calls, &j, &e);
	HOLDS(unsettled >= 0);
	for (int fence = 1; fence <= OPEN; fence++) {
		HOLDS(j.of[fence] <= 1);
		judged += j.of[fence];
	}
	HOLDS(judged + unsettled == OPEN);
}

int
fuzz_journal(const uint8_t *data, size_t len)
{
	char *path = xasprintf("%s/journal", fuzz_folder()), *lock = lock_path();
	struct records whole;
	struct buf file = { 0 };

	make(&file, data, len);
	write_file(path, file.data, file.len);
	read_back(path, &whole);
	if (!whole.foreign)
		check_takein(path);
	check_cuts(path, &file, &whole);
	buf_release(&whole.frames);
	buf_release(&file);
	unlink(path);
	unlink(lock);
	free(path);
	free(lock);
	return 0;
}
