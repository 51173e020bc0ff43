/* scrape.h - gauges that are read when somebody looks, and the text of all. */
#ifndef WEBHOOK_SCRAPE_H
#define WEBHOOK_SCRAPE_H

#include "ais/control.h"

/* Valid until the next one. */
struct str scrape(const struct control *c, int64_t started_us);

#endif
