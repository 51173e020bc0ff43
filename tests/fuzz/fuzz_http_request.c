/* fuzz_http_request.c - heads of requests. */
#include "fuzz_http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0)
		whole_and_in_pieces(data, size, http_request_parse);
	return 0;
}
