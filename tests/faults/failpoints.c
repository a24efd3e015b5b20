/*
 * failpoints: lists the failpoints that are built in, each with its name, the actions that are
 * possible there, and what is about to happen, in columns of TAB.
 */
#include <stdio.h>

#include "base/failpoint.h"

int
main(void)
{
	for (const struct failpoint *p = failpoints; p->name != NULL; p++)
		printf("%s\t%s\t%s\n", p->name, p->fails ? "kill error delay" : "kill delay",
		    p->what);
	return 0;
}
