/*
 * tabfiles: one tab that stays, of which the occurrences that must be in the ledger are known, and
 * some that are rewritten all the time: well, badly, in place, or taken away.
 */
#ifndef FAULTS_TABFILES_H
#define FAULTS_TABFILES_H

struct storm;

void tabfiles_init(struct storm *);
void tabfiles_free(struct storm *);
void tabfiles_start(struct storm *);

/* At rest: writes down what was to be expected up to now. */
void tabfiles_expect(struct storm *);

/* Takes all of them away. */
void tabfiles_remove(struct storm *);

#endif
