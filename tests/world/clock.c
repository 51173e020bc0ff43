/* clock.c - time that passes when a test says so. */
#include "kernel/clock.h"

#include "world_inner.h"

#define START_MONO_US (1000000 * (int64_t)1000)
#define START_WALL_US (1795521600 * (int64_t)1000000)      /* 2026-11-24T12:00:00Z */

static int64_t mono_us = START_MONO_US;
static int64_t wall_us = START_WALL_US;

void
clock_reset(void)
{
	mono_us = START_MONO_US;
	wall_us = START_WALL_US;
}

void
clock_pass_us(int64_t us)
{
	mono_us += us;
	wall_us += us;
}

void
world_step_wall_us(int64_t by)
{
	wall_us += by;
}

int64_t
clock_mono_ms(void)
{
	return mono_us / 1000;
}

int64_t
clock_mono_us(void)
{
	return mono_us;
}

int64_t
clock_wall_us(void)
{
	return wall_us;
}
