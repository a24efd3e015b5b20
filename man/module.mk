dist_man_MANS =
dist_man_MANS += %D%/jobsched.1
dist_man_MANS += %D%/jobsched.conf.5
dist_man_MANS += %D%/jobsched.tab.5
dist_man_MANS += %D%/jobsched-cluster.7
dist_man_MANS += %D%/jobsched-db.7
dist_man_MANS += %D%/jobschedd.8
