# contrib: the two commands for people, and how the daemon is started at boot.
dist_noinst_SCRIPTS += %D%/check %D%/demo
EXTRA_DIST += %D%/README %D%/lib.sh %D%/jobschedd.service.in %D%/jobschedd.init.in

systemdsystemunit_DATA = %D%/jobschedd.service
pkgdata_SCRIPTS = %D%/jobschedd.init
# What an administrator has changed stays, here and at an uninstall.
EXTRA_DIST += %D%/jobsched.pam
if PAM
PAM_SERVICE = $(DESTDIR)$(sysconfdir)/pam.d/jobsched
install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(sysconfdir)/pam.d'
	test -e '$(PAM_SERVICE)' || $(INSTALL_DATA) $(srcdir)/%D%/jobsched.pam '$(PAM_SERVICE)'
uninstall-local:
	! cmp -s $(srcdir)/%D%/jobsched.pam '$(PAM_SERVICE)' || rm -f '$(PAM_SERVICE)'
endif
CLEANFILES += $(systemdsystemunit_DATA) $(pkgdata_SCRIPTS)

# The paths are make's to know. The brackets keep configure from filling in the pattern itself.
SUBSTITUTE = $(AM_V_GEN)$(MKDIR_P) $(@D) && $(SED) -e 's,[@]sbindir[@],$(sbindir),g'
%D%/jobschedd.service: %D%/jobschedd.service.in Makefile
	$(SUBSTITUTE) $(srcdir)/%D%/jobschedd.service.in >$@
%D%/jobschedd.init: %D%/jobschedd.init.in Makefile
	$(SUBSTITUTE) $(srcdir)/%D%/jobschedd.init.in >$@ && chmod +x $@
