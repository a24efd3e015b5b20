/*
 * metrics: counters and gauges as OpenMetrics text (the specification is at openmetrics.io).
 */
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/node.h"
#include "time/duration.h"
#include "time/instant.h"

/* How many nodes are in each state. */
enum { NODE_LIVE, NODE_DRAINING, NODE_DRAINED, NODE_STOPPED, NODE_GONE, NODE_STATES };

static const char *const node_words[NODE_STATES] = {
	[NODE_LIVE] = "live",
	[NODE_DRAINING] = "draining",
	[NODE_DRAINED] = "drained",
	[NODE_STOPPED] = "stopped",
	[NODE_GONE] = "gone",
};

static int
count_node(void *arg, const struct node *n)
{
	int64_t *counts = arg;

	for (int i = 0; i < NODE_STATES; i++)
		if (strcmp(node_state(n), node_words[i]) == 0)
			counts[i]++;
	return 0;
}

static int
count_difference(void *arg, const struct tab_difference *d)
{
	int64_t *n = arg;

	(void)d;
	++*n;
	return 0;
}

static void
family(const char *name, const char *type, const char *unit, const char *help)
{
	printf("# TYPE jobsched_%s %s\n", name, type);
	if (unit != NULL)
		printf("# UNIT jobsched_%s %s\n", name, unit);
	printf("# HELP jobsched_%s %s\n", name, help);
}

static void
counter(const char *name, const char *help, int64_t n)
{
	family(name, "counter", NULL, help);
	printf("jobsched_%s_total %lld\n", name, (long long)n);
}

static void
gauge(const char *name, const char *help, int64_t n)
{
	family(name, "gauge", NULL, help);
	printf("jobsched_%s %lld\n", name, (long long)n);
}

/* µs as seconds, in the shortest form with a point: "0.0", "0.05", "12.5". */
static void
seconds(int64_t us)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%lld.%06lld", (long long)(us / USEC),
	    (long long)(us % USEC));

	while (text[n - 1] == '0' && text[n - 2] != '.')
		text[--n] = '\0';
	fputs(text, stdout);
}

static void
gauge_seconds(const char *name, const char *help, int64_t us)
{
	family(name, "gauge", "seconds", help);
	printf("jobsched_%s ", name);
	seconds(us);
	putchar('\n');
}

static void
print_ends(const struct store_metrics *m)
{
	family("finished", "counter", NULL, "Attempts that ended, by outcome.");
	for (int i = 0; i < OUTCOME_COUNT; i++)
		if (i != OUTCOME_RUNNING && i != OUTCOME_SKIPPED)
			printf("jobsched_finished_total{outcome=\"%s\"} %lld\n",
			    outcome_word((enum outcome)i), (long long)m->finished[i]);
	family("skipped", "counter", NULL, "Occurrences that did not run, by reason.");
	for (int i = 0; i < SKIP_COUNT; i++)
		printf("jobsched_skipped_total{reason=\"%s\"} %lld\n",
		    skip_word((enum skip_reason)i), (long long)m->skipped[i]);
}

static void
print_lateness(const struct store_metrics *m)
{
	int64_t n = 0;

	family("lateness_seconds", "histogram", "seconds",
	    "From being ready to the start of an attempt.");
	for (int i = 0; i < LATENESS_BUCKETS; i++) {
		n += m->lateness[i];
		printf("jobsched_lateness_seconds_bucket{le=\"");
		if (i < LATENESS_BUCKETS - 1)
			seconds(lateness_bounds[i]);
		else
			printf("+Inf");
		printf("\"} %lld\n", (long long)n);
	}
	printf(
	    "jobsched_lateness_seconds_count %lld\njobsched_lateness_seconds_sum ", (long long)n);
	seconds(m->lateness_sum);
	putchar('\n');
}

static void
print_metrics(const struct store_metrics *m, const int64_t *nodes, int64_t differences)
{
	counter("enqueued", "Jobs that were stored.", m->enqueued);
	counter("claimed", "Attempts that were claimed.", m->claimed);
	counter("started", "Attempts that were started.", m->started);
	print_ends(m);
	counter("retries", "Attempts after the first of an occurrence.", m->retries);
	gauge("dead", "Jobs that failed for good.", m->dead);
	gauge("running", "Attempts that run.", m->running);
	gauge("due", "Occurrences that are ready to run.", m->due);
	gauge_seconds("oldest_due_age_seconds", "For how long the oldest of them is ready.",
	    m->oldest_due_age);
	print_lateness(m);
	family("nodes", "gauge", NULL, "Nodes, by state.");
	for (int i = 0; i < NODE_STATES; i++)
		printf("jobsched_nodes{state=\"%s\"} %lld\n", node_words[i], (long long)nodes[i]);
	if (m->last_tick_at != INSTANT_NONE)
		gauge_seconds("last_tick_timestamp_seconds",
		    "When a scheduler last looked for work.", m->last_tick_at);
	gauge("tab_errors", "Tabs whose newest version is bad.", m->tab_errors);
	gauge("tab_differences", "Files of nodes that are not the tab in force.", differences);
	puts("# EOF");
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	int64_t nodes[NODE_STATES] = { 0 }, differences = 0;
	struct store_metrics m;

	(void)args, (void)argc, (void)argv;
	if (cli_open(c, STORE_READ) < 0 || store_metrics(c->store, c->now, &m, &c->err) < 0)
		return c->err.code;
	if (store_node_list(c->store, count_node, nodes, &c->err) < 0 ||
	    store_tab_differences(c->store, count_difference, &differences, &c->err) < 0)
		return c->err.code;
	print_metrics(&m, nodes, differences);
	return 0;
}

const struct command cmd_metrics = {
	.name = "metrics",
	.operands = "",
	.help = "print counters and gauges as OpenMetrics text",
	.flags = CMD_CONF | CMD_RAW,
	.run = run,
};
