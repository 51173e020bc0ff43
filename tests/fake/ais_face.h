/* ais_face.h - a simulated AIS daemon on the network: its public port, plain HTTP. */
#ifndef TESTS_FAKE_AIS_FACE_H
#define TESTS_FAKE_AIS_FACE_H

#include "net/server.h"
#include "tests/fake/ais.h"

enum ais_manner { AIS_SERVE, AIS_HANG, AIS_REFUSE };

struct ais_face {
	struct ais_daemon *daemon;
	struct server      server;
	bool               open;
	enum ais_manner    manner;
	void             (*asked)(struct ais_face *);    /* a request may have changed the world */
	void              *owner;
	/* Inner. */
	struct ais_held   *held;             /* requests that wait for the cluster to start */
	struct loop_timer  retry;
};

/* Opens or closes the port as the daemon and the manner say.  Call it when either has changed. */
void ais_face_update(struct ais_face *f);
void ais_face_close(struct ais_face *f);

#endif
