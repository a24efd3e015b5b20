/*
 * nodes: who runs jobs.
 */
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/node.h"
#include "cli/out.h"

static int
print_node(void *arg, const struct node *n)
{
	node_row(arg, n);
	return out_broken();
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	(void)args, (void)argc, (void)argv;
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
	.run = run,
};
