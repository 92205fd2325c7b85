/* page_how.h: what a study's options say of a page. */
#ifndef TW_STUDY_PAGE_HOW_H
#define TW_STUDY_PAGE_HOW_H

#include "thalweg/page.h"
#include "thalweg/study_page.h"

/* The texts stay those of the options and the study. */
tw_page_options tw_study_page_how(const tw_study *study, const tw_study_page_options *options);

#endif
