/*
 * checkpoint: see checkpoint.h.
 */
#include "runner/checkpoint.h"

#include <assert.h>

#include "base/buf.h"
#include "base/mem.h"
#include "job/attempt.h"
#include "runner/report.h"
#include "runner/runner.h"
#include "runner/server.h"
#include "wire/journal.h"

/* "FENCE-" and 32 digits that nobody guesses. */
static void
make_token(struct buf *b, int64_t fence)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char random[16];
	char text[2 * sizeof(random)];

	arc4random_buf(random, sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++) {
		text[2 * i] = digits[random[i] >> 4];
		text[2 * i + 1] = digits[random[i] & 15];
	}
	buf_addn(b, fence);
	buf_addc(b, '-');
	buf_add(b, text, sizeof(text));
	buf_addc(b, '\0');
}

void
checkpoint_invite(struct runner *r, struct attempt *a, uid_t uid, struct invitation *in)
{
	static const char name[] = "JOBSCHED_TOKEN=";
	struct buf *b = &r->packed;

	buf_clear(b);
	buf_addstr(b, name);
	make_token(b, a->fence);
	assert(b->len <= sizeof(in->token) && b->len - strlen(name) <= sizeof(a->token));
	memcpy(in->token, b->data, b->len);
	memcpy(a->token, b->data + strlen(name), b->len - strlen(name));
	a->uid = uid;
	in->words[0] = r->guests.setting;
	in->words[1] = in->token;
	in->words[2] = NULL;
	in->told = (struct strv){ .v = in->words, .n = 2 };
}

/* In a time that does not tell where they differ. */
static bool
same_token(const char *a, const char *b)
{
	unsigned char differs = 0;

	if (strlen(a) != strlen(b))
		return false;
	for (; *a != '\0'; a++, b++)
		differs |= (unsigned char)(*a ^ *b);
	return differs == 0;
}

struct attempt *
checkpoint_owner(struct runner *r, const char *token, uid_t uid)
{
	char fence[24];
	const char *wrong;
	struct attempt *a;

	if (strcspn(token, "-") >= sizeof(fence))
		return NULL;
	strlcpy(fence, token, strcspn(token, "-") + 1);
	a = jobs_by_fence(&r->jobs, strtonum(fence, 1, INT64_MAX, &wrong));
	if (wrong != NULL || a == NULL || a->state != ATTEMPT_RUNNING ||
	    !same_token(a->token, token) || (uid != a->uid && uid != 0))
		return NULL;
	return a;
}

/* Its bytes are owed to the store, or no more. */
static void
count(struct runner *r, const struct attempt *a, bool owed)
{
	if (a->kept <= a->stored)
		return;
	if (owed)
		r->unstored += a->checkpoint.len;
	else
		r->unstored -= a->checkpoint.len;
}

int
checkpoint_put(struct runner *r, struct attempt *a, const void *data, size_t len, struct err *e)
{
	struct buf body = { 0 };

	count(r, a, false);
	buf_release(&a->checkpoint);
	buf_add(&a->checkpoint, data, len);
	a->kept++;
	count(r, a, true);
	r->checkpoints_due = true;
	checkpoint_pack(&body, a);
	journal_add(r->journal, FRAME_CHECKPOINT_KEPT, &body);
	buf_release(&body);
	if (report_flush(r, e) < 0)
		return -1;
	/* Many of them while no scheduler takes them must not fill the disk. */
	report_trim(r);
	return 0;
}

void
checkpoint_pack(struct buf *body, const struct attempt *a)
{
	const struct kept k = { a->fence, a->kept, a->checkpoint.data, (int64_t)a->checkpoint.len };

	kept_pack(body, &k);
}

void
checkpoint_again(struct runner *r)
{
	struct attempt *a;

	TAILQ_FOREACH(a, &r->jobs.list[ATTEMPT_RUNNING], link)
		a->sent = a->stored;
	r->checkpoints_due = true;
}

void
checkpoint_stored(struct runner *r, int64_t fence, int64_t serial)
{
	struct attempt *a = jobs_by_fence(&r->jobs, fence);

	if (a == NULL || a->state != ATTEMPT_RUNNING || serial > a->kept || serial <= a->stored)
		return;
	count(r, a, false);
	a->stored = serial;
	count(r, a, true);
	r->checkpoints_due = true;
	report_trim(r);
}

void
checkpoint_hand_over(struct runner *r, struct attempt *a, struct result *res)
{
	count(r, a, false);
	if (a->kept > a->stored && res->outcome != OUTCOME_OK) {
		res->checkpoint_len = (int64_t)a->checkpoint.len;
		res->checkpoint = xmemdup(a->checkpoint.data, a->checkpoint.len);
	}
	a->stored = a->kept;
	buf_release(&a->checkpoint);
}

void
checkpoint_turn(struct runner *r)
{
	struct buf body = { 0 };
	struct attempt *a;

	if (!r->checkpoints_due || !server_connected(r->server))
		return;
	r->checkpoints_due = false;
	TAILQ_FOREACH(a, &r->jobs.list[ATTEMPT_RUNNING], link) {
		if (a->kept == a->sent || a->sent > a->stored)
			continue;
		checkpoint_pack(&body, a);
		server_send(r->server, FRAME_CHECKPOINT_KEPT, &body);
		buf_clear(&body);
		a->sent = a->kept;
	}
	buf_release(&body);
}
