/*
 * main: jobsched's frame: global options, which command, its options and operands, its exit status.
 * Nothing is touched before all of the command line is known to be right.
 */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/forms.h"
#include "cli/help.h"
#include "cli/opt.h"

/*
 * A caller may have closed standard descriptors; then a file opened here could become standard
 * output and be written to. The stand-ins can be neither read nor written in the way that is
 * wanted, so that losing an answer is still an error.
 */
static void
fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", O_RDONLY) != fd)
			return;
}

static int
check_arity(const struct command *cmd, int n, struct err *e)
{
	if (n < cmd->min)
		return err_set(e, E_INPUT, "'%s' needs %s; see 'jobsched help %s'", cmd->name,
		    cmd->operands, cmd->name);
	if (cmd->max >= 0 && n > cmd->max)
		return err_set(e, E_INPUT, "too many operands for '%s'; see 'jobsched help %s'",
		    cmd->name, cmd->name);
	return 0;
}

/* Puts the hint behind an error of usage, where there is room: the sentence stays one line. */
static int
hint(struct err *e, const char *command)
{
	size_t n = strlen(e->text);

	snprintf(e->text + n, sizeof(e->text) - n, "; see 'jobsched help%s%s'",
	    command[0] != '\0' ? " " : "", command);
	return e->code;
}

/*
 * Runs the command with its parsed arguments. In JSON also a command that has nothing to say prints
 * its object, and one that has told of single failures.
 */
static int
run(struct cli *c, const struct command *cmd, struct opt_parse *p)
{
	int r;

	if (c->global.help) {
		help_command(cmd);
		return 0;
	}
	if (check_arity(cmd, p->noperands, &c->err) < 0 || cli_init(c) < 0)
		return c->err.code;
	if ((cmd->flags & CMD_CONF) && cli_conf(c) < 0)
		return c->err.code;
	/* Before anything is done of which nobody could be told. */
	if (c->global.json && form_json(&c->err) == NULL)
		return c->err.code;
	c->pairs = p->pairs;
	c->npairs = p->npairs;
	r = cmd->run(c, p->own.args, p->noperands, p->operands);
	if (r >= 0 && c->global.json && !c->answered && !(cmd->flags & CMD_RAW))
		cli_out(c);
	return r;
}

/* Parses the words after the command's name, and runs it. */
static int
run_command(struct cli *c, const struct command *cmd, const struct opt_set *global, int argc,
    char *const argv[])
{
	struct opt_parse p = {
		.own = { .opts = cmd->opts, .args = xcalloc(1, cmd->args_size + 1) },
		.global = *global,
		.job = cmd->flags & CMD_JOB_OPTIONS,
		.command_line = cmd->flags & CMD_COMMAND_LINE,
	};
	int r = opt_parse(&p, argc, argv, &c->err);

	r = r < 0 ? hint(&c->err, cmd->name) : run(c, cmd, &p);
	opt_release(&p);
	free(p.own.args);
	return r;
}

/* Finds the command behind the global options. */
static int
dispatch(struct cli *c, struct opt_parse *p, const struct command **cmd)
{
	int words;

	if (c->global.version) {
		help_version();
		return 0;
	}
	if (p->noperands == 0 && c->global.help) {
		help_overview();
		return 0;
	}
	if (p->noperands == 0)
		return err_set(&c->err, E_INPUT, "no command given; see 'jobsched help'");
	*cmd = command_find(p->noperands, p->operands, false, &words, &c->err);
	if (*cmd == NULL && isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
		*cmd = command_find(p->noperands, p->operands, true, &words, &c->err);
	if (*cmd == NULL)
		return c->err.code;
	return run_command(c, *cmd, &p->own, p->noperands - words, p->operands + words);
}

/* What the command says, or the status of its failure; what it wrote must have arrived. */
static int
finish(struct cli *c, const struct command *cmd, int r)
{
	if (r < 0)
		cli_complain(&c->err);
	if (cli_release(c) < 0 && r >= 0) {
		cli_complain(&c->err);
		r = c->err.code;
	}
	if (r >= 0)
		return r;
	return cmd != NULL && cmd->failure != 0 ? cmd->failure : -r;
}

int
main(int argc, char *argv[])
{
	struct cli c = { 0 };
	const struct command *cmd = NULL;
	struct opt_parse p = {
		.own = { .opts = cli_options, .args = &c.global },
		.command_line = true,
	};
	int r;

	fill_standard_descriptors();
	signal(SIGPIPE, SIG_IGN); /* a reader that has gone is an error of writing, not of ours */
	r = opt_parse(&p, argc - 1, argv + 1, &c.err);
	r = r < 0 ? hint(&c.err, "") : dispatch(&c, &p, &cmd);
	opt_release(&p);
	return finish(&c, cmd, r);
}
