/* team_message.h: messages between the ranks of a team, of whatever carries them. */
#ifndef TW_TEAM_TEAM_MESSAGE_H
#define TW_TEAM_TEAM_MESSAGE_H

#include <stddef.h>

#include "thalweg/team.h"

/* Takes a copy of the message and returns at once, whether or not the other is listening. Messages
 * from one rank to another arrive in order. */
tw_status tw_team_send(tw_team *team, int to, const void *bytes, size_t size);
/* The next message, from any rank; *bytes is the caller's to free. Waits for at most `wait`
 * seconds, without end if that is negative; *from is -1 if none came. */
tw_status tw_team_receive(tw_team *team, double wait, int *from, void **bytes, size_t *size);

#endif
