/*
 * message: see message.h.
 */
#include "daemon/message.h"

#include <ctype.h>
#include <inttypes.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "store/notices.h"
#include "time/duration.h"
#include "time/instant.h"
#include "time/zone.h"

#define FIELD_MAX 900	/* bytes of a field's text; a line may have 998 */
#define WORD_MAX 60	/* bytes between "=?UTF-8?Q?" and "?=": an encoded word may have 75 */
#define LINE_MAX_BYTES 900

char *
message_outcome(const struct notice *n)
{
	switch (n->outcome) {
	case OUTCOME_OK:
		return xstrdup("succeeded");
	case OUTCOME_FAILED:
		return xasprintf("failed (exit %d)", n->exit_status);
	case OUTCOME_KILLED:
		return xasprintf("was killed (signal %d)", n->signal);
	case OUTCOME_TIMEOUT:
		return xstrdup("timed out");
	case OUTCOME_CANCELLED:
		return xstrdup("was cancelled");
	case OUTCOME_LOST:
		return xstrdup("was lost");
	case OUTCOME_ERROR:
		return xstrdup("could not start");
	case OUTCOME_SKIPPED:
		return xstrdup("did not run");
	default:
		return xstrdup(outcome_word(n->outcome));
	}
}

/* ---- header ---- */

static bool
is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return strstr(text, "=?") == NULL;
}

/* How many bytes at p make one character. */
static size_t
character(const char *p, const char *end)
{
	size_t n = 1;

	while (p + n < end && ((unsigned char)p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Encoded words, each on a line of its own, none of which ends within a character. */
static void
add_encoded(struct buf *b, const char *text, size_t len)
{
	const char *end = text + len;
	size_t n, room = WORD_MAX;

	buf_addstr(b, "=?UTF-8?Q?");
	for (const char *p = text; p < end; p += n) {
		n = character(p, end);
		if (room < n * 3) {
			buf_addstr(b, "?=\n =?UTF-8?Q?");
			room = WORD_MAX;
		}
		for (size_t i = 0; i < n; i++) {
			if (isalnum((unsigned char)p[i]) && (p[i] & 0x80) == 0)
				buf_addc(b, p[i]);
			else
				buf_addf(b, "=%02X", (unsigned int)(unsigned char)p[i]);
		}
		room = room > n * 3 ? room - n * 3 : 0;
	}
	buf_addstr(b, "?=");
}

static void
add_field(struct buf *b, const char *name, const char *text)
{
	struct buf clean = { 0 };
	char *value;

	if (text == NULL || *text == '\0')
		return;
	utf8_escape(&clean, text, strlen(text), false);
	value = buf_string(&clean);
	if (strlen(value) > FIELD_MAX)
		value[FIELD_MAX] = '\0';
	buf_addf(b, "%s: ", name);
	if (is_plain(value, strlen(value)))
		buf_addstr(b, value);
	else
		add_encoded(b, value, strlen(value));
	buf_addc(b, '\n');
	free(value);
}

/* An address is not a text that may be encoded; what could end its line goes. */
static void
add_address(struct buf *b, const char *name, const char *address)
{
	buf_addf(b, "%s: ", name);
	for (const char *p = address; *p != '\0'; p++)
		if ((unsigned char)*p > ' ' && *p != 0x7f)
			buf_addc(b, *p);
	buf_addc(b, '\n');
}

static void
add_number(struct buf *b, const char *name, int64_t n)
{
	buf_addf(b, "%s: %" PRId64 "\n", name, n);
}

static void
add_date(struct buf *b, int64_t now)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct civil c;

	civil_from_seconds(now / USEC, &c);
	buf_addf(b, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d +0000\n", days + 3 * c.wday, c.day,
	    months + 3 * (c.month - 1), c.year, c.hour, c.minute, c.second);
}

static char *
job_text(const struct notice *n)
{
	return n->job.name != NULL ? xstrdup(n->job.name) : xasprintf("job %" PRId64, n->job.id);
}

static void
add_subject(struct buf *b, const struct message_from *from, const struct notice *n)
{
	char *job = job_text(n), *how = message_outcome(n);
	char *subject = xasprintf("jobsched on %s: %s %s", from->host, job, how);

	add_field(b, "Subject", subject);
	free(subject);
	free(how);
	free(job);
}

static void
add_facts(struct buf *b, const struct notice *n)
{
	char when[INSTANT_TEXT];

	instant_json(n->scheduled_for, when, sizeof(when));
	add_number(b, "X-Jobsched-Job-Id", n->job.id);
	add_field(b, "X-Jobsched-Job-Name", n->job.name);
	add_field(b, "X-Jobsched-Scheduled-For", when);
	add_number(b, "X-Jobsched-Attempt", n->attempt);
	add_number(b, "X-Jobsched-Fence", n->fence);
	add_field(b, "X-Jobsched-Node", n->node);
	add_field(b, "X-Jobsched-Outcome", outcome_word(n->outcome));
	if (n->exit_status >= 0)
		add_number(b, "X-Jobsched-Exit-Status", n->exit_status);
	if (n->signal != 0)
		add_number(b, "X-Jobsched-Signal", n->signal);
}

static void
add_header(struct buf *b, const struct message_from *from, const struct notice *n)
{
	buf_addstr(b, "From: jobsched <");
	for (const char *p = from->user; *p != '\0'; p++)
		if (*p > ' ' && *p < 0x7f && strchr("<>()\",;:\\", *p) == NULL)
			buf_addc(b, *p);
	buf_addstr(b, ">\n");
	add_address(b, "To", n->job.mail);
	add_subject(b, from, n);
	add_date(b, from->now);
	buf_addstr(b, "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n"
		      "Content-Type: text/plain; charset=UTF-8\n"
		      "Content-Transfer-Encoding: 8bit\n");
	add_facts(b, n);
}

/* ---- body ---- */

/* Lines that are too long for a mailer are broken, between characters. */
static void
add_lines(struct buf *b, const char *text, size_t len)
{
	const char *end = text + len;
	size_t n, column = 0;

	for (const char *p = text; p < end; p += n) {
		n = character(p, end);
		if (column + n > LINE_MAX_BYTES && *p != '\n') {
			buf_addc(b, '\n');
			column = 0;
		}
		buf_add(b, p, n);
		column = *p == '\n' ? 0 : column + n;
	}
	if (column > 0)
		buf_addc(b, '\n');
}

static void
add_part(struct buf *b, const char *data, int64_t len)
{
	struct buf clean = { 0 };

	if (len <= 0)
		return;
	utf8_escape(&clean, data, (size_t)len, true);
	add_lines(b, clean.data, clean.len);
	buf_release(&clean);
}

static void
add_body(struct buf *b, const struct notice *n)
{
	const struct output *o = &n->output;
	int64_t head = o->dropped_bytes > 0 ? o->dropped_at : o->len;

	if (n->outcome == OUTCOME_SKIPPED) {
		buf_addstr(b, "A job that it comes after has not succeeded.\n");
		add_part(b, n->reason, (int64_t)strlen(n->reason));
		return;
	}
	if (n->reason != NULL)
		add_part(b, n->reason, (int64_t)strlen(n->reason));
	add_part(b, o->data, head);
	if (o->dropped_bytes > 0)
		buf_addf(b, "[... %" PRId64 " bytes dropped ...]\n", o->dropped_bytes);
	add_part(b, o->data != NULL ? o->data + head : NULL, o->len - head);
	if (n->output_bytes == 0 && n->reason == NULL)
		buf_addstr(b, "It wrote nothing.\n");
	else if (n->output_bytes > 0 && o->len == 0 && o->dropped_bytes == 0)
		buf_addstr(b, "What it wrote is not kept any more.\n");
}

void
message_make(struct buf *b, const struct message_from *from, const struct notice *n)
{
	add_header(b, from, n);
	buf_addc(b, '\n');
	add_body(b, n);
}
