"""Where each word and each bubble goes.

Owns: measuring and wrapping text, the shape of a message, the heights of a list.
Never: a window, a frame, Dear PyGui. The view draws what comes out of here.

    fontfile  a font's widths              metrics how wide text is
    marks     what is drawn, as values     words   names, times and days as people write them
    signs     ticks and the like           script  Arabic and Hebrew: joined, in reading order
    prose     a message as parts and runs  tokens  runs as words, spaces and emoji
    lines     what a line is made of       flow    runs into lines
    blocks    parts below each other       bubble  one message: quote, blocks, footer, chips
    frame     the body of a bubble         typing_bubble  somebody is writing
    wallpaper the pattern behind them      rows    a room's entries by author and day
    conversation   the rows kept from one state to the next
    heights   which rows are in view       card    one room of the list
    selecting what the mouse selects       found   one message that was found
    scale     the layout's pixels and the screen's
"""
