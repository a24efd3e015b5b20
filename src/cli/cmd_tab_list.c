/*
 * tab list: the tabs that the daemon has loaded, or could not.
 */
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/out.h"
#include "cli/tabrow.h"

static int
print_tab(void *arg, const struct tab_state *t)
{
	tabrow_tab(arg, t);
	return out_broken();
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	(void)args, (void)argc, (void)argv;
	if (cli_open(c, STORE_READ) < 0)
		return c->err.code;
	out_list(cli_out(c), "tabs", tab_columns);
	if (store_tab_list(c->store, print_tab, c->out, &c->err) < 0)
		return c->err.code;
	out_end(c->out);
	return 0;
}

const struct command cmd_tab_list = {
	.name = "tab list",
	.operands = "",
	.help = "list the tabs that are loaded, and what is wrong with them",
	.flags = CMD_CONF,
	.run = run,
};
