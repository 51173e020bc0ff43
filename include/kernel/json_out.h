/*
 * json_out.h - writing JSON: commas and escapes by themselves.
 *
 * Escapes as Go's encoder does, which is what AIS configuration hashes are
 * made over: < > & as \u003c \u003e \u0026, U+2028 and U+2029 as \u2028 and
 * \u2029, short escapes for " \ LF CR TAB, other controls \u00xx.
 */
#ifndef KERNEL_JSON_OUT_H
#define KERNEL_JSON_OUT_H

#include "kernel/json.h"
#include "kernel/out.h"

struct json_out {
	struct out *o;
	bool        comma;       /* the next value or key wants one before it */
	bool        html;        /* escape < > & too; on by default */
};

struct json_out json_out(struct out *o);

void jo_obj(struct json_out *j);
void jo_obj_end(struct json_out *j);
void jo_arr(struct json_out *j);
void jo_arr_end(struct json_out *j);
void jo_key(struct json_out *j, struct str key);
void jo_str(struct json_out *j, struct str s);
void jo_int(struct json_out *j, int64_t v);
void jo_bool(struct json_out *j, bool v);
void jo_null(struct json_out *j);
void jo_raw(struct json_out *j, struct str json);     /* a value that is JSON already */

/* A key and its value in one. */
void jo_key_str(struct json_out *j, struct str key, struct str s);
void jo_key_int(struct json_out *j, struct str key, int64_t v);
void jo_key_bool(struct json_out *j, struct str key, bool v);
void jo_key_raw(struct json_out *j, struct str key, struct str json);
void jo_key_obj(struct json_out *j, struct str key);
void jo_key_arr(struct json_out *j, struct str key);

#endif
