# Several hosts: see README here.
TESTS += %D%/storm.sh
EXTRA_DIST += %D%/README %D%/RESULTS %D%/storm %D%/storm.sh %D%/report %D%/faults.bash %D%/hosts.bash %D%/load.bash \
	%D%/nodes.bash %D%/server.bash
