/*
 * ops: what a backend has to provide. One slot for each operation of store.h, all mandatory: a
 * backend with a slot left empty is refused when the store is opened.
 */
#ifndef STORE_OPS_H
#define STORE_OPS_H

#include "store/change.h"
#include "store/clock.h"
#include "store/copy.h"
#include "store/lease.h"
#include "store/notices.h"
#include "store/queue.h"
#include "store/store.h"

/* A backend's own struct begins with this. */
struct store {
	const struct store_ops *ops;
	char *uri; /* for show */
	bool tell_failures; /* store_tell_failures */
	bool outdated; /* store_outdated */
	bool leaving; /* store_leave */
	bool tidied; /* store_tidy_later */
	bool untidy; /* store_untidy: set by a driver */
	int64_t patience; /* store_patience; 0: the usual */
	struct store_outage outage;
	void (*keep)(void *); /* store_keep */
	void *keep_arg;
	char *leader;  /* store_lead; the handle's */
	int64_t term;
};

struct store_ops {
	const char *scheme; /* "sqlite" */
	/* locator is the URI without its scheme. */
	int (*open)(struct store **, const char *locator, enum store_mode, struct err *);
	void (*close)(struct store *);
	void (*tidy)(struct store *);
	const char *(*path)(const struct store *);
	int (*upgrade)(const char *locator, int *from, int *to, struct err *);
	int (*submit)(struct store *, const struct submit *, int64_t *, size_t *, struct err *);
	void (*submit_ahead)(struct store *, const struct submit *, int64_t *);
	int (*batch_progress)(struct store *, const char *, int64_t *, struct err *);
	int (*batch_ids)(
	    struct store *, const char *, struct id_run **, size_t *, struct err *);
	int (*job_find)(struct store *, const char *, const char *, int64_t *, struct err *);
	int (*jobs_named)(
	    struct store *, const struct job *const *, size_t, int64_t *, struct err *);
	int (*job_get)(struct store *, int64_t, struct job_view *, struct err *);
	int (*job_list)(struct store *, const struct job_filter *,
	    int (*)(void *, const struct job_view *), void *, struct err *);
	int (*job_cancel)(struct store *, int64_t, bool, int64_t, bool *, struct err *);
	int (*job_pause)(struct store *, int64_t, int64_t, const char *, int64_t, struct err *);
	int (*job_resume)(struct store *, int64_t, int64_t, struct err *);
	int (*pause_all)(struct store *, int64_t, const char *, int64_t, struct err *);
	int (*resume_all)(struct store *, int64_t, struct err *);
	int (*job_change)(struct store *, const struct job_change *, const int64_t *, size_t,
	    int64_t *, struct err *);
	int (*queue_limits)(
	    struct store *, const struct queue_limit *, size_t, int64_t, struct err *);
	int (*queue_pause)(
	    struct store *, const char *, int64_t, const char *, int64_t, struct err *);
	int (*queue_resume)(struct store *, const char *, int64_t, struct err *);
	int (*queue_list)(
	    struct store *, int (*)(void *, const struct queue_view *), void *, struct err *);
	int (*job_run)(struct store *, int64_t, int64_t, struct err *);
	int (*job_retry)(struct store *, int64_t, int64_t, struct err *);
	int (*ledger)(struct store *, const struct ledger_filter *,
	    int (*)(void *, const struct ledger_row *), void *, struct err *);
	int (*output)(struct store *, int64_t, int64_t, struct output *, struct err *);
	int (*attempt_output)(struct store *, int64_t, int64_t, struct output *, struct err *);
	int (*node_up)(struct store *, const struct node *, int64_t, struct err *);
	int (*node_beat)(struct store *, const char *, const struct moment *, struct err *);
	int (*node_down)(
	    struct store *, const char *, const struct proc_id *, int64_t, struct err *);
	int (*node_list)(
	    struct store *, int (*)(void *, const struct node *), void *, struct err *);
	int (*lease_renew)(
	    struct store *, const struct node *, int64_t, struct lease *, struct err *);
	int (*rescue)(struct store *, int64_t, int64_t, void (*)(void *, const char *), void *,
	    struct rescued *, struct err *);
	int (*awaited)(
	    struct store *, const char *, const struct strv *, bool *, struct err *);
	bool (*wake)(struct store *, bool (*)(const char *));
	int (*listen)(struct store *, struct err *);
	int (*ear)(const struct store *);
	bool (*heard)(struct store *);
	int (*node_drain)(struct store *, const char *, const char *, bool, int64_t, struct err *);
	int (*node_forget)(struct store *, const char *, struct err *);
	int (*runner_add)(struct store *, const char *, int64_t, int64_t *, struct err *);
	int (*runner_set)(struct store *, const struct runner *, struct err *);
	int (*runner_remove)(struct store *, int64_t, struct err *);
	int (*runner_list)(struct store *, const char *, int (*)(void *, const struct runner *),
	    void *, struct err *);
	int (*claim_ready)(
	    struct store *, const struct claim_request *, struct claims *, struct err *);
	int (*next_ready)(struct store *, int64_t *, struct err *);
	int (*open_attempts)(struct store *, int64_t, int (*)(void *, const struct open_attempt *),
	    void *, struct err *);
	int (*given_up)(struct store *, int64_t, int (*)(void *, const struct open_attempt *),
	    void *, struct err *);
	int (*cancels_wanted)(struct store *, const char *,
	    int (*)(void *, const struct open_attempt *), void *, struct err *);
	int (*start_attempts)(struct store *, const struct started_row *, size_t, struct err *);
	int (*finish_attempts)(struct store *, const struct result *, size_t, int64_t,
	    struct finished *, struct err *);
	int (*checkpoint_put)(
	    struct store *, int64_t, const void *, int64_t, int64_t, struct err *);
	int (*notices)(struct store *, int64_t, int (*)(void *, const struct notice_key *), void *,
	    struct err *);
	int (*notice_get)(struct store *, int64_t, struct notice *, struct err *);
	int (*notice_done)(struct store *, const struct notice_key *, const char *, int64_t,
	    struct err *);
	int (*clock_mark)(struct store *, struct clock_mark *, struct err *);
	int (*clock_step)(
	    struct store *, const struct clock_step *, struct clock_stepped *, struct err *);
	int (*zone_change)(
	    struct store *, const struct zone_change *, struct zone_changed *, struct err *);
	int (*tab_known)(struct store *, const char *, const char *,
	    int (*)(void *, const struct tab_known *), void *, struct err *);
	int (*tab_entry)(
	    struct store *, const char *, const char *, struct tab_known *, struct err *);
	int (*tab_change)(struct store *, struct tab_change *, size_t, int64_t,
	    const struct zone *, const char *, size_t *, struct err *);
	int (*tab_set)(struct store *, const struct tab_state *, struct err *);
	int (*tab_remove)(struct store *, const char *, struct err *);
	int (*tab_list)(
	    struct store *, int (*)(void *, const struct tab_state *), void *, struct err *);
	int (*tab_differ)(struct store *, const char *, const struct tab_difference *, size_t,
	    int64_t, struct err *);
	int (*tab_differences)(struct store *, int (*)(void *, const struct tab_difference *),
	    void *, struct err *);
	int (*status)(struct store *, int64_t, struct store_status *, struct err *);
	int (*metrics)(struct store *, int64_t, struct store_metrics *, struct err *);
	int (*setting_get)(struct store *, const char *, char **, struct err *);
	int (*setting_set)(struct store *, const char *, const char *, struct err *);
	int (*prune)(
	    struct store *, const struct retention *, int64_t, struct pruned *, struct err *);
	int (*check)(
	    struct store *, void (*)(void *, const char *), void *, int64_t *, struct err *);
	int (*backup)(struct store *, const char *, struct err *);
	int (*copy)(struct store *, struct store *, const struct copy_watch *, struct copied *,
	    struct err *);
};

#endif
