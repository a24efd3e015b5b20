# job
job_tests = \
	%D%/t_attempt \
	%D%/t_draft \
	%D%/t_field \
	%D%/t_job \
	%D%/t_option \
	%D%/t_packed \
	%D%/t_plan \
	%D%/t_plan_days \
	%D%/t_plan_stepped \
	%D%/t_schedule_count \
	%D%/t_state \
	%D%/t_words
check_PROGRAMS += $(job_tests)
TESTS += $(job_tests)
JOB_LIBS = libtap.a libjob.a libtime.a libbase.a $(BSD_LIBS)

tests_unit_t_attempt_SOURCES = %D%/t_attempt.c
tests_unit_t_attempt_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_attempt_LDADD = $(JOB_LIBS)
tests_unit_t_draft_SOURCES = %D%/t_draft.c
tests_unit_t_draft_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_draft_LDADD = $(JOB_LIBS)
tests_unit_t_field_SOURCES = %D%/t_field.c
tests_unit_t_field_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_field_LDADD = $(JOB_LIBS)
tests_unit_t_job_SOURCES = %D%/t_job.c
tests_unit_t_job_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_job_LDADD = $(JOB_LIBS)
tests_unit_t_option_SOURCES = %D%/t_option.c
tests_unit_t_option_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_option_LDADD = $(JOB_LIBS)
tests_unit_t_packed_SOURCES = %D%/t_packed.c
tests_unit_t_packed_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_packed_LDADD = $(JOB_LIBS)
PLAN_CASE = %D%/plan_case.c %D%/plan_case.h
tests_unit_t_plan_SOURCES = %D%/t_plan.c $(PLAN_CASE)
tests_unit_t_plan_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_plan_LDADD = $(JOB_LIBS)
tests_unit_t_plan_days_SOURCES = %D%/t_plan_days.c $(PLAN_CASE)
tests_unit_t_plan_days_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_plan_days_LDADD = $(JOB_LIBS)
tests_unit_t_plan_stepped_SOURCES = %D%/t_plan_stepped.c $(PLAN_CASE)
tests_unit_t_plan_stepped_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_plan_stepped_LDADD = $(JOB_LIBS)
tests_unit_t_schedule_count_SOURCES = %D%/t_schedule_count.c
tests_unit_t_schedule_count_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_schedule_count_LDADD = $(JOB_LIBS)
tests_unit_t_state_SOURCES = %D%/t_state.c
tests_unit_t_state_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_state_LDADD = $(JOB_LIBS)
tests_unit_t_words_SOURCES = %D%/t_words.c
tests_unit_t_words_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_words_LDADD = $(JOB_LIBS)
