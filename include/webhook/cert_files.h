/*
 * cert_files.h - a serving certificate from two files, read again when they change.
 *
 * As kubelet mounts a Secret: the names are links into a folder that is
 * swapped in one step, so two reads may fall into two different pairs.  A
 * pair that cannot be used changes nothing: the old one stays, and the log
 * and a metric say so; the next look tries again.  Connections that stand
 * keep what they began with.
 */
#ifndef WEBHOOK_CERT_FILES_H
#define WEBHOOK_CERT_FILES_H

#include "kernel/file.h"
#include "kernel/loop.h"
#include "net/tls.h"

#define CERT_FILES_LOOK_MS 5000
#define CERT_FILES_PATH    512

enum cert_use { CERT_WEBHOOK, CERT_METRICS };

struct cert_files {
	/* Set by the owner; texts must stay. */
	enum cert_use use;
	struct str    folder, cert_name, key_name;
	void        (*serve)(struct cert_files *, struct tls_identity *id);    /* from now on; lent */
	void         *owner;

	/* To be read. */
	bool          serving;           /* a pair has been handed over */
	int64_t       from_us, until_us; /* it is valid */
	char          why[256];          /* what is wrong with the files now, a sentence; empty: nothing */

	/* Inner. */
	char              cert_path[CERT_FILES_PATH], key_path[CERT_FILES_PATH];
	struct file_stamp cert_stamp, key_stamp;
	struct arena      arena;
	struct loop_timer timer;
	int64_t           ended_us;      /* that it has expired was said of this one */
};

/* Reads them at once: serve() may come before it returns.  False: the paths are too long. */
bool cert_files_start(struct cert_files *c);
void cert_files_stop(struct cert_files *c);

struct str cert_use_text(enum cert_use use);         /* "webhook", "metrics" */

#endif
