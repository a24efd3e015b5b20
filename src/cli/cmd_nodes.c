/*
 * nodes: who runs jobs; and forgetting one that will not come back.
 */
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/node.h"
#include "cli/out.h"
#include "store/lease.h"

struct nodes_args {
	const char *forget;
};

static const struct opt options[] = {
	{ .name = "forget", .kind = OPT_TEXT, .arg = "NODE",
	    .offset = offsetof(struct nodes_args, forget),
	    .help = "take a node off the list that will not come back" },
	{ 0 },
};

static int
print_node(void *arg, const struct node *n)
{
	node_row(arg, n);
	return out_broken();
}

/* Its jobs of tabs go with the next look of the leader at these. */
static int
forget(struct cli *c, const char *node)
{
	if (cli_open(c, STORE_WRITE) < 0 || store_node_forget(c->store, node, &c->err) < 0)
		return c->err.code;
	return 0;
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	const struct nodes_args *a = args;

	(void)argc, (void)argv;
	if (a->forget != NULL)
		return forget(c, a->forget);
	if (cli_open(c, STORE_READ) < 0)
		return c->err.code;
	out_list(cli_out(c), "nodes", node_columns);
	if (store_node_list(c->store, print_node, c->out, &c->err) < 0)
		return c->err.code;
	out_end(c->out);
	return 0;
}

const struct command cmd_nodes = {
	.name = "nodes",
	.operands = "",
	.help = "list the nodes: who runs jobs, and who did",
	.flags = CMD_CONF,
	.opts = options,
	.args_size = sizeof(struct nodes_args),
	.run = run,
};
