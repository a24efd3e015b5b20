/*
 * complete: see complete.h.
 */
#include "cli/complete.h"

#include <ctype.h>

#include "cli/cli.h"
#include "cli/command.h"
#include "cli/opt.h"
#include "job/attempt.h"
#include "job/option.h"
#include "job/state.h"

/* Calls each for all options of the command (NULL: the global ones). */
static void
each_option(
    const struct command *c, void (*each)(const struct command *, const char *, const char *))
{
	for (const struct opt *o = c ? c->opts : cli_options; o != NULL && o->name != NULL; o++)
		each(c, o->name, o->arg);
	if (c == NULL || !(c->flags & CMD_JOB_OPTIONS))
		return;
	for (const struct option_def *o = job_options; o->name != NULL; o++)
		if (o->where & OPTION_SUBMIT)
			each(c, o->name, o->arg);
}

static void
print_line(const struct command *c, const char *name, const char *arg)
{
	printf("%s --%s%s%s\n", c ? c->name : "-", name, arg ? "=" : "", arg ? arg : "");
}

void
complete_options(void)
{
	each_option(NULL, print_line);
	for (size_t i = 0; commands[i] != NULL; i++) {
		printf("%s\n", commands[i]->name);
		each_option(commands[i], print_line);
	}
}

static void
print_word(const struct command *c, const char *name, const char *arg)
{
	(void)c;
	printf(" --%s%s", name, arg ? "=" : "");
}

/* The first words of all commands, each once: those of a group follow each other. */
static void
print_first_words(void)
{
	const char *last = "";

	for (size_t i = 0; commands[i] != NULL; i++) {
		const char *name = commands[i]->name;
		size_t n = strcspn(name, " ");

		if (strncmp(last, name, n) != 0 || (last[n] != ' ' && last[n] != '\0'))
			printf(" %.*s", (int)n, name);
		last = name;
	}
}

/* One branch of the script's case: what may come after these words. */
static void
print_branch(const struct command *c)
{
	printf("\t'%s') words='", c->name);
	each_option(c, print_word);
	printf("' ;;\n");
}

/* Second words of groups: "tab) words='check list show' ;;". */
static void
print_groups(void)
{
	for (size_t i = 0; commands[i] != NULL;) {
		const char *name = commands[i]->name;
		size_t n = strcspn(name, " ");

		if (name[n] == '\0') {
			i++;
			continue;
		}
		printf("\t'%.*s') words='", (int)n, name);
		for (; commands[i] != NULL && strncmp(commands[i]->name, name, n + 1) == 0; i++)
			printf(" %s", commands[i]->name + n + 1);
		printf("' ;;\n");
	}
}

/* "tab | db": the first words that need a second one. */
static void
print_group_names(void)
{
	size_t last = 0;

	for (size_t i = 0; commands[i] != NULL; i++) {
		const char *name = commands[i]->name;
		size_t n = strcspn(name, " ");

		if (name[n] == '\0' ||
		    (last > 0 && strncmp(commands[last - 1]->name, name, n + 1) == 0))
			continue;
		printf("%s%.*s", last > 0 ? " | " : "", (int)n, name);
		last = i + 1;
	}
}

static void
print_valued(const struct command *c, const char *name, const char *arg)
{
	(void)c;
	if (arg != NULL)
		printf("--%s | ", name);
}

/* The words of "skip|once|all[:N]"; what is in capitals stands for something else. */
static void
print_choices(const char *arg)
{
	size_t n;

	for (; *arg != '\0'; arg += n + (arg[n] == '|')) {
		n = strcspn(arg, "|");
		if (islower((unsigned char)*arg))
			printf(" %.*s", (int)strcspn(arg, "|["), arg);
	}
}

/* One branch of the case that says which values an option can have. */
static void
print_values(void)
{
	for (const struct option_def *o = job_options; o->name != NULL; o++) {
		if (o->arg == NULL || strchr(o->arg, '|') == NULL || !(o->where & OPTION_SUBMIT))
			continue;
		printf("\t'--%s') words='", o->name);
		print_choices(o->arg);
		printf("' ;;\n");
	}
	printf("\t'--state') words='");
	for (int s = 0; s < JOB_NSTATES; s++)
		printf(" %s", job_state_word((enum job_state)s));
	printf("' ;;\n\t'--outcome') words='");
	for (int o = 0; o < OUTCOME_COUNT; o++)
		printf(" %s", outcome_word((enum outcome)o));
	printf("' ;;\n");
}

/* Behind an option, and the '=' that bash takes for a word of its own, its value is meant. */
static void
print_value_head(void)
{
	fputs("\toption=${COMP_WORDS[COMP_CWORD - 1]}\n"
	      "\t[[ $option == = ]] && option=${COMP_WORDS[COMP_CWORD - 2]} equals=1\n"
	      "\t[[ $current == = ]] && current='' equals=1\n"
	      "\tcase $option in\n",
	    stdout);
	print_values();
	fputs("\tesac\n"
	      "\tif [[ -n $equals || -n $words ]]; then\n"
	      "\t\t[[ -z $words ]] ||\n"
	      "\t\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
	      "\t\treturn 0\n"
	      "\tfi\n",
	    stdout);
}

/*
 * The words before the cursor are taken from the line itself, because bash cuts them at each '='.
 * The first that is no option, nor the value of a global one, is the command; a group has two.
 */
static void
print_head(void)
{
	fputs("# Completion of jobsched for bash; printed by `jobsched help --completion`.\n"
	      "# shellcheck shell=bash\n"
	      "_jobsched()\n"
	      "{\n"
	      "\tlocal current=${COMP_WORDS[COMP_CWORD]} command='' words='' word skip='' line\n"
	      "\tlocal option equals=''\n",
	    stdout);
	print_value_head();
	fputs("\tread -ra line <<<\"${COMP_LINE:0:COMP_POINT-${#current}}\"\n"
	      "\tfor word in \"${line[@]:1}\"; do\n"
	      "\t\t[[ -n $skip ]] && skip='' && continue\n"
	      "\t\tcase $word in\n\t\t",
	    stdout);
	each_option(NULL, print_valued);
	fputs("-C) skip=1 ;;\n"
	      "\t\t-*) ;;\n"
	      "\t\t*) command=${command:+$command }$word ;;\n"
	      "\t\tesac\n"
	      "\t\tcase $command in\n"
	      "\t\t",
	    stdout);
	print_group_names();
	fputs(") ;;\n"
	      "\t\t?*) break ;;\n"
	      "\t\tesac\n"
	      "\tdone\n",
	    stdout);
}

/* What is no option is left to completion of file names. */
static void
print_tail(void)
{
	fputs("\t[[ $current == -* ]] && words+='", stdout);
	each_option(NULL, print_word);
	fputs("'\n"
	      "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
	      "\t[[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace\n"
	      "\treturn 0\n"
	      "}\n"
	      "complete -o default -F _jobsched jobsched\n",
	    stdout);
}

void
complete_bash(void)
{
	print_head();
	fputs("\tcase $command in\n\t'') words='", stdout);
	print_first_words();
	fputs("' ;;\n", stdout);
	print_groups();
	for (size_t i = 0; commands[i] != NULL; i++)
		print_branch(commands[i]);
	fputs("\tesac\n", stdout);
	print_tail();
}
