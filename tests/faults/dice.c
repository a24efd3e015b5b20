/*
 * dice: see dice.h. The generator is splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom
 * number generators).
 */
#include "dice.h"

#include <math.h>

static uint64_t
draw(struct dice *d)
{
	uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

void
dice_init(struct dice *d, uint64_t seed, const char *stream)
{
	d->state = seed;
	for (; *stream != '\0'; stream++) {
		d->state ^= (unsigned char)*stream;
		d->state = draw(d);
	}
}

int64_t
dice_below(struct dice *d, int64_t n)
{
	return (int64_t)(draw(d) % (uint64_t)n);
}

int64_t
dice_between(struct dice *d, int64_t low, int64_t high)
{
	return low + dice_below(d, high - low + 1);
}

bool
dice_percent(struct dice *d, int percent)
{
	return dice_below(d, 100) < percent;
}

int64_t
dice_spread(struct dice *d, int64_t low, int64_t high)
{
	double part = (double)(draw(d) >> 11) / (double)(UINT64_C(1) << 53);

	return low - 1 + (int64_t)pow((double)(high - low + 2), part);
}

int
dice_weighed(struct dice *d, const int *weights, int n)
{
	int64_t all = 0, at;

	for (int i = 0; i < n; i++)
		all += weights[i];
	at = dice_below(d, all);
	for (int i = 0; i < n; i++)
		if ((at -= weights[i]) < 0)
			return i;
	return n - 1;
}
