# Unit tests are TAP programs in C, commands and daemon are bats; both speak TAP.
TEST_EXTENSIONS = .bats .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
BATS_LOG_DRIVER = $(LOG_DRIVER)
BATS_LOG_COMPILER = bats
AM_BATS_LOG_FLAGS = --formatter tap
AM_TESTS_ENVIRONMENT = \
	srcdir='$(abs_top_srcdir)'; export srcdir; \
	builddir='$(abs_top_builddir)'; export builddir;

check_LIBRARIES += libtap.a
libtap_a_SOURCES = %D%/lib/scratch.c %D%/lib/scratch.h %D%/lib/tap.c %D%/lib/tap.h
# What takes longest comes first: this over each backend, then those of bats.
TESTS += %D%/unit/t_store
include $(srcdir)/tests/fake/module.mk
include $(srcdir)/tests/bench/module.mk
include $(srcdir)/tests/bats/module.mk
include $(srcdir)/tests/unit/module.mk
include $(srcdir)/tests/faults/module.mk
include $(srcdir)/tests/cluster/module.mk
include $(srcdir)/tests/fuzz/module.mk
include $(srcdir)/tests/lint/module.mk
