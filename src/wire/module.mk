noinst_LIBRARIES += libwire.a
libwire_a_SOURCES = \
	%D%/frame.c %D%/frame.h \
	%D%/joblock.c %D%/joblock.h \
	%D%/journal.c %D%/journal.h \
	%D%/launch.c %D%/launch.h \
	%D%/pack.c %D%/pack.h \
	%D%/pursuit.c %D%/pursuit.h
