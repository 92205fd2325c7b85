/* page_how.h: what a study's options say of a page. */
#ifndef TW_STUDY_PAGE_HOW_H
#define TW_STUDY_PAGE_HOW_H

#include "thalweg/page.h"
#include "thalweg/study_page.h"

/* The texts stay those of the options and the study. */
tw_page_options tw_study_page_how(const tw_study *study, const tw_study_page_options *options);

/* The options as this library knows them, looked at. */
tw_status tw_study_page_take(const tw_study_page_options *given, tw_study_page_options *taken);

/* What is written beside a result of that name; the texts stay those of `provenance`. */
tw_page_about tw_study_page_about(const tw_provenance *provenance, const char *name);

#endif
