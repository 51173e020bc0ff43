/* scrape.c - what this process is and holds, now. */
#include "webhook/scrape.h"

#include "kernel/file.h"
#include "kernel/memory.h"
#include "kernel/metric.h"

#define TICK_US 10000        /* the kernel shows CPU time in hundredths, on every machine */

/* proc(5), /proc/self/stat: numbers of its fields; the name before them may hold blanks. */
enum { STAT_FIRST = 3, STAT_USER = 14, STAT_SYSTEM = 15, STAT_RESIDENT = 24 };

static void
collect_process(void)
{
	char         room[4096];
	struct arena a;
	struct str   text, word;
	uint64_t     ticks = 0, value;

	arena_init(&a, room, sizeof(room));
	if (file_read("/proc/self/stat", &a, &text) != FILE_OK)
		return;
	while (str_has(text, STR(") ")))
		text = str_from(text, 1);
	text = str_from(text, 1);
	for (int field = STAT_FIRST; field <= STAT_RESIDENT && str_cut(&text, ' ', &word); field++) {
		if (!str_u64(word, &value))
			continue;
		if (field == STAT_USER || field == STAT_SYSTEM)
			ticks += value;
		else if (field == STAT_RESIDENT)
			metric_set(METRIC_RESIDENT, value * memory_page());
	}
	metric_set(METRIC_CPU, ticks * TICK_US);
}

struct str
scrape(const struct control *c, int64_t started_us)
{
	static char text[METRIC_TEXT_MAX];
	struct out  o = out_over(text, sizeof(text));

	collect_process();
	metric_set(METRIC_INFO, 1);
	metric_set(METRIC_STARTED, (uint64_t)started_us);
	metric_set(METRIC_OBJECTS, c->store.table.count);
	metric_set(METRIC_CLUSTERS, c->clusters.count);
	metric_set(METRIC_QUEUE, (uint64_t)c->queue.waiting);
	metric_set(METRIC_RUNNING, (uint64_t)c->queue.running);
	metric_print(&o);
	return out_view(&o);
}
