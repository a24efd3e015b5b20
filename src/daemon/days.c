/*
 * days: see days.h.
 */
#include "daemon/days.h"

#include "base/log.h"
#include "base/mem.h"
#include "conf/calendars.h"
#include "conf/conf.h"

static void
tell(void *arg, const char *name, const char *fault, bool in_force)
{
	(void)arg;
	if (fault == NULL)
		log_info("calendar '%s' read again", name);
	else if (in_force)
		log_error("calendar '%s': %s; the last good version stays in force", name, fault);
	else
		log_error("calendar '%s': %s; jobs that name it do not run", name, fault);
}

struct calendars *
days_new(const struct conf *conf)
{
	char *kept = xasprintf("%s/calendars", conf->state_dir);
	const struct calendars_setup setup = {
		.folder = conf->calendar_dir,
		.kept = kept,
		.tell = tell,
	};
	struct calendars *set = calendars_new(&setup);

	free(kept);
	return set;
}
