/*
 * reload: config, tabs and calendars read again; see daemon.h.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "conf/calendars.h"
#include "daemon/daemon.h"
#include "daemon/days.h"
#include "daemon/fault.h"
#include "daemon/notify.h"
#include "daemon/standing.h"
#include "daemon/tabs.h"
#include "daemon/tabwatch.h"
#include "daemon/tick.h"
#include "daemon/work.h"
#include "daemon/zones.h"
#include "store/notices.h"
#include "store/store.h"
#include "time/zone.h"

static bool
differs(const char *a, const char *b)
{
	return a != NULL && b != NULL ? strcmp(a, b) != 0 : a != b;
}

static void
reload_conf(struct daemon *d)
{
	const struct zone *zone;
	struct conf fresh;
	struct err e;
	bool other_node;

	if (conf_load(&fresh, d->args->config, d->args->database, &e) < 0) {
		log_error("config not reloaded, the old one stays: %s", e.text);
		return;
	}
	if ((zone = zone_get(fresh.tz, &e)) == NULL || differs(fresh.database, d->conf.database) ||
	    differs(fresh.runtime_dir, d->conf.runtime_dir) ||
	    differs(fresh.state_dir, d->conf.state_dir)) {
		log_error("config not reloaded, the old one stays: %s",
		    zone == NULL ? e.text : "database, state_dir and runtime_dir take a restart");
		conf_release(&fresh);
		return;
	}
	if (differs(fresh.calendar_dir, d->conf.calendar_dir)) {
		calendars_free(d->calendars);
		d->calendars = days_new(&fresh);
	}
	other_node = !strv_equal(&fresh.labels, &d->conf.labels) ||
	    fresh.max_running != d->conf.max_running || differs(fresh.zone, d->conf.zone);
	conf_release(&d->conf);
	d->conf = fresh;
	store_tell_failures(d->store, d->conf.on_failure != NULL);
	d->zone = zone;
	if (standing_leads(d->standing))
		daemon_tell(d);
	if (other_node && daemon_register(d, &e) < 0)
		fault(d->store, &e, "cannot record what this node is");
	log_set_level(fresh.log_level);
	log_info("config reloaded");
}

/* Tabs and calendars are read again even if the config is bad: under the one that stays. */
void
daemon_reload(struct daemon *d)
{
	reload_conf(d);
	if (standing_leads(d->standing)) {
		zones_look(d->zones, true);
		tabs_begin(d->tabs, &d->conf, daemon_tab_folders(d), d->zone, clock_wall(), true);
	} else {
		tabwatch_look(d->tabwatch, &d->conf, daemon_tab_folders(d), clock_wall());
	}
	calendars_refresh(d->calendars);
	d->reloading = true;
	if (!tabs_busy(d->tabs))
		daemon_loaded(d);
	work_soon(d);
	tick_soon(d);
}

void
daemon_loaded(struct daemon *d)
{
	void (*ready)(void *) = d->ready;

	if (standing_leads(d->standing))
		zones_look(d->zones, false);
	d->ready = NULL;
	if (ready != NULL)
		ready(d->ready_arg);
	if (!d->reloading)
		return;
	d->reloading = false;
	log_info("tabs reloaded");
	notify_state("READY=1");
}
