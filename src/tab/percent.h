/*
 * percent: what '%' means in a command (private to this floor).
 */
#ifndef TAB_PERCENT_H
#define TAB_PERCENT_H

/*
 * crontab(5): the command ends at its first '%' that no backslash escapes; the rest is its standard
 * input, in which each further one is a line end. "\%" is a '%'. Cuts text and unescapes it in
 * place; returns the input (the caller's; it ends in a line end), NULL if there is none.
 */
char *percent_split(char *text);

#endif
