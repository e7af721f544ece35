/* SPDX-License-Identifier: MIT */
/* Networks that are refused, each in one line that names what is wrong with it. */
#include "support/network/network_file.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST "{'op':'conv2d','name':'0','padding':1}"
#define LAST "{'op':'conv_transpose2d','name':'1','stride':2,'padding':1}"
#define TWO "0.weight:8,1,3,3 0.bias:8 1.weight:8,1,4,4"

#define FSRCNN(prefix)                                                                             \
    prefix "first_part.0.weight:6,1,5,5 " prefix "first_part.0.bias:6 " prefix                     \
           "first_part.1.weight:6 " prefix "mid_part.0.weight:2,6,1,1 " prefix                     \
           "mid_part.1.weight:2 " prefix "mid_part.2.weight:6,2,1,1 " prefix                       \
           "mid_part.3.weight:6 " prefix "last_part.weight:6,1,9,9 " prefix "last_part.bias:1"

static const up_network_hints scale_2 = { .scale = 2 }, scale_3 = { .scale = 3 },
                              scale_8 = { .scale = 8 };

static void refused(const char *layers, const char *culprit, const char *reason)
{
    network_refused(network_file(TWO, layers, ""), NULL, culprit, reason);
}

Test(network_refused, json)
{
    refused("", "upscale.layers", "bad JSON");
    refused("[" FIRST, "upscale.layers", "bad JSON");
    refused("{}", "upscale.layers", "list of 1 to 65536");
    refused("[]", "upscale.layers", "list of 1 to 65536");
    refused("[{'op':'relu','op':'tanh'}]", "upscale.layers", "twice");
    refused("[1," FIRST "," LAST "]", "layer 0", "expected an object");
    refused("[[]," FIRST "," LAST "]", "layer 0", "expected an object");
    refused("[" FIRST ",{'op':'blur'}," LAST "]", "layer 1 has \"blur\"", "expected");
    refused("[" FIRST ",{'id':'x'}," LAST "]", "layer 1", "no op");
}

Test(network_refused, deep_and_long_json)
{
    enum { DEEP = 100000, LONG = (1 << 24) + 1, MANY = 65537 };
    char *text = calloc(LONG + 1, 1);
    memset(text, '[', DEEP);
    refused(text, "upscale.layers", "too deep");
    memset(text, ' ', LONG);
    refused(text, "upscale.layers", "longer than 16 MiB");
    memset(text, 0, LONG);
    char *at = text + sprintf(text, "[");
    for (int i = 0; i < MANY; i++)
        at += sprintf(at, "%s{'op':'relu'}", i ? "," : "");
    strcpy(at, "]");
    refused(text, "upscale.layers", "1 to 65536");
    free(text);
}

Test(network_refused, fields)
{
    refused("[" FIRST ",{'op':'relu','slope':1}," LAST "]", "layer 1 (relu): \"slope\"",
            "not a field");
    refused("[" FIRST ",{'op':'relu','inplace':true}," LAST "]", "\"inplace\"", "not a field");
    refused("[{'op':'conv2d','name':'0','output_padding':1}]", "\"output_padding\"", "not a field");
    refused("[{'op':'conv2d'}]", "no tensor", "upscale.channels");
    refused("[{'op':'conv2d','name':'0','padding':'1'}]", "\"padding\"", "N or [ROWS, COLUMNS]");
    refused("[{'op':'conv2d','name':'0','padding':-1}]", "\"padding\"", "N or [ROWS, COLUMNS]");
    refused("[{'op':'conv2d','name':'0','padding':[1]}]", "\"padding\"", "N or [ROWS, COLUMNS]");
    refused("[{'op':'conv2d','name':'0','padding':1.5}]", "\"padding\"", "N or [ROWS, COLUMNS]");
    refused("[{'op':'conv2d','name':'0','padding_mode':'wrap'}]", "\"padding_mode\"", "replicate");
    refused("[{'op':'conv2d','name':'0','stride':0}]", "\"stride\"", "from 1");
    refused("[{'op':'conv2d','name':'0','groups':1000000000}]", "\"groups\"", "from 1 to 65536");
    refused("[{'op':'conv2d','name':'0','id':'input'}]", "\"id\"", "no earlier layer");
    refused("[" FIRST ",{'op':'leaky_relu','slope':1e300}," LAST "]", "\"slope\"", "a number");
    refused("[" FIRST ",{'op':'leaky_relu','slope':null}," LAST "]", "\"slope\"", "a number");
    refused("[" FIRST ",{'op':'clip','min':2,'max':1}," LAST "]", "layer 1 (clip)", "above max");
    refused("[" FIRST ",{'op':'affine','scale':[1,2]}," LAST "]", "\"scale\"", "each channel");
    refused("[" FIRST ",{'op':'relu','max':[1,2]}," LAST "]", "\"max\"", "each channel");
    refused("[" FIRST ",{'op':'tanh','min':1,'max':[1,1,1,1,1,1,1,0]}," LAST "]", "layer 1 (tanh)",
            "above max");
    refused("[" FIRST ",{'op':'pad','amount':1,'max':1}," LAST "]", "\"max\"", "not a field");
    refused("[" FIRST ",{'op':'pixel_shuffle'}," LAST "]", "\"factor\"", "missing");
    refused("[" FIRST ",{'op':'pixel_shuffle','factor':1000000000}," LAST "]", "\"factor\"",
            "from 1 to 65536");
    refused("[" FIRST ",{'op':'pad','amount':true}," LAST "]", "\"amount\"", "N or");
}

Test(network_refused, joins)
{
    refused("[" FIRST ",{'op':'add','from':'x'}," LAST "]", "layer 1 (add): \"from\"", "earlier");
    refused("[" FIRST ",{'op':'add','from':'x','id':'x'}," LAST "]", "\"from\"", "earlier");
    refused("[" FIRST ",{'op':'add','from':'y'},{'op':'relu','id':'y'}," LAST "]", "\"from\"",
            "earlier");
    refused("[" FIRST ",{'op':'add','from':1}," LAST "]", "\"from\"", "earlier");
    refused("[" FIRST ",{'op':'add'}," LAST "]", "\"from\"", "missing");
    refused("[{'op':'conv2d','name':'0','padding':1,'id':'c'},{'op':'channels','count':3},"
            "{'op':'add','from':'c'}]",
            "layer 2 (add)", "8 channels do not go with 3");
    refused("[" FIRST "," LAST ",{'op':'add','from':'input'}]", "layer 2 (add)", "different size");
    refused("[" FIRST "," LAST ",{'op':'concat','from':'input'}]", "layer 2 (concat)",
            "different size");
    refused("[" FIRST ",{'op':'add','inputs':[]}," LAST "]", "layer 1 (add): \"inputs\"", "a list");
    refused("[" FIRST ",{'op':'add','inputs':'input'}," LAST "]", "\"inputs\"", "a list");
    refused("[" FIRST ",{'op':'add','inputs':['input','y']}," LAST "]", "\"inputs\"", "earlier");
    refused("[" FIRST ",{'op':'add','inputs':['input',2]}," LAST "]", "\"inputs\"", "earlier");
    refused("[" FIRST ",{'op':'add','inputs':['input']}," LAST "]", "layer 1 (add)",
            "cannot work on 1 input");
    refused("[" FIRST ",{'op':'sub','inputs':['input','input','input']}," LAST "]", "layer 1 (sub)",
            "cannot work on 3 inputs");
    refused("[" FIRST ",{'op':'relu','inputs':['input','input']}," LAST "]", "layer 1 (relu)",
            "cannot work on 2 inputs");
    refused("[" FIRST ",{'op':'relu','from':'input'}," LAST "]", "layer 1 (relu): \"from\"",
            "not a field");
    refused("[" FIRST ",{'op':'add','from':'input','inputs':['input']}," LAST "]", "\"from\"",
            "inputs cannot both");
    refused("[" FIRST ",{'op':'add','inputs':['input','input'],'resize':'nearest'}," LAST "]",
            "\"resize\"", "not a field");
    refused("[" FIRST ",{'op':'add','from':'input','resize':'lanczos'}," LAST "]", "\"resize\"",
            "none, nearest, bilinear or bicubic");
    refused("[" FIRST ",{'op':'add','from':'input','resize':'bicubic','cubic_a':'0'}," LAST "]",
            "\"cubic_a\"", "a number");
}

Test(network_refused, tensors)
{
    refused("[" FIRST "]", "\"1.weight\"", "used by no layer");
    refused("[" FIRST "," LAST ",{'op':'prelu','name':'2'}]", "\"2.weight\"", "no tensor");
    refused("[" FIRST ",{'op':'conv2d','name':'0'}]", "layer 1 (conv2d \"0\")",
            "8 channels come in");
    refused("[" FIRST ",{'op':'prelu','name':'1'}]", "layer 1 (prelu \"1\")",
            "needs one, or one for each of 8");
    refused("[{'op':'conv2d','name':'0','groups':3}]", "layer 0 (conv2d \"0\")", "3 groups");
    network_refused(network_file("0.weight:8,1,3,3 0.bias:7", "[" FIRST "]", ""), NULL,
                    "layer 0 (conv2d \"0\")", "a bias must hold one value for each");
    network_refused(network_file("0.weight:8,9", "[" FIRST "]", ""), NULL, "layer 0 (conv2d \"0\")",
                    "4 dimensions");
    network_refused(network_file("0.weight:1000000000,0,3,3", "[" FIRST "]", ""), NULL,
                    "layer 0 (conv2d \"0\")", "from 1 to 65536");
    network_refused(network_file("0.weight:0,1000000000,3,3", NULL, ""), NULL, "0.weight",
                    "channels");
    network_refused(network_file("0.weight:70000,1,1,1", "[" FIRST "]", ""), NULL,
                    "layer 0 (conv2d \"0\")", "from 1 to 65536");
    network_refused(network_file("", "[{'op':'relu'}]", "'upscale.channels':'1000000000'"), NULL,
                    "upscale.channels", "1 to 65536");
}

Test(network_refused, values)
{
    static const float values[] = { NAN, INFINITY };
    for (int i = 0; i < 2; i++)
        network_refused(tensor_file_make(&values[i], 4,
                                         "{\"0.weight\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1],"
                                         "\"data_offsets\":[0,4]},\"__metadata__\":{\"upscale."
                                         "layers\":\"[{\\\"op\\\":\\\"conv2d\\\",\\\"name\\\":"
                                         "\\\"0\\\"}]\"}}"),
                        NULL, "\"0.weight\"", "NaN or infinity");
    network_refused(tensor_file_make(&values[0], 4,
                                     "{\"0.weight\":{\"dtype\":\"I32\",\"shape\":[1,1,1,1],"
                                     "\"data_offsets\":[0,4]},\"__metadata__\":{\"upscale.layers\":"
                                     "\"[{\\\"op\\\":\\\"conv2d\\\",\\\"name\\\":\\\"0\\\"}]\"}}"),
                    NULL, "\"0.weight\"", "type I32");
}

Test(network_refused, geometry)
{
    refused("[" FIRST ",{'op':'conv_transpose2d','name':'1','stride':2,'output_padding':2}]",
            "layer 1", "output_padding must be smaller");
    refused("[" FIRST ",{'op':'pixel_shuffle','factor':3}," LAST "]", "layer 1 (pixel_shuffle)",
            "8 channels");
    refused("[" FIRST ",{'op':'pad','amount':65536},"
            "{'op':'conv_transpose2d','name':'1','stride':65536}]",
            "layer 2", "pads or crops too much");
}

Test(network_refused, scale_and_colour)
{
    network_refused(network_file(TWO, "[" FIRST "," LAST "]", "'upscale.scale':'3'"), NULL,
                    "upscale.scale is 3,", "scales by 2");
    network_refused(network_file(TWO, "[" FIRST "," LAST "]", "'upscale.scale':'2,1'"), NULL,
                    "upscale.scale is 2,1,", "scales by 2");
    network_refused(network_file(TWO, "[" FIRST "," LAST "]", "'upscale.scale':'two'"), NULL,
                    "upscale.scale", "expected N");
    network_refused(network_file(TWO, "[" FIRST "," LAST "]", "'upscale.color':'rgb'"), NULL,
                    "upscale.color rgb", "3 channels");
    network_refused(network_file(TWO, "[" FIRST "," LAST "]", "'upscale.range':'1023'"), NULL,
                    "upscale.range", "1 or 255");
    static const char *const limits[] = { "none", "-1", "", ".", "1e3", "0.5x", "1.2.3", "1001" };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        char metadata[64];
        snprintf(metadata, sizeof metadata, "'upscale.limit':'%s'", limits[i]);
        network_refused(network_file(TWO, "[" FIRST "," LAST "]", metadata), NULL, "upscale.limit",
                        "a share such as");
    }
    network_refused(network_file("body.0.weight:4,3,3,3 body.1.weight:4 body.2.weight:12,4,3,3",
                                 NULL, "'upscale.scale':'4'"),
                    NULL, "upscale.scale is 4,", "scales by 2");
}

Test(network_refused, flags)
{
    const up_network_hints stride = { .layer = { .stride = { 2, 2, true } } };
    const up_network_hints groups = { .layer = { .groups = 2 }, .scale = 2 };
    network_refused(network_file(TWO, "[" FIRST "," LAST "]", ""), &stride, "w.safetensors",
                    "--stride");
    network_refused(network_file(FSRCNN(""), NULL, ""), &groups, "FSRCNN", "--groups");
    network_refused(
        network_file("body.0.weight:4,3,3,3 body.1.weight:4 body.2.weight:12,4,3,3", NULL, ""),
        &stride, "SRVGGNetCompact", "--stride");
}

Test(network_refused, state_dicts)
{
    network_refused(network_file(FSRCNN(""), NULL, ""), NULL, "last_part.weight", "--scale");
    network_refused(network_file(FSRCNN(""), NULL, ""), &scale_8, "FSRCNN", "2, 3 or 4");
    network_refused(network_file("0.weight:8,1,3,3 2.weight:8,1,4,4", NULL, ""), &scale_2,
                    "layer \"1\"", "does not tell what it does");
    network_refused(network_file("0.weight:8,1,3,3 1.weight:8,1,4,4", NULL, ""), NULL, "1.weight",
                    "does not tell the scale");
    network_refused(network_file("0.weight:8,1,3,3 1.weight:8,1,9,9", NULL, ""), &scale_3,
                    "1.weight", "--padding");
    network_refused(network_file("0.weight:8,1,4,4 0.bias:8 1.weight:8", NULL, ""), &scale_2,
                    "0.weight", "even size");
    network_refused(network_file("0.weight:8,1,3,3 1.weight:7,9,3,3", NULL, ""), &scale_2,
                    "layer 1 (conv2d \"1\")", "8 channels come in");
    network_refused(network_file("0.weight:8,1,3,3 1.weight:5,8,3,3", NULL, ""), &scale_2, "\"1\"",
                    "no pixel shuffle");
    network_refused(network_file("0.weight:8,1,3,3 1.weight:8 1.bias:8 2.weight:1,8,3,3", NULL, ""),
                    &scale_2, "1.bias", "used by no layer");
    network_refused(network_file("0.weight_g:8,1,1,1 0.weight_v:8,1,3,3", NULL, ""), &scale_2,
                    "weight_g", "weight_norm");
    network_refused(network_file("0.weight:8,1,3,3 1.weight:8 1.running_mean:8", NULL, ""),
                    &scale_2, "BatchNorm2d \"1\"", "no running_var");
    network_refused(network_file("head.0.weight:8,3,3,3 tail.0.weight:3,8,3,3", NULL, ""), &scale_2,
                    "\"head.0.weight\", \"tail.0.weight\"", "upscale.layers");
    network_refused(network_file("", NULL, ""), &scale_2, "w.safetensors", "0 tensors");
    network_refused(network_file(FSRCNN("") " extra.weight:3", NULL, ""), &scale_2, "extra.weight",
                    "used by no layer");
    static const up_network_hints leaky = { .activation = "leaky_relu" };
    network_refused(network_file("body.0.weight:4,3,3,3 body.2.weight:12,4,3,3", NULL, ""), NULL,
                    "SRVGGNetCompact", "--weights-activation relu or leaky_relu");
    network_refused(network_file("body.0.weight:4,3,3,3 body.99999.weight:12,4,3,3", NULL, ""),
                    &leaky, "layer \"body.2\" has no tensors", "does not tell what it does");
}
