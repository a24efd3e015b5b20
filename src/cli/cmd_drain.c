/*
 * drain, undrain: nodes take no new work; nodes take work again. Without a name it is the only live
 * node.
 */
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/node.h"
#include "cli/wake.h"

struct drain_args {
	const char *zone;
};

static const struct opt options[] = {
	{ .name = "zone", .kind = OPT_TEXT, .arg = "ZONE",
	    .offset = offsetof(struct drain_args, zone), .help = "all nodes of this zone" },
	{ 0 },
};

/* The first live node, and how many there are. */
struct only {
	char *id;
	int n;
};

static int
count_live(void *arg, const struct node *n)
{
	struct only *o = arg;

	if (!node_is_live(n))
		return 0;
	if (o->n++ == 0)
		o->id = xstrdup(n->id);
	return 0;
}

/* Which node is meant where none is named. */
static int
only_node(struct cli *c, char **id)
{
	struct only o = { 0 };

	if (store_node_list(c->store, count_live, &o, &c->err) < 0) {
		free(o.id);
		return c->err.code;
	}
	*id = o.id;
	if (o.n == 0)
		return err_set(&c->err, E_CONFLICT, "no node is live; name one");
	if (o.n > 1)
		return err_set(&c->err, E_INPUT, "%d nodes are live; name one, or a zone", o.n);
	return 0;
}

static int
drain(struct cli *c, const struct drain_args *a, int argc, char *const argv[], bool on)
{
	char *only = NULL;
	int r = 0;

	if (argc > 0 && a->zone != NULL)
		return err_set(&c->err, E_INPUT, "a node and '--zone' cannot be given together");
	if (cli_open(c, STORE_WRITE) < 0)
		return c->err.code;
	if (argc == 0 && a->zone == NULL)
		r = only_node(c, &only);
	if (r == 0)
		r = store_node_drain(
		    c->store, argc > 0 ? argv[0] : only, a->zone, on, c->now, &c->err);
	if (r == 0)
		wake_daemons(c->store);
	free(only);
	return r;
}

static int
run_drain(struct cli *c, void *args, int argc, char *const argv[])
{
	return drain(c, args, argc, argv, true);
}

static int
run_undrain(struct cli *c, void *args, int argc, char *const argv[])
{
	return drain(c, args, argc, argv, false);
}

const struct command cmd_drain = {
	.name = "drain",
	.operands = "[NODE]",
	.help = "let a node, or all of a zone, take no new work",
	.max = 1,
	.flags = CMD_CONF,
	.opts = options,
	.args_size = sizeof(struct drain_args),
	.run = run_drain,
};

const struct command cmd_undrain = {
	.name = "undrain",
	.operands = "[NODE]",
	.help = "let a drained node, or all of a zone, take work again",
	.max = 1,
	.flags = CMD_CONF,
	.opts = options,
	.args_size = sizeof(struct drain_args),
	.run = run_undrain,
};
