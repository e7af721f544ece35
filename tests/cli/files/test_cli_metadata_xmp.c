/* SPDX-License-Identifier: MIT */
/* XMP: what it says of the pixels, its two parts in JPEG files, and what it claims of companions.
 */
#define _GNU_SOURCE /* memmem */
#include "support/pictures/carried.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(cli_metadata_xmp, .init = carried_init, .fini = scratch_fini);

/* ---- orientation */

static void expect_upright(const char *input, const char *output, int width)
{
    expect_warning(input, output, "");
    json_t *json = shell_json("upscale info %s --json", output);
    cr_expect_eq(json_integer_value(json_object_get(json, "width")), width, "%s", output);
    cr_expect_eq(json_integer_value(json_object_get(json, "orientation")), 1, "%s", output);
    json_decref(json);
}

Test(cli_metadata_xmp, an_orientation_that_only_xmp_states)
{
    static const char element[] =
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
        "xmlns:t='http://ns.adobe.com/tiff/1.0/'><rdf:Description>"
        "<t:Orientation>\n 8 </t:Orientation></rdf:Description></rdf:RDF>";
    expect_upright("xmp-orientation-only.png", "o.png", 12);
    file_part xmp = png_part("o.png", "iTXt", "XML:com.adobe.xmp", 0);
    const char *text = xmp.data ? (const char *)xmp.data + 22 : "";
    cr_expect(strstr(text, "tiff:Orientation=\"1\" tiff:ImageWidth=\"12\" tiff:ImageLength=\"16\""),
              "%s", text);
    free(xmp.data);
    jpeg_insert_xmp("a.jpg", element);
    expect_upright("a.jpg", "o.jpg", 20);
    cr_expect_eq(shell_code("cp a.jpg b.jpg"), 0);
    /* EXIF, where it says something, is right; even if that is 1. */
    jpeg_insert("b.jpg", APP1,
                "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x01\0\0\0\0\0", 32);
    expect_upright("b.jpg", "p.jpg", 24);
}

/* ---- XMP of any size */

/* A packet of many properties. */
static char *large_xmp(size_t size)
{
    char *xmp = malloc(size + 200);
    int at =
        sprintf(xmp, "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>"
                     "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
                     "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
                     "<rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/' "
                     "dc:format='image/png'><dc:rights>mine</dc:rights>");
    xmp = realloc(xmp, size + 1000);
    at += sprintf(xmp + at, "<dc:source>");
    while ((size_t)at < size)
        at += sprintf(xmp + at, "%x ", (unsigned)at * 2654435761u);
    sprintf(xmp + at, "</dc:source></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>");
    return xmp;
}

Test(cli_metadata_xmp, large_xmp_is_divided_for_jpeg_and_joined_for_png)
{
    static const size_t sizes[] = { 65000, 65600, 300000, 5000000 };
    for (int i = 0; i < 4; i++) {
        char *xmp = large_xmp(sizes[i]);
        carried_renew("a.png");
        png_insert_xmp("a.png", xmp);
        expect_warning("a.png", "o.jpg", "");
        expect_warning("o.jpg", "p.jpg", "");
        expect_warning("p.jpg", "p.png", "");
        cr_expect_eq(jpeg_count("o.jpg", APP1, XMP_HEAD), 1);
        file_part small = jpeg_part("o.jpg", APP1, XMP_HEAD, 0); /* what most readers know */
        cr_assert_not_null(small.data);
        cr_expect(strstr((char *)small.data + sizeof XMP_HEAD, "<dc:rights>mine</dc:rights>"));
        free(small.data);
        cr_expect_eq(jpeg_count("p.jpg", APP1, EXTENDED_HEAD),
                     i == 0 ? 0 : (int)sizes[i] / 65400 + 1);
        file_part part = png_part("p.png", "iTXt", "XML:com.adobe.xmp", 0);
        const char *source = strstr(xmp, "<dc:source>"), *end = strstr(xmp, "</rdf:Description>");
        cr_expect(part.data && memmem(part.data, part.size, source, (size_t)(end - source)));
        cr_expect(part.data && strstr((char *)part.data + 22, "dc:format='image/png'"));
        cr_expect(part.data && !strstr((char *)part.data + 22, "HasExtendedXMP"));
        free(part.data);
        free(xmp);
    }
}

/* The extension of a file, whose main packet names it, from its parts. */
static char *extension_of(const char *name)
{
    char guid[33] = "", *joined = calloc(1, 1);
    file_part main = jpeg_part(name, APP1, XMP_HEAD, 0);
    cr_assert_not_null(main.data);
    const char *named = strstr((char *)main.data + sizeof XMP_HEAD, "HasExtendedXMP=\"");
    if (named)
        memcpy(guid, named + 16, 32);
    size_t size = 0;
    for (int i = 0; named; i++) {
        file_part part = jpeg_part(name, APP1, EXTENDED_HEAD, i);
        if (!part.data)
            break;
        cr_expect_arr_eq(part.data + sizeof EXTENDED_HEAD, guid, 32);
        joined = realloc(joined, size + part.size - 75 + 1);
        memcpy(joined + size, part.data + 75, part.size - 75 + 1);
        size += part.size - 75;
        free(part.data);
    }
    free(main.data);
    return joined;
}

Test(cli_metadata_xmp, large_attributes_are_divided_too)
{
    enum { SIZE = 100000 };
    char *xmp = malloc(SIZE + 500);
    int at = sprintf(xmp, "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
                          "<rdf:Description a:b='");
    memset(xmp + at, 'x', SIZE);
    strcpy(xmp + at + SIZE, "'/></rdf:RDF>");
    png_insert_xmp("a.png", xmp);
    expect_warning("a.png", "o.jpg", "");
    cr_expect_eq(jpeg_count("o.jpg", APP1, EXTENDED_HEAD), 2);
    char *extension = extension_of("o.jpg");
    cr_expect_str_eq(extension, xmp);
    free(extension);
    free(xmp);
}

Test(cli_metadata_xmp, extended_xmp_is_joined_by_its_name)
{
    char *before = extension_of("extended-xmp.jpg");
    expect_warning("extended-xmp.jpg", "o.jpg", "");
    char *after = extension_of("o.jpg");
    cr_expect(strstr(after, "from extended"));
    cr_expect_str_eq(before, after);
    free(before);
    free(after);
    expect_warning("extended-xmp.jpg", "o.png", "");
    file_part part = png_part("o.png", "iTXt", "XML:com.adobe.xmp", 0);
    const char *text = part.data ? (char *)part.data + 22 : "";
    cr_expect(strstr(text, "dc:source=\"from extended\"") &&
                  strstr(text, "dc:format=\"image/jpeg\"") && !strstr(text, "HasExtendedXMP"),
              "%s", text);
    free(part.data);
}

#define GUID "0123456789ABCDEF0123456789ABCDEF"
#define REST "<rdf:RDF xmlns:rdf='r'><rdf:Description a='b'/></rdf:RDF>"

static void insert_extended(const char *guid, size_t whole, size_t offset, const char *data,
                            size_t size)
{
    uint8_t segment[200] = EXTENDED_HEAD;
    memcpy(segment + 35, guid, 32);
    for (int i = 0; i < 4; i++) {
        segment[67 + i] = (uint8_t)(whole >> (24 - 8 * i));
        segment[71 + i] = (uint8_t)(offset >> (24 - 8 * i));
    }
    memcpy(segment + 75, data, size);
    jpeg_insert("a.jpg", APP1, segment, 75 + size);
}

Test(cli_metadata_xmp, parts_of_extended_xmp_in_any_order)
{
    const char *rest = REST;
    const size_t size = strlen(rest);
    insert_extended(GUID, size, 0, rest, 20);
    insert_extended(GUID, size, 40, rest + 40, size - 40);
    insert_extended("another name of 32 bytes, unused", 7, 0, "nothing", 7);
    insert_extended(GUID, size, 20, rest + 20, 20);
    insert_extended(GUID, size, 20, rest + 20, 20);
    jpeg_insert_xmp("a.jpg", XMP("xmlns:xmpNote='http://ns.adobe.com/xmp/note/' "
                                 "xmpNote:HasExtendedXMP=\"" GUID "\""));
    expect_warning("a.jpg", "o.jpg", "");
    char *after = extension_of("o.jpg");
    cr_expect_str_eq(after, REST);
    free(after);
}

Test(cli_metadata_xmp, extended_xmp_with_gaps_or_overlaps_is_said_to_be_broken)
{
    const size_t size = strlen(REST);
    const struct {
        size_t whole, offset, part;
    } seconds[] = { { size, 30, size - 30 }, { size, 10, size - 10 }, { size, 20, 10 },
                    { size + 1, 20, 30 },    { 4294967295, 20, 20 },  { size, 4294967295, 20 },
                    { size, 20, 0 },         { 20, 20, 1 },           { 0, 0, 0 } };
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
        carried_renew("a.jpg");
        insert_extended(GUID, size, 0, REST, 20);
        insert_extended(GUID, seconds[i].whole, seconds[i].offset, REST, seconds[i].part);
        jpeg_insert_xmp("a.jpg", XMP("xmpNote:HasExtendedXMP=\"" GUID "\""));
        expect_warning("a.jpg", "o.jpg", "its extended XMP is not whole");
        cr_expect_eq(jpeg_count("o.jpg", APP1, EXTENDED_HEAD), 0);
        cr_expect_neq(shell_code("grep -q HasExtendedXMP o.jpg"), 0, "nothing refers to it");
    }
}

/* ---- companions */

Test(cli_metadata_xmp, frames_of_an_animation_are_counted)
{
    expect_warning("apng.png", "o.jpg", "left behind: 1 of 2 animation frames");
    png_insert("a.png", "fdAT", true, "\0\0\0\1", 4);
    for (int i = 0; i < 1200; i++) /* more than the other chunks that are looked at */
        png_insert("a.png", i & 1 ? "fdAT" : "fcTL", true, "\0\0\0\1", 4);
    png_insert("a.png", "acTL", false, "\0\0\0\3\0\0\0\0", 8); /* no fcTL: not of the pixels */
    png_insert("a.png", "tEXt", true, "last\0", 5);
    expect_warning("a.png", "p.png",
                   "its frame 0, counted from 0, has pixels where none belong, so that no "
                   "more are read");
    EXPECT_CHUNK("p.png", "tEXt", "last\0", true);
    static const shell_case tests[] = {
        { "upscale info apng.png", 0, "animation of 2 frames", "" },
        { "upscale info apng.png --json", 0, "\"animation_frames\":2", "" },
        { "upscale info apng.png --json", 0, "\"dropped\":[]", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_metadata_xmp, a_gain_map_goes_and_with_it_what_speaks_of_it)
{
    static const char *const claims[] = { "hdrgm", "hdr-gain-map", "Container", "GainMap",
                                          "Item",  "MPF",          "21496" };
    jpeg_insert("ultrahdr.jpg", APP2, "urn:iso:std:iso:ts:21496:-1\0\0\0\0\0", 32);
    expect_warning("ultrahdr.jpg", "o.jpg", "left behind: HDR gain map");
    expect_warning("ultrahdr.jpg", "o.png", "left behind: HDR gain map");
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        cr_expect(file_says("ultrahdr.jpg", claims[i]), "%s", claims[i]);
        cr_expect_not(file_says("o.jpg", claims[i]), "%s", claims[i]);
        cr_expect_not(file_says("o.png", claims[i]), "%s", claims[i]);
    }
    cr_expect_eq(jpeg_count("o.jpg", APP1, XMP_HEAD), 1);
    static const shell_case tests[] = {
        { "upscale info ultrahdr.jpg", 0, "gain map  for HDR", NULL },
        { "upscale info ultrahdr.jpg --json", 0, "\"further_pictures\":1,\"gain_map\":true", NULL },
        { "upscale ultrahdr.jpg -m nearest --strip -o s.jpg", 0, "",
          "left behind: HDR gain map\n" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_metadata_xmp, gain_maps_of_iso_alone_and_other_pictures_and_videos)
{
    static const char mpf[] =
        "MPF\0II*\0\x08\0\0\0\x01\0\x01\xb0\x04\0\x01\0\0\0\x03\0\0\0\0\0\0\0";
    jpeg_insert("a.jpg", APP2, "urn:iso:std:iso:ts:21496:-1\0\0\0\0\0", 32);
    expect_warning("a.jpg", "o.jpg", "left behind: HDR gain map");
    jpeg_insert("a.jpg", APP2, mpf, sizeof mpf - 1);
    expect_warning("a.jpg", "o.jpg", "left behind: HDR gain map, 1 further picture");
    carried_renew("a.jpg");
    jpeg_insert("a.jpg", APP2, mpf, sizeof mpf - 1);
    jpeg_insert_xmp("a.jpg",
                    XMP("xmlns:c='http://ns.google.com/photos/1.0/camera/' c:MotionPhoto='1' "
                        "c:MicroVideoOffset='99' c:Kept='yes'"));
    expect_warning("a.jpg", "o.jpg", "left behind: video of a motion photo, 2 further pictures");
    cr_expect(file_says("o.jpg", "c:Kept='yes'"));
    cr_expect_not(file_says("o.jpg", "MotionPhoto"));
    cr_expect_not(file_says("o.jpg", "MicroVideo"));
    jpeg_insert("a.jpg", APP12, "Ducky\0", 6);
    jpeg_insert("a.jpg", 0xe0, "JFXX\0\x10thumb", 11);
    expect_warning("a.jpg", "o.jpg",
                   "left behind: video of a motion photo, 2 further pictures, JFIF thumbnail, "
                   "APP12 segment (Ducky)");
}

Test(cli_metadata_xmp, data_behind_a_jpeg_picture)
{
    static const shell_case tests[] = {
        { "printf '\\0\\0\\0' >> a.jpg; upscale a.jpg -m nearest -o o.jpg", 0, "", "" },
        { "cp a.jpg b.jpg; printf video >> b.jpg; upscale b.jpg -m nearest -o p.jpg", 0, "",
          "b.jpg: warning: left behind: data behind the picture\n" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_metadata_xmp, thumbnails_are_named)
{
    static const char both[] = "Exif\0\0II*\0\x08\0\0\0\0\0\x0e\0\0\0\0\0\0\0\0\0";
    jpeg_insert("a.jpg", APP1, both, sizeof both - 1);
    jpeg_insert_xmp("a.jpg", "<rdf:RDF xmlns:rdf='r'><rdf:Description>"
                             "<xmp:Thumbnails><a/></xmp:Thumbnails><b:c>d</b:c>"
                             "</rdf:Description></rdf:RDF>");
    expect_warning("a.jpg", "o.jpg", "left behind: EXIF thumbnail, XMP thumbnail");
    cr_expect(file_says("o.jpg", "<rdf:Description><b:c>d</b:c></rdf:Description>"));
    expect_warning("o.jpg", "p.jpg", "");
}

Test(cli_metadata_xmp, xmp_that_cannot_be_mended_goes_as_a_whole)
{
    jpeg_insert_xmp("a.jpg", "<rdf:RDF><Container:Directory><a>");
    expect_warning("a.jpg", "o.jpg", "left behind: XMP that is damaged");
    cr_expect_eq(jpeg_count("o.jpg", APP1, ""), 0);
}
