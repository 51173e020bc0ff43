/* addr.h - IP addresses and ports: parsed and printed, never looked up. */
#ifndef NET_ADDR_H
#define NET_ADDR_H

#include "kernel/out.h"

struct addr {
	uint8_t  ip[16];
	uint8_t  ip_len;       /* 4 or 16; 0: none */
	uint16_t port;
};

bool addr_ip(struct str text, struct addr *a);        /* 10.0.0.1, ::1, [::1]; the port is left */
bool addr_port(struct str text, uint16_t *port);      /* 1..65535 */
void addr_print_ip(struct out *o, const struct addr *a);
void addr_print(struct out *o, const struct addr *a); /* 10.0.0.1:443, [::1]:443 */
bool addr_eq(const struct addr *a, const struct addr *b);

#endif
