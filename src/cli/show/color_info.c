/* SPDX-License-Identifier: MIT */
#include "cli/show/color_info.h"

#include "cli/show/console.h"
#include "cli/show/json_lines.h"

static const char *or_unknown(const char *name)
{
    return name ? name : "unknown";
}

static void show_cicp(const up_color_tags *t)
{
    cli_print("  colour    cICP %d, %d, %d, %d: %s primaries, %s transfer%s", t->cicp[0],
              t->cicp[1], t->cicp[2], t->cicp[3], or_unknown(up_cicp_primaries_name(t->cicp[0])),
              or_unknown(up_cicp_transfer_name(t->cicp[1])), t->cicp[3] ? "" : ", narrow range");
}

/* Four pairs of x and y. */
static void show_chromaticities(const char *title, const double xy[8])
{
    cli_print("  %s %.4g %.4g, %.4g %.4g, %.4g %.4g, %.4g %.4g", title, xy[0], xy[1], xy[2], xy[3],
              xy[4], xy[5], xy[6], xy[7]);
}

static void show_display(const up_color_tags *t)
{
    if (t->has_mastering) {
        show_chromaticities(t->draft_names ? "display   mDCv red, green, blue, white"
                                           : "display   mDCV red, green, blue, white",
                            t->mastering_chromaticities);
        cli_print("            %.4g to %.6g cd/m2", t->mastering_least, t->mastering_most);
    }
    if (t->has_light_level)
        cli_print("  light     %s at most %.6g cd/m2, %.6g on average",
                  t->draft_names ? "cLLi" : "cLLI", t->light_most, t->light_average);
}

void cli_color_show(const up_image *image)
{
    const up_image_info *info = up_image_get_info(image);
    const up_color_tags *t = &info->color_tags;
    char light[64];
    if (t->has_cicp)
        show_cicp(t);
    if (t->has_srgb)
        cli_print("  colour    sRGB, intent %d", t->srgb_intent);
    if (t->gamma > 0)
        cli_print("  gamma     gAMA %.5g", t->gamma);
    if (t->chromaticities[0] > 0)
        show_chromaticities("primaries cHRM white, red, green, blue", t->chromaticities);
    show_display(t);
    bool picture = info->format.color != UP_COLOR_TENSOR;
    if (picture && up_image_light(image, light, NULL) == UP_OK)
        cli_print("  --linear  %s", light);
}

static json_t *numbers(const double *value, int count)
{
    json_t *array = json_array();
    for (int i = 0; i < count; i++)
        json_array_append_new(array, cli_json_number(value[i]));
    return array;
}

static json_t *mastering_json(const up_color_tags *t)
{
    json_t *json = json_object();
    json_object_set_new(json, "chromaticities", numbers(t->mastering_chromaticities, 8));
    json_object_set_new(json, "most", json_real(t->mastering_most));
    json_object_set_new(json, "least", json_real(t->mastering_least));
    return json;
}

void cli_color_set_json(json_t *object, const up_image *image)
{
    const up_image_info *info = up_image_get_info(image);
    const up_color_tags *t = &info->color_tags;
    char light[64];
    if (t->has_cicp)
        json_object_set_new(object, "cICP",
                            json_pack("[i,i,i,i]", t->cicp[0], t->cicp[1], t->cicp[2], t->cicp[3]));
    if (t->has_srgb)
        json_object_set_new(object, "sRGB", json_integer(t->srgb_intent));
    if (t->gamma > 0)
        json_object_set_new(object, "gAMA", json_real(t->gamma));
    if (t->chromaticities[0] > 0)
        json_object_set_new(object, "cHRM", numbers(t->chromaticities, 8));
    if (t->has_mastering)
        json_object_set_new(object, "mDCV", mastering_json(t));
    if (t->has_light_level)
        json_object_set_new(
            object, "cLLI",
            json_pack("{s:f,s:f}", "most", t->light_most, "average", t->light_average));
    bool picture = info->format.color != UP_COLOR_TENSOR;
    if (picture && up_image_light(image, light, NULL) == UP_OK)
        json_object_set_new(object, "light", cli_json_text(light));
}
