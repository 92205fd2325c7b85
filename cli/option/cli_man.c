/* The man page, in the man macros of roff. */
#include <ctype.h>
#include <string.h>

#include "command/cli_command.h"

/* Text with what roff would take for its own made plain. */
static void print_text(FILE *stream, const char *text) {
    int line_start = 1;
    for (const char *at = text; *at != '\0'; at++) {
        if (line_start && (*at == '.' || *at == '\''))
            fputs("\\&", stream);
        if (*at == '\\')
            fputs("\\e", stream);
        else if (*at == '-')
            fputs("\\-", stream);
        else if (*at == '\'')
            fputs("\\(aq", stream);
        else
            fputc(*at, stream);
        line_start = *at == '\n';
    }
}

static void print_line(FILE *stream, const char *text) {
    print_text(stream, text);
    fputc('\n', stream);
}

/* A blank line begins a paragraph; lines that begin with a blank stand as they are. */
static void print_paragraphs(FILE *stream, const char *text) {
    while (*text != '\0') {
        int length = (int)strcspn(text, "\n");
        char line[512];
        snprintf(line, sizeof line, "%.*s", length, text);
        if (length == 0)
            fputs(".PP\n", stream);
        else if (line[0] == ' ')
            fputs(".br\n", stream);
        if (length > 0)
            print_line(stream, line);
        text += length + (text[length] == '\n');
    }
}

static void print_option(FILE *stream, const option_spec *spec) {
    char names[1024];
    fputs(".TP\n", stream);
    if (spec->letter != 0)
        fprintf(stream, "\\fB\\-%c\\fR, ", spec->letter);
    fputs("\\fB\\-\\-", stream);
    print_text(stream, spec->name);
    fputs("\\fR", stream);
    if (spec->argument != NULL)
        fprintf(stream, "=\\fI%s\\fR", spec->argument);
    fputc('\n', stream);
    print_text(stream, spec->help);
    if (spec->values != NULL) {
        fputs(" (", stream);
        print_text(stream, tw_text_join(spec->values, names, sizeof names));
        fputc(')', stream);
    }
    const char *shown = spec->fallback != NULL ? spec->fallback : spec->shown;
    if (shown != NULL) {
        fputs(" [", stream);
        print_text(stream, shown);
        fputc(']', stream);
    }
    fputc('\n', stream);
}

static void print_groups(FILE *stream, const option_group *groups) {
    const option_spec *spec;
    for (; groups != NULL && groups->options != NULL; groups++) {
        if (groups->title != NULL)
            fprintf(stream, ".PP\n\\fI%s\\fR\n", groups->title);
        for (size_t at = 0; (spec = option_in(groups, at)) != NULL; at++)
            print_option(stream, spec);
    }
}

static void print_command(FILE *stream, const cli_command *command) {
    fprintf(stream, ".SS \"thalweg %s%s%s [OPTION]...\"\n", command->name,
            command->words != NULL ? " " : "", command->words != NULL ? command->words : "");
    char first[2] = {(char)toupper((unsigned char)command->summary[0]), '\0'};
    print_text(stream, first);
    print_text(stream, command->summary + 1);
    fputs(".\n", stream);
    if (command->description != NULL) {
        fputs(".PP\n", stream);
        print_paragraphs(stream, command->description);
    }
    print_groups(stream, command->groups);
}

static void print_examples(FILE *stream, const cli_commands *commands) {
    fputs(".SH EXAMPLES\n", stream);
    for (size_t i = 0; commands->at(i) != NULL; i++)
        for (const char *const *at = commands->at(i)->examples; at != NULL && *at != NULL;
             at += 2) {
            fputs(".TP\n\\fB", stream);
            print_text(stream, at[0]);
            fputs("\\fR\n", stream);
            print_line(stream, at[1]);
        }
}

void help_man(FILE *stream, const cli_commands *commands) {
    fprintf(stream, ".TH THALWEG 1 \"\" \"thalweg %s\" \"User Commands\"\n", tw_version());
    fputs(".SH NAME\nthalweg \\- look at a loss function, differentiate it numerically, walk down "
          "it\n.SH SYNOPSIS\n.B thalweg\n.I COMMAND\n[\\fIOPTION\\fR]...\n.SH DESCRIPTION\n",
          stream);
    print_line(stream, "thalweg draws the loss of a classifier along lines and over planes of its "
                       "parameter space, takes its gradient by finite differences, and walks down "
                       "it with several methods.");
    print_line(stream, "Options are written --name=value or --name value, and may be shortened as "
                       "long as they stay unambiguous; -- ends them.");
    fputs(".SH COMMANDS\n", stream);
    for (size_t i = 0; commands->at(i) != NULL; i++)
        print_command(stream, commands->at(i));
    fputs(".SH OPTIONS\nEvery command takes these.\n", stream);
    print_groups(stream, cli_common_groups);
    print_examples(stream, commands);
    fputs(".SH EXIT STATUS\n"
          ".TP\n0\ndone\n"
          ".TP\n1\nran, but the criterion failed\n"
          ".TP\n2\nthe command line is wrong\n"
          ".TP\n3\na failure at run time\n"
          ".TP\n4\nran, and cannot tell whether the criterion holds\n",
          stream);
}
