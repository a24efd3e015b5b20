/*
 * t_message: the mail about an attempt's end.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "daemon/message.h"
#include "store/notices.h"
#include "tap.h"
#include "time/duration.h"

#define NOW (INT64_C(1772359200) * USEC) /* 2026-03-01T10:00:00Z, a Sunday */

static const struct message_from from = { .user = "root", .host = "mars", .now = NOW };

static struct notice
failed(const char *name, const char *output)
{
	struct notice n = { .fence = 9, .scheduled_for = NOW, .attempt = 2, .exit_status = 3,
		.outcome = OUTCOME_FAILED };

	job_init(&n.job);
	n.job.id = 7;
	n.job.name = xstrdup(name);
	n.job.mail = xstrdup("ops@example.org");
	n.node = xstrdup("here");
	if (output != NULL) {
		n.output.data = xstrdup(output);
		n.output.len = n.output_bytes = (int64_t)strlen(output);
	}
	return n;
}

/* The caller's; the notice is released. */
static char *
make(struct notice *n)
{
	struct buf b = { 0 };

	message_make(&b, &from, n);
	notice_release(n);
	return buf_string(&b);
}

static const char *
body_of(const char *message)
{
	const char *gap = strstr(message, "\n\n");

	return gap != NULL ? gap + 2 : "";
}

static void
test_whole(void)
{
	struct notice n = failed("backup", "no space\n");
	char *m = make(&n);

	tap_is_str(m,
	    "From: jobsched <root>\n"
	    "To: ops@example.org\n"
	    "Subject: jobsched on mars: backup failed (exit 3)\n"
	    "Date: Sun, 01 Mar 2026 10:00:00 +0000\n"
	    "Auto-Submitted: auto-generated\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=UTF-8\n"
	    "Content-Transfer-Encoding: 8bit\n"
	    "X-Jobsched-Job-Id: 7\n"
	    "X-Jobsched-Job-Name: backup\n"
	    "X-Jobsched-Scheduled-For: 2026-03-01T10:00:00.000Z\n"
	    "X-Jobsched-Attempt: 2\n"
	    "X-Jobsched-Fence: 9\n"
	    "X-Jobsched-Node: here\n"
	    "X-Jobsched-Outcome: failed\n"
	    "X-Jobsched-Exit-Status: 3\n"
	    "\n"
	    "no space\n",
	    "a message is a header, an empty line, and what the job wrote");
	free(m);
}

static void
test_outcomes(void)
{
	static const struct {
		enum outcome outcome;
		const char *want;
	} cases[] = {
		{ OUTCOME_OK, "succeeded" },
		{ OUTCOME_FAILED, "failed (exit 3)" },
		{ OUTCOME_KILLED, "was killed (signal 9)" },
		{ OUTCOME_TIMEOUT, "timed out" },
		{ OUTCOME_CANCELLED, "was cancelled" },
		{ OUTCOME_LOST, "was lost" },
		{ OUTCOME_ERROR, "could not start" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct notice n = { .outcome = cases[i].outcome, .exit_status = 3, .signal = 9 };
		char *text = message_outcome(&n);

		tap_is_str(text, cases[i].want, "an end is told as: %s", cases[i].want);
		free(text);
	}
}

static void
test_header(void)
{
	struct notice n = failed("x\nBcc: evil@example.org", NULL);
	char *m = make(&n);
	size_t lines = 0, longest = 0;

	tap_ok(strstr(m, "\nBcc:") == NULL, "a newline in a name begins no field");
	free(m);
	n = failed("x", NULL);
	free(n.job.mail);
	n.job.mail = xstrdup("a\nBcc:b");
	m = make(&n);
	tap_ok(strstr(m, "\nTo: aBcc:b\n") != NULL, "nor does one in an address");
	free(m);
	n = failed("größe", NULL);
	m = make(&n);
	tap_ok(strstr(m, "\nX-Jobsched-Job-Name: =?UTF-8?Q?gr=C3=B6=C3=9Fe?=\n") != NULL,
	    "a name that is not ASCII is encoded");
	free(m);
	n = failed("=?x?=", NULL);
	m = make(&n);
	tap_ok(strstr(m, "\nX-Jobsched-Job-Name: =?UTF-8?Q?=3D=3Fx=3F=3D?=\n") != NULL,
	    "and one that looks encoded");
	free(m);
	n = failed("ööööööööööööööööööööööööööööööööööööööööö", NULL);
	m = make(&n);
	for (const char *p = m; p < body_of(m) - 1; p += strcspn(p, "\n") + 1, lines++)
		if (strcspn(p, "\n") > longest)
			longest = strcspn(p, "\n");
	tap_ok(longest <= 100, "a long one is folded: no line of %zu is longer than 100", lines);
	free(m);
}

static void
test_body(void)
{
	struct notice n = failed("x", NULL);
	char *long_line = xmalloc(3001), *m = make(&n);
	size_t longest = 0;

	tap_is_str(body_of(m), "It wrote nothing.\n", "no output is said to be none");
	free(m);
	n = failed("x", NULL);
	n.reason = xstrdup("cannot run 'y': no such file");
	m = make(&n);
	tap_is_str(body_of(m), "cannot run 'y': no such file\n", "a reason is said");
	free(m);
	n = failed("x", "a\r\033[1m\377\tb");
	m = make(&n);
	tap_is_str(body_of(m), "a\\x0d\\x1b[1m\\xff\tb\n",
	    "what a terminal or a mailer would act on is shown, and a last line is ended");
	free(m);
	n = failed("x", "headtail");
	n.output.dropped_at = 4;
	n.output.dropped_bytes = 1000;
	m = make(&n);
	tap_is_str(body_of(m), "head\n[... 1000 bytes dropped ...]\ntail\n",
	    "what was dropped is said where it was");
	free(m);
	n = failed("x", NULL);
	n.output_bytes = 5;
	m = make(&n);
	tap_is_str(body_of(m), "What it wrote is not kept any more.\n",
	    "an output that is gone is not said to have been none");
	free(m);
	memset(long_line, 'z', 3000);
	long_line[3000] = '\0';
	n = failed("x", long_line);
	m = make(&n);
	for (const char *p = body_of(m); *p != '\0'; p += strcspn(p, "\n") + 1)
		if (strcspn(p, "\n") > longest)
			longest = strcspn(p, "\n");
	tap_ok(longest <= 998, "no line is longer than mail allows");
	free(m);
	free(long_line);
}

int
main(void)
{
	test_whole();
	test_outcomes();
	test_header();
	test_body();
	return tap_done();
}
