noinst_LIBRARIES += libstore.a
libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
libstore_a_SOURCES = \
	%D%/ahead.h %D%/backend.c %D%/backend.h %D%/change.h %D%/clock.h %D%/copy.h %D%/lease.h %D%/notices.h %D%/ops.h %D%/queue.h %D%/store.h \
	%D%/nodes.c %D%/store.c %D%/view.c \
	%D%/sql/batch.c %D%/sql/batch.h \
	%D%/sql/byhand.c %D%/sql/byhand.h \
	%D%/sql/cancel.c %D%/sql/cancel.h \
	%D%/sql/cancel_one.c \
	%D%/sql/chain.c %D%/sql/chain.h \
	%D%/sql/change.c \
	%D%/sql/check.c %D%/sql/check.h \
	%D%/sql/checkpoint.c %D%/sql/checkpoint.h \
	%D%/sql/claim.c %D%/sql/claim.h %D%/sql/claim_run.c \
	%D%/sql/clock.c %D%/sql/clock.h \
	%D%/sql/clock_job.c \
	%D%/sql/copy.c \
	%D%/sql/count.c %D%/sql/count.h \
	%D%/sql/db.h \
	%D%/sql/define.c %D%/sql/define.h \
	%D%/sql/depend.c %D%/sql/depend.h \
	%D%/sql/doubt.c %D%/sql/doubt.h \
	%D%/sql/driver.h \
	%D%/sql/due.c \
	%D%/sql/entry.c \
	%D%/sql/finish.c %D%/sql/finish.h \
	%D%/sql/lead.h \
	%D%/sql/lease.c \
	%D%/sql/ledger.c %D%/sql/ledger.h \
	%D%/sql/ledger_page.c \
	%D%/sql/life.c %D%/sql/life.h \
	%D%/sql/giveback.c \
	%D%/sql/line.c %D%/sql/line.h \
	%D%/sql/line_closed.c \
	%D%/sql/line_node.c \
	%D%/sql/line_queue.c \
	%D%/sql/list.c \
	%D%/sql/look.c %D%/sql/look.h \
	%D%/sql/newcomers.c %D%/sql/newcomers.h \
	%D%/sql/node.c \
	%D%/sql/notice.c %D%/sql/notice.h \
	%D%/sql/occ.c %D%/sql/occ.h \
	%D%/sql/open_attempt.c \
	%D%/sql/pause.c %D%/sql/pause.h \
	%D%/sql/prune.c %D%/sql/prune.h \
	%D%/sql/prune_job.c \
	%D%/sql/queue.c \
	%D%/sql/ready.c \
	%D%/sql/rezone.c \
	%D%/sql/row.c %D%/sql/row.h \
	%D%/sql/runner.c \
	%D%/sql/setting.c %D%/sql/setting.h \
	%D%/sql/skip.c %D%/sql/skip.h \
	%D%/sql/slots.h \
	%D%/sql/status.c \
	%D%/sql/stmt.c \
	%D%/sql/submit.c \
	%D%/sql/tab.c \
	%D%/sql/tab_differ.c \
	%D%/sql/txn.c \
	%D%/sql/undo.c \
	%D%/sql/used.c %D%/sql/used.h \
	%D%/sqlite/ahead.c %D%/sqlite/backup.c \
	%D%/sqlite/check.h %D%/sqlite/check_file.c %D%/sqlite/check_schema.c \
	%D%/sqlite/commit.c \
	%D%/sqlite/cursor.c \
	%D%/sqlite/describe.c \
	%D%/sqlite/fail.c \
	%D%/sqlite/handle.h \
	%D%/sqlite/memory.c %D%/sqlite/memory.h \
	%D%/sqlite/migrate.c %D%/sqlite/migrate.h \
	%D%/sqlite/open.c \
	%D%/sqlite/place.c %D%/sqlite/place.h \
	%D%/sqlite/schema.h \
	%D%/sqlite/sqlite.c %D%/sqlite/sqlite.h \
	%D%/sqlite/turn.c \
	%D%/sqlite/wal.c
nodist_libstore_a_SOURCES = %D%/sqlite/schema.c
EXTRA_DIST += %D%/sqlite/schema.sql
CLEANFILES += %D%/sqlite/schema.c

# Each line a piece of a string literal. Without the comments: SQLite keeps the text, and reads it whenever
# the database is opened. (No literal there has a "--".)
%D%/sqlite/schema.c: %D%/sqlite/schema.sql
	$(AM_V_GEN)$(MKDIR_P) %D%/sqlite && \
	{ echo '#include "store/sqlite/schema.h"' && echo 'const char schema_sql[] =' && \
	  $(SED) -e 's/[[:space:]]*--.*$$//' -e '/^[[:space:]]*$$/d' -e 's/[\\"]/\\&/g' -e 's/^/"/' -e 's/$$/\\n"/' $(srcdir)/%D%/sqlite/schema.sql && \
	  echo ';'; } > $@.tmp && mv $@.tmp $@

if POSTGRESQL
STORE_MODULES = store_pg.so
module_PROGRAMS += $(STORE_MODULES)
store_pg_so_CPPFLAGS = $(AM_CPPFLAGS) $(POSTGRESQL_CFLAGS)
store_pg_so_CFLAGS = $(MODULE_CFLAGS)
store_pg_so_LDFLAGS = $(MODULE_LDFLAGS)
store_pg_so_LDADD = $(POSTGRESQL_LIBS) $(BSD_LIBS)
store_pg_so_SOURCES = \
	%D%/pg/address.c %D%/pg/address.h \
	%D%/pg/array.c %D%/pg/array.h \
	%D%/pg/check.c \
	%D%/pg/claim.c \
	%D%/pg/clockwork.c %D%/pg/clockwork.h \
	%D%/pg/commit.c \
	%D%/pg/connect.c \
	%D%/pg/cursor.c \
	%D%/pg/describe.c \
	%D%/pg/fail.c \
	%D%/pg/finish.c %D%/pg/finish.h %D%/pg/finish_text.c \
	%D%/pg/hint.c %D%/pg/hint.h \
	%D%/pg/lines.h \
	%D%/pg/lane.c %D%/pg/lane.h \
	%D%/pg/prune.c \
	%D%/pg/handle.h \
	%D%/pg/listen.c \
	%D%/pg/migrate.c \
	%D%/pg/number.c \
	%D%/pg/open.c \
	%D%/pg/pg.c \
	%D%/pg/pipe.c %D%/pg/pipe.h \
	%D%/pg/rows.c %D%/pg/rows.h \
	%D%/pg/schema.h \
	%D%/pg/start.c \
	%D%/pg/submit.c %D%/pg/submit.h \
	%D%/pg/text.c
nodist_store_pg_so_SOURCES = %D%/pg/schema.c
endif
EXTRA_DIST += %D%/pg/schema.sql
CLEANFILES += %D%/pg/schema.c

%D%/pg/schema.c: %D%/pg/schema.sql
	$(AM_V_GEN)$(MKDIR_P) %D%/pg && \
	{ echo '#include "store/pg/schema.h"' && echo 'const char pg_schema_sql[] =' && \
	  $(SED) -e 's/[\\"]/\\&/g' -e 's/^/"/' -e 's/$$/\\n"/' $(srcdir)/%D%/pg/schema.sql && \
	  echo ';'; } > $@.tmp && mv $@.tmp $@
