# What contrib/check and contrib/demo share: packages, and a build in a folder of its own.
# shellcheck shell=sh
set -eu

# Standard input may be closed or a terminal: nothing here asks.
exec </dev/null

program=${0##*/}
top=$(cd "$(dirname "$0")/.." && pwd)

# One word for each package; where another will do as well, it is behind a bar.
# shellcheck disable=SC2034 # used by those who read this
build_packages="gcc make autoconf automake pkg-config|pkgconf libsqlite3-dev libbsd-dev libevent-dev
	libsmartcols-dev libconfuse-dev libjansson-dev"

die() {
	echo "$program: $*" >&2
	exit 1
}

say() {
	echo "== $*"
}

installed() {
	dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

# missing_packages WORD...: those of which no alternative is installed.
missing_packages() {
	for word; do
		installed "${word%%|*}" || installed "${word##*|}" || printf ' %s' "${word%%|*}"
	done
}

# install_missing [SUDO...]
install_missing() {
	# A list of words.
	# shellcheck disable=SC2086
	"$@" apt-get update -q && "$@" env DEBIAN_FRONTEND=noninteractive \
		apt-get install -q -y --no-install-recommends $missing
}

# need_packages WORD...: installs what is missing, or says what to install. If all is there it needs neither
# root nor a network.
need_packages() {
	if ! command -v dpkg-query >/dev/null; then
		say "this is no Debian: configure will say whether all that is needed is there"
		return
	fi
	missing=$(missing_packages "$@")
	[ -n "$missing" ] || return 0
	say "installing:$missing"
	if [ "$(id -u)" -eq 0 ]; then
		install_missing && return
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
		install_missing sudo -n && return
	fi
	echo "$program: packages are missing; as root:" >&2
	echo "apt install$missing" >&2
	exit 1
}

# quietly LOG COMMAND...: its output goes to LOG; the end of it is shown if it fails.
quietly() {
	log=$1
	shift
	"$@" >"$log" 2>&1 && return
	echo "$program: '$*' failed; the end of $log:" >&2
	tail -n 40 "$log" >&2
	return 1
}

stale_configure() {
	[ ! -f "$top/configure" ] || [ ! -f "$top/Makefile.in" ] || [ ! -f "$top/config.h.in" ] ||
		[ -n "$(find "$top/configure.ac" -newer "$top/configure")" ]
}

# configure_in FOLDER OPTION...: makes build/FOLDER ready for make. The autotools write into the source tree,
# as they do everywhere; all else stays in the folder. What is configured already with the same
# options is left to make.
configure_in() {
	build=$top/build/$1
	shift
	mkdir -p "$build" 2>/dev/null || :
	if [ ! -w "$top" ] || [ ! -w "$build" ]; then
		die "cannot write to '$top': the build needs a clone that you may write to"
	fi
	if stale_configure; then
		quietly "$build/autoreconf.log" autoreconf -fi "$top" || return
	fi
	[ -f "$build/Makefile" ] && [ "$*" = "$(cat "$build/options" 2>/dev/null)" ] && return
	(cd "$build" && quietly configure.log "$top/configure" -q "$@") || return
	echo "$*" >"$build/options"
}

# make_in FOLDER LOG ARGUMENT...
make_in() {
	build=$top/build/$1
	log=$build/$2
	shift 2
	quietly "$log" make -C "$build" -j"$(nproc)" "$@"
}
