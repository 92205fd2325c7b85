/* vtk_xml.h: the little of VTK's XML formats that results need: arrays as inline base64 of their
 * length in bytes (UInt64) and their numbers, all little-endian. */
#ifndef TW_FILE_VTK_XML_H
#define TW_FILE_VTK_XML_H

#include <stdint.h>
#include <stdio.h>

#include "thalweg/file.h"

/* The head of a file: <VTKFile type="TYPE" ...>, to be closed with </VTKFile>. */
void tw_vtk_xml_begin(FILE *stream, const char *type);
/* A field array of one text for each entry; a text may be NULL. */
void tw_vtk_xml_texts(FILE *stream, const char *name, size_t count, const char *const *texts);
/* "<FieldData>" with what made the file. */
void tw_vtk_xml_provenance(FILE *stream, const tw_provenance *provenance);
/* Data arrays; `components` numbers a tuple. */
void tw_vtk_xml_doubles(FILE *stream, const char *name, int components, size_t count,
                        const double *values);
void tw_vtk_xml_longs(FILE *stream, const char *name, size_t count, const int64_t *values);
void tw_vtk_xml_bytes(FILE *stream, const char *name, size_t count, const uint8_t *values);

#endif
