#!/bin/sh
# The unit is understood by systemd without a complaint, and contrib/README tells its score as it is.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

valid="systemd finds no fault in the unit"
score="contrib/README tells the score of the unit"
if ! command -v systemd-analyze >/dev/null; then
	skip "$valid" "systemd-analyze is not installed"
	skip "$score" "systemd-analyze is not installed"
	finish
	exit
fi

# It looks for the program, which is not installed yet.
sed 's,@sbindir@/jobschedd,/bin/true,' contrib/jobschedd.service.in >"$tmp/jobschedd.service"
systemd-analyze verify --man=no "$tmp/jobschedd.service" >"$tmp/found" 2>&1 || :
judge "$valid" "$tmp/found"

# The rules by which it counts differ from version to version.
counted=$(sed -n 's/.*(systemd \([0-9]*\))$/\1/p' contrib/README)
version=$(systemd-analyze --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
if [ "$version" != "$counted" ]; then
	skip "$score" "it is that of systemd $counted, not $version"
else
	systemd-analyze security --offline=true "$tmp/jobschedd.service" 2>/dev/null |
		sed -n 's/.*\(Overall exposure level for .*: [0-9.]* [A-Z]*\).*/\1/p' >"$tmp/says"
	if [ ! -s "$tmp/says" ]; then
		echo "systemd-analyze security says nothing" >"$tmp/other"
	elif ! grep -qF -- "$(cat "$tmp/says")" contrib/README; then
		cp "$tmp/says" "$tmp/other"
	fi
	touch "$tmp/other"
	judge "$score" "$tmp/other"
fi

finish
