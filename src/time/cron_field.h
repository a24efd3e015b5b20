/*
 * cron_field: reads one of the five fields of an expression (private to this floor).
 */
#ifndef TIME_CRON_FIELD_H
#define TIME_CRON_FIELD_H

struct cron_reader;

/*
 * Reads r->p to r->end as r->field into r->cron. FIELD_MONTH must have been read before
 * FIELD_DOM, whose random values are drawn from days that there are. 0 or E_INPUT.
 */
int cron_field_read(struct cron_reader *);

#endif
