/* test_image.c - which AIS an image holds. */
#include "ais/image.h"

#include "test.h"

static void
a_tag_tells_the_version(void)
{
	CU_ASSERT_EQUAL(image_support(STR("docker.io/aistorage/aisnode:v4.9")), IMAGE_KNOWN);
	CU_ASSERT_EQUAL(image_support(STR("aisnode:4.8")), IMAGE_KNOWN);
	CU_ASSERT_EQUAL(image_support(STR("registry:5000/aisnode:v5.0.1-rc2")), IMAGE_KNOWN);
	CU_ASSERT_EQUAL(image_support(STR("aisnode:3.3.1")), IMAGE_OTHER);
	CU_ASSERT_EQUAL(image_support(STR("aisnode:v4.10")), IMAGE_OTHER);
	CU_ASSERT_EQUAL(image_support(STR("aisnode:v4.7_debug")), IMAGE_OTHER);
}

static void
what_says_no_version_is_believed(void)
{
	static const char *const images[] = { "aisnode", "aisnode:latest", "registry:3.1/aisnode", "aisnode:2",
		"aisnode:2024.01x", "aisnode:20240101.3", "aisnode:v3.3@sha256:0123", "aisnode:", "" };

	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++)
		CU_ASSERT_EQUAL(image_support(str_of(images[i])), IMAGE_SILENT);
}

SUITE(test_image,
    { "a tag tells the version", a_tag_tells_the_version },
    { "what says no version is believed", what_says_no_version_is_believed });
