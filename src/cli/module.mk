bin_PROGRAMS += jobsched
jobsched_SOURCES = %D%/main.c
CLI_LIBS = libcli.a libstore.a libtab.a libconf.a libwire.a libjob.a libtime.a libbase.a \
	$(CLI_SQLITE_LIBS) $(HELPER_LIBS)
jobsched_LDFLAGS = $(EXPORT_LDFLAGS)
jobsched_LDADD = $(CLI_LIBS)

CLI_MODULES = form_json.so form_table.so
module_PROGRAMS += $(CLI_MODULES)
form_json_so_SOURCES = %D%/form_json.c %D%/bulk_line.c %D%/bulk_plain.c
form_json_so_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
form_json_so_CFLAGS = $(MODULE_CFLAGS)
form_json_so_LDFLAGS = $(MODULE_LDFLAGS)
form_json_so_LDADD = $(JANSSON_LIBS)
form_table_so_SOURCES = %D%/form_table.c
form_table_so_CPPFLAGS = $(AM_CPPFLAGS) $(SMARTCOLS_CFLAGS)
form_table_so_CFLAGS = $(MODULE_CFLAGS)
form_table_so_LDFLAGS = $(MODULE_LDFLAGS)
form_table_so_LDADD = $(SMARTCOLS_LIBS)

noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = \
	%D%/agenda.c %D%/agenda.h \
	%D%/aside.c %D%/aside.h \
	%D%/bulk.c %D%/bulk.h \
	%D%/bulk_line.h %D%/bulk_plain.h \
	%D%/cli.c %D%/cli.h \
	%D%/cmd_attempts.c \
	%D%/cmd_cancel.c \
	%D%/cmd_checkpoint.c \
	%D%/cmd_db.c \
	%D%/cmd_db_copy.c \
	%D%/cmd_drain.c \
	%D%/cmd_forecast.c \
	%D%/cmd_help.c \
	%D%/cmd_list.c \
	%D%/cmd_metrics.c \
	%D%/cmd_next.c \
	%D%/cmd_nodes.c \
	%D%/cmd_output.c \
	%D%/cmd_pause.c \
	%D%/cmd_resume.c \
	%D%/cmd_retry.c \
	%D%/cmd_run.c \
	%D%/cmd_status.c \
	%D%/cmd_submit.c \
	%D%/cmd_tab_check.c \
	%D%/cmd_tab_list.c \
	%D%/cmd_tab_show.c \
	%D%/cmd_wait.c \
	%D%/command.h \
	%D%/commands.c \
	%D%/complete.c %D%/complete.h \
	%D%/crowd.c %D%/crowd.h \
	%D%/ended.c %D%/ended.h \
	%D%/filter.c %D%/filter.h \
	%D%/follow.c %D%/follow.h \
	%D%/forms.c %D%/forms.h \
	%D%/help.c %D%/help.h \
	%D%/lockinfo.c %D%/lockinfo.h \
	%D%/names.c %D%/names.h \
	%D%/newjob.c %D%/newjob.h \
	%D%/node.c %D%/node.h \
	%D%/opt.c %D%/opt.h \
	%D%/out.c %D%/out.h \
	%D%/out_ops.h \
	%D%/page.c %D%/page.h \
	%D%/progress.c %D%/progress.h \
	%D%/row.h \
	%D%/row_attempt.c \
	%D%/row_job.c \
	%D%/shelf.c %D%/shelf.h \
	%D%/spool.c %D%/spool.h \
	%D%/status.h \
	%D%/status_health.c \
	%D%/status_job.c \
	%D%/tabhints.c %D%/tabhints.h \
	%D%/tabname.c %D%/tabname.h \
	%D%/tabread.c %D%/tabread.h \
	%D%/tabrow.c %D%/tabrow.h \
	%D%/upcoming.c %D%/upcoming.h \
	%D%/wake.c %D%/wake.h \
	%D%/when.c %D%/when.h \
	%D%/who.c %D%/who.h

# Installed under the name by which bash looks for it.
bashcompletion_DATA = contrib/completion/jobsched
CLEANFILES += $(bashcompletion_DATA)
contrib/completion/jobsched: jobsched$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && ./jobsched$(EXEEXT) help --completion >$@.tmp && mv $@.tmp $@
