/* fuzz_http_answer.c - heads of answers. */
#include "fuzz_http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum http_result
parse(struct str bytes, size_t *looked, struct http_head *h)
{
	return http_answer_parse(bytes, looked, STR("GET"), h);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0)
		whole_and_in_pieces(data, size, parse);
	return 0;
}
