"""Where each word and each bubble goes.

Owns: measuring and wrapping text, the shape of a message, the heights of a list.
Never: a window, a frame, Dear PyGui. The view draws what comes out of here.

    metrics   the width of text            words   names, times and days as people write them
    marks     what is drawn, as values     signs   ticks and the like
    prose     a message as parts and runs  flow    runs into lines of words, links and emoji
    blocks    parts below each other       bubble  one message: quote, blocks, footer, chips
    rows      a room's entries by author and day   card    one room of the list
    heights   which rows are in view       found   one message that was found
"""
