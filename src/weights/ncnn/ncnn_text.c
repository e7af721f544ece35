/* SPDX-License-Identifier: MIT */
#include "weights/ncnn/ncnn_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "weights/label.h"

#define MOST_LAYERS 10000 /* blobs, too */
#define MOST_NAME 255     /* bytes, as in ncnn */
#define MOST_ID 99
#define LIST_IDS (-23300) /* a list of parameter N has the number LIST_IDS - N */
#define MOST_EXPONENT 400

/* What is left of the text, or of a line or a word of it. */
typedef struct {
    const char *at, *end;
} span;

typedef struct {
    up_tensor_file *file;
    up_error *error;
    span text;
    int line;
    up_ncnn_graph *graph;
    up_ncnn_layer *layer;
    const char **blob;
    int blobs; /* made so far */
} parser;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static size_t length(span s)
{
    return (size_t)(s.end - s.at);
}

static up_status refuse(const parser *p, const char *reason, span word)
{
    char label[UP_LABEL], text[MOST_NAME + 1];
    snprintf(text, sizeof text, "%.*s", (int)(length(word) < MOST_NAME ? length(word) : MOST_NAME),
             word.at ? word.at : "");
    return up_tensor_file_refuse(p->file, p->error, "line %d: %s%s%s", p->line, reason,
                                 word.at ? ": " : "", word.at ? up_label(label, text) : "");
}

static const span nothing;

/* ---------------------------------------------------------------- lines, words, numbers */

/* The next line that holds something, without blanks around it; false at the end of the text. */
static bool next_line(parser *p, span *line)
{
    while (p->text.at < p->text.end) {
        const char *end = memchr(p->text.at, '\n', length(p->text));
        *line = (span){ p->text.at, end ? end : p->text.end };
        p->text.at = end ? end + 1 : p->text.end;
        p->line++;
        while (line->at < line->end && is_blank(*line->at))
            line->at++;
        while (line->at < line->end && is_blank(line->end[-1]))
            line->end--;
        if (line->at < line->end)
            return true;
    }
    return false;
}

static bool next_word(span *line, span *word)
{
    while (line->at < line->end && is_blank(*line->at))
        line->at++;
    word->at = line->at;
    while (line->at < line->end && !is_blank(*line->at))
        line->at++;
    word->end = line->at;
    return word->end > word->at;
}

/* Digits with a sign, the whole span, from -most to most. */
static bool parse_whole(span s, int64_t most, int64_t *value)
{
    const bool minus = s.at < s.end && *s.at == '-';
    *value = 0;
    s.at += minus;
    if (s.at == s.end)
        return false;
    for (; s.at < s.end; s.at++) {
        if (*s.at < '0' || *s.at > '9')
            return false;
        *value = *value * 10 + (*s.at - '0');
        if (*value > most)
            return false;
    }
    *value = minus ? -*value : *value;
    return true;
}

/* The digits, as far as they matter, and the exponent that the rest and the point come to. */
static bool parse_digits(span *s, double *digits, int *exponent)
{
    bool point = false, any = false;
    *digits = *exponent = 0;
    for (; s->at < s->end; s->at++) {
        if (*s->at == '.' && !point) {
            point = true;
            continue;
        }
        if (*s->at < '0' || *s->at > '9')
            break;
        const bool matters = *digits < 1e15;
        *digits = matters ? *digits * 10 + (*s->at - '0') : *digits;
        *exponent += matters ? -point : !point;
        any = true;
        if (*exponent > MOST_EXPONENT || *exponent < -MOST_EXPONENT)
            return false;
    }
    return any;
}

/* The whole span, as strtod() would in the C locale. */
static bool parse_number(span s, double *value)
{
    const bool minus = s.at < s.end && *s.at == '-';
    double digits;
    int exponent;
    int64_t power = 0;
    s.at += minus;
    if (!parse_digits(&s, &digits, &exponent))
        return false;
    if (s.at < s.end && (*s.at == 'e' || *s.at == 'E')) {
        s.at++;
        s.at += s.at < s.end && *s.at == '+';
        if (!parse_whole(s, MOST_EXPONENT, &power))
            return false;
        s.at = s.end;
    }
    power += exponent;
    const double scale = pow(10, power < 0 ? -(double)power : (double)power);
    *value = power < 0 ? digits / scale : digits * scale;
    *value = minus ? -*value : *value;
    return s.at == s.end && isfinite(*value);
}

/* ---------------------------------------------------------------- parameters */

static up_status read_list(parser *p, span word, up_ncnn_parameter *parameter)
{
    const char *comma = memchr(word.at, ',', length(word));
    span rest = { comma ? comma + 1 : word.end, word.end };
    int64_t count;
    if (!parse_whole((span){ word.at, comma ? comma : word.end }, (int64_t)length(rest), &count) ||
        count < 0)
        return refuse(p, "a list whose count is not that of its numbers", word);
    double *value = up_tensor_file_keep(p->file, (size_t)count, sizeof *value);
    if (!value)
        return up_tensor_file_no_room(p->file, p->error);
    for (int64_t i = 0; i < count; i++) {
        comma = memchr(rest.at, ',', length(rest));
        if (!comma != (i == count - 1) ||
            !parse_number((span){ rest.at, comma ? comma : rest.end }, &value[i]))
            return refuse(p, "a list that is not as many numbers as it says", word);
        rest.at = comma ? comma + 1 : rest.end;
    }
    if (rest.at < rest.end)
        return refuse(p, "a list whose count is not that of its numbers", word);
    *parameter = (up_ncnn_parameter){ parameter->id, true, (int)count, value };
    return UP_OK;
}

static up_status read_parameter(parser *p, span word, up_ncnn_parameter *parameter)
{
    const char *equals = memchr(word.at, '=', length(word));
    int64_t id;
    if (!equals || !parse_whole((span){ word.at, equals }, MOST_ID - LIST_IDS, &id))
        return refuse(p, "not a parameter of the form NUMBER=VALUE", word);
    const bool list = id <= LIST_IDS;
    id = list ? LIST_IDS - id : id;
    if (id < 0 || id > MOST_ID)
        return refuse(p, "there is no parameter of this number", word);
    parameter->id = (int)id;
    const span value = { equals + 1, word.end };
    if (list)
        return read_list(p, value, parameter);
    double *number = up_tensor_file_keep(p->file, 1, sizeof *number);
    if (!number)
        return up_tensor_file_no_room(p->file, p->error);
    if (!parse_number(value, number))
        return refuse(p, "a parameter that is no number; expressions cannot be read", word);
    *parameter = (up_ncnn_parameter){ (int)id, false, 1, number };
    return UP_OK;
}

static int count_words(span line)
{
    span word;
    int count = 0;
    while (next_word(&line, &word))
        count++;
    return count;
}

static up_status read_parameters(parser *p, span line, up_ncnn_layer *layer)
{
    span word;
    const int count = count_words(line);
    up_ncnn_parameter *parameter = up_tensor_file_keep(p->file, (size_t)count, sizeof *parameter);
    if (!parameter)
        return up_tensor_file_no_room(p->file, p->error);
    layer->parameter = parameter;
    for (int i = 0; i < count && next_word(&line, &word); i++) {
        up_ncnn_parameter read = { .id = 0 };
        UP_TRY(read_parameter(p, word, &read));
        if (up_ncnn_find(layer, read.id))
            return refuse(p, "a parameter that comes twice", word);
        parameter[i] = read;
        layer->parameters++;
    }
    return UP_OK;
}

/* ---------------------------------------------------------------- layers */

/* Latest first: most blobs are used soon after they are made. */
static int find_blob(const parser *p, span name)
{
    for (int i = p->blobs - 1; i >= 0; i--)
        if (strncmp(p->blob[i], name.at, length(name)) == 0 && !p->blob[i][length(name)])
            return i;
    return -1;
}

static up_status read_name(const parser *p, span *line, const char *what, span *name)
{
    if (!next_word(line, name))
        return refuse(p, what, nothing);
    if (length(*name) > MOST_NAME)
        return refuse(p, "a name of more than 255 bytes", *name);
    if (memchr(name->at, 0, length(*name)))
        return refuse(p, "a name with a NUL in it", nothing);
    return UP_OK;
}

static up_status keep_name(const parser *p, span name, const char **kept)
{
    *kept = up_tensor_file_keep_text(p->file, name.at, length(name));
    return *kept ? UP_OK : up_tensor_file_no_room(p->file, p->error);
}

static up_status read_count(const parser *p, span *line, int most, const char *what, int *count)
{
    span word;
    int64_t value;
    if (!next_word(line, &word))
        return refuse(p, what, nothing);
    if (!parse_whole(word, most, &value) || value < 0)
        return refuse(p, what, word);
    *count = (int)value;
    return UP_OK;
}

static up_status read_bottoms(const parser *p, span *line, int *bottom, int count)
{
    span name;
    for (int i = 0; i < count; i++) {
        UP_TRY(read_name(p, line, "the line ends before the blobs that it counts", &name));
        bottom[i] = find_blob(p, name);
        if (bottom[i] < 0)
            return refuse(p, "reads a blob that no line before it makes", name);
    }
    return UP_OK;
}

static up_status read_tops(parser *p, span *line, int *top, int count)
{
    span name;
    for (int i = 0; i < count; i++) {
        UP_TRY(read_name(p, line, "the line ends before the blobs that it counts", &name));
        if (find_blob(p, name) >= 0)
            return refuse(p, "makes a blob that is there already", name);
        if (p->blobs == p->graph->blobs)
            return refuse(p, "makes more blobs than the header promises", name);
        UP_TRY(keep_name(p, name, &p->blob[p->blobs]));
        top[i] = p->blobs++;
    }
    return UP_OK;
}

/* A name of PNNX, which writes the same magic above other words. */
static bool is_pnnx(span type)
{
    return memchr(type.at, '.', length(type)) || memchr(type.at, ':', length(type));
}

static up_status read_layer(parser *p, span line, up_ncnn_layer *layer)
{
    span type, name;
    layer->line = p->line;
    UP_TRY(read_name(p, &line, "no layer", &type));
    if (is_pnnx(type))
        return refuse(p,
                      "an operator of PNNX, so this is a .pnnx.param; take the .ncnn.param and "
                      ".ncnn.bin that PNNX writes beside it",
                      type);
    UP_TRY(read_name(p, &line, "a layer without a name", &name));
    UP_TRY(keep_name(p, type, &layer->type));
    UP_TRY(keep_name(p, name, &layer->name));
    const int most = (int)(length(line) / 2);
    UP_TRY(read_count(p, &line, most, "no count of the blobs read", &layer->bottoms));
    UP_TRY(read_count(p, &line, most, "no count of the blobs made", &layer->tops));
    int *blob =
        up_tensor_file_keep(p->file, (size_t)layer->bottoms + (size_t)layer->tops, sizeof *blob);
    if (!blob)
        return up_tensor_file_no_room(p->file, p->error);
    layer->bottom = blob;
    layer->top = blob + layer->bottoms;
    UP_TRY(read_bottoms(p, &line, blob, layer->bottoms));
    UP_TRY(read_tops(p, &line, blob + layer->bottoms, layer->tops));
    return read_parameters(p, line, layer);
}

/* ---------------------------------------------------------------- text */

static up_status read_header(parser *p)
{
    span line, word;
    if (!next_line(p, &line) || !next_word(&line, &word) || length(word) != strlen(UP_NCNN_MAGIC) ||
        memcmp(word.at, UP_NCNN_MAGIC, length(word)) != 0)
        return refuse(p, "the text does not begin with " UP_NCNN_MAGIC, nothing);
    if (line.at == line.end && !next_line(p, &line))
        return refuse(p, "the text ends before the number of layers", nothing);
    UP_TRY(
        read_count(p, &line, MOST_LAYERS, "not a number of layers up to 10000", &p->graph->layers));
    UP_TRY(
        read_count(p, &line, MOST_LAYERS, "not a number of blobs up to 10000", &p->graph->blobs));
    if (next_word(&line, &word))
        return refuse(p, "more than the numbers of layers and blobs", word);
    if ((size_t)p->graph->layers > length(p->text) || (size_t)p->graph->blobs > length(p->text))
        return refuse(p, "more layers or blobs than the file has room for", nothing);
    return UP_OK;
}

static up_status read_layers(parser *p)
{
    span line;
    const int count = p->graph->layers;
    p->graph->layer = p->layer = up_tensor_file_keep(p->file, (size_t)count, sizeof *p->layer);
    p->blob = up_tensor_file_keep(p->file, (size_t)p->graph->blobs, sizeof *p->blob);
    p->graph->blob = p->blob;
    if (!p->layer || !p->blob)
        return up_tensor_file_no_room(p->file, p->error);
    for (int i = 0; i < count; i++) {
        if (!next_line(p, &line))
            return up_tensor_file_refuse(p->file, p->error,
                                         "%d layers are promised, but there are %d", count, i);
        UP_TRY(read_layer(p, line, &p->layer[i]));
    }
    if (next_line(p, &line))
        return refuse(p, "more layers than the header promises", line);
    if (p->blobs != p->graph->blobs)
        return up_tensor_file_refuse(p->file, p->error, "%d blobs are promised, but %d are made",
                                     p->graph->blobs, p->blobs);
    return UP_OK;
}

up_status up_ncnn_text_read(up_tensor_file *file, const char *text, size_t size,
                            up_ncnn_graph *graph, up_error *error)
{
    parser p = { .file = file, .error = error, .text = { text, text + size }, .graph = graph };
    UP_TRY(read_header(&p));
    return read_layers(&p);
}
