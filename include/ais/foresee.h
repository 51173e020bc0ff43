/*
 * foresee.h - what an accepted AIStore will do, one sentence an effect: pure.
 *
 * True of this version, which brings clusters up and does not change them
 * once they run: so it says which wishes will be left alone, and how that
 * will show.
 */
#ifndef AIS_FORESEE_H
#define AIS_FORESEE_H

#include "ais/spec.h"
#include "ais/validate.h"

/* As warnings, BY_ADVICE.  `old`: NULL on create. */
void foresee(const struct spec *old, const struct spec *new, struct arena *a, struct findings *f);

#endif
