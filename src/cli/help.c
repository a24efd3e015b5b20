/*
 * help: see help.h. Lines are at most 80 columns wide.
 */
#include "cli/help.h"

#include "base/mem.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/opt.h"
#include "job/option.h"
#include "job/state.h"

#define WIDTH 80
#define OPTION_COLUMN 26
#define COMMAND_COLUMN 15
#define STATE_WIDTH 9

/*
 * Prints the words of text from `column` on, with further lines indented to the same column; ends
 * the line.
 */
static void
print_wrapped(int column, const char *text)
{
	int at = column;

	while (*text != '\0') {
		int n = (int)strcspn(text, " ");

		if (at > column && at + 1 + n > WIDTH) {
			printf("\n%*s", column, "");
			at = column;
		} else if (at > column) {
			putchar(' ');
			at++;
		}
		printf("%.*s", n, text);
		at += n;
		text += n;
		text += strspn(text, " ");
	}
	putchar('\n');
}

/* "  left       text", or the text on a line of its own if left is too long. */
static void
print_entry(const char *left, int column, const char *text)
{
	int n = printf("  %s", left);

	if (n + 2 > column) {
		putchar('\n');
		n = 0;
	}
	printf("%*s", column - n, "");
	print_wrapped(column, text);
}

static void
print_option(char letter, const char *name, const char *arg, const char *help)
{
	char *left = letter != '\0' ?
	    xasprintf("-%c, --%s%s%s", letter, name, arg ? "=" : "", arg ? arg : "") :
	    xasprintf("    --%s%s%s", name, arg ? "=" : "", arg ? arg : "");

	print_entry(left, OPTION_COLUMN, help);
	free(left);
}

static void
print_options(const char *title, const struct opt *o)
{
	if (o == NULL)
		return;
	printf("\n%s:\n", title);
	for (; o->name != NULL; o++)
		print_option(o->letter, o->name, o->arg, o->help);
}

static void
print_job_options(void)
{
	printf("\nOptions of a job:\n");
	for (const struct option_def *o = job_options; o->name != NULL; o++)
		if (o->where & OPTION_SUBMIT)
			print_option('\0', o->name, o->arg, o->help);
}

void
help_command(const struct command *c)
{
	bool options = c->opts != NULL || (c->flags & CMD_JOB_OPTIONS);

	printf("usage: jobsched %s%s%s%s\n\n", c->name, options ? " [options]" : "",
	    c->operands[0] != '\0' ? " " : "", c->operands);
	print_wrapped(0, c->help);
	print_options("Options", c->opts);
	if (c->flags & CMD_JOB_OPTIONS)
		print_job_options();
	print_options("Global options", cli_options);
}

void
help_group(const char *group)
{
	size_t n = strlen(group);

	printf("usage: jobsched %s COMMAND [options]\n\n", group);
	for (size_t i = 0; commands[i] != NULL; i++)
		if (strncmp(commands[i]->name, group, n) == 0 && commands[i]->name[n] == ' ')
			print_entry(commands[i]->name, COMMAND_COLUMN, commands[i]->help);
}

void
help_overview(void)
{
	printf("usage: jobsched [global options] COMMAND [options] [operands]\n\nCommands:\n");
	for (size_t i = 0; commands[i] != NULL; i++)
		print_entry(commands[i]->name, COMMAND_COLUMN, commands[i]->help);
	print_options("Global options", cli_options);
	printf("\n'jobsched help COMMAND' tells more; jobsched(1) tells all.\n");
}

static void
print_cell(int s, const char *word)
{
	printf(" %-*s", s < JOB_NSTATES - 1 ? STATE_WIDTH : 0, word);
}

void
help_states(void)
{
	int after;

	printf("%-*s", STATE_WIDTH, "");
	for (int s = 0; s < JOB_NSTATES; s++)
		print_cell(s, job_state_word((enum job_state)s));
	putchar('\n');
	for (int ev = 0; ev < JOB_NEVENTS; ev++) {
		printf("%-*s", STATE_WIDTH, job_event_word((enum job_event)ev));
		for (int s = 0; s < JOB_NSTATES; s++) {
			after = job_state_after((enum job_state)s, (enum job_event)ev);
			print_cell(s, after < 0 ? "-" : job_state_word((enum job_state)after));
		}
		putchar('\n');
	}
}

void
help_version(void)
{
	printf("jobsched %s\n", PACKAGE_VERSION);
}
