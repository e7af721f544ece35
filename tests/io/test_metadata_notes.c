/* SPDX-License-Identifier: MIT */
/* Metadata through the library: texts and notes; and files that mean harm. */
#include "support/pictures/carried.h"
#include "support/pictures/image_io.h"
#include "upscale.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(metadata_notes, .init = carried_init, .fini = scratch_fini);

Test(metadata_notes, texts_of_an_image)
{
    up_image *opened;
    cr_assert_eq(up_image_open(&opened, scratch_path("png-text.png"), NULL), UP_OK);
    const up_text *text = up_image_text_at(opened, 2);
    cr_assert_not_null(text);
    cr_expect_str_eq(text->keyword, "Title");
    cr_expect_str_eq(text->language, "de");
    cr_expect_str_eq(text->text, "Gr\xc3\xbc\xc3\x9f"
                                 "e \xe6\x97\xa5\xe6\x9c\xac");
    cr_expect_str_eq(up_image_text_at(opened, 3)->keyword, "Author");
    cr_expect_null(up_image_text_at(opened, 4));
    cr_expect_null(up_image_text_at(opened, -1));
    up_image_close(&opened);
}

static int count_notes(const up_plan *plan, up_note_kind kind)
{
    const up_note *note;
    int count = 0;
    for (int i = 0; (note = up_plan_note_at(plan, i)) != NULL; i++)
        count += note->kind == kind;
    return count;
}

Test(metadata_notes, notes_of_a_plan)
{
    up_image *opened;
    up_plan *plan;
    up_options options = { .method = "nearest" };
    cr_assert_eq(up_image_open(&opened, scratch_path("png-text.png"), NULL), UP_OK);
    cr_expect_str_eq(up_image_note_at(opened, 0)->text, "tIME chunk");
    cr_expect_null(up_image_note_at(opened, 1));
    cr_assert_eq(up_plan_create(&plan, opened, "o.jpg", &options, NULL), UP_OK);
    cr_expect_eq(count_notes(plan, UP_NOTE_DROPPED), 4);
    cr_expect_eq(count_notes(plan, UP_NOTE_DAMAGE), 0);
    up_plan_destroy(&plan);
    options.strip = true;
    cr_assert_eq(up_plan_create(&plan, opened, "o.jpg", &options, NULL), UP_OK);
    cr_expect_eq(count_notes(plan, UP_NOTE_DROPPED), 0, "it was asked for");
    up_plan_destroy(&plan);
    up_image_close(&opened);
}

/* Opens a file, and narrows its metadata to what each format holds, which may fail but no more. */
static void open_and_plan(const char *path)
{
    static const char *const outputs[] = { "o.jpg", "o.png", "o.ppm" };
    const up_options options = { .method = "nearest", .threads = 1 };
    up_image *opened;
    up_plan *plan;
    if (up_image_open(&opened, path, NULL) != UP_OK)
        return;
    up_image_text_at(opened, 0);
    for (int i = 0; i < 3; i++) {
        if (up_plan_create(&plan, opened, outputs[i], &options, NULL) == UP_OK)
            cr_assert_lt(count_notes(plan, UP_NOTE_DROPPED), 100);
        up_plan_destroy(&plan);
    }
    up_image_close(&opened);
}

/* Random changes, in bytes `from` to before `to`. */
static void damage(const char *name, size_t from, size_t to)
{
    static const uint8_t likely[] = { 0, 1, 2, 4, 0x1c, 0x7f, 0x80, 0xff, '8', '<', '>', '"', '/' };
    size_t size;
    char *sound = file_read(scratch_path("%s", name), &size);
    uint32_t state = 3;
    for (int i = 0; i < 1500; i++) {
        uint8_t *bytes = malloc(size);
        memcpy(bytes, sound, size);
        for (int k = 0; k < 1 + i % 6; k++)
            bytes[from + next_random(&state) % (to - from)] =
                likely[next_random(&state) % sizeof likely];
        file_write(scratch_path("damaged"), bytes, size);
        open_and_plan(scratch_path("damaged"));
        free(bytes);
    }
    free(sound);
}

Test(metadata_notes, damaged_segments_do_no_harm, .timeout = 600)
{
    static const char resources[] =
        "Photoshop 3.0\0"
        "8BIM\x03\xed\0\0\0\0\0\x10\0\x48\0\0\0\x01\0\x01\0\x96\0\0\0\x01\0\x01"
        "8BIM\x04\x04\0\0\0\0\0\x0a\x1c\x02\x69\0\x05hello8BIM\x04\x0c\0\0\0\0\0\x01\x01";
    size_t before, after;
    free(file_read(scratch_path("a.jpg"), &before));
    jpeg_insert("a.jpg", COM, "words", 5);
    jpeg_insert("a.jpg", APP13, resources, sizeof resources - 1);
    jpeg_insert("a.jpg", APP2, "ICC_PROFILE\0\2\2second", 20);
    jpeg_insert("a.jpg", APP2, "ICC_PROFILE\0\1\2first", 19);
    jpeg_insert("a.jpg", APP2,
                "MPF\0II*\0\x08\0\0\0\x01\0\x01\xb0\x04\0\x01\0\0\0\x03\0\0\0\0\0\0\0", 30);
    char extended[] = EXTENDED_HEAD "\0"
                                    "0123456789ABCDEF0123456789ABCDEF\0\0\0\x20\0\0\0\0"
                                    "<rdf:RDF><a b='c'></a></rdf:RDF>";
    jpeg_insert("a.jpg", APP1, extended, sizeof extended - 1);
    jpeg_insert_xmp("a.jpg",
                    XMP("xmpNote:HasExtendedXMP='0123456789ABCDEF0123456789ABCDEF' "
                        "hdrgm:Version='1.0' tiff:Orientation='6' tiff:XResolution='72/1'"));
    jpeg_insert("a.jpg", APP1,
                "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x08\0\0\0", 32);
    free(file_read(scratch_path("a.jpg"), &after));
    damage("a.jpg", 2, 2 + after - before);
}

/* Behind sound checksums. */
Test(metadata_notes, damaged_texts_do_no_harm, .timeout = 600)
{
    static const char raw[] = "Raw profile type APP1\0\nexif\n      14\n457869660000\n"
                              "49492a0008000000\n",
                      title[] = "Title\0\0\0de\0Titel\0words",
                      packet[] = "XML:com.adobe.xmp\0\0\0\0\0" TURNED,
                      deflated[] =
                          "Comment\0\0x\x9c\xcbH\xcd\xc9\xc9W\xa8\n\x89(\x01\0\x15=\x03\xcf";
    static const struct {
        const char *type, *data;
        size_t size;
    } chunks[] = { { "tEXt", raw, sizeof raw - 1 },
                   { "iTXt", title, sizeof title - 1 },
                   { "iTXt", packet, sizeof packet - 1 },
                   { "zTXt", deflated, sizeof deflated - 1 } };
    size_t size;
    char *sound = file_read(scratch_path("a.png"), &size);
    uint32_t state = 5;
    for (int i = 0; i < 2000; i++) {
        char data[600];
        const size_t length = chunks[i % 4].size;
        memcpy(data, chunks[i % 4].data, length);
        for (int k = 0; k < 1 + i % 3; k++)
            data[next_random(&state) % length] = (char)(next_random(&state) >> 8);
        file_write(scratch_path("damaged"), sound, size);
        png_insert("damaged", chunks[i % 4].type, i % 8 < 4, data,
                   i % 5 ? length : next_random(&state) % length);
        open_and_plan(scratch_path("damaged"));
    }
    free(sound);
}
