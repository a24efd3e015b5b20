/*
 * job: see job.h. What is right and wrong in a job is in job_check.c.
 */
#include "job/job.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "job/field.h"

void
job_init(struct job *job)
{
	memset(job, 0, sizeof(*job));
	job->until = INSTANT_NONE;
	job->priority = 5;
	job->grace = JOB_GRACE_DEFAULT;
	job->overlap = OVERLAP_SKIP;
	job->missed = MISSED_ONCE;
	job->mail_on = MAIL_FAILURE;
	job->output = 65536;
}

static void *
member(struct job *job, const struct field *f)
{
	return (char *)job + f->offset;
}

void
job_release(struct job *job)
{
	for (const struct field *f = job_fields; f->name != NULL; f++) {
		void *p = member(job, f);

		/* Most members of most jobs are empty. */
		if (f->type == FIELD_TEXT && *(char **)p != NULL)
			free(*(char **)p);
		else if (f->type == FIELD_WORDS && ((struct strv *)p)->v != NULL)
			strv_clear(p);
	}
	job_init(job);
}

void
job_copy(struct job *to, const struct job *from)
{
	struct strv words;

	*to = *from;
	for (const struct field *f = job_fields; f->name != NULL; f++) {
		void *p = member(to, f);

		if (f->type == FIELD_TEXT && *(char **)p != NULL)
			*(char **)p = xstrdup(*(char **)p);
		else if (f->type == FIELD_WORDS && ((struct strv *)p)->v != NULL) {
			words = *(struct strv *)p;
			memset(p, 0, sizeof(words));
			strv_copy(p, &words);
		}
	}
}

uint64_t
job_seed(const struct job *job)
{
	uint64_t h = HASH_SEED;

	if (job->name != NULL)
		return hash_string(hash_string(h, job->name), job->user);
	if (job->tab_key != NULL)
		return hash_string(h, job->tab_key);
	if (job->command != NULL)
		return hash_string(h, job->command);
	for (size_t i = 0; i < job->argv.n; i++)
		h = hash_string(h, job->argv.v[i]);
	return h;
}

int
job_schedule(const struct job *job, struct schedule *s, struct err *e)
{
	int rc;

	if (job->schedule == NULL)
		return err_set(e, E_INPUT, "there is no schedule");
	if ((rc = schedule_parse(s, job->schedule, job_seed(job), NULL, e)) < 0)
		return rc;
	s->gap = job->dst_gap;
	s->repeat = job->dst_repeat;
	return 0;
}

static void
add_shell_word(struct buf *b, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+=:,./-";

	if (*word != '\0' && word[strspn(word, plain)] == '\0') {
		buf_addstr(b, word);
		return;
	}
	buf_addc(b, '\'');
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			buf_addstr(b, "'\\''");
		else
			buf_addc(b, *word);
	}
	buf_addc(b, '\'');
}

char *
job_command_text(const struct job *job)
{
	struct buf b = {0};

	if (job->command != NULL)
		return xstrdup(job->command);
	for (size_t i = 0; i < job->argv.n; i++) {
		if (i > 0)
			buf_addc(&b, ' ');
		add_shell_word(&b, job->argv.v[i]);
	}
	return buf_string(&b);
}
