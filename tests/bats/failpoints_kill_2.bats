#!/usr/bin/env bats
# SIGKILL of scheduler or runner at every other failpoint: the odd ones of the table.

load failpoints.bash

@test "SIGKILL at each failpoint, half 2: nothing is lost, nothing runs twice" {
	each_of half 1
}
