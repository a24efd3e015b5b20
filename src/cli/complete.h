/*
 * complete: the tables of commands and options as the shell's completion, and as plain lines for
 * the check of the man page.
 */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

/* To standard output: a script for bash. */
void complete_bash(void);

/*
 * To standard output: "COMMAND --option[=ARG]" or "COMMAND" per line; global options have "-" as
 * command.
 */
void complete_options(void);

#endif
