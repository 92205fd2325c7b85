/* film.h: pictures, one after the other, into frames of their own or a film. */
#ifndef TW_STUDY_FILM_H
#define TW_STUDY_FILM_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "file/output_file.h"
#include "thalweg/status.h"

/* Zero it. */
typedef struct tw_film {
    const char *path; /* not owned */
    int format;       /* its place among the endings (tw_study_animation_ending) */
    size_t frames;    /* written so far */
    tw_output output; /* the film, while ffmpeg writes it */
    pid_t pid;        /* of ffmpeg; 0: none */
    int input;        /* what it reads */
    FILE *words;      /* what it says */
} tw_film;

/* Begins a film or a row of frames; `fps` is of films. */
tw_status tw_film_begin(tw_film *film, const char *path, double fps);
/* One more picture, a PNG. */
tw_status tw_film_add(tw_film *film, const void *png, size_t size);
/* Ends it: a film has its name from now on. */
tw_status tw_film_end(tw_film *film);
/* Stops ffmpeg and removes what it has written; copes with a film that was ended or never begun. */
void tw_film_abandon(tw_film *film);

#endif
