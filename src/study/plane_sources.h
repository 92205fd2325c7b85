/* plane_sources.h: the list of the sources of directions (plane_source.h). */
#ifndef TW_STUDY_PLANE_SOURCES_H
#define TW_STUDY_PLANE_SOURCES_H

#include "landscape/plane_source.h"

/* Those that open files. */
extern const tw_plane_source tw_plane_to, tw_plane_file, tw_plane_directions, tw_plane_eigen;
/* And one of those who call the library. */
extern const tw_plane_source tw_plane_given;

/* The source of one direction that a text of dx or dy names; NULL is "random". *argument (may be
 * NULL) is what follows its word. */
const tw_plane_source *tw_plane_source_named(const char *text, const char **argument);
/* The source that makes all axes of what is there; NULL: none. */
const tw_plane_source *tw_plane_source_given(const tw_plane_ask *ask);

#endif
