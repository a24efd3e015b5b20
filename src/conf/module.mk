noinst_LIBRARIES += libconf.a
libconf_a_SOURCES = \
	%D%/calendars.c %D%/calendars.h \
	%D%/comments.c %D%/comments.h \
	%D%/conf.c %D%/conf.h \
	%D%/file.c %D%/file.h \
	%D%/keys.c %D%/keys.h \
	%D%/parse.c %D%/parse.h \
	%D%/places.c %D%/places.h
libconf_a_CPPFLAGS = $(AM_CPPFLAGS) $(CONFUSE_CFLAGS)
