/* The entries of a gradient check as a table. */
#include <string.h>

#include "file/gradcheck_forms.h"

/* A name with a comma or a quote in it is quoted. */
static void put_name(FILE *out, const char *name) {
    if (strpbrk(name, ",\"\r\n") == NULL) {
        fputs(name, out);
        return;
    }
    fputc('"', out);
    for (; *name != '\0'; name++)
        fprintf(out, *name == '"' ? "\"\"" : "%c", *name);
    fputc('"', out);
}

void tw_gradcheck_write_csv(const tw_gradcheck *check, int only_failures, FILE *out) {
    fputs("block,index,row,column,x,analytic,numeric,absolute,relative,bar,tolerance,left,right,"
          "step,evaluations,class,verdict,reason\n",
          out);
    for (size_t k = 0; k < check->entry_count; k++) {
        const tw_gradcheck_entry *e = &check->entries[k];
        const tw_gradcheck_block *block = tw_gradcheck_block_of(check, e);
        size_t at = e->index - block->offset;
        if (only_failures && e->verdict == TW_VERDICT_PASS)
            continue;
        put_name(out, block->name);
        fprintf(out, ",%zu,%zu,%zu,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g",
                e->index, at / block->columns, at % block->columns, e->x, e->analytic, e->numeric,
                e->absolute, e->relative, e->bar, e->tolerance, e->left, e->right, e->step);
        fprintf(out, ",%u,%s,%s,%s\n", e->evaluations, tw_point_class_name(e->point_class),
                tw_verdict_name(e->verdict), tw_reason_name(e->reason));
    }
}
