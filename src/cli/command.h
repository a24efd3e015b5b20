/*
 * command: what one command of jobsched is to main, help and completion. Each cmd_NAME.c holds one;
 * commands.c lists them.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/opt.h"

struct cli;

enum command_flags {
	CMD_CONF = 1,	      /* reads the config file first */
	CMD_JOB_OPTIONS = 2,  /* takes the options of a job (job/option.h) as well */
	CMD_COMMAND_LINE = 4, /* its operands are a command line: options end at the first */
	CMD_RAW = 8,	      /* what it writes has no JSON form */
};

struct command {
	const char *name; /* "cancel", or group and word: "tab check" */
	const char *operands; /* for the synopsis: "JOB..." */
	const char *help;     /* one line */
	int min, max;	      /* operands; max -1: any number */
	unsigned flags;
	int failure;		/* exit status of its own failures; 0: by the kind of failure */
	const struct opt *opts; /* NULL: none of its own */
	size_t args_size;	/* of the struct that they fill */
	/*
	 * 0, a negative enum err_code with cli->err set, or an exit status above 0 for what is no
	 * failure of the command (`wait`: the job's).
	 */
	int (*run)(struct cli *, void *args, int argc, char *const argv[]);
};

/* All commands in the order of help, ended by NULL. */
extern const struct command *const commands[];

/*
 * The command that argv[0..argc) begins with, and how many words its name has in *words. With
 * prefixes, a unique beginning of a word will do. NULL with err set to E_INPUT if there is none.
 */
struct err;
const struct command *command_find(int argc, char *const argv[], bool prefixes, int *words,
    struct err *);

#endif
