/* SPDX-License-Identifier: MIT */
/* What a file says beside its pixels: carried, corrected, or named. */
#define _GNU_SOURCE /* memmem */
#include "support/pictures/carried.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const char exif[] = "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0";

TestSuite(cli_metadata, .init = carried_init, .fini = scratch_fini);

/* ---- texts */

Test(cli_metadata, png_texts_are_carried)
{
    expect_warning("png-text.png", "o.png", "left behind: tIME chunk");
    EXPECT_CHUNK("o.png", "tEXt", "parameters\0a tree with a bird\nSteps: 20", false);
    EXPECT_CHUNK("o.png", "iTXt",
                 "Title\0\0\0de\0Titel\0Gr\xc3\xbc\xc3\x9f"
                 "e \xe6\x97\xa5\xe6\x9c\xac",
                 false);
    EXPECT_CHUNK("o.png", "tEXt", "Author\0after IDAT", true);
    file_part before = png_part("png-text.png", "zTXt", "", 0),
              after = png_part("o.png", "zTXt", "", 0);
    cr_assert(before.size == after.size && before.size > 0);
    cr_expect_arr_eq(before.data, after.data, before.size);
    free(before.data);
    free(after.data);
}

Test(cli_metadata, a_comment_goes_from_png_to_jpeg_the_others_are_named)
{
    expect_warning("png-text.png", "o.jpg",
                   "left behind: tIME chunk, text \"parameters\", text \"Title\", text \"Author\"");
    expect_comment("o.jpg", 0, "hello zTXt");
    cr_expect_eq(jpeg_count("o.jpg", COM, ""), 1);
    png_insert("a.png", "tEXt", true, "Description\0caf\xe9", 16); /* Latin-1 becomes UTF-8 */
    expect_warning("a.png", "p.jpg", "");
    expect_comment("p.jpg", 0, "caf\xc3\xa9");
}

Test(cli_metadata, texts_of_any_kind_and_number)
{
    uint8_t bomb[300000] = "Bomb\0";
    uLongf room = sizeof bomb - 6;
    const size_t zeros = 200 << 20;
    uint8_t *blank = calloc(zeros, 1);
    cr_assert_eq(compress2(bomb + 6, &room, blank, zeros, 9), Z_OK);
    free(blank);
    png_insert("a.png", "zTXt", false, bomb, room + 6);
    for (int i = 0; i < 300; i++)
        png_insert("a.png", i & 1 ? "iTXt" : "tEXt", i % 3 == 0, "Key\0\0\0fr\0Cl\xc3\xa9\0text",
                   18);
    expect_warning("a.png", "o.png", "");
    cr_expect_eq(png_count("o.png", "tEXt", "Key"), 150);
    cr_expect_eq(png_count("o.png", "iTXt", "Key"), 150);
    expect_chunk("o.png", "zTXt", bomb, room + 6, false);
    static const shell_case tests[] = {
        { "upscale info a.png", 0, "text      Bomb: cannot be shown", "" },
        { "upscale info a.png --json", 0,
          "{\"keyword\":\"Key\",\"language\":\"fr\",\"text\":\"text\"}", "" },
        { "upscale a.png -m nearest -o o.npy", 0, "",
          "left behind: text \"Key\", 293 more texts\n" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_metadata, chunks_that_are_safe_to_copy)
{
    png_insert("a.png", "abCd", false, "before", 6);
    png_insert("a.png", "mpTy", false, "", 0);
    png_insert("a.png", "vpAg", true, "behind", 6);
    png_insert("a.png", "abCD", false, "no", 2);
    png_insert("a.png", "bKGD", false, "\0\0\0\0\0\0", 6);
    png_insert("a.png", "zzZZ", true, "no", 2);
    expect_warning("a.png", "o.png", "left behind: zzZZ chunk, bKGD chunk, abCD chunk");
    EXPECT_CHUNK("o.png", "abCd", "before", false);
    EXPECT_CHUNK("o.png", "vpAg", "behind", true);
    EXPECT_CHUNK("o.png", "mpTy", "", false);
    expect_warning("a.png", "o.jpg",
                   "left behind: zzZZ chunk, bKGD chunk, abCD chunk, mpTy chunk, "
                   "abCd chunk, vpAg chunk");
}

Test(cli_metadata, what_comes_too_late_in_a_pipe_is_named)
{
    static const shell_case tests[] = {
        { "upscale - -m nearest -f png -o o.png < png-text.png", 0, "", NULL },
        { "cat png-text.png | upscale - -m nearest -f png -o p.png", 0, "",
          "tEXt chunk, behind the pixels of a pipe" },
    };
    SHELL_EXPECT_ALL(tests);
    EXPECT_CHUNK("o.png", "tEXt", "Author\0after IDAT", true);
}

/* ---- comments */

Test(cli_metadata, jpeg_comments_are_carried)
{
    jpeg_insert("a.jpg", COM, "caf\xe9", 4);
    jpeg_insert("a.jpg", COM, "caf\xc3\xa9", 5);
    jpeg_insert("a.jpg", COM, "plain\0", 6);
    expect_warning("a.jpg", "o.jpg", "");
    expect_comment("o.jpg", 0, "plain");
    expect_comment("o.jpg", 1, "caf\xc3\xa9");
    expect_comment("o.jpg", 2, "caf\xe9");
    expect_warning("a.jpg", "o.png", "");
    EXPECT_CHUNK("o.png", "tEXt", "Comment\0plain", false);
    EXPECT_CHUNK("o.png", "iTXt", "Comment\0\0\0\0\0caf\xc3\xa9", false);
    cr_expect_eq(png_count("o.png", "tEXt", "Comment"), 2);
    jpeg_insert("a.jpg", COM, "a\0b", 3);
    expect_warning("a.jpg", "o.png", "left behind: comment that is no text");
}

/* ---- IPTC */

#define IIM "\x1c\x02\x69\0\x05hello"
#define PHOTOSHOP                                                                                  \
    "Photoshop 3.0\0"                                                                              \
    "8BIM\x03\xed\0\0\0\0\0\x10\0\x48\0\0\0\x01\0\x01\0\x96\0\0\0\x01\0\x01"                       \
    "8BIM\x04\x04\0\0\0\0\0\x0a" IIM "8BIM\x04\x0a\0\0\0\0\0\x01\x01\0"                            \
    "8BIM\x04\x0c\0\0\0\0\0\x02no"                                                                 \
    "8BIM\x04\x08\0\0\0\0\0\x02no"

Test(cli_metadata, iptc_is_carried)
{
    static const char result[] =
        "Photoshop 3.0\0"
        "8BIM\x04\x04\0\0\0\0\0\x0a" IIM
        "8BIM\x03\xed\0\0\0\0\0\x10\0\x90\0\0\0\x01\0\x01\x01\x2c\0\0\0\x01\0\x01"
        "8BIM\x04\x0a\0\0\0\0\0\x01\x01";
    jpeg_insert("a.jpg", APP13, PHOTOSHOP, sizeof PHOTOSHOP - 1);
    expect_warning("a.jpg", "o.jpg", "left behind: Photoshop thumbnail, 1 Photoshop resource");
    file_part part = jpeg_part("o.jpg", APP13, "Photoshop 3.0", 0);
    cr_assert(part.data && part.size == sizeof result);
    cr_expect_arr_eq(part.data, result, sizeof result);
    free(part.data);
    expect_warning("a.jpg", "o.png", "left behind: Photoshop thumbnail, 1 Photoshop resource");
    EXPECT_CHUNK("o.png", "tEXt",
                 "Raw profile type iptc\0\niptc\n      10\n1c02690005"
                 "68656c6c6f\n",
                 false);
    expect_warning("o.png", "p.jpg", "");
    part = jpeg_part("p.jpg", APP13, "Photoshop 3.0", 0);
    cr_expect(part.data && memmem(part.data, part.size, IIM, sizeof IIM - 1));
    cr_expect(part.data && memmem(part.data, part.size, "8BIM\x04\x0a", 6));
    free(part.data);
    static const shell_case info = { "upscale info a.jpg", 0, "caption   IPTC, 10 bytes", NULL };
    shell_expect(&info);
}

Test(cli_metadata, iptc_in_two_segments_and_as_resources_in_a_png)
{
    static const char raw[] = "Raw profile type iptc\0\niptc\n 22\n3842494d0404\n00000000000a\n"
                              "1C02690005\n68656c6c6f\n";
    jpeg_insert("a.jpg", APP13, "Photoshop 3.0\0hello", 19);
    jpeg_insert("a.jpg", APP13,
                "Photoshop 3.0\0"
                "8BIM\x04\x04\0\0\0\0\0\x0a\x1c\x02\x69\0\x05",
                31);
    expect_warning("a.jpg", "o.jpg", "");
    file_part part = jpeg_part("o.jpg", APP13, "", 0);
    cr_expect(part.data && memmem(part.data, part.size, IIM, sizeof IIM - 1));
    free(part.data);
    png_insert("a.png", "tEXt", true, raw, sizeof raw - 1);
    expect_warning("a.png", "p.jpg", "");
    part = jpeg_part("p.jpg", APP13, "", 0);
    cr_expect(part.data && memmem(part.data, part.size, IIM, sizeof IIM - 1));
    free(part.data);
}

/* ---- EXIF and XMP in texts */

/* "Raw profile type NAME" as ImageMagick writes it; `deflated` into zTXt. */
static void insert_raw_profile(const char *type, const void *profile, size_t size, bool deflated)
{
    char *hex = malloc(2 * size + 100), *chunk = malloc(4 * size + 1000);
    int length = sprintf(hex, "\n%s\n%8zu", type, size);
    for (size_t i = 0; i < size; i++)
        length +=
            sprintf(hex + length, "%s%02x", i % 36 ? "" : "\n", ((const uint8_t *)profile)[i]);
    int front = sprintf(chunk, "Raw profile type %s%c", type, 0);
    uLongf room = 4 * size + 900;
    if (deflated) {
        chunk[front++] = 0;
        compress((uint8_t *)chunk + front, &room, (uint8_t *)hex, (uLong)length);
    } else
        memcpy(chunk + front, hex, room = (uLongf)length);
    png_insert("a.png", deflated ? "zTXt" : "tEXt", !deflated, chunk, (size_t)front + room);
    free(hex);
    free(chunk);
}

Test(cli_metadata, exif_in_a_text_is_exif)
{
    static const char app1[] =
        "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0";
    for (int i = 0; i < 4; i++) {
        carried_renew("a.png");
        insert_raw_profile(i < 2 ? "exif" : "APP1", app1, sizeof app1 - 1, i & 1);
        expect_warning("a.png", "o.png", "");
        file_part part = png_part("o.png", "eXIf", "MM", 0);
        cr_expect(part.data && part.size == sizeof app1 - 7 && part.data[19] == 1);
        free(part.data);
        cr_expect_eq(png_count("o.png", "tEXt", "Raw") + png_count("o.png", "zTXt", "Raw"), 0);
        cr_expect_eq(shell_code("test \"$(upscale info o.png --json | grep -o '\"width\":20')\""),
                     0);
    }
    png_insert("a.png", "eXIf", false, "MM\0*\0\0\0\x08\0\0\0\0\0\0", 14); /* this is what counts */
    expect_warning("a.png", "o.png", "left behind: second EXIF");
    cr_expect_eq(shell_code("upscale info o.png --json | grep -q '\"width\":24,'"), 0);
}

Test(cli_metadata, xmp_in_a_text_is_xmp)
{
    insert_raw_profile("xmp", TURNED, sizeof TURNED - 1, true);
    insert_raw_profile("exif", "no EXIF", 7, false); /* stays the text that it is */
    expect_warning("a.png", "o.png", "");
    cr_expect_eq(png_count("o.png", "iTXt", "XML:com.adobe.xmp"), 1);
    cr_expect_eq(png_count("o.png", "tEXt", "Raw profile type exif"), 1);
    cr_expect_eq(png_count("o.png", "zTXt", ""), 0);
    cr_expect_eq(shell_code("upscale info o.png --json | grep -q '\"width\":20,'"), 0);
}

Test(cli_metadata, hostile_raw_profiles_do_no_harm)
{
    static const char *const texts[] = {
        "",
        "\n",
        "\nexif",
        "\nexif\n",
        "\nexif\n99999999999999999999",
        "\nexif\n8",
        "\nexif\n8\n4",
        "\nexif\n2\n4g",
        "\nexif\n0\n4d",
        "\nexif\n1\n4d4d4d",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char chunk[100];
        int front = sprintf(chunk, "Raw profile type exif%c", 0);
        strcpy(chunk + front, texts[i]);
        png_insert("a.png", "tEXt", false, chunk, (size_t)front + strlen(texts[i]));
    }
    expect_warning("a.png", "o.png", "");
    cr_expect_eq(png_count("o.png", "tEXt", "Raw profile type exif"), 10);
    cr_expect_eq(png_count("o.png", "eXIf", ""), 0);
}

/* ---- EXIF and ICC that do not fit */

Test(cli_metadata, exif_that_a_jpeg_cannot_hold_is_named)
{
    static uint8_t large[70000];
    memcpy(large, exif, sizeof exif);
    png_insert("a.png", "eXIf", false, large, sizeof large);
    expect_warning("a.png", "o.jpg", "left behind: EXIF of 70000 bytes (JPEG holds 65527)");
    cr_expect_eq(jpeg_count("o.jpg", APP1, ""), 0);
    expect_warning("a.png", "o.png", "");
    file_part part = png_part("o.png", "eXIf", "", 0);
    cr_expect_eq(part.size, sizeof large);
    free(part.data);
}

static void insert_icc(int number, int count, const char *data)
{
    char segment[64] = "ICC_PROFILE";
    segment[12] = (char)number;
    segment[13] = (char)count;
    strcpy(segment + 14, data);
    jpeg_insert("a.jpg", APP2, segment, 14 + strlen(data));
}

Test(cli_metadata, an_icc_profile_that_comes_twice)
{
    for (int i = 0; i < 2; i++) {
        insert_icc(2, 2, "second");
        insert_icc(1, 2, "first ");
    }
    expect_warning("a.jpg", "o.jpg", "");
    file_part part = jpeg_part("o.jpg", APP2, "ICC_PROFILE", 0);
    cr_expect(part.size == 26 && memcmp(part.data + 12,
                                        "\x01\x01"
                                        "first second",
                                        14) == 0);
    cr_expect_eq(jpeg_count("o.jpg", APP2, ""), 1);
    free(part.data);
    insert_icc(1, 1, "other");
    expect_warning("a.jpg", "o.jpg", "left behind: second ICC profile");
    carried_renew("a.jpg");
    insert_icc(3, 3, "third");
    insert_icc(1, 3, "first");
    expect_warning("a.jpg", "o.jpg", "part 2 of 3 of its ICC profile is missing");
    cr_expect_eq(jpeg_count("o.jpg", APP2, ""), 0);
    cr_expect_eq(shell_code("upscale a.jpg -m nearest --strict -o s.jpg"), 1);
}

/* ---- how it is said */

Test(cli_metadata, what_the_output_cannot_hold_is_named)
{
    jpeg_insert("a.jpg", APP13, PHOTOSHOP, sizeof PHOTOSHOP - 1);
    jpeg_insert("a.jpg", COM, "words", 5);
    insert_icc(1, 1, "profile");
    jpeg_insert_xmp("a.jpg", TURNED);
    jpeg_insert("a.jpg", APP1, "Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0", 20);
    static const char all[] =
        "left behind: Photoshop thumbnail, 1 Photoshop resource, ICC profile, "
        "EXIF, XMP, IPTC, Photoshop resources, text \"Comment\"";
    expect_warning("a.jpg", "o.ppm", all);
    expect_warning("a.jpg", "o.npy", all);
    expect_warning("a.jpg", "o.png",
                   "left behind: Photoshop thumbnail, 1 Photoshop resource, ICC profile, which is "
                   "not for RGB");
    static const shell_case tests[] = {
        { "upscale a.jpg -m nearest --strip -o s.png", 0, "", "" },
        { "upscale a.jpg -m nearest -q -o q.ppm", 0, "", "" },
        { "upscale apng.png -m nearest --strip -o t.jpg", 0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_metadata, warnings_are_one_line_a_file_and_in_json)
{
    process_result r =
        shell("upscale apng.png png-text.png a.png -f jpg -m nearest,bilinear -o out --json");
    cr_expect(strstr(r.err, "upscale: apng.png: warning: left behind: 1 of 2 animation frames\n"));
    cr_expect(strstr(r.err, "upscale: png-text.png: warning: left behind: tIME chunk"));
    int lines = 0;
    for (const char *at = r.err; *at; at++)
        lines += *at == '\n';
    cr_expect_eq(lines, 3, "%s", r.err); /* with the summary */
    process_free(&r);
    static const shell_case tests[] = {
        { "upscale apng.png -m nearest -n -o o.jpg", 0, "apng.png -> o.jpg",
          "left behind: 1 of 2 animation frames" },
        { "upscale apng.png -m nearest --json -o p.jpg", 0,
          "\"dropped\":[\"1 of 2 animation frames\"],\"damage\":[]", NULL },
        { "upscale a.png -m nearest --json -q -o q.png", 0, "\"dropped\":[],\"damage\":[]", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_metadata, pooling_carries_and_names_as_well)
{
    static const shell_case tests[] = {
        { "upscale pool png-text.png -o p.png --indices i.npy --kernel 2 --json", 0,
          "\"dropped\":[\"tIME chunk\"]",
          "upscale: png-text.png: warning: left behind: tIME chunk\n" },
        { "upscale pool a.png -o q.png --indices j.npy --kernel 2", 0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
    EXPECT_CHUNK("p.png", "tEXt", "parameters\0a tree with a bird\nSteps: 20", false);
}
