/*
 * metric.h - what is counted and measured: one static table, and its text for Prometheus.
 *
 * The name of a metric in C is the place of its first cell.  With labels it
 * has a cell for each value, in the order of its list; a time has
 * METRIC_TIME_CELLS for each:
 *
 *	metric_add(METRIC_LOG_DROPPED, 1);
 *	metric_add(METRIC_API_CALLS + METRIC_CODES * verb + metric_code(status), 1);
 *	metric_time(METRIC_WEBHOOK_TIMES + METRIC_TIME_CELLS * webhook, us);
 *
 * An increment is one addition; nothing is allocated.  Names that the Go
 * operator's framework gives to the same fact are kept, so that dashboards
 * go on working; what only we know begins with ais_operator_.
 */
#ifndef KERNEL_METRIC_H
#define KERNEL_METRIC_H

#include <stdint.h>

#include "kernel/check.h"
#include "kernel/out.h"

/* Labels: X(text) for each value. */
#define METRIC_LABEL_NONE(X) X("")
#define METRIC_LABEL_RELEASE(X) X("version=\"" VERSION "\"")
#define METRIC_LABEL_CODE(X) \
	X("code=\"<error>\"") X("code=\"200\"") X("code=\"201\"") X("code=\"202\"") X("code=\"400\"") \
	X("code=\"401\"") X("code=\"403\"") X("code=\"404\"") X("code=\"405\"") X("code=\"408\"") X("code=\"409\"") \
	X("code=\"410\"") X("code=\"413\"") X("code=\"415\"") X("code=\"422\"") X("code=\"429\"") X("code=\"431\"") \
	X("code=\"500\"") X("code=\"501\"") X("code=\"502\"") X("code=\"503\"") X("code=\"504\"") X("code=\"505\"") \
	X("code=\"other\"")
/* In the order of enum verb (k8s/api.h). */
#define METRIC_LABEL_VERB(X) \
	X("method=\"GET\",verb=\"get\"") X("method=\"GET\",verb=\"list\"") \
	X("method=\"POST\",verb=\"create\"") X("method=\"PUT\",verb=\"update\"") \
	X("method=\"PATCH\",verb=\"apply\"") X("method=\"PATCH\",verb=\"merge\"") \
	X("method=\"DELETE\",verb=\"delete\"") X("method=\"GET\",verb=\"watch\"")
/* Of enum watch_event (k8s/watch_line.h). */
#define METRIC_LABEL_EVENT(X) \
	X("type=\"added\"") X("type=\"modified\"") X("type=\"deleted\"") X("type=\"bookmark\"") X("type=\"error\"") \
	X("type=\"broken\"")
/* Of enum stored (k8s/store.h). */
#define METRIC_LABEL_STORED(X) \
	X("result=\"new\"") X("result=\"changed\"") X("result=\"same\"") X("result=\"old\"") X("result=\"gone\"") \
	X("result=\"full\"") X("result=\"bad\"")
/* Of enum verdict (ais/plan.h), then: failed. */
#define METRIC_LABEL_PASS(X) \
	X("controller=\"aistore\",result=\"success\",verdict=\"settled\"") \
	X("controller=\"aistore\",result=\"requeue\",verdict=\"asked\"") \
	X("controller=\"aistore\",result=\"requeue\",verdict=\"changed\"") \
	X("controller=\"aistore\",result=\"requeue_after\",verdict=\"wait\"") \
	X("controller=\"aistore\",result=\"requeue_after\",verdict=\"blocked\"") \
	X("controller=\"aistore\",result=\"error\",verdict=\"failed\"")
#define METRIC_LABEL_QUEUE(X) X("name=\"aistore\"")
#define METRIC_LABEL_LEASE(X) X("name=\"60c23797.nvidia.com\"")
/* Of enum webhook (webhook/serve.h). */
#define METRIC_LABEL_WEBHOOK(X) \
	X("webhook=\"/validate-ais-nvidia-com-v1beta1-aistore\"") \
	X("webhook=\"/validate-ais-nvidia-com-v1alpha1-aistore\"") \
	X("webhook=\"/validate-auth-ais-nvidia-com-v1alpha1-aistoreauth\"") \
	X("webhook=\"/validate-auth-ais-nvidia-com-v1alpha1-aistoreauthprofile\"") \
	X("webhook=\"/convert\"")
/* Of enum review_verdict (webhook/review.h). */
#define METRIC_LABEL_REVIEW(X) X("verdict=\"allowed\"") X("verdict=\"denied\"") X("verdict=\"refused\"")
/* Of enum cert_use (webhook/cert_files.h). */
#define METRIC_LABEL_CERT(X) X("use=\"webhook\"") X("use=\"metrics\"")

/* X(name here, kind, name there, help, label, second label); at most 2^31 - 1 cells. */
#define METRICS(X) \
	X(INFO, GAUGE, "ais_operator_info", "The version that runs.", RELEASE, NONE) \
	X(CPU, COUNTER_US, "process_cpu_seconds_total", "CPU time of this process.", NONE, NONE) \
	X(RESIDENT, GAUGE, "process_resident_memory_bytes", "Resident memory of this process.", NONE, NONE) \
	X(STARTED, GAUGE_US, "process_start_time_seconds", "When this process began, since 1970.", NONE, NONE) \
	X(TURNS, TIMES, "ais_operator_loop_turn_seconds", \
	    "How long one turn of the loop kept everything else waiting.", NONE, NONE) \
	X(STALL, GAUGE_US, "ais_operator_loop_longest_turn_seconds", "The longest turn so far.", NONE, NONE) \
	X(EVENTS, COUNTER, "ais_operator_watch_events_total", "Lines of watches.", EVENT, NONE) \
	X(STORED, COUNTER, "ais_operator_stored_total", \
	    "What objects that were seen meant to the store; same: nobody had to look; full: not looked after.", \
	    STORED, NONE) \
	X(OBJECTS, GAUGE, "ais_operator_store_objects", "Objects in the store.", NONE, NONE) \
	X(API_CALLS, COUNTER, "rest_client_requests_total", "Answers of the API server.", VERB, CODE) \
	X(PASSES, COUNTER, "controller_runtime_reconcile_total", "Passes that have ended.", PASS, NONE) \
	X(CLUSTERS, GAUGE, "ais_operator_clusters", "AIStores that are looked after.", NONE, NONE) \
	X(QUEUE, GAUGE, "workqueue_depth", "AIStores that wait for a pass.", QUEUE, NONE) \
	X(RUNNING, GAUGE, "ais_operator_passes_in_flight", "Passes whose writes are on their way.", NONE, NONE) \
	X(AIS_CALLS, COUNTER, "ais_operator_ais_calls_total", "Answers of AIS clusters.", CODE, NONE) \
	X(LEADING, GAUGE, "leader_election_master_status", "1 while the lease is ours.", LEASE, NONE) \
	X(LOG_DROPPED, COUNTER, "ais_operator_log_lines_dropped_total", \
	    "Lines that standard error did not take.", NONE, NONE) \
	X(WEBHOOK_ANSWERS, COUNTER, "controller_runtime_webhook_requests_total", \
	    "Answers to the API server.", WEBHOOK, CODE) \
	X(WEBHOOK_TIMES, TIMES, "controller_runtime_webhook_latency_seconds", \
	    "From a whole request to its answer.", WEBHOOK, NONE) \
	X(REVIEWS, COUNTER, "ais_operator_reviews_total", \
	    "Admission reviews; refused: not one that can be judged.", REVIEW, NONE) \
	X(HTTP_REFUSED, COUNTER, "ais_operator_http_refused_total", \
	    "Requests that were no more than refused; <error>: closed without a word.", CODE, NONE) \
	X(CERT_READ, COUNTER, "certwatcher_read_certificate_total", "Certificate files read.", CERT, NONE) \
	X(CERT_BAD, COUNTER, "certwatcher_read_certificate_errors_total", \
	    "Certificate files that could not be used.", CERT, NONE) \
	X(CERT_ENDS, GAUGE_US, "ais_operator_certificate_not_after_seconds", \
	    "When the certificate that is served ends, since 1970; 0: none is.", CERT, NONE)

enum metric_kind {
	METRIC_KIND_COUNTER, METRIC_KIND_GAUGE,
	METRIC_KIND_COUNTER_US, METRIC_KIND_GAUGE_US,    /* kept in microseconds, shown in seconds */
	METRIC_KIND_TIMES,                               /* a histogram: likewise */
};

#define METRIC_BOUNDS     15
#define METRIC_TIME_CELLS (METRIC_BOUNDS + 2)    /* by bound, those above, and the sum */

#define METRIC_ONE(text) + 1
#define METRIC_COUNT(label) (0 METRIC_LABEL_##label(METRIC_ONE))
#define METRIC_CODES METRIC_COUNT(CODE)
#define METRIC_WIDTH(kind) (METRIC_KIND_##kind == METRIC_KIND_TIMES ? METRIC_TIME_CELLS : 1)

#define METRIC_PLACE(id, kind, name, help, a, b) \
	METRIC_##id, METRIC_##id##_LAST = METRIC_##id + METRIC_COUNT(a) * METRIC_COUNT(b) * METRIC_WIDTH(kind) - 1,
enum metric { METRICS(METRIC_PLACE) METRIC_CELLS };

extern uint64_t       metric_cells[METRIC_CELLS];
extern const uint32_t metric_bounds[METRIC_BOUNDS];      /* microseconds */

static inline void
metric_add(unsigned cell, uint64_t n)
{
	CHECK(cell < METRIC_CELLS);
	metric_cells[cell] += n;
}

static inline void
metric_set(unsigned cell, uint64_t value)
{
	CHECK(cell < METRIC_CELLS);
	metric_cells[cell] = value;
}

void     metric_time(unsigned cell, int64_t us);
unsigned metric_code(int status);        /* its place among the codes; 0: there was no answer */

/* Everything, as text/plain; version=0.0.4.  Counters with labels appear once they count. */
#define METRIC_TEXT_MAX (128u << 10)
void metric_print(struct out *o);

#endif
