/*
 * prompt: that this process gets a processor as soon as it can go on, whatever its jobs do.
 */
#ifndef BASE_PROMPT_H
#define BASE_PROMPT_H

/*
 * Asks the kernel for short slices of time, which it grants sooner (sched_setattr(2),
 * sched_runtime; from Linux 6.12 on, for everybody): who starts jobs works for a moment and sleeps
 * again. What this process starts does not inherit it. A policy, or a priority above that of
 * others, is left alone, for jobs do inherit these.
 *
 * Without it, a busy machine of few processors does one thing at a time: the end of a vfork wakes
 * us where the job has just begun, and we wait until that sleeps, though others stand idle.
 */
void prompt(void);

#endif
