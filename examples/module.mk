# examples: installed with the documentation, to be copied from.
examplesdir = $(docdir)
nobase_dist_examples_SCRIPTS = \
	%D%/cluster/setup \
	%D%/cluster/vacuum \
	%D%/cluster/management/assign \
	%D%/cluster/management/backup \
	%D%/cluster/management/decommission \
	%D%/cluster/management/leave \
	%D%/cluster/management/pool \
	%D%/cluster/management/reconcile \
	%D%/cluster/service/backup \
	%D%/cluster/service/create \
	%D%/cluster/service/customer \
	%D%/cluster/service/drop \
	%D%/cluster/service/traffic \
	%D%/work-queue
nobase_dist_examples_DATA = \
	%D%/calendars/freeze \
	%D%/calendars/holidays \
	%D%/cancel.tab \
	%D%/checkpoint.tab \
	%D%/cluster/README \
	%D%/cluster/common.sh \
	%D%/cluster/jobsched.conf.in \
	%D%/cluster/management.tab.in \
	%D%/cluster/service.tab.in \
	%D%/cron.d/machine-care \
	%D%/dependencies.tab \
	%D%/exclusive.tab \
	%D%/jobsched.conf \
	%D%/mail.tab \
	%D%/nightly-backup.tab \
	%D%/order-key.tab \
	%D%/output.tab \
	%D%/overlap.tab \
	%D%/pause.tab \
	%D%/queue.tab \
	%D%/require.tab \
	%D%/retries.tab \
	%D%/timeout.tab \
	%D%/two-hosts/README \
	%D%/two-hosts/database.sql \
	%D%/two-hosts/jobsched.conf \
	%D%/two-hosts/jobsched.d/care \
	%D%/two-hosts/members.sql \
	%D%/two-hosts/roles.sql \
	%D%/user.tab
