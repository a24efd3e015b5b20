/*
 * t_tab: what a tab is read as, what is wrong in one and where, and by what its entries are known
 * again.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/mem.h"
#include "job/field.h"
#include "tab/index.h"
#include "tab/tab.h"
#include "tap.h"
#include "time/zone.h"

#define NOW INT64_C(1767225600000000) /* 2026-01-01T00:00:00Z */

static const char *
refuse_nobody(void *arg, const char *user)
{
	(void)arg;
	return strcmp(user, "nobody") == 0 ? "jobs may not run as nobody here" : NULL;
}

static struct tab_context
context(bool user_field)
{
	return (struct tab_context){ .user_field = user_field,
		.user = user_field ? NULL : "root",
		.zone = zone_utc(),
		.now = NOW };
}

static void
parse(struct tab *t, const struct tab_context *ctx, const char *text)
{
	tab_parse(ctx, "/etc/jobsched.d/t", "t", text, strlen(text), t);
}

/* All of a job that is not as job_init leaves it, but where it comes from: "name=x retries=3". */
static void
show_job(struct buf *b, const struct job *job)
{
	struct job plain;

	job_init(&plain);
	buf_addf(b, "%d:", (int)job->tab_line);
	for (const struct field *f = job_fields; f->name != NULL; f++) {
		char *mine = NULL, *plain_mine = NULL;

		if (strncmp(f->name, "tab", 3) == 0 || strcmp(f->name, "periodic") == 0)
			continue;
		if (f->type == FIELD_TEXT || f->type == FIELD_WORDS || f->type == FIELD_CHOICE) {
			const char *text = field_text(f, job, &mine);
			const char *was = field_text(f, &plain, &plain_mine);

			if (text != NULL && (was == NULL || strcmp(text, was) != 0))
				buf_addf(b, " %s=%s", f->name, text);
		} else if (field_int(f, job) != field_int(f, &plain))
			buf_addf(b, " %s=%jd", f->name, (intmax_t)field_int(f, job));
		free(mine);
		free(plain_mine);
	}
	buf_addc(b, '\n');
	job_release(&plain);
}

static void
show_notes(struct buf *b, const char *kind, const struct tab_note *notes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addf(
		    b, "%s%d:%d: %s\n", kind, notes[i].line, notes[i].column, notes[i].message);
}

static char *
show(const struct tab *t)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < t->n; i++)
		show_job(&b, &t->jobs[i]);
	show_notes(&b, "error ", t->errors, t->nerrors);
	show_notes(&b, "warning ", t->warnings, t->nwarnings);
	return buf_string(&b);
}

struct reading {
	const char *name, *text, *want;
};

static const struct reading system_tabs[] = {
	{ "an entry has five fields, a user and a command to the end of the line",
	    "*/5 * * * * root /bin/true --all # no comment\n",
	    "1: user=root command=/bin/true --all # no comment schedule=*/5 * * * *\n" },
	{ "blanks before and between the fields do not count, those of the command do",
	    " \t0\t 1  * * *\troot \t echo  a  b \n",
	    "1: user=root command=echo  a  b  schedule=0 1 * * *\n" },
	{ "comments and blank lines are passed over, also indented ones",
	    "# one\n  \t# two\n\n \t\n@daily root a\n",
	    "5: user=root command=a schedule=@daily\n" },
	{ "ranges, lists, steps and names are taken as they are",
	    "5-55/10,0 8-18/2 1,15 jan-mar,Dec mon-fri root a\n",
	    "1: user=root command=a schedule=5-55/10,0 8-18/2 1,15 jan-mar,Dec mon-fri\n" },
	{ "nicknames are taken in any case, and @every with its interval",
	    "@Reboot root a\n@every  15m root b\n@EVERY 1h30m\troot c\n@Midnight root d\n",
	    "1: user=root command=a schedule=@Reboot\n2: user=root command=b schedule=@every 15m\n"
	    "3: user=root command=c schedule=@EVERY 1h30m\n4: user=root command=d "
	    "schedule=@Midnight\n" },
	{ "a '-' before the minute is accepted", "-*/5 * * * * root a\n -@daily root b\n",
	    "1: user=root command=a schedule=*/5 * * * *\n2: user=root command=b "
	    "schedule=@daily\n" },
	{ "a missing end of the last line is fine", "@daily root a",
	    "1: user=root command=a schedule=@daily\n" },
	{ "an empty file is fine", "", "" },
	{ "CR line ends are dropped, with one warning",
	    "# c\r\nA=1\r\n\r\n@daily root a\r\n@hourly root b\r",
	    "4: user=root command=a env=[\"A=1\"] schedule=@daily\n"
	    "5: user=root command=b env=[\"A=1\"] schedule=@hourly\n"
	    "warning 1:4: lines end in CR: it is dropped\n" },
	{ "a byte order mark is dropped, with a warning", "\xef\xbb\xbf@daily root a\n",
	    "1: user=root command=a schedule=@daily\n"
	    "warning 1:1: the file begins with a byte order mark\n" },

	{ "settings hold for the entries after them",
	    "@daily root a\nA=1\n@daily root b\nA=2\nB=3\n@daily root c\n",
	    "1: user=root command=a schedule=@daily\n"
	    "3: user=root command=b env=[\"A=1\"] schedule=@daily\n"
	    "6: user=root command=c env=[\"A=2\",\"B=3\"] schedule=@daily\n" },
	{ "a setting may have blanks around its '=' and loses those at its end",
	    " A =  b c \t\n@daily root a\n",
	    "2: user=root command=a env=[\"A=b c\"] schedule=@daily\n" },
	{ "quotes around a value keep what is in them, the other kind too",
	    "A=\" b 'c' \"\nB = ' \"d\" # ' \nC=x\"y\"\n@daily root a\n",
	    "4: user=root command=a env=[\"A= b 'c' \",\"B= \\\"d\\\" # \",\"C=x\\\"y\\\"\"]"
	    " schedule=@daily\n" },
	{ "a name may be quoted", "\"A B\" = c\n'D'=e\n@daily root a\n",
	    "3: user=root command=a env=[\"A B=c\",\"D=e\"] schedule=@daily\n" },
	{ "an empty value may be quoted or not", "A=\"\"\nB=\nC = \n@daily root a\n",
	    "4: user=root command=a env=[\"A=\",\"B=\",\"C=\"] schedule=@daily\n" },
	{ "nothing is expanded in a setting", "PATH=$HOME/bin:%\\%\n@daily root a\n",
	    "2: user=root command=a env=[\"PATH=$HOME/bin:%\\\\%\"] schedule=@daily\n" },
	{ "'#' is a part of a setting's value", "A=b # c\n@daily root a\n",
	    "2: user=root command=a env=[\"A=b # c\"] schedule=@daily\n" },
	{ "LOGNAME and USER cannot be set, SHELL, HOME and TZ can",
	    "LOGNAME=x\n USER=y\nSHELL=/bin/bash\nHOME=/srv\nTZ=UTC\n@daily root a\n",
	    "6: user=root command=a env=[\"SHELL=/bin/bash\",\"HOME=/srv\",\"TZ=UTC\"] "
	    "schedule=@daily\n"
	    "warning 1:1: LOGNAME cannot be set: it is the user of each entry\n"
	    "warning 2:2: USER cannot be set: it is the user of each entry\n" },

	{ "MAILTO says who gets the output, and nobody does if it is empty",
	    "MAILTO=ops@example.org\nMAILFROM=x\n@daily root a\nMAILTO=\"\"\n@daily root b\n"
	    "MAILTO=x,y\n@daily root c\n",
	    "3: user=root command=a env=[\"MAILTO=ops@example.org\",\"MAILFROM=x\"] schedule=@daily"
	    " mail=ops@example.org mail_on=output\n"
	    "5: user=root command=b env=[\"MAILTO=\",\"MAILFROM=x\"] schedule=@daily "
	    "mail_on=never\n"
	    "7: user=root command=c env=[\"MAILTO=x,y\",\"MAILFROM=x\"] schedule=@daily mail=x,y"
	    " mail_on=output\n" },
	{ "a MAILTO that no mailer should get sends no mail, with a warning",
	    "MAILTO=a b\n@daily root a\n",
	    "2: user=root command=a env=[\"MAILTO=a b\"] schedule=@daily mail_on=never\n"
	    "warning 1:8: no mail will be sent: 'a b' holds a blank\n" },
	{ "--mail of an entry overrules an empty MAILTO, -n does not",
	    "MAILTO=\n@daily root --mail=x a\n@daily root --mail=x --mail-on=always b\n"
	    "@daily root -n c\n",
	    "2: user=root command=a env=[\"MAILTO=\"] schedule=@daily mail=x mail_on=output\n"
	    "3: user=root command=b env=[\"MAILTO=\"] schedule=@daily mail=x mail_on=always\n"
	    "4: user=root command=c env=[\"MAILTO=\"] schedule=@daily mail_on=never\n" },
	{ "CRON_TZ is the zone of the entries after it, --tz that of one",
	    "CRON_TZ=Europe/Berlin\n@daily root a\n@daily root --tz=UTC b\nCRON_TZ=\n@daily root "
	    "c\n",
	    "2: user=root command=a env=[\"CRON_TZ=Europe/Berlin\"] schedule=@daily "
	    "tz=Europe/Berlin\n"
	    "3: user=root command=b env=[\"CRON_TZ=Europe/Berlin\"] schedule=@daily tz=UTC\n"
	    "5: user=root command=c env=[\"CRON_TZ=\"] schedule=@daily\n" },
	{ "RANDOM_DELAY is jitter in minutes, --jitter overrules it",
	    "RANDOM_DELAY=45\n@daily root a\n@daily root --jitter=1s b\n",
	    "2: user=root command=a env=[\"RANDOM_DELAY=45\"] schedule=@daily jitter=2700000000\n"
	    "3: user=root command=b env=[\"RANDOM_DELAY=45\"] schedule=@daily jitter=1000000\n" },

	{ "the first '%' begins standard input, further ones are line ends",
	    "@daily root cat % one%two%\n",
	    "1: user=root command=cat  stdin_text= one\ntwo\n"
	    " schedule=@daily\n" },
	{ "standard input ends in a line end", "@daily root cat%one%two\n",
	    "1: user=root command=cat stdin_text=one\ntwo\n schedule=@daily\n" },
	{ "an escaped '%' is a '%', in the command and in standard input",
	    "@daily root date +\\%F%a\\%b\\\\%c\n",
	    "1: user=root command=date +%F stdin_text=a%b\\%c\n schedule=@daily\n" },
	{ "other backslashes stay, and an escaped one escapes nothing",
	    "@daily root echo \\a \\\\%x\n",
	    "1: user=root command=echo \\a \\\\ stdin_text=x\n schedule=@daily\n" },
	{ "a '%' with nothing behind it is no input", "@daily root cat%\n",
	    "1: user=root command=cat schedule=@daily\n" },

	{ "flags of other crons stand before the command, alone or together",
	    "@daily root -n a\n@daily root -q -s b\n@daily root -nqs c\n",
	    "1: user=root command=a schedule=@daily\n2: user=root command=b schedule=@daily\n"
	    "3: user=root command=c schedule=@daily\n" },
	{ "-n turns mail of all output into mail after a failure", "MAILTO=x\n@daily root -n a\n",
	    "2: user=root command=a env=[\"MAILTO=x\"] schedule=@daily mail=x\n" },
	{ "options of submit stand before the command and end at the first other word",
	    "@daily root --name=x --retries=3 --timeout=10m run --retries=4\n",
	    "1: name=x user=root command=run --retries=4 schedule=@daily retries=3 "
	    "timeout=600000000\n" },
	{ "a flag may stand before options", "@daily root -n --nice=5 a\n",
	    "1: user=root command=a schedule=@daily nice=5\n" },
	{ "options are quoted as in sh, and nothing is expanded in them",
	    "@daily root --label='a=b c' --env=\"D=e \\\" $F \\g\" --env=H=\\ i\\\\ "
	    "--stdin=%x'\"'y "
	    "a\n",
	    "1: user=root command=a env=[\"D=e \\\" $F \\\\g\",\"H= i\\\\\"] stdin_text=%x\"y"
	    " schedule=@daily labels=[\"a=b c\"]\n" },
	{ "'--' ends the options", "@daily root --nice=1 -- --odd % in\n",
	    "1: user=root command=--odd  stdin_text= in\n schedule=@daily nice=1\n" },
	{ "an entry's own setting overrules the tab's", "A=1\n@daily root --env=A=2 a\n",
	    "2: user=root command=a env=[\"A=2\"] schedule=@daily\n" },

	{ "too few time fields", "* * *\n",
	    "error 1:6: the entry ends after 3 of its 5 time fields\n" },
	{ "an @every without its interval", "  @every\n",
	    "error 1:9: the entry ends after 1 of its 2 time fields\n" },
	{ "a line that is nothing", "hello\n",
	    "error 1:6: the entry ends after 1 of its 5 time fields\n" },
	{ "no user", "* * * * *\n",
	    "error 1:10: the entry has no user (the sixth field) and no command\n" },
	{ "no command", "@daily root \t\n", "error 1:14: the entry has no command\n" },
	{ "no command before '%'", "@daily root %in\n", "error 1:13: there is no command\n" },
	{ "no command after options", "@daily root --nice=1\n",
	    "error 1:21: the entry has no command\n" },
	{ "an unknown user", "* * * * * /bin/true\n",
	    "error 1:11: no account named '/bin/true' (the sixth field is the user)\n" },
	{ "an unknown user after a nickname", "@daily\tno\033such a\n",
	    "error 1:8: no account named 'no\\x1bsuch' (the second field is the user)\n" },
	{ "a duration forgotten: not the user's fault", "@every root a\n",
	    "error 1:8: @every: 'root' is not a duration, such as 90s, 1h30m or 2d\n" },
	{ "six fields, and the first five are wrong", "0 0 0 * * * root a\n",
	    "error 1:5: day of month: 0 is out of range (1 to 31)\n" },
	{ "six fields, and the first five are right", "* * * * * 1 root a\n",
	    "error 1:11: no account named '1' (the sixth field is the user)\n" },
	{ "a user that jobs may not run as", "@every 1m nobody a\n",
	    "error 1:11: 'nobody': jobs may not run as nobody here (the third field is the "
	    "user)\n" },
	{ "an asterisk too many", "* * * * * root * a\n",
	    "error 1:16: '*' where the command should begin: a time field too many\n" },
	{ "an unknown flag", "@daily root -nx a\n",
	    "error 1:15: there is no such flag before a command: '-x'\n" },
	{ "a lone dash", "@daily root - a\n",
	    "error 1:14: there is no such flag before a command: '-'\n" },
	{ "an unknown option", "@daily root --nice=1 --retrys=3 a\n",
	    "error 1:22: option '--retrys': there is no such option\n" },
	{ "an option of submit that a tab has a field for", "@daily root --user=x a\n",
	    "error 1:13: option '--user': not in a tab entry\n" },
	{ "an option with its value in the next word", "@daily root --nice 1 a\n",
	    "error 1:13: option '--nice': it wants a value\n" },
	{ "a name that is not UTF-8", "@daily root --name=\xff a\n",
	    "error 1:13: option '--name': '\\xff' is not valid UTF-8\n" },
	{ "an option's quote that is not closed", "@daily root --name='x a\n",
	    "error 1:20: the quote is not closed\n" },
	{ "an option that ends in a backslash", "@daily root --name=x\\\n",
	    "error 1:21: nothing follows the backslash\n" },
	{ "standard input given twice", "@daily root --stdin=x a%b\n",
	    "error 1:23: standard input is given by '--stdin' and by '%'\n" },
	{ "options that contradict each other", "@daily root --deadline=1s --jitter=2s a\n",
	    "error 1:13: the deadline must be longer than the jitter\n" },
	{ "a setting's quote that is not closed", "A = \"b\n",
	    "error 1:5: the quote is not closed\n" },
	{ "text after a setting's quotes", "A = \"b\" c\n",
	    "error 1:9: text after the closing quote\n" },
	{ "a setting without a name", "=b\n", "error 1:1: a setting without a name\n" },
	{ "a CRON_TZ that is no zone", "CRON_TZ = Mars/Base\n", "error 1:11: CRON_TZ: " },
	{ "a RANDOM_DELAY that is no number", "RANDOM_DELAY=6h\n",
	    "error 1:14: RANDOM_DELAY: '6h' is not a number of minutes up to 1440\n" },
	{ "the same name twice for one user, not for two",
	    "@daily root --name=x a\n@daily daemon --name=x b\n\n@daily root -n --name=x c\n",
	    "1: name=x user=root command=a schedule=@daily\n"
	    "2: name=x user=daemon command=b schedule=@daily\n"
	    "error 4:16: the name 'x' of user 'root' is taken in line 1\n" },
	{ "errors do not end the reading", "@daily root\n@daily root a\n* * * *\n@daily root b\n",
	    "2: user=root command=a schedule=@daily\n4: user=root command=b schedule=@daily\n"
	    "error 1:12: the entry has no command\n"
	    "error 3:8: the entry ends after 4 of its 5 time fields\n" },
};

static const struct reading user_tabs[] = {
	{ "without a user field the command follows the time",
	    "*/5 * * * * true\n@every 1m --name=x b\n",
	    "1: user=root command=true schedule=*/5 * * * *\n"
	    "2: name=x user=root command=b schedule=@every 1m\n" },
	{ "an asterisk too many", "* * * * * * a\n",
	    "error 1:11: '*' where the command should begin: a time field too many\n" },
	{ "a field too many, of other kinds",
	    "0 0 1 1 0 0 a\n0 0 * * * 1-5/2 a\n0 0 * * * */2 a\n0 0 * * * 7\n",
	    "error 1:11: '0' where the command should begin: a time field too many\n"
	    "error 2:11: '1-5/2' where the command should begin: a time field too many\n"
	    "error 3:11: '*/2' where the command should begin: a time field too many\n"
	    "error 4:11: '7' where the command should begin: a time field too many\n" },
	{ "commands that begin with a digit",
	    "* * * * * 7z a\n@daily 7 a\n* * * * * -- 7 a\n* * * * * 2/x a\n",
	    "1: user=root command=7z a schedule=* * * * *\n"
	    "2: user=root command=7 a schedule=@daily\n"
	    "3: user=root command=7 a schedule=* * * * *\n"
	    "4: user=root command=2/x a schedule=* * * * *\n" },
	{ "a user field where there is none is warned of", "@daily root a\n@daily root\n",
	    "1: user=root command=root a schedule=@daily\n2: user=root command=root "
	    "schedule=@daily\n"
	    "warning 1:8: the command begins with the name of an account: this tab has no user "
	    "field\n" },
};

/* Where the sentence is the time floor's, only its place is ours. */
static const struct reading bad_times[] = {
	{ "a minute out of range", "60 * * * * root a\n", "error 1:1: " },
	{ "the second item of a list", "1,61 * * * * root a\n", "error 1:3: " },
	{ "an hour, behind many blanks", "  *\t\t  24 * * * root a\n", "error 1:8: " },
	{ "a day of month", "* *  32 * * root a\n", "error 1:6: " },
	{ "a month", "* * * 1,foo * root a\n", "error 1:9: " },
	{ "a weekday, behind a '-'", "-* * * *   9 root a\n", "error 1:12: " },
	{ "a nickname", "\t@dayly root a\n", "error 1:2: " },
	{ "an interval", "@every   1x root a\n", "error 1:10: " },
};

static void
test_readings(const struct reading *tests, size_t n, const struct tab_context *ctx)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(tests[i].want);
		struct tab t;
		char *got;

		parse(&t, ctx, tests[i].text);
		got = show(&t);
		/* A wanted text that ends within a line leaves the rest of it open. */
		if (len > 0 && tests[i].want[len - 1] != '\n' && strlen(got) > len)
			got[len] = '\0';
		tap_is_str(got, tests[i].want, "%s", tests[i].name);
		free(got);
		tab_release(&t);
	}
}

static void
test_unreadable_lines(const struct tab_context *ctx)
{
	static const char nul[] = "@daily root a\0b\n@daily root c\n";
	struct buf b = { 0 };
	struct tab t;
	char *got;

	tab_parse(ctx, "/t", "t", nul, sizeof(nul) - 1, &t);
	got = show(&t);
	tap_is_str(got,
	    "2: user=root command=c schedule=@daily\nerror 1:14: the line holds a NUL byte\n",
	    "a line with a NUL byte is an error, and the next is read");
	free(got);
	tab_release(&t);

	buf_addstr(&b, "@daily root ");
	while (b.len <= TAB_LINE_MAX)
		buf_addc(&b, 'x');
	buf_addstr(&b, "\n@daily root c\n");
	tab_parse(ctx, "/t", "t", b.data, b.len, &t);
	tap_ok(t.nerrors == 1 && t.errors[0].line == 1 && t.errors[0].column == TAB_LINE_MAX + 1,
	    "an overlong line is an error where it is too long");
	tap_ok(t.n == 1 && t.jobs[0].tab_line == 2, "the line after an overlong one is read");
	tab_release(&t);
	buf_clear(&b);

	buf_addstr(&b, "@daily root ");
	while (b.len <= JOB_COMMAND_MAX + strlen("@daily root "))
		buf_addc(&b, 'x');
	tab_parse(ctx, "/t", "t", b.data, b.len, &t);
	tap_ok(t.nerrors == 1 && t.errors[0].column == 13, "a command can be too long alone");
	tab_release(&t);
	buf_release(&b);
}

static void
test_many_errors(const struct tab_context *ctx)
{
	struct buf b = { 0 };
	struct tab t;

	for (int i = 0; i < TAB_ERRORS_MAX + 50; i++)
		buf_addstr(&b, "x\nUSER=x\n");
	tab_parse(ctx, "/t", "t", b.data, b.len, &t);
	tap_is_int((int64_t)t.nerrors, TAB_ERRORS_MAX + 1, "errors are kept up to their bound");
	tap_is_str(
	    t.errors[TAB_ERRORS_MAX].message, "and 50 more errors", "further ones are counted");
	tap_is_int((int64_t)t.nwarnings, TAB_ERRORS_MAX + 1, "warnings are kept up to their bound");
	tap_is_str(t.warnings[TAB_ERRORS_MAX].message, "and 50 more warnings",
	    "further warnings are counted");
	tab_release(&t);
	buf_release(&b);
}

static void
test_defaults(void)
{
	struct tab_context ctx = context(true);
	struct job defaults;
	struct tab t;
	char *got;

	job_init(&defaults);
	defaults.retries = 2;
	defaults.mail = xstrdup("all@example.org");
	ctx.defaults = &defaults;
	parse(&t, &ctx, "@daily root a\n@daily root --retries=0 b\n");
	got = show(&t);
	tap_is_str(got,
	    "1: user=root command=a schedule=@daily retries=2 mail=all@example.org\n"
	    "2: user=root command=b schedule=@daily mail=all@example.org\n",
	    "defaults of the config hold, and options overrule them");
	free(got);
	tab_release(&t);
	job_release(&defaults);
}

/* Key and hash of the entry whose command begins so. */
static void
identify(const char *text, const char *command, char **key, uint64_t *hash)
{
	struct tab_context ctx = context(true);
	struct tab t;

	*key = NULL;
	*hash = 0;
	parse(&t, &ctx, text);
	for (size_t i = 0; i < t.n; i++) {
		if (strncmp(t.jobs[i].command, command, strlen(command)) != 0)
			continue;
		free(*key);
		*key = xstrdup(t.jobs[i].tab_key);
		*hash = tab_job_hash(&t.jobs[i]);
	}
	tab_release(&t);
}

static const struct {
	const char *name, *one, *other; /* two versions of a file; their entry "x" */
	bool same_key, same_hash;
} identities[] = {
	{ "an entry that moved is the same", "@daily root x\n",
	    "# c\n\n@hourly root a\n@daily root x\n", true, true },
	{ "a setting before it makes another definition of the same entry", "@daily root x\n",
	    "A=1\n@daily root x\n", true, false },
	{ "blanks between its time fields do not count", "0 0 * * * root x\n",
	    " 0 0\t* *  * \troot  x\n", true, true },
	{ "another time is another entry", "0 0 * * * root x\n", "0 1 * * * root x\n", false,
	    false },
	{ "another user is another entry", "@daily root x\n", "@daily daemon x\n", false, false },
	{ "another option is another entry", "@daily root x\n", "@daily root --nice=1 x\n", false,
	    false },
	{ "another blank in the command is another entry", "@daily root x y\n",
	    "@daily root x  y\n", false, false },
	{ "the second of two equal entries is not the first", "@daily root x\n",
	    "@daily root x\n@daily root x\n", false, false },
	{ "the second of two equal entries stays it when others come between",
	    "@daily root x\n@daily root x\n", "@daily root x\n@hourly root x\n@daily root x\n",
	    true, true },
	{ "a named entry may change in all but name and user", "@daily root --name=n x\n",
	    "@hourly root --nice=1 --name=n x y\n", true, false },
	{ "a name of another user is another entry", "@daily root --name=n x\n",
	    "@daily daemon --name=n x\n", false, false },
};

/* "NAME KEY" of each job, and then the errors. */
static char *
spread(const struct strv *nodes, const char *text)
{
	struct tab_context ctx = context(true);
	struct buf b = { 0 };
	struct tab t;

	ctx.nodes = nodes;
	parse(&t, &ctx, text);
	for (size_t i = 0; i < t.n; i++)
		buf_addf(&b, "%s %s on %s\n", t.jobs[i].name != NULL ? t.jobs[i].name : "-",
		    strncmp(t.jobs[i].tab_key, "text:", 5) == 0 ? t.jobs[i].tab_key + 21 :
								  t.jobs[i].tab_key,
		    t.jobs[i].on != NULL ? t.jobs[i].on : "any");
	show_notes(&b, "error ", t.errors, t.nerrors);
	tab_release(&t);
	return buf_string(&b);
}

static void
test_each(void)
{
	struct strv two = { 0 };
	char *text;

	strv_push(&two, "a");
	strv_push(&two, "b");
	text = spread(&two, "* * * * * root --name=x --on=each true\n"
			    "* * * * * root --on=each false\n* * * * * root true\n");
	tap_is_str(text,
	    "x@a name:root:x@a on a\nx@b name:root:x@b on b\n"
	    "- :1:t@a on a\n- :1:t@b on b\n- :1:t on any\n",
	    "an entry for each node is a job for each");
	free(text);
	text = spread(NULL, "* * * * * root --name=x --on=each true\n");
	tap_is_str(text, "x name:root:x on each\n", "where there is one node it is one");
	free(text);
	text = spread(&two, "* * * * * root --name=x --on=each true\n"
			    "* * * * * root --name=x@b true\n");
	tap_is_str(text,
	    "x@a name:root:x@a on a\nx@b name:root:x@b on b\n"
	    "error 2:16: the name 'x@b' of user 'root' is taken in line 1\n",
	    "a name of one of them is taken");
	free(text);
	text = spread(&two, "* * * * * root --name=x@b true\n"
			    "* * * * * root --name=x --on=each true\n");
	tap_is_str(text,
	    "x@b name:root:x@b on any\nx@a name:root:x@a on a\n"
	    "error 2:1: the name 'x@b' of user 'root' is taken in line 1\n",
	    "or may be another's");
	free(text);
	strv_clear(&two);
}

static void
test_identity(void)
{
	for (size_t i = 0; i < sizeof(identities) / sizeof(identities[0]); i++) {
		char *one, *other;
		uint64_t one_hash, other_hash;

		identify(identities[i].one, "x", &one, &one_hash);
		identify(identities[i].other, "x", &other, &other_hash);
		if (!tap_ok(one != NULL && other != NULL &&
			    (strcmp(one, other) == 0) == identities[i].same_key &&
			    (one_hash == other_hash) == identities[i].same_hash,
			"%s", identities[i].name))
			tap_note("%s %016jx, %s %016jx", one, (uintmax_t)one_hash, other,
			    (uintmax_t)other_hash);
		free(one);
		free(other);
	}
}

/* Keys are in databases: they may not change from one version of the program to the next. */
static void
test_keys_are_stable(void)
{
	struct tab_context ctx = context(true);
	struct tab t;

	parse(&t, &ctx, "0 5 * * * root run it\n0 5 * * * root run it\n@daily root --name=a:b x\n");
	tap_ok(t.n == 3, "three entries");
	tap_is_str(
	    t.jobs[0].tab_key, "text:009e6450d6c0db44:1:t", "key of an entry without a name");
	tap_is_str(t.jobs[1].tab_key, "text:009e6450d6c0db44:2:t", "key of its equal");
	tap_is_str(t.jobs[2].tab_key, "name:root:a:b", "key of an entry with a name");
	tap_is_str(t.jobs[0].tab, "/etc/jobsched.d/t", "each knows its file");
	tap_is_str(t.name, "t", "the tab knows its name");
	tab_release(&t);
}

static const struct {
	const char *file;
	size_t entries;
} files[] = {
	{ "activity-report", 2 },
	{ "anacron-like", 1 },
	{ "certificates", 2 },
	{ "filesystem-scrub", 2 },
	{ "raid-check", 1 },
	{ "statistics", 2 },
	{ "system-crontab", 4 },
	{ "web-sessions", 1 },
	{ "zoned-and-quiet", 4 },
};

/* Files as packages ship them. */
static void
test_real_files(const struct tab_context *ctx)
{
	const char *srcdir = getenv("srcdir");

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *path = xasprintf(
		    "%s/tests/data/tabs/%s", srcdir != NULL ? srcdir : ".", files[i].file);
		struct buf text = { 0 };
		struct tab t = { 0 };
		struct err e;

		if (!tap_ok(io_read_file(path, &text, TAB_SIZE_MAX, &e) == 0, "%s is there",
			files[i].file))
			continue;
		tab_parse(ctx, path, files[i].file, text.data, text.len, &t);
		tap_is_int((int64_t)t.n, (int64_t)files[i].entries, "%s: all of its entries load",
		    files[i].file);
		if (!tap_ok(
			t.nerrors == 0 && t.nwarnings == 0, "%s: nothing to say", files[i].file)) {
			char *got = show(&t);

			tap_note("%s", got);
			free(got);
		}
		tab_release(&t);
		buf_release(&text);
		free(path);
	}
}

static void
read_by_index(
    const struct tab_context *ctx, const char *text, struct tab_index *x, struct tab *t)
{
	struct tab_reading *r;

	tab_index_begin(x);
	r = tab_reading_new(ctx, "/etc/jobsched.d/t", "t", text, strlen(text), x, t);
	while (tab_reading_step(r, 1))
		continue;
	tab_reading_free(r);
}

struct by_index {
	const char *what, *text;
	int known, read;
};

/* Each by the index of the first text, which has so many entries alike. */
static void
read_all_by_index(const struct tab_context *ctx, const char *first, int alike,
    const struct by_index *cases, size_t n)
{
	const int64_t ids[] = { 11, 12, 13, 14 };
	struct tab_index x = { 0 };
	struct tab t;

	parse(&t, ctx, first);
	tab_index_update(&x, &t, ids);
	tap_is_int((int64_t)x.twins, alike, "entries that only their ordinal tells apart");
	tab_release(&t);
	for (size_t i = 0; i < n; i++) {
		read_by_index(ctx, cases[i].text, &x, &t);
		tap_ok((int)t.known == cases[i].known && (int)t.n == cases[i].read &&
			t.nerrors == 0 && (int)x.taken == cases[i].known,
		    "by the index: %s", cases[i].what);
		tab_release(&t);
	}
	tab_index_clear(&x);
}

/* What a reading by an index leaves out. */
static void
test_index(const struct tab_context *ctx)
{
	static const char first[] = "@daily root a\n@daily root a\nX=1\n@daily root a\n"
				    "@daily root b\n";
	static const struct by_index cases[] = {
		{ "the same text", first, 4, 0 },
		{ "comments and blank lines between", "#\n@daily root a\n\n@daily root a\nX=1\n"
						      "# b\n@daily root a\n@daily root b\n", 4, 0 },
		{ "a line more", "@daily root a\n@daily root a\nX=1\n@daily root c\n@daily root a\n"
				 "@daily root b\n", 4, 1 },
		{ "one of several equal lines more", "@daily root a\n@daily root a\n@daily root a\n"
						     "X=1\n@daily root a\n@daily root b\n", 4, 1 },
		{ "one of them less", "@daily root a\nX=1\n@daily root a\n@daily root b\n", 3, 0 },
		{ "a setting changed", "@daily root a\n@daily root a\nX=2\n@daily root a\n"
				       "@daily root b\n", 2, 2 },
		{ "a setting above all", "Y=1\n@daily root a\n@daily root a\nX=1\n@daily root a\n"
					 "@daily root b\n", 0, 4 },
		{ "a blank more", "@daily  root a\n@daily root a\nX=1\n@daily root a\n"
				  "@daily root b\n", 3, 1 },
		{ "nothing", "", 0, 0 },
	};
	static const char unlike[] = "@daily root a\n@daily root b\n@daily root c\n";
	static const struct by_index unlikes[] = {
		{ "the same text, no lines alike", unlike, 3, 0 },
		{ "another order", "@daily root c\n@daily root a\n@daily root b\n", 3, 0 },
		{ "one in the middle more", "@daily root a\n@daily root d\n@daily root b\n"
					    "@daily root c\n", 3, 1 },
		{ "one in the middle less", "@daily root a\n@daily root c\n", 2, 0 },
		{ "a known line twice", "@daily root a\n@daily root b\n@daily root a\n"
					"@daily root a\n@daily root c\n", 3, 2 },
		{ "a new line twice", "@daily root d\n@daily root a\n@daily root d\n", 1, 2 },
	};

	read_all_by_index(ctx, first, 2, cases, sizeof(cases) / sizeof(cases[0]));
	read_all_by_index(ctx, unlike, 0, unlikes, sizeof(unlikes) / sizeof(unlikes[0]));
}

/* Whoever is new, has gone or stands elsewhere: the index follows the file. */
static void
test_index_follows(const struct tab_context *ctx)
{
	static const struct by_index steps[] = {
		{ "two", "@daily root a\n@daily root b\n", 0, 2 },
		{ "one between", "@daily root a\n@daily root c\n@daily root b\n", 2, 1 },
		{ "the same again", "@daily root a\n@daily root c\n@daily root b\n", 3, 0 },
		{ "the first has gone", "@daily root c\n@daily root b\n@daily root d\n", 2, 1 },
		{ "and is back, twice", "@daily root a\n@daily root d\n@daily root a\n", 1, 2 },
		{ "all as it was", "@daily root a\n@daily root d\n@daily root a\n", 3, 0 },
	};
	const int64_t ids[] = { 1, 2, 3 };
	struct tab_index x = { 0 };
	struct tab t;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		read_by_index(ctx, steps[i].text, &x, &t);
		tap_ok((int)t.known == steps[i].known && (int)t.n == steps[i].read,
		    "the index follows: %s", steps[i].what);
		tab_index_update(&x, &t, ids);
		tap_is_int((int64_t)x.n, steps[i].known + steps[i].read, "it has all entries");
		tab_release(&t);
	}
	tab_index_clear(&x);
}

int
main(void)
{
	struct tab_context with_user = context(true), without_user = context(false);

	with_user.user_refused = refuse_nobody;
	test_readings(system_tabs, sizeof(system_tabs) / sizeof(system_tabs[0]), &with_user);
	test_readings(bad_times, sizeof(bad_times) / sizeof(bad_times[0]), &with_user);
	test_readings(user_tabs, sizeof(user_tabs) / sizeof(user_tabs[0]), &without_user);
	test_unreadable_lines(&with_user);
	test_many_errors(&with_user);
	test_index(&with_user);
	test_index_follows(&with_user);
	test_defaults();
	test_each();
	test_identity();
	test_keys_are_stable();
	with_user.user_refused = NULL;
	test_real_files(&with_user);
	zone_cache_free();
	return tap_done();
}
