noinst_LIBRARIES += libtab.a
libtab_a_SOURCES = \
	%D%/account.c %D%/account.h \
	%D%/each.c %D%/each.h \
	%D%/entry.c \
	%D%/folder.c %D%/folder.h \
	%D%/identity.c %D%/identity.h \
	%D%/index.c %D%/index.h \
	%D%/lines.c %D%/lines.h \
	%D%/notes.c %D%/notes.h \
	%D%/options.c %D%/options.h \
	%D%/parser.h \
	%D%/percent.c %D%/percent.h \
	%D%/quote.c %D%/quote.h \
	%D%/seen.c %D%/seen.h \
	%D%/setting.c \
	%D%/tab.c %D%/tab.h
