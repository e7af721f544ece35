/* SPDX-License-Identifier: MIT */
/* XMP as text: found, set, removed, divided and joined; with whatever it holds. */
#include "io/metadata/md5.h"
#include "io/metadata/xmp_extended.h"
#include "support/pictures/image_io.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const up_xmp_property width = { "urn:a", "a", "Width" };

static up_blob blob_of(const char *text)
{
    up_blob blob = { 0 };
    cr_assert_eq(up_blob_set(&blob, text, strlen(text), NULL), UP_OK);
    return blob;
}

static void expect_text(up_blob *blob, const char *text)
{
    cr_expect(blob->size == strlen(text) &&
                  (!blob->size || memcmp(blob->data, text, blob->size) == 0),
              "%.*s\nexpected: %s", (int)blob->size, (const char *)blob->data, text);
    up_blob_set(blob, NULL, 0, NULL);
}

Test(md5, of_the_rfc)
{
    static const char *const known[][2] = {
        { "", "D41D8CD98F00B204E9800998ECF8427E" },
        { "abc", "900150983CD24FB0D6963F7D28E17F72" },
        { "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
          "D174AB98D277D9F5A5611C2C9F419D9F" },
        { "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678"
          "9012345678901234567890",
          NULL },
    };
    for (int i = 0; i < 3; i++)
        cr_expect_str_eq(up_md5(known[i][0], strlen(known[i][0])).text, known[i][1]);
    cr_expect_str_eq(up_md5(known[3][0], 80).text, "57EDF4A22BE3C955AC49DA2E2107B67A");
}

Test(xmp, is_set_wherever_it_stands)
{
    static const char *const cases[][2] = {
        { "<r a:Width=\"10\"/>", "<r a:Width=\"2000\"/>" },
        { "<r a:Width = '10' b:Width='10'>", "<r a:Width = '2000' b:Width='10'>" },
        { "<a:Width> 10\n</a:Width><a:Width/>", "<a:Width> 2000\n</a:Width><a:Width/>" },
        { "<z xmlns:q='urn:a' q:Width=''/><q:Width>1</q:Width>",
          "<z xmlns:q='urn:a' q:Width='2000'/><q:Width>2000</q:Width>" },
        { "<z xmlns:a='other' a:Width='1'/>", "<z xmlns:a='other' a:Width='1'/>" },
        { "<!-- <r a:Width='1'/> --><?x a:Width='1'?><![CDATA[<r a:Width='1'/>]]>a:Width='1'",
          "<!-- <r a:Width='1'/> --><?x a:Width='1'?><![CDATA[<r a:Width='1'/>]]>a:Width='1'" },
        { "<r b=\"a:Width='1'>\" a:Width='1'/>", "<r b=\"a:Width='1'>\" a:Width='2000'/>" },
        { "<a:Width><b/></a:Width>", "<a:Width><b/></a:Width>" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        up_blob xmp = blob_of(cases[i][0]);
        cr_assert_eq(up_xmp_set(&xmp, &width, "2000", NULL), UP_OK);
        expect_text(&xmp, cases[i][1]);
    }
}

Test(xmp, is_removed_with_all_that_is_in_it)
{
    static const up_xmp_property all = { "urn:a", "a", "*" }, some = { "urn:a", "a", "Wi*" };
    static const struct {
        const up_xmp_property *property;
        const char *before, *after;
        bool found;
    } cases[] = {
        { &width, "<r a:Width='1' c='2'/>", "<r c='2'/>", true },
        { &width, "<r><a:Width><a:Width>1</a:Width><b/></a:Width>x</r>", "<r>x</r>", true },
        { &width, "<r><a:Width/></r>", "<r></r>", true },
        { &all, "<r xmlns:q='urn:a' q:x='1' xmlns:b='b'><q:y b:c='d'>z</q:y></r>",
          "<r xmlns:b='b'></r>", true },
        { &some, "<r a:Width='1' a:Wider='1' a:Height='2'/>", "<r a:Height='2'/>", true },
        { &some, "<r a:Height='2'/>", "<r a:Height='2'/>", false },
        { &width, "<r><a:Width></r>", "", true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        up_blob xmp = blob_of(cases[i].before);
        bool found;
        cr_assert_eq(up_xmp_remove(&xmp, cases[i].property, &found, NULL), UP_OK);
        cr_expect_eq(found, cases[i].found, "%s", cases[i].before);
        expect_text(&xmp, cases[i].after);
    }
}

Test(xmp, sizes_and_resolutions_follow_the_picture)
{
    up_blob xmp = blob_of("<r tiff:XResolution='72/1' tiff:YResolution='3000/20' "
                          "tiff:ImageWidth='1' exif:PixelYDimension='1' tiff:Orientation='6'/>");
    cr_assert_eq(up_xmp_rescale(&xmp, 2, 1.5, true, 640, 480, NULL), UP_OK);
    expect_text(&xmp, "<r tiff:XResolution='300/1' tiff:YResolution='108/1' "
                      "tiff:ImageWidth='640' exif:PixelYDimension='480' tiff:Orientation='1'/>");
}

Test(xmp, joining_keeps_what_prefixes_mean)
{
    up_blob xmp = blob_of("<x><rdf:RDF xmlns:xmpNote='http://ns.adobe.com/xmp/note/'>"
                          "<rdf:Description xmpNote:HasExtendedXMP='0'/></rdf:RDF></x>");
    up_blob extended = blob_of("<x><rdf:RDF xmlns:p='urn:p'><rdf:Description p:q='1'/>"
                               "<rdf:Description xmlns:p='urn:own' p:q='1'>z</rdf:Description>"
                               "</rdf:RDF></x>");
    bool joined;
    cr_assert_eq(up_xmp_join(&xmp, &extended, &joined, NULL), UP_OK);
    cr_expect(joined);
    expect_text(&xmp, "<x><rdf:RDF xmlns:xmpNote='http://ns.adobe.com/xmp/note/'>"
                      "<rdf:Description/><rdf:Description xmlns:p='urn:p' p:q='1'/>"
                      "<rdf:Description xmlns:p='urn:own' p:q='1'>z</rdf:Description>"
                      "</rdf:RDF></x>");
    up_blob_set(&extended, "<x><rdf:RDF><y></rdf:RDF>", 25, NULL);
    xmp = blob_of("<x xmpNote:HasExtendedXMP='0'/>");
    cr_assert_eq(up_xmp_join(&xmp, &extended, &joined, NULL), UP_OK);
    cr_expect_not(joined);
    expect_text(&xmp, "<x/>");
    up_blob_set(&extended, NULL, 0, NULL);
}

Test(xmp, names_its_extension)
{
    char guid[UP_XMP_GUID_SIZE + 1];
    up_blob xmp = blob_of("<rdf:RDF><rdf:Description xmlns:p='urn:p'><p:a>0123456789012345678901234"
                          "567890123456789012345678901234567890123456789</p:a><p:b/>"
                          "</rdf:Description></rdf:RDF>");
    up_blob extended = { 0 };
    bool whole;
    cr_assert_eq(up_xmp_divide(&xmp, &extended, 300, &whole, NULL), UP_OK);
    cr_expect_null(extended.data, "it fits");
    cr_assert_eq(up_xmp_divide(&xmp, &extended, 130, &whole, NULL), UP_OK);
    cr_assert_not_null(extended.data);
    cr_assert(up_xmp_extension_name(&xmp, guid));
    cr_expect_str_eq(guid, up_md5(extended.data, extended.size).text);
    up_blob_set(&xmp, NULL, 0, NULL);
    up_blob_set(&extended, NULL, 0, NULL);
}

/* What is done to XMP in a run, whatever it says; nothing may be read or written outside of it. */
static void do_everything(const uint8_t *bytes, size_t size)
{
    up_blob xmp = { 0 }, extended = { 0 };
    bool found;
    up_blob_set(&xmp, bytes, size, NULL);
    up_blob_set(&extended, bytes, size, NULL);
    cr_assert_eq(up_xmp_rescale(&xmp, 2.5, 3, true, 12345, 6, NULL), UP_OK);
    cr_assert_eq(up_xmp_join(&xmp, &extended, &found, NULL), UP_OK);
    cr_assert_eq(up_xmp_divide(&xmp, &extended, size / 2, &found, NULL), UP_OK);
    cr_assert_eq(up_xmp_remove(&xmp, &(up_xmp_property){ "urn:a", "dc", "*" }, &found, NULL),
                 UP_OK);
    const int orientation = up_xmp_orientation(&extended);
    cr_assert(orientation >= 0 && orientation <= 8);
    up_blob_set(&xmp, NULL, 0, NULL);
    up_blob_set(&extended, NULL, 0, NULL);
}

Test(xmp, survives_every_truncation_and_random_damage)
{
    static const char sound[] =
        "<?xpacket?><x:xmpmeta xmlns:x='adobe:ns:meta/'><!-- c --><rdf:RDF xmlns:rdf='r'>"
        "<rdf:Description tiff:Orientation='6' xmlns:dc='urn:a' dc:x='1' exif:PixelXDimension='7' "
        "tiff:XResolution='72/1'><dc:a><b>0123456789012345678901234567890123456789</b></dc:a>"
        "<tiff:Orientation>8</tiff:Orientation></rdf:Description></rdf:RDF></x:xmpmeta>";
    static const char letters[] = "<>/\"'=: \n!-?[]\0ax";
    uint8_t bytes[sizeof sound];
    uint32_t state = 7;
    for (size_t size = 0; size < sizeof sound; size++)
        do_everything((const uint8_t *)sound, size);
    for (int i = 0; i < 20000; i++) {
        memcpy(bytes, sound, sizeof sound);
        for (int k = 0; k < 1 + i % 5; k++)
            bytes[next_random(&state) % sizeof sound] =
                (uint8_t)letters[next_random(&state) % sizeof letters];
        do_everything(bytes, sizeof sound - 1);
    }
}

/* A million of anything must not take a million times a million. */
Test(xmp, large_hostile_packets_take_no_time, .timeout = 60)
{
    static const char *const pieces[] = { "<a:b ",         "<a:b>",
                                          "a:b='c' ",      "<!--",
                                          "</a>",          "xmlns:a='urn:a' ",
                                          "<rdf:RDF><a/>", "tiff:Orientation='6' " };
    enum { COUNT = 200000 };
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        const size_t length = strlen(pieces[i]);
        uint8_t *bytes = malloc(COUNT * length + 100);
        const char *head = "<rdf:RDF><rdf:Description ";
        size_t size = strlen(head);
        memcpy(bytes, head, size);
        for (int k = 0; k < COUNT; k++, size += length)
            memcpy(bytes + size, pieces[i], length);
        memcpy(bytes + size, "/></rdf:RDF>", 12);
        do_everything(bytes, size + 12);
        free(bytes);
    }
}
