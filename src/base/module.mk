noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	%D%/ban.h \
	%D%/buf.c %D%/buf.h \
	%D%/cgroup.c %D%/cgroup.h \
	%D%/clock.c %D%/clock.h \
	%D%/err.c %D%/err.h \
	%D%/failpoint.h \
	%D%/hash.c %D%/hash.h \
	%D%/io.c %D%/io.h \
	%D%/json.c %D%/json.h \
	%D%/kin.c %D%/kin.h \
	%D%/log.c %D%/log.h \
	%D%/mem.c %D%/mem.h \
	%D%/module.c %D%/module.h \
	%D%/proc.c %D%/proc.h \
	%D%/prompt.c %D%/prompt.h \
	%D%/strv.c %D%/strv.h \
	%D%/tree.c %D%/tree.h \
	%D%/trusted.c %D%/trusted.h \
	%D%/usock.c %D%/usock.h \
	%D%/utf8.c %D%/utf8.h
if FAILPOINTS
libbase_a_SOURCES += %D%/failpoint.c
endif
