# What can be said of the sources without running them.
LINT_TESTS = \
	%D%/failpoints.sh \
	%D%/floors.sh \
	%D%/headers.sh \
	%D%/man.sh \
	%D%/man-options.sh \
	%D%/man-schema.sh \
	%D%/shell.sh \
	%D%/sizes.sh \
	%D%/text.sh \
	%D%/unit.sh
TESTS += $(LINT_TESTS)
EXTRA_DIST += $(LINT_TESTS) %D%/lib.sh
AM_TESTS_ENVIRONMENT += \
	CC='$(CC)'; export CC; \
	HEADER_CPPFLAGS='$(BSD_CFLAGS) $(EVENT_CFLAGS) $(SQLITE_CFLAGS) $(JANSSON_CFLAGS) $(POSTGRESQL_CFLAGS)'; \
	export HEADER_CPPFLAGS;

# For text.sh: what the tarball would hold; a folder goes into it whole.
.PHONY: dist-list
dist-list:
	@cd $(srcdir) && for file in $(DISTFILES); do \
		[ -d "$$file" ] && find "$$file" -type f || echo "$$file"; \
	done
