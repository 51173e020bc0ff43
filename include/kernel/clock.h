/* clock.h - the time.  A world file: tests bring their own. */
#ifndef KERNEL_CLOCK_H
#define KERNEL_CLOCK_H

#include <stdint.h>

int64_t clock_mono_ms(void);     /* only ever grows; for deadlines */
int64_t clock_mono_us(void);
int64_t clock_wall_us(void);     /* since 1970, UTC; may step; for stamps */

#endif
