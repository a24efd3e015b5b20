/*
 * tab_load: how many entries a second are read: `tab_load [ENTRIES [OPTIONS]]`, 100000 without an
 * argument. A second argument gives each entry a name and two more options.
 */
#include <inttypes.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "tab/tab.h"
#include "time/zone.h"

static void
fill(struct buf *b, long long entries, bool options)
{
	buf_addstr(b, "SHELL=/bin/sh\nPATH=/usr/local/bin:/usr/bin:/bin\nMAILTO=root\n");
	for (long long i = 0; i < entries; i++) {
		buf_addf(b, "%lld %lld-23/2 * * %lld\troot  ", i % 60, i % 20, i % 7);
		if (options)
			buf_addf(b, "--name=entry-%lld --timeout=10m --retries=3 ", i);
		buf_addf(b, "/usr/local/lib/reconcile --database %lld > /dev/null\n", i);
	}
}

static void
report(const char *what, long long entries, int64_t begin, int64_t end)
{
	printf("%-6s %8.1f ms %10.0f entries/s\n", what, (double)(end - begin) / 1e3,
	    (double)entries * 1e6 / (double)(end - begin));
}

int
main(int argc, char *argv[])
{
	const struct tab_context ctx = { .user_field = true, .zone = zone_utc() };
	const char *wrong = NULL;
	long long entries = argc > 1 ? strtonum(argv[1], 1, 10000000, &wrong) : 100000;
	struct buf text = { 0 };
	uint64_t sum = 0;
	int64_t begin, end;
	struct tab t;

	if (wrong != NULL) {
		fprintf(stderr, "tab_load: number of entries is %s\n", wrong);
		return 2;
	}
	fill(&text, entries, argc > 2);
	begin = clock_boot();
	tab_parse(&ctx, "/etc/jobsched.d/bench", "bench", text.data, text.len, &t);
	end = clock_boot();
	report("parse", entries, begin, end);

	begin = clock_boot();
	for (size_t i = 0; i < t.n; i++)
		sum ^= tab_job_hash(&t.jobs[i]);
	end = clock_boot();
	report("hash", entries, begin, end);

	begin = clock_boot();
	printf("%zu errors, %zu entries, hash %016" PRIx64 "\n", t.nerrors, t.n, sum);
	tab_release(&t);
	end = clock_boot();
	report("free", entries, begin, end);
	buf_release(&text);
	return 0;
}
