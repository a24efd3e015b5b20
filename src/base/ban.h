/*
 * ban: functions with a better replacement in this project. Included before
 * every source file by the build, so that using one does not compile.
 *
 * strcpy, strcat, sprintf, strncpy: strlcpy, strlcat, snprintf, asprintf.
 * atoi and kin: strtonum. strtok: strsep. localtime and kin: time/zone.h.
 */
#ifndef BASE_BAN_H
#define BASE_BAN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok strtok_r
#pragma GCC poison atoi atol atoll gets localtime localtime_r gmtime gmtime_r mktime

#endif
