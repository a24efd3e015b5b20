/*
 * commands: the list of all commands, and how a command is found by its words.
 */
#include "cli/command.h"

#include "base/err.h"

extern const struct command cmd_submit, cmd_cancel, cmd_status, cmd_list, cmd_attempts,
    cmd_output, cmd_wait, cmd_run, cmd_retry, cmd_pause, cmd_resume, cmd_next, cmd_forecast,
    cmd_tab_check, cmd_tab_list, cmd_tab_show, cmd_checkpoint_get, cmd_checkpoint_put,
    cmd_nodes, cmd_drain, cmd_undrain, cmd_metrics, cmd_db_init, cmd_db_check, cmd_db_backup,
    cmd_db_copy, cmd_db_upgrade, cmd_db_prune, cmd_help;

const struct command *const commands[] = {
	&cmd_submit,
	&cmd_cancel,
	&cmd_status,
	&cmd_list,
	&cmd_attempts,
	&cmd_output,
	&cmd_wait,
	&cmd_run,
	&cmd_retry,
	&cmd_pause,
	&cmd_resume,
	&cmd_next,
	&cmd_forecast,
	&cmd_tab_check,
	&cmd_tab_list,
	&cmd_tab_show,
	&cmd_checkpoint_get,
	&cmd_checkpoint_put,
	&cmd_nodes,
	&cmd_drain,
	&cmd_undrain,
	&cmd_metrics,
	&cmd_db_init,
	&cmd_db_check,
	&cmd_db_backup,
	&cmd_db_copy,
	&cmd_db_upgrade,
	&cmd_db_prune,
	&cmd_help,
	NULL,
};

enum match { MATCH_NOT, MATCH_PREFIX, MATCH_EXACT };

/* How `given` matches the word of a name that is len bytes long. */
static enum match
match_word(const char *given, const char *word, size_t len)
{
	size_t n = strlen(given);

	if (n == 0 || n > len || strncmp(given, word, n) != 0)
		return MATCH_NOT;
	return n == len ? MATCH_EXACT : MATCH_PREFIX;
}

/* How well the words match the command's name: the worse of the two words of a group's command. */
static enum match
match_command(const struct command *c, int argc, char *const argv[], bool *group)
{
	size_t len = strcspn(c->name, " ");
	enum match first = match_word(argv[0], c->name, len), second;

	if (c->name[len] == '\0' || first == MATCH_NOT)
		return first;
	*group = *group || first == MATCH_EXACT;
	if (argc < 2)
		return MATCH_NOT;
	second = match_word(argv[1], c->name + len + 1, strlen(c->name) - len - 1);
	return second < first ? second : first;
}

static int
not_found(int argc, char *const argv[], bool group, struct err *e)
{
	if (!group)
		return err_set(e, E_INPUT, "unknown command '%s'; see 'jobsched help'", argv[0]);
	if (argc < 2)
		return err_set(e, E_INPUT,
		    "command '%s' needs a second word; see 'jobsched help %s'", argv[0], argv[0]);
	return err_set(e, E_INPUT, "unknown command '%s %s'; see 'jobsched help %s'", argv[0],
	    argv[1], argv[0]);
}

const struct command *
command_find(int argc, char *const argv[], bool prefixes, int *words, struct err *e)
{
	const struct command *found = NULL;
	bool group = false;
	int n = 0;

	for (size_t i = 0; commands[i] != NULL; i++) {
		enum match m = match_command(commands[i], argc, argv, &group);

		if (m == MATCH_NOT || (m == MATCH_PREFIX && !prefixes))
			continue;
		found = commands[i];
		n++;
		if (m == MATCH_EXACT) {
			n = 1;
			break;
		}
	}
	if (n == 1) {
		*words = strchr(found->name, ' ') != NULL ? 2 : 1;
		return found;
	}
	if (n > 1)
		err_set(e, E_INPUT, "command '%s' is ambiguous; see 'jobsched help'", argv[0]);
	else
		not_found(argc, argv, group, e);
	return NULL;
}
