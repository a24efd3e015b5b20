#!/usr/bin/env bats
# SIGKILL of scheduler or runner at every other failpoint: the even ones of the table.

load failpoints.bash

@test "SIGKILL at each failpoint, half 1: nothing is lost, nothing runs twice" {
	each_of half 0
}
