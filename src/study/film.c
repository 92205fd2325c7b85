#include "study/film.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "thalweg/study_animation.h"

extern char **environ;

enum { GIF, MP4, WEBM, FRAMES, FORMATS, WORDS = 40 };

static const char *const endings[FORMATS] = {".gif", ".mp4", ".webm", ".png"};

/* What ffmpeg is told of each; a size that is odd gets a row or column, which those formats need.
 */
static const char *const codecs[FORMATS][16] = {
    [GIF] = {"-filter_complex",
             "split[a][b];[a]palettegen=stats_mode=diff[p];"
             "[b][p]paletteuse=dither=none:diff_mode=rectangle",
             "-loop", "0", "-f", "gif", NULL},
    [MP4] = {"-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libx264", "-pix_fmt", "yuv420p",
             "-movflags", "+faststart", "-f", "mp4", NULL},
    [WEBM] = {"-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libvpx-vp9", "-pix_fmt", "yuv420p",
              "-b:v", "0", "-crf", "32", "-f", "webm", NULL},
};

const char *tw_study_animation_ending(size_t index) {
    return index < FORMATS ? endings[index] : NULL;
}

/* ---- frames ---- */

/* One place of a number, %d or %04d, and no other sign of per cent. */
static int is_pattern(const char *path) {
    const char *at = strchr(path, '%');
    if (at == NULL || strchr(at + 1, '%') != NULL || strchr(at, '/') != NULL)
        return 0;
    at++;
    if (*at == '0' && at[1] >= '1' && at[1] <= '9')
        at += 2;
    return *at == 'd';
}

static tw_status make_folder(const char *path) {
    const char *slash = strrchr(path, '/');
    struct stat info;
    char *folder = slash != NULL && slash != path ? strndup(path, (size_t)(slash - path)) : NULL;
    tw_status status = TW_OK;
    if (folder != NULL && stat(folder, &info) != 0 && mkdir(folder, 0777) != 0)
        status = tw_fail(TW_ERR_IO, "cannot make the folder '%s' of frames: %s", folder,
                         strerror(errno));
    free(folder);
    return status;
}

static tw_status add_frame(tw_film *film, const void *png, size_t size) {
    tw_output output = {0};
    const char *at = strchr(film->path, '%'), *rest = strchr(at, 'd') + 1;
    int digits = at[1] == '0' ? at[2] - '0' : 1;
    char *frame = NULL;
    if (asprintf(&frame, "%.*s%0*zu%s", (int)(at - film->path), film->path, digits,
                 film->frames + 1, rest) < 0)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a path");
    tw_status status = tw_output_open(&output, frame);
    if (status == TW_OK) {
        fwrite(png, 1, size, output.stream); /* commit looks at ferror */
        status = tw_output_commit(&output);
    }
    free(frame);
    return status;
}

/* ---- ffmpeg ---- */

static void list_words(const tw_film *film, const char *rate, const char **words) {
    static const char *const before[] = {"ffmpeg", "-hide_banner", "-loglevel",  "error",
                                         "-y",     "-f",           "image2pipe", "-c:v",
                                         "png",    "-framerate"};
    size_t count = 0;
    for (size_t k = 0; k < sizeof before / sizeof before[0]; k++)
        words[count++] = before[k];
    words[count++] = rate;
    words[count++] = "-i";
    words[count++] = "pipe:0";
    for (const char *const *at = codecs[film->format]; *at != NULL; at++)
        words[count++] = *at;
    words[count++] = "-map_metadata"; /* nothing that changes from run to run */
    words[count++] = "-1";
    words[count++] = "-fflags";
    words[count++] = "+bitexact";
    words[count++] = "-flags:v";
    words[count++] = "+bitexact";
    words[count++] = film->output.part != NULL ? film->output.part : film->output.path;
    words[count] = NULL;
}

/* In a group of its own, so that an interrupt comes to this process, which then ends it. 0, or an
 * error number. */
static int spawn(tw_film *film, int input, const char **words) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0)
        return error;
    error = posix_spawnattr_init(&attributes);
    sigemptyset(&none);
    if (error == 0) {
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, fileno(film->words), STDERR_FILENO);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
        error = posix_spawnp(&film->pid, words[0], &actions, &attributes, (char *const *)words,
                             environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static tw_status start(tw_film *film, double fps) {
    const char *words[WORDS];
    char rate[32];
    int ends[2];
    snprintf(rate, sizeof rate, "%ld/1000", lround(1000 * fps));
    film->words = tmpfile();
    /* a socket: it can be written to without a signal when ffmpeg has gone */
    if (film->words == NULL || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return tw_fail(TW_ERR_SYSTEM, "cannot start ffmpeg: %s", strerror(errno));
    film->input = ends[0];
    list_words(film, rate, words);
    int error = spawn(film, ends[1], words);
    close(ends[1]);
    if (error == 0)
        return TW_OK;
    film->pid = 0;
    if (error == ENOENT)
        return tw_fail(TW_ERR_UNSUPPORTED,
                       "'%s': films are made by ffmpeg, which is not installed; install it, or "
                       "write frames: -o frames/%%04d.png",
                       film->path);
    return tw_fail(TW_ERR_SYSTEM, "cannot start ffmpeg: %s", strerror(error));
}

/* The last line that it has said. */
static tw_status failed(tw_film *film, int how) {
    char line[400] = "", last[400] = "";
    rewind(film->words);
    while (fgets(line, sizeof line, film->words) != NULL)
        if (line[strspn(line, " \r\n")] != '\0')
            memcpy(last, line, sizeof last);
    last[strcspn(last, "\r\n")] = '\0';
    if (last[0] != '\0')
        return tw_fail(TW_ERR_CALLBACK, "'%s': ffmpeg failed: %s", film->path, last);
    if (WIFSIGNALED(how))
        return tw_fail(TW_ERR_CALLBACK, "'%s': ffmpeg was ended by signal %d", film->path,
                       WTERMSIG(how));
    return tw_fail(TW_ERR_CALLBACK, "'%s': ffmpeg ended with status %d", film->path,
                   WIFEXITED(how) ? WEXITSTATUS(how) : 0);
}

/* Waits for its end; how it was. */
static int wait_for(tw_film *film) {
    int how = 0;
    if (film->input >= 0)
        close(film->input);
    film->input = -1;
    while (film->pid > 0 && waitpid(film->pid, &how, 0) < 0 && errno == EINTR) {
    }
    film->pid = 0;
    return how;
}

static tw_status send_frame(tw_film *film, const char *png, size_t size) {
    while (size > 0) {
        ssize_t sent = send(film->input, png, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0) {
            int error = errno, how = wait_for(film);
            return how != 0 || error == EPIPE || error == ECONNRESET
                       ? failed(film, how)
                       : tw_fail(TW_ERR_SYSTEM, "cannot write to ffmpeg: %s", strerror(error));
        }
        png += sent;
        size -= (size_t)sent;
    }
    return TW_OK;
}

/* ---- both ---- */

tw_status tw_film_begin(tw_film *film, const char *path, double fps) {
    *film = (tw_film){.path = path, .input = -1};
    size_t length = strlen(path);
    for (film->format = 0; film->format < FORMATS; film->format++) {
        size_t tail = strlen(endings[film->format]);
        if (length > tail && strcasecmp(path + length - tail, endings[film->format]) == 0)
            break;
    }
    if (film->format == FORMATS)
        return tw_fail(TW_ERR_ARGUMENT,
                       "cannot tell the kind of animation '%s': end the name in .gif, .mp4, .webm, "
                       "or %%04d.png for frames",
                       path);
    if (film->format != FRAMES) {
        tw_status status = tw_output_open(&film->output, path);
        return status == TW_OK ? start(film, fps) : status;
    }
    if (!is_pattern(path))
        return tw_fail(TW_ERR_ARGUMENT,
                       "frames '%s': the name needs a place for their number, as in "
                       "frames/%%04d.png",
                       path);
    return make_folder(path);
}

tw_status tw_film_add(tw_film *film, const void *png, size_t size) {
    tw_status status =
        film->format == FRAMES ? add_frame(film, png, size) : send_frame(film, png, size);
    film->frames += status == TW_OK;
    return status;
}

tw_status tw_film_end(tw_film *film) {
    tw_status status = TW_OK;
    if (film->pid > 0) {
        int how = wait_for(film);
        struct stat info;
        if (how != 0)
            status = failed(film, how);
        else if (film->output.part != NULL &&
                 (stat(film->output.part, &info) != 0 || info.st_size == 0))
            status = tw_fail(TW_ERR_CALLBACK, "'%s': ffmpeg wrote nothing", film->path);
        else
            status = tw_output_commit(&film->output);
    }
    tw_film_abandon(film);
    return status;
}

void tw_film_abandon(tw_film *film) {
    if (film->pid > 0)
        kill(-film->pid, SIGKILL);
    if (film->path != NULL)
        wait_for(film);
    tw_output_abandon(&film->output);
    if (film->words != NULL)
        fclose(film->words);
    *film = (tw_film){.input = -1};
}
