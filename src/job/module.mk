noinst_LIBRARIES += libjob.a
libjob_a_SOURCES = \
	%D%/attempt.c %D%/attempt.h \
	%D%/check.c %D%/check.h \
	%D%/draft.c %D%/draft.h \
	%D%/each.c %D%/each.h \
	%D%/field.c %D%/field.h \
	%D%/flat.c %D%/flat.h \
	%D%/job.c %D%/job.h \
	%D%/job_check.c \
	%D%/limit.c %D%/limit.h \
	%D%/option.c %D%/option.h \
	%D%/packed.c %D%/packed.h \
	%D%/plan.c %D%/plan.h \
	%D%/plan_days.c \
	%D%/plan_due.c \
	%D%/plan_every.c \
	%D%/plan_parts.c %D%/plan_parts.h \
	%D%/plan_stepped.c \
	%D%/setter.c %D%/setter.h \
	%D%/state.c %D%/state.h \
	%D%/words.c %D%/words.h
