#!/usr/bin/env bats
# Each failpoint fails, and waits: jobs come to their end all the same, and the checker finds nothing.

load failpoints.bash

@test "an error at each step between claim and acknowledgement" {
	suffer "$(all_with error)"
}

@test "an error at each step of an attach to a runner that lives" {
	suffer "attach.list=error,attach.reach=error,attach.welcome=error"
}

@test "an error at each step of taking in the journal of a dead runner" {
	suffer "takein.read=error:EACCES,takein.done=error"
}

@test "a wait at each step between claim and acknowledgement" {
	suffer "$(all_with delay :150)"
}

@test "a wait at each step of an attach to a runner that lives" {
	suffer "attach.list=delay:300,attach.reach=delay:300,attach.welcome=delay:300"
}

@test "a wait at each step of taking in the journal of a dead runner" {
	suffer "takein.read=delay:300,takein.done=delay:300,takein.forget=delay:300"
}

@test "no space for the journal amid a load" {
	suffer "journal.write=error:ENOSPC@2"
}
