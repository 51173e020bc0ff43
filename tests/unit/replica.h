/* replica.h - two replicas with certificates of their own, and what they serve. */
#ifndef TESTS_UNIT_REPLICA_H
#define TESTS_UNIT_REPLICA_H

#include "tests/peer/script.h"
#include "webhook/own_certs.h"

#define REPLICAS    2
#define REPLICA_CRD "aistores.ais.nvidia.com"

struct replica {
	struct access        access;
	struct api           api;
	struct own_certs     certs;          /* its owner is the replica */
	struct tls_identity *serving;    /* NULL: nothing */
	int                  served;     /* how many, one after the other */
	bool                 runs;
};

extern struct replica replicas[REPLICAS];

/* Of Service hooks in namespace ops; Secret cert, configuration hooks; at the script's address. */
void replica_start(int which);
void replica_stop(int which);

#endif
