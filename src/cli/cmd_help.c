/*
 * help: how to use jobsched or one of its commands; its options print the tables behind it.
 */
#include "base/strv.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/complete.h"
#include "cli/help.h"

struct help_args {
	bool completion, options, states;
};

static const struct opt options[] = {
	{ .name = "completion", .kind = OPT_FLAG, .offset = offsetof(struct help_args, completion),
	    .help = "print the completion for bash" },
	{ .name = "options", .kind = OPT_FLAG, .offset = offsetof(struct help_args, options),
	    .help = "print all commands with their options, one in a line" },
	{ .name = "states", .kind = OPT_FLAG, .offset = offsetof(struct help_args, states),
	    .help = "print the table of what becomes of a job's state" },
	{ 0 },
};

static bool
is_group(const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; commands[i] != NULL; i++)
		if (strncmp(commands[i]->name, word, n) == 0 && commands[i]->name[n] == ' ')
			return true;
	return false;
}

static int
run(struct cli *c, void *args, int argc, char *const argv[])
{
	const struct help_args *a = args;
	const struct command *found;
	int words;

	if (a->completion)
		complete_bash();
	else if (a->options)
		complete_options();
	else if (a->states)
		help_states();
	else if (argc == 0)
		help_overview();
	else if (argc == 1 && is_group(argv[0]))
		help_group(argv[0]);
	else if ((found = command_find(argc, argv, false, &words, &c->err)) == NULL)
		return c->err.code;
	else
		help_command(found);
	return 0;
}

const struct command cmd_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.help = "how to use jobsched, or one of its commands",
	.min = 0,
	.max = 2,
	.flags = CMD_RAW,
	.opts = options,
	.args_size = sizeof(struct help_args),
	.run = run,
};
