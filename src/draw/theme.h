/* theme.h: colours on light and on dark paper. */
#ifndef TW_DRAW_THEME_H
#define TW_DRAW_THEME_H

#include "draw/colormap.h"

/* All of a picture but its data is coloured as on white paper, and turned here for the theme. On
 * dark paper white becomes the paper, inks become light, and greys and tints between them keep
 * their order and their hue (in Oklab). */
tw_rgb tw_theme_tone(tw_theme theme, tw_rgb ink);

#endif
