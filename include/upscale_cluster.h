/* SPDX-License-Identifier: MIT */
/*
 * upscale on many machines: work cut into shards before it starts, journals of what was done, and
 * what is missing in the end. Nothing here talks to anybody: a plan is a file, each shard writes a
 * journal of its own, and whoever reads them knows where the work stands.
 *
 * A plan is lines of JSON: the first tells of the plan, each of the others is a piece, one output
 * to be made, in the order in which inputs were added. Paths are as they were given, relative ones
 * to the folder that everything is run in. A name that is no UTF-8 is kept in hexadecimal, under
 * "input_hex" instead of "input". All of it is there unless the library was built with
 * -DUPSCALE_CLUSTER=OFF.
 */
#ifndef UPSCALE_CLUSTER_H
#define UPSCALE_CLUSTER_H

#include "upscale.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- plans */

typedef struct {
    char *input, *output;
    char *options;     /* an array of JSON: the flags that the output is made with */
    char *join;        /* of a band: the picture it will be part of; else NULL */
    int width, height; /* of the output; of a band, of the picture */
    int first, end;    /* of a band: its rows; else 0, 0 */
    int64_t bytes;     /* of the input */
    double cost;       /* seconds of a core, about */
    double decode;     /* the part of cost that bands pay for all rows above their own, too: 0 where
                          the format can be entered anywhere. Not in plans */
    int shard;         /* 1 .. shards */
} up_piece;

UP_API void up_piece_clear(up_piece *piece);

/* Gathers pieces, of which 24 bytes each stay in memory, the others in a file that vanishes. */
typedef struct up_planner up_planner;

UP_API up_status up_planner_open(up_planner **planner, up_error *error);
/* Of the piece count all but `shard` and `join`; it stays the caller's. */
UP_API up_status up_planner_add(up_planner *planner, const up_piece *piece, up_error *error);

typedef struct {
    size_t pieces, cut;       /* pictures that were cut into bands */
    double cost, least, most; /* of all, and of the shards with the least and the most of it */
} up_planned;

/* Shares the pieces out, those that cost most first, each to the shard with the least so far, and
 * writes the plan, which appears whole. `bands`: pictures that cost more than a shard's share are
 * cut into bands of rows, at multiples of 16. The same pieces give the same bytes. Two outputs of
 * one name are UP_ERROR_ARGUMENT. */
UP_API up_status up_planner_write(up_planner *planner, const char *path, int shards, bool bands,
                                  bool overwrite, up_planned *planned, up_error *error);
UP_API void up_planner_close(up_planner **planner);

typedef struct up_manifest up_manifest;

typedef struct {
    uint64_t id; /* of the plan that its lines are from */
    int shards;
    const char *journals; /* the folder that they are in */
} up_manifest_info;

UP_API up_status up_manifest_open(up_manifest **manifest, const char *path, up_error *error);
UP_API const up_manifest_info *up_manifest_get_info(const up_manifest *manifest);
/* From now on only the pieces of this shard; 0: all. */
UP_API void up_manifest_take(up_manifest *manifest, int shard);
/* The next piece, which up_piece_clear() frees; *more is false behind the last. */
UP_API up_status up_manifest_next(up_manifest *manifest, up_piece *piece, bool *more,
                                  up_error *error);
UP_API void up_manifest_close(up_manifest **manifest);

/* A part of a plan: pieces are written as they were read, in a file that appears whole. */
typedef struct up_manifest_writer up_manifest_writer;
UP_API up_status up_manifest_create(up_manifest_writer **writer, const char *path, bool overwrite,
                                    const up_manifest_info *info, up_error *error);
UP_API up_status up_manifest_put(up_manifest_writer *writer, const up_piece *piece,
                                 up_error *error);
/* Publishes it, unless `error` is NULL: then it is discarded. */
UP_API up_status up_manifest_finish(up_manifest_writer **writer, up_error *error);

/* ---------------------------------------------------------------- journals */

/* What an output is known by, and what its options are told apart by. */
UP_API uint64_t up_piece_key(const char *output);
UP_API uint64_t up_options_hash(const char *options);

/* Size, time of the last change (ns) and, where asked for, XXH64 of a file. */
typedef struct {
    int64_t bytes, changed;
    uint64_t hash;
} up_file_facts;
UP_API up_status up_file_look(up_file_facts *facts, const char *path, bool hash, up_error *error);

typedef enum {
    UP_EVENT_NONE,
    UP_EVENT_MADE, /* its bytes are on disk, and it is about to get its name */
    UP_EVENT_DONE, /* it has it */
    UP_EVENT_FAILED,
} up_event;

typedef struct {
    uint64_t key, options;
    up_event event;
    up_file_facts input, output; /* output.changed is not known */
    bool again;                  /* failed, but another try may help */
    double seconds;
    const char *message; /* of a failure */
    int64_t time;        /* of the day, ns: set by writing it */
} up_record;

/* One file, to which whole lines with checksums are added. It is locked while it is open, as far as
 * its file system can: another process that opens it meanwhile gets UP_ERROR_EXISTS. `shard` 0: of
 * all pieces at once; UP_JOURNAL_JOIN: of pictures joined from bands. */
#define UP_JOURNAL_JOIN (-1)
typedef struct up_journal up_journal;
UP_API up_status up_journal_open(up_journal **journal, const up_manifest_info *info, int shard,
                                 up_error *error);
/* `sync`: also to the disk. Threads may write at once. */
UP_API up_status up_journal_write(up_journal *journal, const up_record *records, int count,
                                  bool sync, up_error *error);
UP_API void up_journal_close(up_journal **journal);

/* What journals say of each output in the end. */
typedef struct up_records up_records;

/* `shard`: the journal of this one, and all that are not of one of its neighbours (of another cut
 * of the same pictures, say); 0: all journals. */
UP_API up_status up_records_read(up_records **records, const up_manifest_info *info, int shard,
                                 up_error *error);
UP_API const up_record *up_records_find(const up_records *records, uint64_t key); /* NULL: none */
UP_API void up_records_free(up_records **records);

/* Where the work of a shard stands, by its journal alone. */
typedef struct {
    bool begun, running; /* some process holds it now */
    char host[64];
    int64_t started, last; /* the last process; the last line. Times of the day, ns */
} up_journal_state;

/* The same of all shards at once, and what became of each output, without the facts that records
 * have: 64 bytes for an output at most. Each journal is read once. */
typedef struct up_overview up_overview;
UP_API up_status up_overview_read(up_overview **overview, const up_manifest_info *info,
                                  up_error *error);
/* *time: when, or 0. */
UP_API up_event up_overview_find(const up_overview *overview, uint64_t key, int64_t *time);
UP_API const up_journal_state *up_overview_shard(const up_overview *overview, int shard);
UP_API void up_overview_free(up_overview **overview);

/* ---------------------------------------------------------------- what is there */

typedef enum {
    UP_PIECE_COMPLETE,
    UP_PIECE_NEW,     /* nothing is recorded */
    UP_PIECE_GONE,    /* recorded, but not there */
    UP_PIECE_DIFFERS, /* its size or its bytes are others than those recorded */
    UP_PIECE_STALE,   /* its input or its options have changed since */
    UP_PIECE_FAILED,  /* for good, with this input and these options */
    UP_PIECE_RETRY,   /* failed, but may work now */
} up_piece_state;

/* By size and record; `thorough`: by the bytes of the output as well, which are read. A band whose
 * picture has been joined is complete. */
UP_API up_piece_state up_piece_check(const up_piece *piece, const up_records *records,
                                     bool thorough);
UP_API const char *up_piece_state_name(up_piece_state state); /* "is missing" */

/* One picture of the files that its bands were made into, in their order, by copying what is packed
 * in them: PNM, .npy, PNG and JPEG. Appears whole. */
UP_API up_status up_join(const char *output, const char *const *bands, int count, bool overwrite,
                         up_error *error);

#ifdef __cplusplus
}
#endif

#endif
