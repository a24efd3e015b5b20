#!/bin/sh
# jobsched(1) has exactly the commands and options that the program has, with the same arguments, and its table of states.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

page=man/jobsched.1
jobsched=$builddir/jobsched
if [ ! -x "$jobsched" ]; then
	skip "the manual has the commands and options of the program" "jobsched is not built"
	finish
	exit
fi

# In the form of `jobsched help --options`: "COMMAND" and "COMMAND --option=ARG", "-" for the global options.
awk '
	/^\.S[hs] / { command = ""; commands = 0 }
	/^\.Ss Global options/ { command = "-" }
	/^\.Ss Options of a job/ { command = "submit" }
	/^\.Sh COMMANDS/ { commands = 1 }
	/^\.It Ic / && commands {
		command = ""
		for (i = 3; i <= NF && $i !~ /^(Op|Oo|Ar)$/; i++)
			command = command (command != "" ? " " : "") $i
		print command
	}
	/^\.It .*Fl -[a-z]/ && command != "" {
		line = $0
		sub(/.*Fl -/, "", line)
		sub(/ Ns = Ns Ar /, "=", line)
		print command " --" line
	}' "$page" | sort >"$tmp/page"
"$jobsched" help --options | sort >"$tmp/program"
comm -13 "$tmp/page" "$tmp/program" >"$tmp/found"
judge "the manual has every command and option of the program" "$tmp/found"
comm -23 "$tmp/page" "$tmp/program" >"$tmp/found"
judge "the program has every command and option of the manual" "$tmp/found"

"$jobsched" help --states >"$tmp/states"
grep -vxFf "$page" "$tmp/states" >"$tmp/found" || :
judge "the manual has the program's table of states" "$tmp/found"

finish
