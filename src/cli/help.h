/*
 * help: what `-h` and `jobsched help` print, made from the tables of commands and options.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

struct command;

/* To standard output. */
void help_overview(void);
void help_group(const char *group); /* the commands "GROUP …" */
void help_command(const struct command *);
void help_version(void);
void help_states(void); /* the table of events and states of a job */

#endif
