# What the scripts of this example share. Read with `.`, not run.
# shellcheck shell=sh
set -eu
umask 077

# The tabs set it; setup made what is under it.
cd "${CLUSTER:?is not set: the folder that setup was given}"

# Used by the scripts that read this.
# shellcheck disable=SC2034
{
	fleet=$CLUSTER/management/fleet.db    # what there should be
	catalog=$CLUSTER/service/catalog.db   # what there is
	data=$CLUSTER/service/data            # the databases themselves
	backups=$CLUSTER/service/backups      # one folder for each database
	service_jobs=$CLUSTER/service/jobs.db # the service's scheduler
}

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# sql FILE [SQL]: stops at the first error; waits for others who write.
sql() {
	if [ ! -f "$1" ]; then
		echo "${0##*/}: there is no database '$1'" >&2
		return 1
	fi
	sqlite3 -batch -bail -cmd '.timeout 10000' "$@"
}

# A name stands in file names and in SQL, so it holds nothing that means anything there.
check_name() {
	case ${1:-} in
	'' | *[!a-z0-9-]* | -*) die "'${1:-}' is no name: lower case letters, digits and '-'" ;;
	esac
}

# lock NAME: from here to the end of the script, or to its next lock, no other script has this one. A script
# that is run by one that has it, with LOCKED=NAME, has it too.
lock() {
	[ "${LOCKED:-}" != "$1" ] || return 0
	exec 9>"$CLUSTER/locks/$1"
	flock -w 60 9 || die "'$1' is locked for too long"
}

# ask_service NAME SCRIPT [ARG...]: hands a job to the service's scheduler. One job for each name: asking
# again while the old request waits replaces it, and while it runs (exit status 4) is not needed.
ask_service() {
	ask_name=$1
	script=$2
	shift 2
	status=0
	jobsched --db "$service_jobs" submit --replace --name="$ask_name" --cwd="$CLUSTER" \
		--env=CLUSTER --env=PATH --timeout=10m --retries=3 \
		-- "$CLUSTER/bin/service/$script" "$@" </dev/null >/dev/null || status=$?
	[ "$status" -eq 0 ] || [ "$status" -eq 4 ] || return "$status"
	echo "asked the service: $script $*"
}
